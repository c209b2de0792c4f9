"""What becomes sharp fades in for a moment, and nothing is left of that."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QRegion
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.settings_values import Motion as SmoothMotion
from app.viewer import cross_fade as cross_fade_module
from app.viewer.comparison import CompareMode
from app.viewer.cross_fade import FADE_S
from liif_core.imaging.write import write_image
from liif_core.orientation import Orientation
from tests.app.clock import Clock, clock_in
from tests.app.conftest import OpenViewer
from tests.app.test_view_pixels import grabbed

HEIGHT, WIDTH = 300, 400
CENTER = (50.0, 75.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return clock_in(monkeypatch, cross_fade_module)


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    return moving(open_viewer, photo)


def moving(open_viewer: OpenViewer, photo: Path, **options: object) -> Viewer:
    """In which things move, whatever this system says about that; zooms jump, since a test looks at one of them."""
    viewer = open_viewer(photo, model="bicubic", moves=True, width=WIDTH, height=HEIGHT, **options)
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="on"))
    return viewer


def before_and_after(qtbot: QtBot, viewer: Viewer, zoom: float) -> tuple[np.ndarray, np.ndarray]:
    """The view before its tiles are there, and, at the same moment by the fake clock, after they have come."""
    viewer.controller.zoom_to(zoom)
    viewer.controller.center_on(*CENTER)
    blurred = grabbed(viewer)
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    return blurred, grabbed(viewer)


def exact(viewer: Viewer) -> np.ndarray:
    """The view without any fade."""
    viewer.canvas.fade.enabled = False
    picture = grabbed(viewer)
    viewer.canvas.fade.enabled = True
    return picture


def assert_nothing_has_changed(first: np.ndarray, blurred: np.ndarray) -> None:
    # Qt rounds what it stretches a little differently where it begins elsewhere.
    assert np.abs(first.astype(int) - blurred).max() <= 1


@pytest.mark.parametrize("quarter_turns", [0, 1])
def test_what_was_there_gives_way_to_the_exact_pixels(
    qtbot: QtBot, viewer: Viewer, clock: Clock, quarter_turns: int
) -> None:
    viewer.controller.orient(Orientation(quarter_turns, mirrored=quarter_turns == 1))
    blurred, first = before_and_after(qtbot, viewer, 6.0)
    assert_nothing_has_changed(first, blurred)
    clock.now_s += FADE_S / 2
    half = grabbed(viewer).astype(float)
    clock.now_s += FADE_S
    last = grabbed(viewer)
    assert np.abs(last.astype(int) - blurred).max() > 8, "the fade must have a way to go"
    assert np.abs(half - (blurred.astype(float) + last) / 2).max() <= 2.5
    assert np.array_equal(last, exact(viewer))
    assert not viewer.canvas.fade.is_fading


def test_it_ends_by_itself_and_soon(qtbot: QtBot, viewer: Viewer) -> None:
    before_and_after(qtbot, viewer, 6.0)
    qtbot.waitUntil(lambda: not viewer.canvas.fade.is_fading, timeout=2000)
    shown = grabbed(viewer)
    assert np.array_equal(shown, exact(viewer))
    assert not viewer.canvas.fade._timer.isActive()


def test_it_repaints_no_more_than_what_fades(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    before_and_after(qtbot, viewer, 0.5)
    painted: list[QRegion] = []
    viewer.canvas.fade._repaint = painted.append
    clock.now_s += FADE_S / 4
    viewer.canvas.fade._tick()
    camera = viewer.controller.camera
    assert camera is not None
    seen = camera.visible.shifted(*camera.origin_device)
    assert painted[0].boundingRect().size() == QSize(seen.width, seen.height)
    assert seen.area < WIDTH * HEIGHT / 4


def test_a_view_that_moves_shows_nothing_of_the_one_before(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    before_and_after(qtbot, viewer, 6.0)
    viewer.controller.pan(5.0, 7.0)
    assert np.array_equal(grabbed(viewer), exact(viewer))
    assert not viewer.canvas.fade.is_fading


def test_more_than_a_frame_has_time_for_comes_at_once(
    qtbot: QtBot, viewer: Viewer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cross_fade_module, "MOST_PIXELS", 100)
    before_and_after(qtbot, viewer, 6.0)
    assert not viewer.canvas.fade.is_fading
    assert np.array_equal(grabbed(viewer), exact(viewer))


@pytest.mark.parametrize("switch", ["off", "system"])
def test_nothing_fades_where_nothing_may_move(
    qtbot: QtBot, viewer: Viewer, clock: Clock, switch: SmoothMotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.system_motion.system_animates", lambda: False)
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion=switch))
    blurred, sharp = before_and_after(qtbot, viewer, 6.0)
    assert not np.array_equal(blurred, sharp)
    assert not viewer.canvas.fade.is_fading


def test_a_screenshot_is_that_of_the_exact_pixels(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic", moves=False)
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="on"))
    assert not viewer.canvas.fade.enabled


def test_transparent_photos_fade_over_their_pattern(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, clock: Clock
) -> None:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (100, 150, 4), dtype=np.uint8)
    path = tmp_path / "glass.png"
    assert QImage(pixels.data, 150, 100, QImage.Format.Format_RGBA8888).save(str(path))
    viewer = moving(open_viewer, path)
    blurred, first = before_and_after(qtbot, viewer, 6.0)
    assert_nothing_has_changed(first, blurred)
    clock.now_s += FADE_S / 2
    half = grabbed(viewer).astype(float)
    clock.now_s += FADE_S
    last = grabbed(viewer)
    assert np.abs(half - (blurred.astype(float) + last) / 2).max() <= 2.5
    assert np.array_equal(last, exact(viewer))


def test_both_sides_of_a_comparison_fade_each_on_its_own(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    viewer.comparing.set_rival("nearest")
    # What lies beneath tiles does not fade, and until this view is sharp the rival has nothing to lie there.
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    blurred, first = before_and_after(qtbot, viewer, 6.0)
    assert_nothing_has_changed(first, blurred)
    clock.now_s += 2 * FADE_S
    last = grabbed(viewer)
    assert np.array_equal(last, exact(viewer))
    left, right = (np.abs(side.astype(int)).max() for side in np.split(last.astype(int) - blurred, 2, axis=1))
    assert min(left, right) > 4


def test_a_picture_that_comes_back_into_sight_does_not_fade(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    viewer.comparing.set_mode(CompareMode.SPLIT)
    viewer.controller.zoom_to(6.0)
    grabbed(viewer)
    viewer.comparing.flip(True)
    grabbed(viewer)
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    grabbed(viewer)
    viewer.comparing.flip(False)
    clock.now_s += 2 * FADE_S
    grabbed(viewer)
    viewer.comparing.flip(True)
    grabbed(viewer)
    viewer.comparing.flip(False)
    assert np.array_equal(grabbed(viewer), exact(viewer))


def test_the_pixel_under_the_cursor_is_told_as_it_will_be(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    from app.viewer.view_painting import shown_color

    before_and_after(qtbot, viewer, 6.0)
    told = shown_color(viewer.controller, (100.0, 100.0), ratio=1.0)
    final = exact(viewer)[100, 100]
    assert (told.red(), told.green(), told.blue()) == tuple(final)


def test_a_photo_written_meanwhile_fades_from_what_was_seen_of_its_own(
    qtbot: QtBot, viewer: Viewer, clock: Clock, photo: Path
) -> None:
    before_and_after(qtbot, viewer, 6.0)
    write_image(photo, np.full((100, 150, 3), 160, np.uint8))
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        viewer.controller.reopen()
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    assert np.abs(grabbed(viewer).astype(int) - 160).max() <= 1, "nothing of the old pixels"


def test_a_photo_that_is_closed_leaves_none_of_its_tiles_behind(qtbot: QtBot, viewer: Viewer) -> None:
    """On a large screen what was painted last takes as much memory as the screen."""
    before_and_after(qtbot, viewer, 6.0)
    scene = viewer.controller.picture.scene()
    assert scene is not None
    tiles = [weakref.ref(tile.payload) for tile in scene.above]
    del scene
    assert tiles and all(tile() is not None for tile in tiles)
    viewer.window.actions_["close_photo"].trigger()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and not any(tile() is not None for tile in tiles), timeout=2000)
