from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.windows.sharpness_ring import SHOW_AFTER_MS, SharpnessRing
from app.windows.status_bar import PhotoStatusBar
from liif_core.view.zoom_entry import format_ratio, format_zoom


@pytest.fixture
def bar(qtbot: QtBot) -> PhotoStatusBar:
    bar = PhotoStatusBar()
    qtbot.addWidget(bar)
    bar.resize(1000, 24)
    bar.show()
    return bar


def _shown(bar: PhotoStatusBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisible() and label.text()]


def test_every_value_of_an_open_photo_is_shown(bar):
    bar.set_photo("photo.jpg", width=6000, height=4000)
    bar.set_position((12, 340))
    bar.set_page((2, 5))
    bar.set_zoom(3.5)
    bar.set_model("fast")
    bar.set_device("cpu")

    wanted = {"photo.jpg", "6000 × 4000", "12 / 340", "page 2 / 5", "350 %", "3.5 : 1", "fast", "cpu"}
    assert set(_shown(bar)) == wanted


def test_a_file_of_one_page_has_no_page_to_tell(bar):
    bar.set_photo("photo.jpg", width=6, height=4)
    bar.set_page((1, 1))

    assert not any("page" in text for text in _shown(bar))


def test_without_a_photo_only_the_model_and_its_device_are_left(bar):
    bar.set_model("fast")
    bar.set_device("cpu")
    bar.set_photo("photo.jpg", width=6, height=4)
    bar.set_position((1, 2))
    bar.set_page((1, 2))
    bar.set_zoom(1)
    bar.clear_photo()

    assert _shown(bar) == ["fast", "cpu"]


def test_model_and_device_are_grey_where_the_photo_itself_is_shown(bar):
    bar.set_model("fast")
    bar.set_device("cpu")
    bar.set_neural(False)
    assert not any(label.isEnabled() for label in bar.findChildren(QLabel) if label.text() in ("fast", "cpu"))

    bar.set_neural(True)
    assert all(label.isEnabled() for label in bar.findChildren(QLabel) if label.text() in ("fast", "cpu"))


def test_a_narrow_window_keeps_the_zoom_and_loses_the_ratio(bar):
    bar.set_photo("a long name of a photo.jpg", width=6000, height=4000)
    bar.set_zoom(3.5)
    bar.set_model("fast")
    bar.set_device("cuda bf16")
    bar.resize(260, 24)

    assert "350 %" in _shown(bar) and "3.5 : 1" not in _shown(bar)
    assert bar.minimumSizeHint().width() == 0


def test_a_notice_is_shown_and_can_be_read_whole_in_the_tooltip(bar):
    text = "The model runs on the CPU from now on: " + "the memory of the device is too small, " * 20
    bar.show_notice(text)

    assert bar.currentMessage().endswith("…") and text.startswith(bar.currentMessage()[:-1])
    assert bar.toolTip() == text
    bar.clearMessage()
    assert bar.toolTip() == ""


def test_values_that_change_during_a_notice_are_not_painted_over_it(bar):
    bar.set_photo("photo.jpg", width=6000, height=4000)
    bar.show_notice("A notice.")
    bar.set_position((2, 5))
    bar.resize(900, 24)
    assert not {"6000 × 4000", "2 / 5", "photo.jpg"} & set(_shown(bar))

    bar.clearMessage()
    assert {"6000 × 4000", "2 / 5", "photo.jpg"} <= set(_shown(bar))


@pytest.mark.parametrize(
    "zoom, percent, ratio",
    [
        (1, "100 %", "1 : 1"),
        (3.5, "350 %", "3.5 : 1"),
        (0.25, "25 %", "1 : 4"),
        (1 / 3, "33.3 %", "1 : 3"),
        (0.0625, "6.25 %", "1 : 16"),
        (128, "12800 %", "128 : 1"),
        (0.9999, "100 %", "1 : 1"),
        (2000, "200000 %", "2000 : 1"),
    ],
)
def test_zooms_are_written_without_noise(zoom, percent, ratio):
    assert (format_zoom(zoom), format_ratio(zoom)) == (percent, ratio)


def test_the_ring_waits_before_it_is_drawn_and_goes_when_the_view_is_exact(qtbot):
    ring = SharpnessRing()
    qtbot.addWidget(ring)
    ring.set_progress(1, 4)
    assert not ring.is_drawn
    qtbot.waitUntil(lambda: ring.is_drawn, timeout=10 * SHOW_AFTER_MS)

    ring.set_progress(4, 4)
    assert not ring.is_drawn


def test_quick_work_never_draws_the_ring(qtbot):
    ring = SharpnessRing()
    qtbot.addWidget(ring)
    ring.set_progress(1, 4)
    ring.set_progress(4, 4)
    qtbot.wait(SHOW_AFTER_MS + 50)

    assert not ring.is_drawn


def test_the_ring_tells_screen_readers_how_far_it_is(qtbot):
    ring = SharpnessRing()
    qtbot.addWidget(ring)
    ring.set_progress(1, 4)
    assert "1" in ring.accessibleName() and "4" in ring.accessibleName()

    ring.set_progress(4, 4)
    assert ring.accessibleName() == "Every visible pixel is final"


def test_a_fuller_ring_has_more_of_its_colour(qtbot):
    ring = SharpnessRing()
    qtbot.addWidget(ring)
    ring.resize(40, 40)
    ring.set_progress(1, 4)
    qtbot.waitUntil(lambda: ring.is_drawn, timeout=10 * SHOW_AFTER_MS)
    accent = ring.palette().highlight().color().rgb()

    def colored() -> int:
        image = ring.grab().toImage()
        return sum(image.pixel(x, y) == accent for x in range(image.width()) for y in range(image.height()))

    quarter = colored()
    ring.set_progress(3, 4)
    assert 0 < 2 * quarter < colored()
