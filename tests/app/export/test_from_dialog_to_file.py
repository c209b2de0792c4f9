"""Exporting by real events, from the dialog to the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.commands.export_commands import _folder_for
from app.composition import Viewer
from app.export.draft import What
from app.export.size_modes import SizeMode
from liif_core.geometry import Rect, Size
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from liif_core.orientation import Orientation
from liif_core.paths import cache_folder
from liif_core.view.tiles import Layer
from tests.app.export.dialog import (
    choose,
    crop_of,
    export,
    number,
    opened,
    select,
    type_into,
    wait_until_ready,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_whole_photo_is_exported_at_any_scale_beside_itself(qtbot, viewer, photo):
    dialog = opened(viewer)
    type_into(number(dialog, SizeMode.PERCENT), "233.3")
    path = export(qtbot, viewer, dialog)
    assert path == photo.parent / "photo-350x233.jpg"
    assert read_image(path).size == Size(233, 350)
    assert viewer.exporting.dialog is None


def test_a_pasted_photo_is_not_exported_into_the_cache(photo):
    assert _folder_for(photo) == photo.parent
    assert not _folder_for(cache_folder() / "pasted" / "a.png").is_relative_to(cache_folder())


def test_a_reduction_needs_no_model(qtbot, viewer):
    dialog = opened(viewer)
    type_into(number(dialog, SizeMode.PERCENT), "50")
    assert not dialog.model.model_box.isEnabled()
    assert read_image(export(qtbot, viewer, dialog)).size == Size(50, 75)


def test_eight_orientations_are_averaged_when_asked_for(qtbot, viewer, photo):
    mirror = photo.with_name("mirror.png")
    write_image(mirror, np.ascontiguousarray(read_image(photo).pixels[:, ::-1]))
    pictures = {}
    for path in (photo, mirror):
        viewer.controller.open(path)
        qtbot.waitUntil(lambda path=path: viewer.controller.is_sharp and viewer.controller.document.path == path)
        for wanted in (False, True):
            dialog = opened(viewer)
            choose(dialog.format.format_box, "PNG")
            # The second time, the dialog remembers.
            if dialog.model.self_ensemble_box.isChecked() != wanted:
                dialog.model.self_ensemble_box.click()
            assert dialog.draft.self_ensemble == wanted
            pictures[path, wanted] = read_image(export(qtbot, viewer, dialog)).pixels.astype(int)
        assert viewer.settings.export.self_ensemble
    differences = [
        np.abs(pictures[photo, wanted] - pictures[mirror, wanted][:, ::-1]).max() for wanted in (False, True)
    ]
    assert differences[0] > 5 and differences[1] <= 1


def shown_pixels(viewer: Viewer) -> np.ndarray:
    """The exact tiles of the view before any conversion, put together as the canvas does."""
    camera, picture = viewer.controller.camera, viewer.controller.picture
    assert camera is not None
    scene = picture.scene()
    assert scene is not None
    seen = camera.visible
    pixels = np.zeros((seen.height, seen.width, 3), np.uint8)
    layer = Layer.BASE if camera.grid.reduces else Layer.NEURAL
    for placed in (*scene.above, *scene.beneath):
        if placed.key.layer is layer and placed.key.grid == camera.grid:
            image, rect = placed.payload, placed.key.rect
            rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
            bgr = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., 2::-1]
            part = rect.intersected(seen)
            pixels[part.shifted(-seen.y, -seen.x).slices] = bgr[part.shifted(-rect.y, -rect.x).slices]
    return pixels


@pytest.mark.parametrize("zoom", [7.3, 2.0, 0.6])
def test_a_view_has_the_very_pixels_of_the_screen(qtbot, viewer, zoom):
    with qtbot.waitSignal(viewer.controller.became_sharp, timeout=60_000):
        viewer.controller.zoom_to(zoom)
        viewer.controller.center_on(43.0, 61.0)
    shown = shown_pixels(viewer)
    dialog = opened(viewer)
    select(dialog, What.VIEW)
    choose(dialog.format.format_box, "PNG")
    exported = read_image(export(qtbot, viewer, dialog)).pixels
    assert exported.shape == shown.shape
    assert np.array_equal(exported, shown)


def test_a_turned_view_is_exported_as_it_is_seen_or_upright(qtbot, viewer):
    viewer.controller.orient(Orientation(1))
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    shown = shown_pixels(viewer)
    for as_seen in (True, False):
        dialog = opened(viewer)
        assert dialog.what.as_seen_box.isVisible()
        if not as_seen:
            dialog.what.as_seen_box.click()
        select(dialog, What.VIEW)
        choose(dialog.format.format_box, "PNG")
        exported = read_image(export(qtbot, viewer, dialog)).pixels
        assert np.array_equal(exported, np.rot90(shown, -1) if as_seen else shown)


def test_a_view_can_also_be_made_larger(qtbot, viewer):
    viewer.controller.zoom_to(5.0)
    dialog = opened(viewer)
    select(dialog, What.VIEW)
    choose(dialog.size_group.mode_box, "Longer side")
    type_into(number(dialog, SizeMode.LONG_SIDE), "640")
    size = read_image(export(qtbot, viewer, dialog)).size
    assert max(size.height, size.width) == 640


def test_a_crop_is_drawn_and_exported(qtbot, viewer, photo):
    dialog = opened(viewer)
    select(dialog, What.CROP)
    stage = dialog.stage
    corners = [stage._to_widget(Rect(20, 30, 40, 60)).topLeft(), stage._to_widget(Rect(20, 30, 40, 60)).bottomRight()]
    type_into(dialog.crop.spins["x"], "0")
    start, end = (QPoint(round(corner.x()), round(corner.y())) for corner in corners)
    dialog.draft = replace(dialog.draft, crop=Rect(0, 0, 5, 5))
    dialog._take(dialog.draft)
    QTest.mousePress(stage, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(stage, start + QPoint(20, 20))
    QTest.mouseMove(stage, end)
    QTest.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=end)
    crop = dialog.draft.crop
    assert crop is not None
    assert np.abs(np.array([crop.y - 20, crop.x - 30, crop.height - 40, crop.width - 60])).max() <= 2
    choose(dialog.format.format_box, "PNG")
    choose(dialog.size_group.mode_box, "Percentage")
    type_into(number(dialog, SizeMode.PERCENT), "100")
    exported = read_image(export(qtbot, viewer, dialog)).pixels
    assert np.array_equal(exported, read_image(photo).pixels[crop.slices])


def test_a_crop_obeys_its_aspect_its_numbers_and_the_arrow_keys(qtbot, viewer):
    dialog = opened(viewer)
    select(dialog, What.CROP)
    choose(dialog.crop.aspect_box, "3:2")
    type_into(dialog.crop.spins["width"], "60")
    crop = crop_of(dialog)
    assert (crop.width, crop.height) == (60, 40)
    dialog.crop.swap_button.click()
    assert crop_of(dialog).height > crop_of(dialog).width
    choose(dialog.crop.aspect_box, "Free")
    type_into(dialog.crop.spins["x"], "17")
    type_into(dialog.crop.spins["y"], "1")
    before = crop_of(dialog)
    QTest.keyClick(dialog.stage, Qt.Key.Key_Up)
    QTest.keyClick(dialog.stage, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert crop_of(dialog) == before.shifted(-1, -10)
    moved = crop_of(dialog)
    QTest.keyClick(dialog.stage, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert crop_of(dialog).width == moved.width - 1


def test_all_photos_of_the_folder_get_names_by_a_pattern(qtbot, viewer, photo):
    for name in ("more", "last"):
        (photo.parent / f"{name}.png").write_bytes(photo.read_bytes())
    qtbot.waitUntil(lambda: len(viewer.browser.paths) == 3, timeout=10_000)
    dialog = opened(viewer)
    select(dialog, What.ALL)
    type_into(dialog.target.name_edit, "{number}-{name}")
    wait_until_ready(qtbot, dialog)
    assert dialog.foot.button.text().replace("&", "") == "Export 3 photos"
    told: list[str] = []
    viewer.exporting.notice.connect(told.append)
    qtbot.mouseClick(dialog.foot.button, Qt.MouseButton.LeftButton)
    assert told and "3 photos" in told[0], "nothing else is seen until all are looked at"
    wanted = [photo.parent / name for name in ("1-last.jpg", "2-more.jpg", "3-photo.jpg")]
    qtbot.waitUntil(lambda: all(path.exists() for path in wanted), timeout=60_000)
    assert viewer.exporting.queue.panel.isVisible()
