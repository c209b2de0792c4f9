"""The steps around PyInstaller; the build itself takes minutes and is tested by `make bundle`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bundle_report
import make_bundle
import pytest
import smoke_test
from smoke_test import Bench, SmokeTestFailed


def test_a_torch_for_graphics_cards_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.version.cuda", None)
    make_bundle.refuse_large_torch()
    monkeypatch.setattr("torch.version.cuda", "13.0")
    with pytest.raises(make_bundle.BundleFailed, match="built for graphics cards"):
        make_bundle.refuse_large_torch()


def test_a_failed_build_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.version.cuda", None)
    failed = subprocess.CompletedProcess[str]([], 1)
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: failed)
    assert make_bundle.main([]) == 1
    assert "PyInstaller failed with exit code 1" in capsys.readouterr().err


def test_sizes_are_told_by_part(tmp_path: Path) -> None:
    for name, size in {
        "stepless": 10,
        "_internal/torch/lib/libtorch_cpu.so": 4000,
        "_internal/PySide6/QtCore.abi3.so": 300,
        "_internal/libQt6Gui.so.6": 50,
        "_internal/libX11.so.6": 7,
        "_internal/liif_core/_resources/models/fast.safetensors": 20,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    found = bundle_report.sizes(tmp_path)
    assert found == {
        "torch": 4000,
        "Qt and PySide6": 350,
        "Stepless": 20,
        "Python and all Python code": 10,
        bundle_report.OTHERS: 7,
    }
    assert "| all | 0.0 |" in bundle_report.size_table(found)


def test_start_up_times_are_medians_of_programs_that_take_turns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order: list[str] = []

    def timed(command: list[str]) -> dict[str, float]:
        order.append(command[0])
        seconds = {"a": [1.0, 9.0, 2.0], "b": [4.0, 5.0, 3.0]}[command[0]][order.count(command[0]) % 3]
        return {"first paint": seconds, "sharp": 2 * seconds}

    monkeypatch.setattr(bundle_report, "timed", timed)
    table = bundle_report.start_up({"a": ["a"], "b": ["b"]}, {"a": [tmp_path], "b": [tmp_path]}, runs=3)
    assert order[:6] == ["a", "b"] * 3
    assert "| first paint, warm | 2.00 | 4.00 | 2.00 |" in table and "| sharp, warm | 4.00 | 8.00 | 2.00 |" in table


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Python in place of the program: it knows none of its commands."""
    return Bench(Path(sys.executable), tmp_path)


def test_the_smoke_test_fails_where_a_command_does(bench: Bench) -> None:
    assert bench.run("-c", "print(1)") == "1\n"
    with pytest.raises(SmokeTestFailed, match="exit code 3"):
        bench.run("-c", "raise SystemExit(3)")
    with pytest.raises(SmokeTestFailed, match="warns"):
        bench.run("-c", "import warnings; warnings.warn('no source')")
    with pytest.raises(SmokeTestFailed):
        smoke_test.check_view(bench)


def test_the_program_is_tested_without_this_repository(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "here")
    monkeypatch.setenv("VIRTUAL_ENV", "there")
    names = bench.run("-c", "import os; print(sorted(os.environ))")
    assert "PYTHONPATH" not in names and "VIRTUAL_ENV" not in names and "HOME" in names


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has loaded")
def test_libraries_from_elsewhere_are_found() -> None:
    import numpy as np

    found = smoke_test.foreign_libraries(os.getpid(), Path("/nowhere/stepless"))
    assert any("numpy" in name for name in found), np.__version__
    inside = Path(np.__file__).parents[1] / "stepless"
    assert not any("numpy" in name for name in smoke_test.foreign_libraries(os.getpid(), inside))


def test_a_smoke_test_tells_which_check_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke_test.smoke_test(Path(sys.executable)) == 1
    assert "FAILED  doctor" in capsys.readouterr().out
