"""What the dialog remembers for the next time."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QInputDialog

from app.export.size_modes import SizeMode
from app.settings import Settings
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import LongSide, Scale
from liif_core.imaging.read import read_image
from tests.app.export.dialog import (
    choose,
    export,
    number,
    opened,
    type_into,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_last_choices_and_presets_are_there_again(qtbot, open_viewer, photo, quick_estimates):
    settings = Settings()
    viewer = open_viewer(photo, model="bicubic", settings=settings)
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Longer side")
    type_into(number(dialog, SizeMode.LONG_SIDE), "400")
    assert not dialog.model.self_ensemble_box.isEnabled()
    choose(dialog.format.format_box, "TIFF")
    bits = dialog.format.rows["bits"]
    assert isinstance(bits, QComboBox)
    choose(bits, "16")
    dialog.size_group.keep_button.click()
    asking = dialog.findChild(QInputDialog)
    assert isinstance(asking, QInputDialog)
    asking.setTextValue("Mine")
    asking.accept()
    path = export(qtbot, viewer, dialog)
    assert read_image(path).pixels.dtype == np.uint16
    assert settings.export.presets == (SizePreset("Mine", LongSide(400)),)

    again = opened(viewer)
    assert again.draft.wish == LongSide(400) and again.draft.form.name == "TIFF" and again.draft.options.bits == 16
    assert again.size_group.preset_box.currentText() == "Mine"
    again.size_group.remove_button.click()
    assert not settings.export.presets
    choose(again.size_group.preset_box, "4K")
    assert again.size_group.pages[SizeMode.WITHIN].isVisible()
    again.reject()


def test_a_cancelled_dialog_remembers_nothing(qtbot, viewer):
    dialog = opened(viewer)
    choose(dialog.format.format_box, "PNG")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert viewer.exporting.dialog is None
    assert viewer.settings.export.format == "JPEG" and viewer.settings.export.size == Scale(2.0)
