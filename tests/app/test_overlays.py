"""What lies over the photo: borders of its pixels, their values, the word about the trained range, the small map."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.overlays import pixel_overlay, range_badge
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.imaging.read import read_image
from liif_core.view.minimap import Minimap
from tests.app.conftest import OpenViewer
from tests.app.real_events import (
    camera_of,
    device_position,
    drag,
    image_position,
    lose_focus,
    move,
    press,
    release,
    wait_until_sharp,
)
from tests.app.test_view_pixels import grabbed
from tests.models.builders import heat_model

HEIGHT, WIDTH = 240, 360
# Above the label in the lower left corner.
FREE = slice(0, 120)


@pytest.fixture
def viewer(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> Viewer:
    """With nothing over the photo yet but what a key brings."""
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT, overlays=True)
    viewer.minimap.visible = False
    return viewer


@pytest.fixture
def labels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written over the photo from now on."""
    written: list[str] = []
    for module in (pixel_overlay, range_badge):
        monkeypatch.setattr(module, "paint_label", lambda _painter, text, *_place: written.append(text))
    return written


def look(qtbot: QtBot, viewer: Viewer, zoom: float) -> None:
    viewer.controller.zoom_to(zoom)
    viewer.controller.center_on(41.3, 72.8)
    wait_until_sharp(qtbot, viewer)


@pytest.mark.parametrize("zoom, has_lines", [(2.0, False), (7.9, False), (8.0, True), (13.7, True)])
def test_borders_of_pixels_are_drawn_from_eight_on(qtbot: QtBot, viewer: Viewer, zoom: float, has_lines: bool) -> None:
    look(qtbot, viewer, zoom)
    without = grabbed(viewer)[FREE]
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    changed = (grabbed(viewer)[FREE] != without).any(2)
    pixel_of_column = [int(np.floor(image_position(viewer, (0.5, x + 0.5))[1])) for x in range(WIDTH)]
    pixel_of_row = [int(np.floor(image_position(viewer, (y + 0.5, 0.5))[0])) for y in range(FREE.stop)]
    begins_column = np.diff(pixel_of_column, prepend=pixel_of_column[0]) > 0
    begins_row = np.diff(pixel_of_row, prepend=pixel_of_row[0]) > 0
    expected = (begins_column[None, :] | begins_row[:, None]) & has_lines
    # Where the photo is as grey as the line, nothing changes.
    assert not (changed & ~expected).any()
    assert changed.sum() >= 0.95 * expected.sum()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    assert np.array_equal(grabbed(viewer)[FREE], without)


def values_in(text: str, after: str) -> tuple[int, ...]:
    found = re.search(after + r"[^:]*: ([\d ]+)", text)
    assert found is not None, text
    return tuple(map(int, found.group(1).split()))


@pytest.mark.parametrize("turns", [0, 1])
def test_the_values_are_those_of_the_file_and_of_the_screen(
    qtbot: QtBot, viewer: Viewer, photo: Path, labels: list[str], turns: int
) -> None:
    for _ in range(turns):
        viewer.window.actions_["rotate_right"].trigger()
    look(qtbot, viewer, 9.3)
    on_screen, in_file = grabbed(viewer), read_image(photo).pixels
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    for pos in ((10.0, 20.0), (99.4, 200.9), (200.0, 111.0)):
        move(viewer, pos)
        labels.clear()
        viewer.canvas.grab()
        y, x = map(int, image_position(viewer, (int(pos[0]) + 0.5, int(pos[1]) + 0.5)))
        assert f"Pixel {x}, {y} " in labels[-1]
        assert values_in(labels[-1], "Pixel") == tuple(in_file[y, x])
        assert values_in(labels[-1], "Shown") == tuple(on_screen[int(pos[0]), int(pos[1])])


def test_beside_the_photo_there_are_no_values(qtbot: QtBot, viewer: Viewer, labels: list[str]) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_1)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    move(viewer, (5.0, 5.0))
    labels.clear()
    viewer.canvas.grab()
    assert labels == ["All pixels are the photo's own"]


def test_a_badge_says_where_the_model_infers(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, labels: list[str]
) -> None:
    viewer = open_viewer(photo, model="fast", width=WIDTH, height=HEIGHT, overlays=True)
    qtbot.waitUntil(lambda: viewer.models.trained is not None, timeout=20_000)
    trained = viewer.models.trained
    assert trained is not None
    for zoom, is_beyond in ((0.5, False), (trained.high, False), (trained.high * 1.1, True)):
        viewer.controller.zoom_to(zoom)
        labels.clear()
        viewer.canvas.grab()
        assert labels == ([f"Beyond ×{trained.high:.3g}: inferred"] if is_beyond else [])
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    labels.clear()
    viewer.canvas.grab()
    assert len(labels) == 1
    assert labels[0].startswith("fast, trained from"), "the overlay says it instead"
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    viewer.models.use("bicubic")
    labels.clear()
    viewer.canvas.grab()
    assert labels == []


def test_a_model_that_is_asked_for_by_its_path_says_its_range_once_it_is_loaded(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path, labels: list[str]
) -> None:
    path = tmp_path / "mine.safetensors"
    save_native(path, heat_model(), ModelCard(min_scale=1.5, max_scale=3.0))
    viewer = open_viewer(photo, model=str(path), width=WIDTH, height=HEIGHT, overlays=True)
    look(qtbot, viewer, 6.0)
    labels.clear()
    viewer.canvas.grab()
    assert labels == ["Beyond ×3: inferred"]
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    labels.clear()
    viewer.canvas.grab()
    assert labels == ["mine, trained from ×1.5 to ×3, shown at ×6"]


def test_the_overlay_names_a_model_whose_range_is_not_known_yet(
    qtbot: QtBot, viewer: Viewer, labels: list[str]
) -> None:
    look(qtbot, viewer, 6.0)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_G)
    for name, text in (("", "Bicubic, no model"), ("mine", "mine")):
        viewer.pixel_overlay.model_name = name
        labels.clear()
        viewer.canvas.grab()
        assert labels == [text]


def map_of(viewer: Viewer) -> Minimap | None:
    return Minimap.of(camera_of(viewer), orientation=viewer.controller.orientation)


def test_the_map_is_there_only_while_a_part_is_visible(qtbot: QtBot, viewer: Viewer) -> None:
    for zoom, is_there in ((1.0, False), (6.0, True)):
        look(qtbot, viewer, zoom)
        viewer.minimap.visible = False
        without = grabbed(viewer)
        viewer.minimap.visible = True
        changed = (grabbed(viewer) != without).any(2)
        assert changed.any() == is_there
        if is_there:
            found = map_of(viewer)
            assert found is not None
            box = found.rect
            beside = np.ones_like(changed)
            # Its edge is one pixel wide.
            beside[box.y - 1 : box.bottom + 1, box.x - 1 : box.right + 1] = False
            assert not (changed & beside).any()


def test_a_key_takes_the_map_away(qtbot: QtBot, viewer: Viewer) -> None:
    look(qtbot, viewer, 6.0)
    without = grabbed(viewer)
    viewer.preferences._apply_overlays()
    assert not np.array_equal(grabbed(viewer), without)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_M)
    assert np.array_equal(grabbed(viewer), without)


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_dragging_in_the_map_goes_there(qtbot: QtBot, viewer: Viewer, turns: int) -> None:
    viewer.minimap.visible = True
    for _ in range(turns):
        viewer.window.actions_["rotate_right"].trigger()
    look(qtbot, viewer, 12.0)
    viewer.canvas.grab()
    found = map_of(viewer)
    assert found is not None
    center = (HEIGHT / 2, WIDTH / 2)
    places = [
        (found.rect.y + share_y * found.rect.height, found.rect.x + share_x * found.rect.width)
        for share_y, share_x in ((0.5, 0.5), (0.4, 0.6))
    ]
    move(viewer, places[0])
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    press(viewer, places[0])
    assert device_position(viewer, (50.0, 75.0)) == pytest.approx(center, abs=1)
    move(viewer, places[1], held=True)
    release(viewer, places[1])
    assert device_position(viewer, found.to_image(places[1])) == pytest.approx(center, abs=1)
    frame = map_of(viewer)
    assert frame is not None
    middle = (frame.frame.y + frame.frame.height / 2, frame.frame.x + frame.frame.width / 2)
    assert middle == pytest.approx(places[1], abs=2), "what is visible is marked where the hand is"
    before = camera_of(viewer)
    move(viewer, (10.0, 10.0))
    assert camera_of(viewer) == before


def test_with_space_the_photo_is_dragged_also_where_the_map_lies(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.minimap.visible = True
    look(qtbot, viewer, 12.0)
    viewer.canvas.grab()
    found = map_of(viewer)
    assert found is not None
    at = (found.rect.y + 5.0, found.rect.x + 5.0)
    point = image_position(viewer, at)
    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Space)
    drag(viewer, at, (at[0] - 30, at[1] - 20))
    assert device_position(viewer, point) == pytest.approx((at[0] - 30, at[1] - 20), abs=1)
    qtbot.keyRelease(viewer.canvas, Qt.Key.Key_Space)
    assert viewer.canvas.cursor().shape() is not Qt.CursorShape.OpenHandCursor


def test_space_that_is_let_go_in_another_window_is_not_held_for_ever(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.minimap.visible = True
    look(qtbot, viewer, 12.0)
    viewer.canvas.grab()
    found = map_of(viewer)
    assert found is not None
    at = (found.rect.y + found.rect.height / 2, found.rect.x + found.rect.width / 2)
    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Space)
    lose_focus(viewer)
    move(viewer, at)
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
