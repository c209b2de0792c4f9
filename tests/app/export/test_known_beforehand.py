"""What the dialog tells of an export before it begins, and that it is of the export at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.export.checks import look_at
from app.export.limits import Limits
from app.export.photo import ExportPhoto
from app.export.size_modes import SizeMode
from app.windows.export_size import SizeGroup
from app.windows.export_size_pages import PrintPage
from app.windows.export_texts import duration_text, note_text
from app.workers.export_probe import Cost, ExportProbe, Question
from liif_core.errors import CorruptCheckpoint
from liif_core.export.enlarger import EnlargerChoice
from liif_core.export.job import Note
from liif_core.export.sizes import Print, Wish
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoding import MAX_DPI, format_of
from tests.app.export.dialog import (
    choose,
    number,
    opened,
    type_into,
    wait_until_ready,
)
from tests.app.export.photos import draft_of, photo_of

pytestmark = pytest.mark.usefixtures("one_thread")


class Held:
    """An estimate that waits until it may answer."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.widths: list[int] = []
        self.feature_bytes: int | None = None

    def __call__(self, plan, photo, renderer_of, *, control, feature_bytes):
        self.widths.append(plan.size.width)
        self.feature_bytes = feature_bytes
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


def test_the_estimate_knows_what_features_may_take(qtbot, open_viewer, photo, held):
    held.go_on.set()
    viewer = open_viewer(photo, model="bicubic")
    viewer.settings.set(replace(viewer.settings.memory, feature_bytes=3_000_000_000))
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: not dialog.inquiry.is_waiting, timeout=20_000)
    assert held.feature_bytes == 3_000_000_000


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


def question_about(photo: ExportPhoto, folder: Path, number: int) -> Question:
    return Question(number, draft_of(photo, folder=folder), photo, EnlargerChoice(), spot=(0.5, 0.5), pane=Size(8, 8))


def test_a_question_that_is_taken_up_at_once_is_answered(qtbot, tmp_path, monkeypatch):
    """The probe's thread may be quicker than the one that asks."""
    has_asked = threading.Event()

    def measure(*_, control, **__):
        assert has_asked.wait(5)
        control.check()
        return Cost(1, 1.0, 1)

    probe = ExportProbe(measure=measure)
    put = probe._mailbox.put

    def put_and_sleep(item):
        put(item)
        time.sleep(0.2)

    monkeypatch.setattr(probe._mailbox, "put", put_and_sleep)
    with qtbot.waitSignal(probe.estimated, timeout=5000):
        probe.ask(question_about(photo_of(Size(40, 60), path=tmp_path / "photo.png"), tmp_path, 1))
        has_asked.set()
    assert probe.stop(timeout_s=5)


def test_what_is_known_of_a_photo_is_not_told_of_one_at_the_same_address(qtbot, tmp_path):
    """The first photo is gone when the third is opened, and was not in the last question any more."""
    measured: list[int] = []

    def measure(plan, photo, renderer_of, *, control, feature_bytes):
        measured.append(feature_bytes)
        return Cost(1, 1.0, 1)

    probe = ExportProbe(measure=measure)
    second = photo_of(Size(40, 60), path=tmp_path / "photo.png")
    first = replace(second)
    address = id(first)
    with qtbot.waitSignal(probe.estimated, timeout=20_000):
        probe.ask(question_about(first, tmp_path, 1))
    with qtbot.waitSignal(probe.looked, timeout=20_000):
        probe.ask(question_about(second, tmp_path / "nowhere", 2))
    del first
    made = [replace(second) for _ in range(1000)]
    third = next((photo for photo in made if id(photo) == address), made[-1])
    with qtbot.waitSignal(probe.estimated, timeout=20_000):
        probe.ask(question_about(third, tmp_path, 3))
    assert probe.stop(timeout_s=5)
    assert len(measured) == 2


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


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("height_spin", 6.0, Print(100.0, 6 * 25.4, 72.27)),
        ("width_spin", 4.0, Print(4 * 25.4, 150.0, 72.27)),
        ("dpi_spin", 300.0, Print(100.0, 150.0, 300.0)),
    ],
)
def test_a_number_on_paper_changes_no_other_by_what_is_not_shown_of_it(qapp, field, value, wanted):
    page, heard = PrintPage(), list[Print]()
    page.chosen.connect(heard.append)
    wish, part = Print(100.0, 150.0, 72.27), Size(3000, 4000)
    page.show_wish(wish, wish.size_of(part), Limits.of(part, format_of("a.png")))
    page.unit.setCurrentText("in")
    getattr(page, field).setValue(value)
    (chosen,) = heard
    assert (chosen.width_mm, chosen.height_mm, chosen.dpi) == pytest.approx(
        (wanted.width_mm, wanted.height_mm, wanted.dpi), rel=1e-12
    )


def test_the_resolution_on_paper_survives_a_look_at_other_ways_to_say_the_size(qtbot):
    group, part = SizeGroup(), Size(3000, 4000)
    qtbot.addWidget(group)
    limits = Limits.of(part, format_of("a.png"))

    def show(wish: Wish) -> None:
        group.show_wish(wish, wish.size_of(part), limits, has_screen=True)

    group.chosen.connect(show)
    show(Print(200.0, None, 150.0))
    for text in ("Percentage", "Size on paper"):
        choose(group.mode_box, text)
    wish = group._wish
    assert isinstance(wish, Print) and wish.dpi == 150.0
    assert wish.width_mm == pytest.approx(200.0, abs=0.2)


@pytest.mark.parametrize("seconds, text", [(0.2, "less than 1 s"), (42, "42 s"), (300, "5 min"), (4800, "1 h 20 min")])
def test_times_are_told_no_more_exactly_than_they_are_known(qapp, seconds, text):
    assert duration_text(seconds) == text


def test_every_note_about_a_file_has_a_sentence(qapp):
    assert len({note_text(note) for note in Note}) == len(Note)
