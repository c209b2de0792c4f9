"""A clock that goes only where a test sends it."""

from __future__ import annotations

from types import ModuleType

import pytest


class Clock:
    """Stands in for `time` in a module."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        """The seconds that a test has set."""
        return self.now_s


def clock_in(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> Clock:
    """One clock for several modules, for the length of a test."""
    clock = Clock()
    for module in modules:
        monkeypatch.setattr(module, "time", clock)
    return clock
