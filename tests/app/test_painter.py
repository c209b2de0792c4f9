"""An error in painting costs that painting, and not the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.windows import histogram_view
from tests.app.conftest import OpenViewer


def fail(*_given: object, **_named: object) -> None:
    raise ZeroDivisionError


def canvas(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    monkeypatch.setattr("app.viewer.canvas.paint_view", fail)
    return viewer.canvas


def histogram(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    monkeypatch.setattr(histogram_view, "_outline", fail)
    viewer.window.actions_["information"].trigger()
    return viewer.window.findChildren(histogram_view.HistogramView)[0]


@pytest.mark.parametrize("widget_of", [canvas, histogram])
def test_a_painter_ends_with_an_error_though_its_traceback_is_kept(
    qtbot: QtBot,
    qtlog: Any,
    open_viewer: OpenViewer,
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
    widget_of: Callable[[Viewer, pytest.MonkeyPatch], QWidget],
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    with qtbot.captureExceptions() as kept:
        widget = widget_of(viewer, monkeypatch)
        qtbot.waitUntil(lambda: viewer.information.is_filled or widget is viewer.canvas, timeout=10_000)
        widget.update()
        qtbot.waitUntil(lambda: bool(kept), timeout=10_000)
        monkeypatch.undo()
    assert not [record for record in qtlog.records if "active painter" in record.message]
