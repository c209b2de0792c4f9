"""Exporting by real events, from the dialog to the file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QInputDialog, QLabel, QWidget

from app.commands.export_commands import _folder_for
from app.composition import Viewer
from app.export.checks import look_at
from app.export.draft import What
from app.export.limits import Limits
from app.export.size_modes import SizeMode
from app.settings import Settings
from app.windows.export_size_pages import NumberPage, PrintPage, SidesPage
from app.windows.export_texts import duration_text, note_text
from app.workers.export_probe import Cost
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import CorruptCheckpoint
from liif_core.export.job import Note
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import LongSide, Print, Scale
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoding import MAX_DPI, format_of
from liif_core.imaging.read import read_image
from liif_core.paths import cache_folder
from liif_core.view.orientation import Orientation
from liif_core.view.tiles import Layer
from tests.app.conftest import OpenViewer
from tests.app.exporting import (
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
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_native(path, heat_model(), ModelCard(description="a model of the tests"))
    return path


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path, tiny_model: Path, quick_estimates: None) -> Viewer:
    return open_viewer(photo, model=str(tiny_model), device="cpu", precision="fp32")


@pytest.fixture
def quick_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core's estimate takes two seconds by design and has its own tests."""
    monkeypatch.setattr(
        "app.workers.export_probe.measured_cost", lambda plan, photo, renderer_of, *, control: Cost(1000, 2.0, 3000)
    )


# -- from end to end


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


# -- what is refused


def test_what_is_too_large_is_refused_while_it_is_typed(qtbot, viewer):
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Width and height")
    page = dialog.size_group.pages[SizeMode.PIXELS]
    assert isinstance(page, SidesPage)
    type_into(page.width_spin, "70000")
    assert page.width_spin.value() == 7000
    assert "65500 px" in dialog.size_group._hint.text().replace(",", "")


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


# -- what is known beforehand


class Held:
    """An estimate that waits until it may answer."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.widths: list[int] = []

    def __call__(self, plan, photo, renderer_of, *, control):
        self.widths.append(plan.size.width)
        while not self.go_on.wait(0.01):
            control.check()
        return Cost(plan.size.width * 1_000_000, 1.0, 1)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held()
    monkeypatch.setattr("app.workers.export_probe.measured_cost", held)
    yield held
    held.go_on.set()


def test_a_stale_estimate_is_never_shown(qtbot, open_viewer, photo, held):
    viewer = open_viewer(photo, model="bicubic")
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: held.widths == [300], timeout=20_000)
    assert "Estimating" in dialog.foot.cost.text() and dialog.foot.button.isEnabled()
    shown: list[str] = []
    dialog.inquiry.changed.connect(lambda: shown.append(dialog.foot.cost.text()))
    type_into(number(dialog, SizeMode.PERCENT), "400")
    qtbot.waitUntil(lambda: held.widths[-1] == 600, timeout=20_000)
    held.go_on.set()
    qtbot.waitUntil(lambda: "600 MB" in dialog.foot.cost.text(), timeout=20_000)
    assert not any("300 MB" in text for text in shown)


def test_a_stale_piece_is_never_shown(qtbot, viewer):
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: not dialog.preview.picture.isNull(), timeout=30_000)
    pieces: list[object] = []
    dialog.inquiry.sampled.connect(pieces.append)
    probe = viewer.exporting._probe
    assert probe is not None
    probe.sampled.emit(1, object())
    assert not pieces


def test_the_piece_is_that_of_the_spot_that_is_clicked(qtbot, viewer):
    dialog = opened(viewer)
    type_into(number(dialog, SizeMode.PERCENT), "900")
    qtbot.waitUntil(lambda: dialog.stage._marker is not None, timeout=30_000)
    wait_until_ready(qtbot, dialog)
    with qtbot.waitSignal(dialog.inquiry.sampled, timeout=30_000) as sampled:
        spot = dialog.stage._to_widget(Rect(75, 120, 1, 1)).topLeft()
        QTest.mouseClick(dialog.stage, Qt.MouseButton.LeftButton, pos=QPoint(round(spot.x()), round(spot.y())))
    part = sampled.args[0].part
    middle = (part.y + part.height / 2, part.x + part.width / 2)
    assert part.bottom == 100 or abs(middle[0] - 75) < 4
    assert part.right == 150 or abs(middle[1] - 120) < 4


def test_what_the_export_would_fail_at_is_told_where_the_piece_would_be(qtbot, viewer, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise CorruptCheckpoint("m.safetensors is damaged")

    monkeypatch.setattr("app.workers.export_probe.take_sample", fail)
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: dialog.foot.cost.text() == "m.safetensors is damaged", timeout=20_000)
    assert dialog.preview.accessibleDescription() == "m.safetensors is damaged"


def test_the_model_is_forgotten_when_the_dialog_is_closed(qtbot, viewer):
    dialog = opened(viewer)
    wait_until_ready(qtbot, dialog)
    probe = viewer.exporting._probe
    assert probe is not None
    qtbot.waitUntil(lambda: probe._renderers is not None, timeout=20_000)
    dialog.reject()
    qtbot.waitUntil(lambda: probe._renderers is None, timeout=20_000)


def test_a_name_or_a_spot_does_not_ask_for_another_estimate(qtbot, open_viewer, photo, held):
    held.go_on.set()
    viewer = open_viewer(photo, model="bicubic")
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: not dialog.inquiry.is_waiting, timeout=20_000)
    type_into(dialog.target.name_edit, "other.jpg")
    qtbot.waitUntil(lambda: not dialog.inquiry.is_waiting, timeout=20_000)
    dialog.stage.set_spot((0.1, 0.1))
    qtbot.wait(300)
    assert held.widths == [300]


def test_the_gui_thread_asks_no_disk_and_renders_nothing(qtbot, viewer, monkeypatch):
    threads: set[str] = set()

    def noted(*args, **kwargs):
        threads.add(threading.current_thread().name)
        return look_at(*args, **kwargs)

    monkeypatch.setattr("app.workers.export_probe.look_at", noted)
    wait_until_ready(qtbot, opened(viewer))
    assert threads == {"export probe"}


def test_the_sentence_and_the_button_tell_the_numbers(qtbot, viewer):
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Longer side")
    type_into(number(dialog, SizeMode.LONG_SIDE), "9000")
    wait_until_ready(qtbot, dialog)
    assert dialog.foot.sentence.text().replace(",", "") == (
        "The whole photo becomes a JPEG file of 9000 × 6000 pixels (54 megapixels) 6000 % of the photo’s own size."
    )
    assert dialog.foot.button.text().replace("&", "") == "Export 54 megapixels"
    qtbot.waitUntil(lambda: dialog.foot.cost.text().startswith("About"), timeout=20_000)
    assert dialog.foot.cost.text() == "About 1.0 kB on the disk, 2 s, and up to 3.0 kB of memory."


def test_no_paper_is_so_small_that_its_resolution_cannot_be_written(qapp):
    page = PrintPage()
    page.show_wish(Print(0.1, 0.1, 300.0), Size(45, 70), Limits.of(Size(45, 70), format_of("a.png")))
    assert page.dpi_spin.maximum() == MAX_DPI


@pytest.mark.parametrize("seconds, text", [(0.2, "less than 1 s"), (42, "42 s"), (300, "5 min"), (4800, "1 h 20 min")])
def test_times_are_told_no_more_exactly_than_they_are_known(qapp, seconds, text):
    assert duration_text(seconds) == text


def test_every_note_about_a_file_has_a_sentence(qapp):
    assert len({note_text(note) for note in Note}) == len(Note)


# -- what is remembered


def test_the_last_choices_and_presets_are_there_again(qtbot, open_viewer, photo, quick_estimates):
    settings = Settings()
    viewer = open_viewer(photo, model="bicubic", settings=settings)
    dialog = opened(viewer)
    choose(dialog.size_group.mode_box, "Longer side")
    type_into(number(dialog, SizeMode.LONG_SIDE), "400")
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


# -- keyboard and screen readers


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
