"""Real processes of this program, as the window starts them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.workers import child
from app.workers.child import Child, ChildEnd
from liif_core import __version__
from tests.app.wizard.conftest import CHILD_MS


def ended(qtbot: QtBot, process: Child, lines: list[str] | None = None) -> ChildEnd:
    if lines is not None:
        process.line.connect(lines.append)
    with qtbot.waitSignal(process.ended, timeout=CHILD_MS) as told:
        process.start()
    assert told.args is not None
    end = told.args[0]
    assert isinstance(end, ChildEnd)
    return end


def test_lines_arrive_before_the_end(qtbot: QtBot) -> None:
    lines: list[str] = []
    assert ended(qtbot, Child(["--version"]), lines) == ChildEnd(0, "")
    assert lines == [f"Stepless {__version__}"]


def test_refusal_is_its_last_words(qtbot: QtBot, tmp_path: Path) -> None:
    missing = tmp_path / "фото 照片"
    end = ended(qtbot, Child(["survey", "--data", str(missing)]))
    assert end.code == 2
    assert end.words == f"{missing}: no such folder; expected a folder of photos"


def test_killed_process_has_no_code(qtbot: QtBot) -> None:
    process = Child(["survey", "--data", "."])
    process.start()
    with qtbot.waitSignal(process.ended, timeout=CHILD_MS) as told:
        process.kill()
    assert told.args == [ChildEnd(None, "")]
    # What is over hears nothing.
    process.send("stop")
    process.kill()
    assert process.wait(timeout_s=0.1) and process.pid == 0


def test_command_given_at_once_is_heard(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "own_command", lambda arguments: (sys.executable, ["-c", "print(input())"]))
    process, lines = Child([]), list[str]()
    process.line.connect(lines.append)
    with qtbot.waitSignal(process.ended, timeout=CHILD_MS):
        process.start()
        process.send("stop")
    assert lines == ["stop"]


def test_program_that_is_missing_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(child, "own_command", lambda arguments: (str(tmp_path / "none"), list(arguments)))
    end = ended(qtbot, Child(["--version"]))
    assert end.code is None and end.words


def test_lines_of_any_length_arrive_whole(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; sys.stdout.write('ab' * 400_000 + '\\n' + 'c\\n' + 'no end')"
    monkeypatch.setattr(child, "own_command", lambda arguments: (sys.executable, ["-c", code]))
    lines: list[str] = []
    assert ended(qtbot, Child([]), lines).code == 0
    assert lines == ["ab" * 400_000, "c"]
