"""What systems are told of the program."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from app.identity import APPLICATION_ID, tell_the_task_bar


def test_windows_is_told_that_this_is_not_python(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    shell = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=told.append)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(shell32=shell), raising=False)
    tell_the_task_bar()
    assert told == ([APPLICATION_ID] if sys.platform == "win32" else [])
    monkeypatch.setattr(sys, "platform", "win32")
    told.clear()
    tell_the_task_bar()
    assert told == [APPLICATION_ID]


def test_a_windows_that_cannot_be_told_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(shell32=SimpleNamespace()), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    tell_the_task_bar()
