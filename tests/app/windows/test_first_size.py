"""How large windows are when they open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.translations import install
from app.windows.evaluation_dialog import EvaluationDialog
from app.windows.first_size import take_room
from app.windows.model_manager import ModelManager
from app.windows.settings_dialog import SettingsDialog
from app.windows.shortcut_editor import ShortcutEditor
from app.wizard.wizard import TrainingWizard
from liif_core.memory import Budgets

BUDGETS = Budgets(tile_bytes=2**27, feature_bytes=2**27, photo_bytes=2**27)
WINDOWS: dict[str, Callable[[], QDialog]] = {
    "wizard": lambda: TrainingWizard(str),
    "manager": ModelManager,
    "evaluation": lambda: EvaluationDialog("fast"),
    "settings": lambda: SettingsDialog(Settings(), automatic=BUDGETS),
    "shortcuts": lambda: ShortcutEditor({}),
}


@pytest.mark.parametrize("make", WINDOWS.values(), ids=WINDOWS)
def test_a_window_has_the_room_that_it_asks_for_where_the_screen_has_it(
    qtbot: QtBot, make: Callable[[], QDialog]
) -> None:
    window = make()
    qtbot.addWidget(window)
    window.show()
    screen = window.screen().availableSize()
    wanted = QSize(560, 620) if isinstance(window, ShortcutEditor) else window.sizeHint()
    assert window.width() >= min(wanted.width(), 0.85 * screen.width())
    assert window.height() >= min(wanted.height(), 0.85 * screen.height())
    assert window.width() <= screen.width() and window.height() <= screen.height()


def test_no_window_is_larger_than_the_screen(qtbot: QtBot) -> None:
    window = QDialog()
    qtbot.addWidget(window)
    take_room(window, QSize(5000, 5000))
    window.show()
    screen = window.screen().availableSize()
    assert window.width() < screen.width() and window.height() < screen.height()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("make", WINDOWS.values(), ids=WINDOWS)
def test_every_window_finds_room_on_a_small_screen(
    qtbot: QtBot, application_as_found: QApplication, make: Callable[[], QDialog], language: str
) -> None:
    install(application_as_found, language)
    window = make()
    qtbot.addWidget(window)
    window.show()
    # 1024 x 600, enlarged by half, without the frame.
    small = QSize(670, 360)
    assert window.minimumSizeHint().boundedTo(small) == window.minimumSizeHint()
