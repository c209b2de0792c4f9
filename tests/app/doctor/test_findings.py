"""What the doctor tells, as text and as JSON, of whole and of broken installations."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from app.doctor import files, imaging_probe, machine, qt_probe, torch_probe
from app.doctor.children import asked
from app.doctor.command import examined
from app.doctor.finding import Finding, as_json, as_text, problems, verdict
from app.qt_platform import platforms_of
from app.settings import Settings
from liif_core.library import read_manifest
from liif_core.memory import MB, PhysicalMemory
from liif_core.paths import config_folder, data_folder, log_folder, resource_path, user_models_folder

ROOT = Path(__file__).parents[3]


def doctor(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a person runs it."""
    command = [sys.executable, "-W", "error", "-m", "app", "doctor", *arguments]
    environment = {**os.environ, **environ}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=250)


def value_of(findings: list[Finding], topic: str, name: str) -> str:
    (found,) = [finding.value for finding in findings if (finding.topic, finding.name) == (topic, name)]
    return found


def test_a_whole_installation_is_told_and_nothing_is_wrong() -> None:
    result = doctor("--json")
    assert (result.returncode, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    assert report["problems"] == 0
    told = {(entry["topic"], entry["name"]): entry["value"] for entry in report["findings"]}
    assert told["Qt", "version"].startswith("Qt 6.")
    assert told["torch", "version"].startswith("2.") and "CPU" in told["torch", "cpu"]
    assert told["Qt", "platform"] == "offscreen"
    assert told["Qt", "colour profile"] == "auto (sRGB)"
    assert told["processes", "children"] == "3 of 3 answered"
    assert told["photos", "libvips"].startswith("8.")
    for entry in read_manifest():
        assert entry.sha256[:12] in told["models", entry.name]
    assert {"data", "settings", "log", "cache"} <= {name for topic, name in told if topic == "folders"}


def test_libraries_that_cannot_be_loaded_are_told_with_the_rest(tmp_path: Path) -> None:
    for name, error in (("torch", "OSError('libgomp.so.1 is missing')"), ("PySide6", "ImportError('libEGL.so.1')")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise {error}\n")
    result = doctor(PYTHONPATH=str(tmp_path))
    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    assert "libgomp.so.1 is missing" in result.stdout and "libEGL.so.1" in result.stdout
    assert "2 things are wrong: torch, version, Qt, version." in result.stdout
    assert "sha256" in result.stdout and "Pillow" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the process ends in another way there")
def test_a_library_that_ends_the_process_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    code = "import os, sys; print('illegal instruction', file=sys.stderr); sys.stderr.flush(); os.abort()"
    (tmp_path / "torch" / "__init__.py").write_text(code)
    result = doctor("--json", PYTHONPATH=str(tmp_path))
    assert result.returncode == 1
    (wrong,) = [entry for entry in json.loads(result.stdout)["findings"] if entry["problem"]]
    assert wrong["topic"] == "torch" and "illegal instruction" in wrong["problem"] and "-6" in wrong["problem"]


def wait_for_ever() -> list[Finding]:
    time.sleep(600)
    return []


def test_what_does_not_answer_is_not_waited_for() -> None:
    begun = time.monotonic()
    found = asked({"slow": wait_for_ever}, timeout_s=0.2)
    assert time.monotonic() - begun < 30
    assert "did not answer in time" in problems(found)[0].problem
    assert value_of(found, "processes", "children") == "0 of 1 answered"


def test_asking_loads_neither_qt_nor_torch_into_this_process() -> None:
    code = """
        import sys
        from app.main import main
        main(["doctor"]) if __name__ == "__main__" else None
        assert not {"torch", "PySide6", "pyvips"} & set(sys.modules), "loaded"
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A copy of the bundled models that may be damaged."""
    folder = tmp_path / "models"
    shutil.copytree(resource_path("models"), folder)
    return folder / "manifest.json"


def test_a_damaged_model_is_named_with_what_helps(manifest: Path) -> None:
    assert problems(files.models(manifest)) == []
    path = manifest.parent / read_manifest()[0].file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (wrong,) = problems(files.models(manifest))
    assert str(path) in wrong.problem and "install Stepless again" in wrong.problem
    path.unlink()
    (wrong,) = problems(files.models(manifest))
    assert wrong.value == "missing"
    manifest.write_text("{")
    assert "manifest" in problems(files.models(manifest))[0].problem


def test_a_damaged_model_of_the_person_is_named() -> None:
    user_models_folder().mkdir(parents=True)
    (user_models_folder() / "mine.safetensors").write_bytes(b"nothing")
    (wrong,) = problems(files.models())
    assert wrong.name == "mine" and "train or import it again" in wrong.problem
    shutil.copyfile(resource_path("models", "fast.safetensors"), user_models_folder() / "mine.safetensors")
    assert problems(files.models()) == []


def test_a_folder_that_cannot_be_written_is_named() -> None:
    assert problems(files.folders()) == []
    before = set(data_folder().parent.rglob("*"))
    data_folder().parent.mkdir(parents=True, exist_ok=True)
    data_folder().write_text("a file where the folder should be")
    (wrong,) = problems(files.folders())
    assert wrong.name == "data" and "nothing can be written there" in wrong.problem
    data_folder().unlink()
    assert set(data_folder().parent.rglob("*")) == before


def test_settings_that_cannot_be_used_are_named() -> None:
    assert problems(files.settings()) == []
    config_folder().mkdir(parents=True)
    file = config_folder() / "settings.toml"
    file.write_text('[appearance]\ntheme = "dark"\n')
    assert problems(files.settings()) == [] and files.appearance().theme == "dark"
    file.write_text('[appearance]\ntheme = "purple"\n')
    assert "appearance.theme" in problems(files.settings())[0].problem
    file.write_text("[appearance")
    assert "cannot be understood" in problems(files.settings())[0].problem
    assert files.appearance().theme == "system"
    file.write_text("a = " + "[" * 100_000)
    assert "cannot be understood" in problems(files.settings())[0].problem
    assert files.appearance().theme == "system"


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf[appearance]\ntheme = "dark"\n',
        pytest.param(
            b'[model]\nname = "/photos/\xff.safetensors"\n[appearance]\ntheme = "dark"\n',
            marks=pytest.mark.skipif(os.name == "nt", reason="names are always text there"),
        ),
    ],
    ids=["byte-order mark", "no UTF-8"],
)
def test_settings_that_the_program_reads_are_no_problem(qapp: object, line: bytes) -> None:
    config_folder().mkdir(parents=True)
    file = config_folder() / "settings.toml"
    file.write_bytes(line)
    own = Settings(file)
    assert own.load() is None and own.appearance.theme == "dark"
    assert problems(files.settings()) == [] and files.appearance().theme == "dark"


def test_a_colour_profile_that_is_gone_is_named(qapp: object) -> None:
    config_folder().mkdir(parents=True)
    gone = config_folder() / "gone.icc"
    (config_folder() / "settings.toml").write_text(f"[appearance]\ncolor_space = {json.dumps(str(gone))}\n")
    (wrong,) = problems(qt_probe.probe())
    assert wrong.name == "colour profile" and "gone.icc" in wrong.problem


@pytest.mark.parametrize(
    ("environ", "system", "platforms"),
    [
        ({}, "linux", ("offscreen",)),
        ({"DISPLAY": ":0"}, "linux", ("xcb",)),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", ("wayland", "xcb")),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "minimal:x;xcb"}, "linux", ("minimal", "xcb")),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": ";wayland"}, "linux", ("wayland",)),
        ({}, "darwin", ()),
        ({}, "win32", ()),
    ],
)
def test_the_platforms_are_those_that_qt_tries(
    environ: dict[str, str], system: str, platforms: tuple[str, ...]
) -> None:
    assert platforms_of(environ, system=system) == platforms


def test_qt_may_go_on_with_the_next_platform(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    """As where a session of Wayland has ended and left its variable behind."""
    monkeypatch.setattr(qt_probe, "fault_of", lambda platforms: "")
    monkeypatch.setattr(qt_probe, "platforms_of", lambda environ: ("wayland", "xcb"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    assert not problems(qt_probe.probe())
    assert os.environ["QT_QPA_PLATFORM"] == "wayland;xcb"


@pytest.mark.skipif(sys.platform != "linux", reason="plugins have other names there")
def test_the_missing_library_of_a_platform_is_named(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    def refuse(path: str) -> None:
        assert path.endswith("libqxcb.so")
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    (wrong,) = problems(qt_probe.probe())
    assert wrong.name == "platform" and "package of your system that has libxcb-cursor.so.0" in wrong.problem


def test_hardware_that_this_torch_cannot_use_is_noted() -> None:
    def unused(devices: list[str], *there: str) -> tuple[str, str] | None:
        return torch_probe.unused_hardware(devices, exists=lambda path: path in there, which=lambda name: None)

    assert unused(["cpu"]) is None
    maker, advice = unused(["cpu"], "/dev/nvidia0") or ("", "")
    assert "NVIDIA" in maker and "CONTRIBUTING" in advice
    assert "AMD" in (unused(["cpu"], "/dev/kfd") or ("",))[0]
    assert unused(["cuda", "cpu"], "/dev/nvidia0", "/dev/kfd") is None


@pytest.mark.parametrize("has_bf16", [True, False])
def test_a_processor_without_bfloat16_is_a_note_and_no_fault(monkeypatch: pytest.MonkeyPatch, has_bf16: bool) -> None:
    monkeypatch.setattr("liif_core.device.computes_bf16", lambda device: has_bf16)
    (cpu,) = [finding for finding in torch_probe.probe() if finding.name == "cpu"]
    assert not cpu.problem
    assert ("fp32" in cpu.note) is not has_bf16
    assert ("bfloat16" in cpu.value) is has_bf16


def test_a_device_that_computes_wrongly_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    assert not torch_probe.wrong_products(torch.device("cpu"))
    monkeypatch.setattr(torch_probe, "wrong_products", lambda device: True)
    assert "products are wrong" in problems(torch_probe.probe())[0].problem

    def fail(device: object) -> bool:
        raise RuntimeError("no kernel image")

    monkeypatch.setattr(torch_probe, "wrong_products", fail)
    assert "no kernel image" in problems(torch_probe.probe())[0].problem


def test_libraries_for_photos_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(imaging_probe.probe()) == []
    for name in ("PIL", "pyvips", "pi_heif", "rawpy"):
        monkeypatch.setitem(sys.modules, name, None)
    assert [finding.name for finding in problems(imaging_probe.probe())] == ["Pillow", "libvips", "libheif"]


def test_little_memory_is_noted() -> None:
    few = machine.machine(PhysicalMemory(1024 * MB, 512 * MB))
    much = machine.machine(PhysicalMemory(8192 * MB, 4096 * MB))
    assert any(finding.note for finding in few) and not any(finding.note for finding in much)


def test_nothing_names_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: log_folder().parents[2])
    findings = [*files.folders(), Finding("a", "b", "c", problem=f"{log_folder()} is full")]
    for text in (as_text(findings), as_json(findings)):
        assert str(Path.home()) not in text and "~" in text


def test_the_text_shows_every_part_and_marks_what_is_wrong() -> None:
    findings = [
        Finding("torch", "version", "2.0"),
        Finding("torch", "cpu", "slow", note="no native bfloat16"),
        Finding("models", "fast", "bad", problem="it is damaged"),
    ]
    lines = as_text(findings).splitlines()
    assert lines[0] == "torch:" and "models:" in lines
    assert [line for line in lines if line.startswith("!")] == [lines[lines.index("models:") + 1]]
    assert verdict(findings) == "1 thing is wrong: models, fast."
    assert verdict(findings[:2]) == "Nothing is wrong."
    assert json.loads(as_json(findings))["problems"] == 1


def test_everything_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.doctor.command.asked", lambda probes: [Finding(topic, "x", "y") for topic in probes])
    topics = {finding.topic for finding in examined()}
    assert topics == {"program", "machine", "photos", "torch", "Qt", "models", "folders"}
