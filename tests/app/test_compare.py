"""Two pictures of one view: each side is what that picture alone would be, and hands and keys change the layout."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.comparison import CompareMode, Comparison
from app.viewer.view_painting import loupe_rect
from liif_core.errors import CheckpointError
from liif_core.imaging.resample import Kernel
from liif_core.imaging.write import write_image
from liif_core.library import install_model, remove_model, rename_model
from liif_core.paths import resource_path
from tests.app.conftest import OpenViewer
from tests.app.real_events import (
    camera_of,
    drag,
    key_down,
    key_up,
    lose_focus,
    move,
    press,
    release,
    rival_of,
    wait_until_sharp,
)
from tests.app.test_view_pixels import grabbed

HEIGHT, WIDTH = 200, 300
# Over two tiles of 256 pixels: the line lies near the border between them.
ZOOM, CENTER = 5.3, (72.5, 96.6)
FAST, PHOTO = (resource_path("models", f"{name}.safetensors") for name in ("fast", "photo"))

Pixels = NDArray[np.uint8]


def shown_at(qtbot: QtBot, viewer: Viewer) -> Pixels:
    viewer.controller.zoom_to(ZOOM)
    viewer.controller.center_on(*CENTER)
    wait_until_sharp(qtbot, viewer)
    return grabbed(viewer)


@pytest.fixture
def bicubic(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> Pixels:
    """What a viewer without a model shows."""
    return shown_at(qtbot, open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT))


@pytest.fixture
def viewer(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> Viewer:
    """With a model, at the same view."""
    viewer = open_viewer(photo, model="fast", device="cpu", precision="fp32", width=WIDTH, height=HEIGHT)
    shown_at(qtbot, viewer)
    return viewer


@pytest.fixture
def quick(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> Viewer:
    """Two kernels, without a model; with what lies over the photo."""
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT, overlays=True)
    viewer.comparing.set_rival("nearest")
    shown_at(qtbot, viewer)
    return viewer


@pytest.fixture
def bare(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> Viewer:
    """As `quick`, but nothing lies over the photo."""
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.comparing.set_rival("nearest")
    shown_at(qtbot, viewer)
    return viewer


def inner(viewer: Viewer) -> tuple[slice, slice]:
    """Where the canvas shows the photo."""
    return camera_of(viewer).visible.shifted(*camera_of(viewer).origin_device).slices


def comparison_of(viewer: Viewer) -> Comparison:
    assert viewer.comparing.comparison is not None
    return viewer.comparing.comparison


def test_each_side_of_the_line_is_what_each_picture_alone_shows(qtbot: QtBot, viewer: Viewer, bicubic: Pixels) -> None:
    own = grabbed(viewer)
    assert np.abs(own.astype(int) - bicubic).max() > 20, "else nothing is compared"
    viewer.window.actions_["compare"].trigger()
    wait_until_sharp(qtbot, viewer)
    line = WIDTH // 2
    both = grabbed(viewer)
    assert np.array_equal(both[:, :line], own[:, :line])
    assert np.array_equal(both[:, line:], bicubic[:, line:])
    viewer.window.actions_["compare_direction"].trigger()
    line = HEIGHT // 2
    both = grabbed(viewer)
    assert np.array_equal(both[:line], own[:line])
    assert np.array_equal(both[line:], bicubic[line:])


def test_both_sides_stay_aligned_and_become_sharp_wherever_one_goes(qtbot: QtBot, bare: Viewer) -> None:
    for zoom, center in ((11.7, (20.0, 31.0)), (2.0, (50.0, 75.0)), (0.7, (50.0, 75.0))):
        bare.controller.zoom_to(zoom)
        bare.controller.center_on(*center)
        wait_until_sharp(qtbot, bare)
        bare.comparing.flip(True)
        rival = grabbed(bare)
        bare.comparing.flip(False)
        both = grabbed(bare)
        assert np.array_equal(both[:, WIDTH // 2 :], rival[:, WIDTH // 2 :])
    bare.controller.zoom_to(1.0)
    wait_until_sharp(qtbot, bare)
    bare.comparing.flip(True)
    rival = grabbed(bare)
    bare.comparing.flip(False)
    assert np.array_equal(grabbed(bare), rival), "at 100 % there is nothing to enlarge"


def test_the_loupe_shows_the_rival_inside_of_its_circle(qtbot: QtBot, viewer: Viewer, bicubic: Pixels) -> None:
    own = grabbed(viewer)
    viewer.window.actions_["compare_loupe"].trigger()
    wait_until_sharp(qtbot, viewer)
    assert np.array_equal(grabbed(viewer), own), "no cursor, no loupe"
    cursor = (90.0, 130.0)
    move(viewer, cursor)
    rect = loupe_rect(cursor, viewer.controller.screen)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    from_center = np.hypot(y - (rect.y + rect.height / 2), x - (rect.x + rect.width / 2))
    shown = grabbed(viewer)
    inside, outside = from_center < rect.width / 2 - 1, from_center > rect.width / 2 + 1
    assert np.array_equal(shown[inside], bicubic[inside])
    assert np.array_equal(shown[outside], own[outside])
    assert inside.sum() > 0.8 * np.pi / 4 * rect.width**2


def test_the_difference_is_four_times_what_lies_between_both(qtbot: QtBot, viewer: Viewer, bicubic: Pixels) -> None:
    own = grabbed(viewer)
    viewer.window.actions_["compare_difference"].trigger()
    wait_until_sharp(qtbot, viewer)
    between = np.abs(own.astype(int) - bicubic)
    assert between.max() > 20, "else there is nothing to see"
    assert np.array_equal(grabbed(viewer), np.minimum(4 * between, 255))


def test_a_large_difference_is_white_and_does_not_start_over(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path
) -> None:
    path = tmp_path / "checkers.png"
    checkers = np.kron(np.indices((12, 18)).sum(0) % 2, np.ones((4, 4)))
    write_image(path, np.repeat(checkers[..., None] * 255, 3, 2).astype(np.uint8))
    viewer = open_viewer(path, model="bicubic", width=WIDTH, height=HEIGHT)
    own = shown_at(qtbot, viewer).astype(int)
    viewer.comparing.set_rival("nearest")
    wait_until_sharp(qtbot, viewer)
    viewer.comparing.flip(True)
    between = 4 * np.abs(own - grabbed(viewer))
    viewer.comparing.flip(False)
    viewer.comparing.set_mode(CompareMode.DIFFERENCE)
    assert (between > 255).any()
    photo = inner(viewer)
    assert np.array_equal(grabbed(viewer)[photo], np.minimum(between, 255)[photo])


def test_another_model_can_be_the_rival(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    fast = open_viewer(photo, model="fast", device="cpu", precision="fp32", width=WIDTH, height=HEIGHT)
    by_fast = shown_at(qtbot, fast)
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    own = shown_at(qtbot, viewer)
    qtbot.waitUntil(lambda: "fast" in viewer.models.choices(), timeout=20_000)
    viewer.comparing.set_rival("fast")
    wait_until_sharp(qtbot, viewer)
    both = grabbed(viewer)
    assert comparison_of(viewer).rival == "fast"
    assert np.array_equal(both[:, : WIDTH // 2], own[:, : WIDTH // 2])
    assert np.array_equal(both[:, WIDTH // 2 :], by_fast[:, WIDTH // 2 :])


def ticked_rival(viewer: Viewer) -> list[str]:
    """What the menu says that is compared with."""
    return [action.text() for action in viewer.window.menus.compare_with.actions() if action.isChecked()]


def is_made_by_a_model(viewer: Viewer) -> bool:
    progress = rival_of(viewer).progress
    return progress is not None and progress.neural


def test_a_rival_that_fails_gives_way_to_bicubic_and_can_be_chosen_again(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    path = install_model(FAST, name="mine").path
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    shown_at(qtbot, viewer)
    path.write_bytes(b"damaged")
    with qtbot.waitSignal(viewer.controller.failed) as failed:
        viewer.comparing.set_rival("mine")
    assert isinstance(failed.args[0], CheckpointError)
    assert comparison_of(viewer).rival == "Bicubic" and ticked_rival(viewer) == ["Bicubic"]
    assert viewer.settings.view.compare_with == "mine", "the next run tries it again"
    path.write_bytes(FAST.read_bytes())
    viewer.comparing.set_rival("mine")
    wait_until_sharp(qtbot, viewer)
    assert comparison_of(viewer).rival == "mine" and is_made_by_a_model(viewer)


def test_a_rival_that_is_renamed_is_compared_with_under_its_new_name(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    install_model(FAST, name="mine")
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.comparing.set_rival("mine")
    viewer.models.note_renamed("mine", rename_model("mine", "ours"))
    for _ in range(2):
        assert comparison_of(viewer).rival == "ours" and ticked_rival(viewer) == ["ours"]
        viewer.comparing.set_comparing(False)
        viewer.comparing.set_comparing(True)
    shown_at(qtbot, viewer)
    assert is_made_by_a_model(viewer)


def test_a_rival_that_is_removed_gives_way_to_bicubic_and_is_not_named_any_more(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    install_model(FAST, name="mine")
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.comparing.set_rival("mine")
    remove_model("mine")
    with qtbot.waitSignal(viewer.models.changed):
        viewer.models.scan()
    assert comparison_of(viewer).rival == "Bicubic" and ticked_rival(viewer) == ["Bicubic"]
    shown_at(qtbot, viewer)
    assert not is_made_by_a_model(viewer)


def test_a_rival_that_takes_the_place_of_another_of_its_name_is_shown(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    install_model(FAST, name="mine")
    viewer = open_viewer(photo, model="fast", device="cpu", precision="fp32", width=WIDTH, height=HEIGHT)
    viewer.comparing.set_rival("mine")
    viewer.comparing.set_mode(CompareMode.DIFFERENCE)
    assert not shown_at(qtbot, viewer)[inner(viewer)].any(), "one model differs in nothing from itself"
    remove_model("mine")
    install_model(PHOTO, name="mine")
    with qtbot.waitSignal(viewer.controller.became_sharp):
        viewer.models.scan()
    assert grabbed(viewer)[inner(viewer)].any()


def test_the_line_is_dragged_by_the_mouse_and_the_photo_is_not(quick: Viewer) -> None:
    quick.canvas.grab()
    before = camera_of(quick)
    move(quick, (50.0, WIDTH / 2))
    assert quick.canvas.cursor().shape() is Qt.CursorShape.SplitHCursor
    drag(quick, (50.0, WIDTH / 2), (60.0, 200.0), (60.0, 222.0))
    assert comparison_of(quick).split.line_device(quick.controller.screen) == 222
    assert camera_of(quick) == before
    drag(quick, (50.0, 222.0), (60.0, 9999.0))
    assert comparison_of(quick).split.line_device(quick.controller.screen) == WIDTH
    drag(quick, (50.0, WIDTH - 2.0), (50.0, 80.0))
    assert comparison_of(quick).split.line_device(quick.controller.screen) == 80


def test_away_from_the_line_the_photo_is_dragged(quick: Viewer) -> None:
    quick.canvas.grab()
    before = camera_of(quick)
    drag(quick, (50.0, 60.0), (70.0, 90.0))
    assert comparison_of(quick).split.position == 0.5
    assert camera_of(quick) != before


def test_the_line_keeps_its_place_when_comparing_ends_and_begins_again(qtbot: QtBot, quick: Viewer) -> None:
    quick.canvas.grab()
    drag(quick, (50.0, WIDTH / 2), (50.0, 90.0))
    qtbot.keyClick(quick.canvas, Qt.Key.Key_C)
    assert quick.comparing.comparison is None
    qtbot.keyClick(quick.canvas, Qt.Key.Key_C)
    assert comparison_of(quick).split.line_device(quick.controller.screen) == 90


def test_a_key_turns_the_line(qtbot: QtBot, quick: Viewer) -> None:
    qtbot.keyClick(quick.canvas, Qt.Key.Key_V)
    assert not comparison_of(quick).split.vertical
    quick.canvas.grab()
    drag(quick, (HEIGHT / 2, 200.0), (40.0, 210.0))
    assert comparison_of(quick).split.line_device(quick.controller.screen) == 40
    qtbot.keyClick(quick.canvas, Qt.Key.Key_V)
    assert comparison_of(quick).split.vertical


def test_a_held_key_shows_the_rival_all_over_until_it_is_let_go(qtbot: QtBot, viewer: Viewer, bicubic: Pixels) -> None:
    viewer.comparing.set_comparing(True)
    wait_until_sharp(qtbot, viewer)
    both = grabbed(viewer)
    key_down(viewer, Qt.Key.Key_X)
    assert np.array_equal(grabbed(viewer), bicubic)
    for _ in range(3):
        key_up(viewer, Qt.Key.Key_X, repeated=True)
        key_down(viewer, Qt.Key.Key_X, repeated=True)
        assert comparison_of(viewer).flipped, "a held key sends presses and releases of its own"
    key_up(viewer, Qt.Key.Key_X)
    assert np.array_equal(grabbed(viewer), both)


def test_the_flip_ends_when_the_window_loses_the_keys(quick: Viewer) -> None:
    key_down(quick, Qt.Key.Key_X)
    assert comparison_of(quick).flipped
    lose_focus(quick)
    assert not comparison_of(quick).flipped
    key_up(quick, Qt.Key.Key_X)
    assert not comparison_of(quick).flipped


def test_the_flip_key_begins_to_compare(qtbot: QtBot, bare: Viewer) -> None:
    bare.comparing.flip(True)
    rival = grabbed(bare)
    bare.comparing.set_comparing(False)
    assert not np.array_equal(grabbed(bare), rival)
    key_down(bare, Qt.Key.Key_X)
    wait_until_sharp(qtbot, bare)
    assert np.array_equal(grabbed(bare), rival)
    key_up(bare, Qt.Key.Key_X)
    assert not comparison_of(bare).flipped


def test_escape_ends_comparing_also_under_a_held_key(qtbot: QtBot, quick: Viewer) -> None:
    key_down(quick, Qt.Key.Key_X)
    qtbot.keyClick(quick.canvas, Qt.Key.Key_Escape)
    assert quick.controller.comparison is None
    assert quick.controller.rival is None
    assert not quick.window.actions_["compare"].isChecked()
    key_up(quick, Qt.Key.Key_X)
    assert quick.controller.comparison is None


def test_a_line_that_is_held_while_comparing_ends_lets_go(qtbot: QtBot, quick: Viewer) -> None:
    quick.canvas.grab()
    press(quick, (50.0, WIDTH / 2))
    qtbot.keyClick(quick.canvas, Qt.Key.Key_Escape)
    before = camera_of(quick)
    move(quick, (50.0, 30.0), held=True)
    release(quick, (50.0, 30.0))
    assert quick.controller.comparison is None
    assert camera_of(quick) == before


def tile_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "to compare with" in thread.name]


def test_rivals_that_are_exchanged_leave_no_threads(qtbot: QtBot, quick: Viewer) -> None:
    for _ in range(3):
        for kernel in Kernel:
            quick.comparing.set_rival(kernel.value)
    qtbot.waitUntil(lambda: len(tile_threads()) == 1)
    wait_until_sharp(qtbot, quick)
    quick.comparing.set_comparing(False)
    qtbot.waitUntil(lambda: not tile_threads())


def test_pictures_that_are_compared_with_no_more_are_let_go(qtbot: QtBot, quick: Viewer) -> None:
    picture = weakref.ref(rival_of(quick))
    quick.comparing.set_comparing(False)

    def is_gone() -> bool:
        gc.collect()
        return picture() is None

    qtbot.waitUntil(is_gone, timeout=5000)


def test_comparing_goes_on_with_the_next_photo(qtbot: QtBot, quick: Viewer, tmp_path: Path) -> None:
    other = tmp_path / "zz-other.png"
    write_image(other, np.random.default_rng(1).integers(0, 256, (60, 90, 3), dtype=np.uint8))
    with qtbot.waitSignal(quick.controller.document_read, timeout=20_000):
        quick.browsing.open(other)
    quick.controller.zoom_to(7.0)
    wait_until_sharp(qtbot, quick)
    scene = rival_of(quick).scene()
    assert scene is not None
    assert scene.above
    assert not scene.overview


def test_a_photo_can_be_closed_and_opened_while_comparing(qtbot: QtBot, quick: Viewer, photo: Path) -> None:
    quick.window.actions_["close_photo"].trigger()
    grabbed(quick)
    with qtbot.waitSignal(quick.controller.document_read, timeout=20_000):
        quick.browsing.open(photo)
    wait_until_sharp(qtbot, quick)


def test_choosing_a_rival_without_a_photo_compares_the_next_one(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.comparing.set_rival("nearest")
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        viewer.browsing.open(photo)
    wait_until_sharp(qtbot, viewer)
    assert comparison_of(viewer).rival == "Nearest neighbour"
