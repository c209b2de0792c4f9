"""The export dialog as a person uses it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.export.draft import What
from app.export.size_modes import SizeMode
from app.windows.export_dialog import ExportDialog
from app.windows.export_size_pages import NumberPage
from app.windows.limited_spin import RealSpin, WholeSpin
from liif_core.export.queue import QueueEntry, QueueState
from liif_core.geometry import Rect


def opened(viewer: Viewer) -> ExportDialog:
    """The dialog, by the action."""
    viewer.window.actions_["export"].trigger()
    dialog = viewer.exporting.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def choose(box: QComboBox, text: str) -> None:
    """As by the mouse: an entry of a box."""
    index = box.findText(text, Qt.MatchFlag.MatchStartsWith)
    assert index >= 0, f"{text} is not offered"
    box.setCurrentIndex(index)
    box.activated.emit(index)


def type_into(field: QWidget, text: str) -> None:
    """Replace what is in a field, key by key."""
    field.setFocus()
    if hasattr(field, "selectAll"):
        field.selectAll()
    QTest.keyClicks(field, text)


def number(dialog: ExportDialog, mode: SizeMode) -> WholeSpin | RealSpin:
    """The number of a way to say a size."""
    page = dialog.size_group.pages[mode]
    assert isinstance(page, NumberPage)
    return page.spin


def crop_of(dialog: ExportDialog) -> Rect:
    """The crop in pixels of the upright photo."""
    assert dialog.draft.crop is not None
    return dialog.draft.crop


def wait_until_ready(qtbot: QtBot, dialog: ExportDialog) -> None:
    """Until the main button can be pressed."""
    qtbot.waitUntil(dialog.foot.button.isEnabled, timeout=30_000)


def export(qtbot: QtBot, viewer: Viewer, dialog: ExportDialog) -> Path:
    """Press the main button and wait for the file."""
    wait_until_ready(qtbot, dialog)
    qtbot.mouseClick(dialog.foot.button, Qt.MouseButton.LeftButton)
    entry = wait_for_end(qtbot, viewer)
    assert entry.state is QueueState.DONE, entry.error
    return entry.task.request.target


def wait_for_end(qtbot: QtBot, viewer: Viewer, count: int = 1) -> QueueEntry:
    """Until so many exports were added and all are finished; the last one."""
    queue = viewer.exporting.queue
    qtbot.waitUntil(
        lambda: len(queue.worker.entries) >= count and all(e.state.is_finished for e in queue.worker.entries),
        timeout=60_000,
    )
    return queue.worker.entries[-1]


def question(qtbot: QtBot) -> QMessageBox:
    """The question that is open."""

    def found() -> list[QMessageBox]:
        boxes = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMessageBox)]
        return [box for box in boxes if box.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=5000)
    return found()[0]


def answer(qtbot: QtBot, text: str) -> None:
    """Press a button of the question that is open."""
    (button,) = [b for b in question(qtbot).findChildren(QPushButton) if b.text().replace("&", "") == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def select(dialog: ExportDialog, what: What) -> None:
    """Which pixels."""
    dialog.what.buttons[what].click()
