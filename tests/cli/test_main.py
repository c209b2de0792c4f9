"""What the first words of a command line choose, and what every command shares."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from liif_core import __version__
from liif_core.cli.exit_codes import EXIT_ERROR, EXIT_SOME_FAILED, EXIT_STOPPED
from liif_core.cli.main import build_parser, run_guarded
from liif_core.cli.main import main as core_main
from liif_core.errors import Cancelled, LiifError
from liif_core.export.names import DEFAULT_PATTERN, FIELDS
from liif_core.geometry import Size
from liif_core.imaging.encoding import DEFAULT_QUALITY
from tests.cli.terminal import ROOT, Outcome, Stepless, assert_ends_unheard, environment, started


@pytest.fixture
def viewed(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """What the viewer was asked for; no window opens."""
    asked: list[argparse.Namespace] = []

    def run_viewer(arguments: argparse.Namespace) -> int:
        asked.append(arguments)
        return 7

    monkeypatch.setitem(sys.modules, "app.viewing", SimpleNamespace(run_viewer=run_viewer))
    return asked


def test_nothing_opens_the_viewer_without_a_photo(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    assert stepless().code == 7
    assert [arguments.photos for arguments in viewed] == [[]]


@pytest.mark.parametrize("name", ["photo.jpg", "a b ü.png", "./export", "exports.d", "missing/file", "x=1"])
def test_photo_opens_the_viewer(stepless: Stepless, viewed: list[argparse.Namespace], name: str) -> None:
    assert stepless(name).code == 7
    assert [arguments.photos for arguments in viewed] == [[Path(name)]]


def test_several_photos_open_the_viewer(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    """As a file manager does that opens them with it."""
    assert stepless("a.jpg", "folder", "b.png").code == 7
    assert [arguments.photos for arguments in viewed] == [[Path("a.jpg"), Path("folder"), Path("b.png")]]


@pytest.mark.parametrize(("word", "meant"), [("exports", "export"), ("modles", "models"), ("trian", "train")])
def test_misspelt_command_opens_no_window(
    stepless: Stepless, viewed: list[argparse.Namespace], word: str, meant: str
) -> None:
    outcome = stepless(word, "--data", "x")
    assert outcome.code == 2 and not viewed
    assert f"neither a command nor a photo called '{word}'; '{meant}' is a command" in outcome.err


def test_photo_that_is_called_nearly_like_a_command_opens(
    stepless: Stepless, viewed: list[argparse.Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("exports").touch()
    assert stepless("exports").code == 7 and viewed[0].photos == [Path("exports")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own ways with memory")
def test_memory_that_a_command_frees_is_used_again() -> None:
    """Instead of being cleared page by page each time, which a training step would do for all its layers."""
    faults = {}
    for run in ("command", "run_guarded"):
        text = COUNT_FAULTS.replace("RUN", "command(None)" if run == "command" else "run_guarded(command, None)")
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, cwd=ROOT)
        faults[run] = int(done.stdout)
    assert faults["run_guarded"] < faults["command"] / 4


COUNT_FAULTS = """
import resource
import numpy as np
from liif_core.cli.main import run_guarded

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def command(_):
    for _ in range(6):
        before = faults()
        blocks = [np.ones(1_000_000, np.uint8) for _ in range(60)]
        del blocks
    print(faults() - before)
    return 0

RUN
"""


def test_help_is_a_word_as_well(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    assert stepless("help") == stepless("--help") and not viewed


def test_viewers_options_need_not_be_introduced(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    stepless("--zoom", "8", "p.jpg", "--center", "3.5,-2", "--size", "640x480")
    stepless("view", "p.jpg", "--zoom", "8", "--center", "3.5,-2", "--size", "640x480")
    for arguments in viewed:
        assert (arguments.photos, arguments.zoom) == ([Path("p.jpg")], 8.0)
        assert arguments.center == (-2.0, 3.5)
        assert arguments.size == Size(480, 640)
    assert len(viewed) == 2


@pytest.mark.parametrize("options", [("--center", "nan,0"), ("--center", "0,inf"), ("--center", "1"), ("--zoom", "0")])
def test_views_that_are_no_place_are_refused(
    stepless: Stepless, viewed: list[argparse.Namespace], options: tuple[str, str]
) -> None:
    outcome = stepless("view", "p.jpg", *options)
    assert outcome.code == 2
    assert repr(options[1]) in outcome.err
    assert viewed == []


@pytest.mark.parametrize("name", ["export", "evaluate", "train", "view", "doctor"])
def test_every_command_explains_itself(stepless: Stepless, viewed: list[argparse.Namespace], name: str) -> None:
    outcome = stepless(name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"usage: stepless {name} ")
    assert viewed == []


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("export", "auto: bf16 on a GPU that computes it, fp32 on a CPU"),
        ("evaluate", "fp32"),
        ("bench", "auto: what each benchmark measures by itself"),
        ("view", "the settings'"),
    ],
)
def test_help_tells_the_precision_that_is_taken(
    stepless: Stepless, viewed: list[argparse.Namespace], name: str, default: str
) -> None:
    text = " ".join(stepless(name, "--help").out.split())
    assert f"off by less than a level of 8 bits (default: {default})" in text


def test_settings_hold_where_the_viewer_is_told_nothing(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    assert stepless("view").code == 7
    assert (viewed[0].model, viewed[0].device, viewed[0].precision) == (None, None, None)


def test_evaluations_are_exact_unless_asked_otherwise() -> None:
    parser, _ = build_parser()
    assert [parser.parse_args(["evaluate", "x", *more]).precision for more in ([], ["--precision", "auto"])] == [
        "fp32",
        "auto",
    ]


def test_help_names_what_a_pattern_of_names_may_hold(stepless: Stepless) -> None:
    text = stepless("export", "--help").out
    assert DEFAULT_PATTERN in text
    assert all(f"{{{field}}}" in text for field in FIELDS)


def test_help_tells_the_qualities_that_are_taken(stepless: Stepless) -> None:
    assert set(DEFAULT_QUALITY.values()) == {95, 85} and DEFAULT_QUALITY["AVIF"] == 85
    assert "(default: 95, of AVIF 85)" in " ".join(stepless("export", "--help").out.split())


def test_help_tells_the_exit_codes(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    for command in ((), ("export",)):
        codes = stepless(*command, "--help").out.lower().partition("exit codes: ")[2].split(", ")
        assert [int(code.split()[0]) for code in codes] == [0, EXIT_SOME_FAILED, EXIT_ERROR, EXIT_STOPPED]


def test_version(stepless: Stepless, viewed: list[argparse.Namespace]) -> None:
    assert stepless("--version") == Outcome(0, f"Stepless {__version__}\n", "")
    assert viewed == []


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(stepless: Stepless, viewed: list[argparse.Namespace], option: str) -> None:
    outcome = stepless(option)
    assert (outcome.code, outcome.err) == (0, "")
    for name in ("view", "export", "evaluate", "train", "models", "doctor"):
        assert f"\n    {name} " in outcome.out
    assert viewed == []


def test_core_has_all_commands_but_the_viewer(capsys: pytest.CaptureFixture[str]) -> None:
    assert core_main(["models"]) == 0
    with pytest.raises(SystemExit) as refusal:
        core_main(["view", "p.jpg"])
    assert refusal.value.code == 2


@pytest.mark.parametrize(
    ("raised", "code", "sentence"),
    [
        (LiifError("photo.jpg: a reason"), 2, "photo.jpg: a reason"),
        (Cancelled(), 130, "stopped"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_failures_become_a_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, sentence: str
) -> None:
    def run(_: argparse.Namespace) -> int:
        raise raised

    assert run_guarded(run, argparse.Namespace()) == code
    assert capsys.readouterr() == ("", f"stepless: {sentence}\n")


def test_mistakes_of_the_program_are_not_hidden() -> None:
    def run(_: argparse.Namespace) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_guarded(run, argparse.Namespace())


def test_name_that_the_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))

    def run(_: argparse.Namespace) -> int:
        print("é写\udcff.png")  # noqa: T201
        return 0

    assert run_guarded(run, argparse.Namespace()) == 0
    assert shown.getvalue().split() == [b"\xe9\\u5199\\udcff.png"]


def test_program_without_a_console_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run_guarded(lambda _: 5, argparse.Namespace()) == 5


def test_streams_that_are_closed_stop_no_command(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    small = ["--model", "bicubic", "--width", "20"]
    assert core_main(["export", str(photo), str(tmp_path / "out.png"), *small, "--json", str(tmp_path / "r.json")]) == 0
    assert core_main(["export", str(photo), str(tmp_path), *small]) == 0
    assert core_main(["models", "remove", "there is none"]) == 2
    assert core_main(["evaluate", str(tmp_path), "--scales", "2", "--model", "bicubic"]) == 0
    assert (tmp_path / "out.png").exists() and (sys.stdin, sys.stdout, sys.stderr) == (None, None, None)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_list_on_a_full_disk_ends_in_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-W", "error", "-m", "app", "models"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("stepless: what is printed") and done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="closed pipes are other errors there")
def test_reader_that_goes_away_causes_no_traceback(tmp_path: Path) -> None:
    with started("models") as process:
        assert_ends_unheard(process)
