"""The dialog by keyboard and for screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget

from app.export.draft import What
from app.export.size_modes import SizeMode
from app.translations import install
from app.windows import actions
from app.windows.export_size_pages import NumberPage
from tests.app.export.dialog import (
    choose,
    opened,
    select,
    wait_until_ready,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_every_control_is_reached_by_the_keyboard_and_has_a_name(qtbot, viewer):
    dialog = opened(viewer)
    select(dialog, What.CROP)
    wait_until_ready(qtbot, dialog)
    reached = set()
    dialog.stage.setFocus()
    for _ in range(80):
        focused = dialog.focusWidget()
        reached.add(focused)
        name = focused.accessibleName() or getattr(focused, "text", str)()
        assert name, focused
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    page = dialog.size_group.pages[SizeMode.PERCENT]
    assert isinstance(page, NumberPage)
    for control in (
        dialog.stage,
        dialog.crop.aspect_box,
        dialog.crop.swap_button,
        dialog.crop.spins["height"],
        dialog.size_group.preset_box,
        page.spin,
        dialog.model.model_box,
        dialog.format.format_box,
        dialog.target.name_edit,
        dialog.foot.button,
    ):
        assert control in reached, control


def test_no_two_visible_controls_have_the_same_letter(qtbot, viewer):
    dialog = opened(viewer)
    select(dialog, What.CROP)
    choose(dialog.size_group.mode_box, "Width and height")
    for name in ("JPEG", "PNG", "TIFF", "WebP"):
        choose(dialog.format.format_box, name)
        shown = [w for w in dialog.findChildren(QWidget) if w.isVisible() and isinstance(w, QLabel | QAbstractButton)]
        letters = [QKeySequence.mnemonic(widget.text()).toString() for widget in shown]
        used = [letter for letter in letters if letter]
        assert len(used) > 15 and len(used) == len(set(used)), sorted(used)


def test_keys_that_are_held_are_written_as_the_system_does(viewer, monkeypatch):
    stage = opened(viewer).stage
    assert "with Ctrl they change its size, with Shift by ten" in stage.toolTip()
    monkeypatch.setattr(actions, "native_keys", lambda keys: [key.replace("Ctrl+", "⌘") for key in keys])
    stage._retranslate()
    assert "with ⌘ they change its size, with Shift by ten" in stage.accessibleDescription()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_control_is_off_a_small_screen(qtbot, viewer, application_as_found, language):
    install(application_as_found, language)
    dialog = opened(viewer)
    select(dialog, What.CROP)
    # 1024 x 600, enlarged by half, without the frame and the system's bar.
    small = QSize(670, 340)
    assert dialog.minimumSizeHint().boundedTo(small) == dialog.minimumSizeHint()
    dialog.resize(small)
    qtbot.waitUntil(lambda: dialog.size() == small)
    for button in dialog.foot.findChildren(QPushButton):
        assert dialog.rect().contains(QRect(button.mapTo(dialog, QPoint()), button.size()))
