"""Mouse, wheel, trackpad, keys and drops on the real canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.gestures import wheel_notches, zoom_factor
from liif_core.view.camera import Camera
from tests.app.conftest import OpenViewer
from tests.app.real_events import move, press


def turn_wheel(viewer: Viewer, position: QPointF, *, angle: int, pixels: int = 0) -> None:
    canvas = viewer.window.canvas
    event = QWheelEvent(
        position,
        QPointF(canvas.mapToGlobal(position.toPoint())),
        QPoint(0, pixels),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def camera_of(viewer: Viewer) -> Camera:
    assert viewer.controller.camera is not None
    return viewer.controller.camera


def test_wheel_zooms_about_the_cursor(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    for _ in range(6):
        turn_wheel(viewer, QPointF(300, 80), angle=120)
    before = camera_of(viewer)
    under_cursor = before.to_image((80, 300))
    turn_wheel(viewer, QPointF(300, 80), angle=120)
    after = camera_of(viewer)
    assert after.zoom == pytest.approx(before.zoom * 2**0.25)
    y, x = after.to_device(under_cursor)
    assert abs(y - 80) <= 1
    assert abs(x - 300) <= 1


def test_fine_wheel_deltas_add_up_to_a_whole_notch(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    start = camera_of(viewer).zoom
    for _ in range(8):
        turn_wheel(viewer, QPointF(200, 150), angle=15)
    assert camera_of(viewer).zoom == pytest.approx(start * 2**0.25)


def test_trackpad_pixels_zoom_smoothly(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    start = camera_of(viewer).zoom
    turn_wheel(viewer, QPointF(200, 150), angle=40, pixels=6)
    assert start < camera_of(viewer).zoom < start * 1.05


def test_drag_moves_the_picture_with_the_cursor(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.controller.zoom_to(8.0)
    grabbed_point = camera_of(viewer).to_image((150, 200))
    canvas = viewer.window.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    qtbot.mouseMove(canvas, QPoint(230, 140))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(230, 140))
    y, x = camera_of(viewer).to_device(grabbed_point)
    assert y == pytest.approx(140, abs=1)
    assert x == pytest.approx(230, abs=1)


def test_a_drag_ends_where_the_button_is_let_go_over_another_window(open_viewer: OpenViewer, photo: Path) -> None:
    """A dialog that opens meanwhile gets the release."""
    viewer = open_viewer(photo, model="bicubic")
    viewer.controller.zoom_to(8.0)
    press(viewer, (150.0, 200.0))
    move(viewer, (140.0, 230.0), held=True)
    dragged = camera_of(viewer)
    for pos in ((90.0, 90.0), (100.0, 120.0)):
        move(viewer, pos)
    assert camera_of(viewer) == dragged
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_double_click_goes_between_fit_and_full_size(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    fit = camera_of(viewer).zoom
    qtbot.mouseDClick(viewer.window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert camera_of(viewer).zoom == 1.0
    qtbot.mouseDClick(viewer.window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert camera_of(viewer).zoom == pytest.approx(fit)


def test_keys_zoom_fit_and_show_full_size(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.window.activateWindow()
    canvas = viewer.window.canvas
    fit = camera_of(viewer).zoom
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert camera_of(viewer).zoom == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert camera_of(viewer).zoom == pytest.approx(2**0.5)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert camera_of(viewer).zoom == pytest.approx(1.0)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert camera_of(viewer).zoom == pytest.approx(fit)


def test_zoom_reaches_at_least_64(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    for _ in range(80):
        turn_wheel(viewer, QPointF(200, 150), angle=120)
    assert camera_of(viewer).zoom >= 64


def test_a_dropped_photo_opens(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering, dropping = QDragEnterEvent(QPoint(5, 5), *how), QDropEvent(QPointF(5, 5), *how)
    with qtbot.waitSignal(viewer.controller.document_opened, timeout=20_000):
        QApplication.sendEvent(viewer.window, entering)
        QApplication.sendEvent(viewer.window, dropping)
    assert entering.isAccepted()
    assert viewer.controller.document is not None
    assert viewer.controller.document.path == photo


@given(first=st.floats(-20, 20), second=st.floats(-20, 20))
def test_equal_movements_multiply_the_zoom_equally(first: float, second: float) -> None:
    assert zoom_factor(first) * zoom_factor(second) == pytest.approx(zoom_factor(first + second))


def test_pixels_win_over_angles_where_a_platform_sends_both() -> None:
    assert wheel_notches(angle_delta=120, pixel_delta=30) == 0.5
    assert wheel_notches(angle_delta=-60, pixel_delta=0) == -0.5
