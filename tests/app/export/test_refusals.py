"""What cannot be exported is told in the dialog, before anything begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.export.draft import What
from app.export.size_modes import SizeMode
from app.windows.export_size_pages import SidesPage
from liif_core.imaging.read import read_image
from tests.app.export.dialog import (
    answer,
    choose,
    crop_of,
    export,
    number,
    opened,
    question,
    select,
    type_into,
    wait_until_ready,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_what_is_too_large_is_refused_while_it_is_typed(qtbot, viewer):
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Width and height")
    page = dialog.size_group.pages[SizeMode.PIXELS]
    assert isinstance(page, SidesPage)
    type_into(page.width_spin, "70000")
    assert page.width_spin.value() == 7000
    assert "65500 px" in dialog.size_group._hint.text().replace(",", "")


@pytest.mark.parametrize("typed", ["12a", "12.3456", "-5"])
def test_what_is_not_too_large_is_not_called_so(qtbot, viewer, typed):
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Percentage")
    type_into(number(dialog, SizeMode.PERCENT), typed)
    assert dialog.size_group._hint.isHidden()


def test_a_crop_outside_of_the_photo_is_refused_while_it_is_typed(qtbot, viewer):
    dialog = opened(viewer)
    select(dialog, What.CROP)
    type_into(dialog.crop.spins["width"], "151")
    assert dialog.crop.spins["width"].value() == 15 and crop_of(dialog).width == 15
    assert "150 × 100 pixels" in dialog.crop._hint.text() and dialog.crop._hint.isVisible()


def test_a_format_that_cannot_hold_the_size_is_told_and_the_button_waits(qtbot, viewer):
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Longer side")
    type_into(number(dialog, SizeMode.LONG_SIDE), "20000")
    wait_until_ready(qtbot, dialog)
    choose(dialog.format.format_box, "WebP")
    assert not dialog.foot.button.isEnabled()
    assert "16383" in dialog.foot.cost.text().replace(",", "")
    assert dialog.foot.button.toolTip() == dialog.foot.cost.text()
    choose(dialog.format.format_box, "PNG")
    wait_until_ready(qtbot, dialog)


def test_the_photo_itself_is_never_a_target(qtbot, viewer, photo):
    dialog = opened(viewer)
    choose(dialog.format.format_box, "PNG")
    type_into(dialog.target.name_edit, "photo.png")
    qtbot.waitUntil(lambda: "the photo itself" in dialog.foot.cost.text(), timeout=10_000)
    assert not dialog.foot.button.isEnabled()


def test_a_name_with_another_extension_chooses_its_format(qtbot, viewer, photo):
    dialog = opened(viewer)
    type_into(dialog.target.name_edit, "print.tif")
    assert dialog.draft.form.name == "TIFF" and dialog.format.format_box.currentText().startswith("TIFF")
    assert export(qtbot, viewer, dialog) == photo.parent / "print.tif"


def test_a_name_without_an_extension_is_told(qtbot, viewer):
    dialog = opened(viewer)
    type_into(dialog.target.name_edit, "print")
    assert ".jpg" in dialog.foot.cost.text() and not dialog.foot.button.isEnabled()


def test_transparency_that_is_lost_is_told(qtbot, open_viewer, tmp_path, quick_estimates):
    path = tmp_path / "clear.png"
    PillowImage.new("RGBA", (60, 40), (200, 100, 50, 120)).save(path)
    viewer = open_viewer(path, model="bicubic")
    dialog = opened(viewer)
    assert "Transparent parts become white." in dialog.foot.sentence.text()
    choose(dialog.format.format_box, "PNG")
    assert "white" not in dialog.foot.sentence.text() and dialog.format.rows["keep_alpha"].isVisible()
    assert read_image(export(qtbot, viewer, dialog), keep_alpha=True).alpha is not None


def test_a_full_disk_is_told_before_the_start(qtbot, viewer, monkeypatch):
    monkeypatch.setattr("app.export.checks.shutil.disk_usage", lambda path: type("Usage", (), {"free": 10})())
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: "only 10 B are free" in dialog.foot.cost.text(), timeout=20_000)
    assert not dialog.foot.button.isEnabled()


def test_an_old_file_is_replaced_only_after_a_question(qtbot, viewer, photo):
    old = photo.parent / "mine.jpg"
    old.write_bytes(b"old")
    dialog = opened(viewer)
    type_into(dialog.target.name_edit, "mine.jpg")
    wait_until_ready(qtbot, dialog)
    qtbot.mouseClick(dialog.foot.button, Qt.MouseButton.LeftButton)
    assert "mine.jpg" in question(qtbot).text()
    answer(qtbot, "Cancel")
    assert old.read_bytes() == b"old" and dialog.isVisible() and viewer.exporting.queue.unfinished == 0
    qtbot.mouseClick(dialog.foot.button, Qt.MouseButton.LeftButton)
    answer(qtbot, "Replace")
    qtbot.waitUntil(lambda: old.read_bytes() != b"old", timeout=60_000)


def test_a_name_that_begins_with_a_tilde_is_a_name(qtbot, viewer, photo):
    dialog = opened(viewer)
    type_into(dialog.target.name_edit, "~draft of nobody.jpg")
    wait_until_ready(qtbot, dialog)
    assert export(qtbot, viewer, dialog) == photo.parent / "~draft of nobody.jpg"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("sub/x.jpg", "sub/x.jpg"),
        ("./x.jpg", "x.jpg"),
        ("{parent}/x.jpg", "../x.jpg"),
        ("x.png", "x.png"),
    ],
)
def test_a_path_that_is_typed_slowly_is_the_path_that_was_typed(qtbot, viewer, photo, typed, wanted):
    dialog, edit = opened(viewer), viewer.exporting.dialog.target.name_edit
    typed = typed.replace("{parent}", str(photo.parent.parent))
    edit.setFocus()
    edit.selectAll()
    for letter in typed:
        QTest.keyClicks(edit, letter)
        # As after each pause of who types.
        qtbot.waitUntil(lambda: dialog.inquiry.look is not None, timeout=10_000)
    assert edit.text() == typed
    target = Path(os.path.normpath(photo.parent / wanted))
    assert dialog.draft.target == target
    edit.editingFinished.emit()
    assert edit.text() == target.name and dialog.target.folder_edit.text() == str(target.parent)


def test_a_root_is_no_name_whatever_the_format(qtbot, viewer):
    dialog = opened(viewer)
    type_into(dialog.target.name_edit, os.sep)
    choose(dialog.format.format_box, "PNG")
    assert not dialog.foot.button.isEnabled() and dialog.draft.target == Path(os.sep)
