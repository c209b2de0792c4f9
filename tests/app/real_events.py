"""What a hand does, as Qt delivers it to the real canvas; positions are (y, x) in device-independent pixels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.document import Document
from app.viewer.picture import Picture
from liif_core.view.camera import Camera

Position = tuple[float, float]
NO_KEYS = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def camera_of(viewer: Viewer) -> Camera:
    assert viewer.controller.camera is not None
    return viewer.controller.camera


def document_of(viewer: Viewer) -> Document:
    assert isinstance(viewer.controller.document, Document)
    return viewer.controller.document


def rival_of(viewer: Viewer) -> Picture:
    assert viewer.controller.rival is not None
    return viewer.controller.rival


def device_position(viewer: Viewer, pos_image: Position) -> Position:
    """Where an image position is seen."""
    seen = viewer.controller.to_device(pos_image)
    assert seen is not None
    return seen


def image_position(viewer: Viewer, pos: Position) -> Position:
    """What is seen at a position."""
    seen = viewer.controller.to_image(pos)
    assert seen is not None
    return seen


def turn_wheel(
    viewer: Viewer, pos: Position, *, angle: int = 0, pixels: int = 0, modifiers: Qt.KeyboardModifier = NO_KEYS
) -> None:
    """A wheel's turn in eighths of a degree, or a trackpad's scroll in pixels."""
    canvas = viewer.canvas
    event = QWheelEvent(
        _point(pos),
        QPointF(canvas.mapToGlobal(_point(pos))),
        QPoint(0, pixels),
        QPoint(0, angle),
        NO_BUTTON,
        modifiers,
        Qt.ScrollPhase.ScrollUpdate if pixels else Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def gesture(viewer: Viewer, kind: Qt.NativeGestureType, pos: Position, value: float = 0.0) -> None:
    """One event of two fingers on a trackpad."""
    point, on_screen = _point(pos), viewer.canvas.mapToGlobal(_point(pos))
    device = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, device, 2, point, point, on_screen, value, QPointF())
    QApplication.sendEvent(viewer.canvas, event)


def pinch(viewer: Viewer, pos: Position, value: float) -> None:
    """Two fingers that move apart (positive) or towards each other."""
    gesture(viewer, Qt.NativeGestureType.ZoomNativeGesture, pos, value)


def press(viewer: Viewer, pos: Position) -> None:
    _mouse(viewer, QEvent.Type.MouseButtonPress, pos, LEFT, LEFT)


def move(viewer: Viewer, pos: Position, *, held: bool = False) -> None:
    _mouse(viewer, QEvent.Type.MouseMove, pos, NO_BUTTON, LEFT if held else NO_BUTTON)


def release(viewer: Viewer, pos: Position) -> None:
    _mouse(viewer, QEvent.Type.MouseButtonRelease, pos, LEFT, NO_BUTTON)


def drag(viewer: Viewer, *way: Position) -> None:
    """Press at the first position, go through the others, let go at the last one."""
    press(viewer, way[0])
    for pos in way[1:]:
        move(viewer, pos, held=True)
    release(viewer, way[-1])


def key_down(viewer: Viewer, key: Qt.Key, *, repeated: bool = False) -> None:
    """As the system sends it: first the question whether the canvas wants it for itself, then the press."""
    override = QKeyEvent(QEvent.Type.ShortcutOverride, key, NO_KEYS, "", repeated)
    override.ignore()
    QApplication.sendEvent(viewer.canvas, override)
    assert override.isAccepted(), "the window's shortcut would take the key"
    QApplication.sendEvent(viewer.canvas, QKeyEvent(QEvent.Type.KeyPress, key, NO_KEYS, "", repeated))


def key_up(viewer: Viewer, key: Qt.Key, *, repeated: bool = False) -> None:
    QApplication.sendEvent(viewer.canvas, QKeyEvent(QEvent.Type.KeyRelease, key, NO_KEYS, "", repeated))


def lose_focus(viewer: Viewer) -> None:
    QApplication.sendEvent(viewer.canvas, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))


def wait_until_sharp(qtbot: QtBot, viewer: Viewer) -> None:
    """Until nothing better is to come."""
    qtbot.waitUntil(lambda: viewer.controller.is_sharp and viewer.window.isVisible(), timeout=60_000)


def notices(viewer: Viewer) -> list[str]:
    """What is told from now on without a dialog."""
    told: list[str] = []
    viewer.browsing.notice.connect(told.append)
    viewer.photo_commands.notice.connect(told.append)
    return told


def step(qtbot: QtBot, viewer: Viewer, go: Callable[[], object]) -> Document:
    """Do something that opens a photo, and wait until it is read."""
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        go()
    return document_of(viewer)


def _mouse(viewer: Viewer, kind: QEvent.Type, pos: Position, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    point = _point(pos)
    event = QMouseEvent(kind, point, point, QPointF(viewer.canvas.mapToGlobal(point)), button, held, NO_KEYS)
    QApplication.sendEvent(viewer.canvas, event)


def _point(pos: Position) -> QPointF:
    return QPointF(pos[1], pos[0])
