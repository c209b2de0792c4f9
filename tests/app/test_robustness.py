"""The end of the program in the midst of work, and hands that do everything at once."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.workers.sources import NeuralSource
from liif_core.cancel import CancelToken
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, drag, move, notices, pinch, turn_wheel, wait_until_sharp

QUIT_S = 1.0
GESTURES = 600
# Between two questions whether to go on: a decoder asks between two of its chunks.
CHUNK_S = 0.05


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A decoder that would take for ever; set once it is at work."""
    at_work = threading.Event()

    def decode(*_args: Any, cancel: CancelToken, **_options: Any) -> NDArray[np.float32]:
        at_work.set()
        while True:
            cancel.check()
            time.sleep(CHUNK_S)

    monkeypatch.setattr(NeuralSource, "prepare", lambda self: None)
    monkeypatch.setattr(NeuralSource, "order", lambda self, document, plan: plan.keys)
    monkeypatch.setattr(NeuralSource, "tile", decode)
    monkeypatch.setattr(NeuralSource, "frame", decode)
    return at_work


def time_to_stop_s(viewer: Viewer) -> float:
    start = time.perf_counter()
    viewer.window.close()
    viewer.stop()
    return time.perf_counter() - start


def test_the_program_ends_within_a_second_while_the_decoder_works(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, busy: threading.Event
) -> None:
    viewer = open_viewer(model="fast", width=400, height=300)
    viewer.browsing.open(photo)
    qtbot.waitUntil(busy.is_set, timeout=20_000)
    assert time_to_stop_s(viewer) < QUIT_S


def test_it_ends_within_a_second_in_the_midst_of_a_large_conventional_view(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="bicubic", width=3000, height=2000)
    viewer.controller.zoom_to(100.0)
    assert not viewer.controller.is_sharp
    assert time_to_stop_s(viewer) < QUIT_S


def test_it_ends_within_a_second_while_comparing_and_reading(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    write_image(large, np.random.default_rng(0).integers(0, 256, (2500, 3500, 3), dtype=np.uint8))
    viewer = open_viewer(photo, model="bicubic", width=1500, height=1000)
    viewer.comparing.set_rival("lanczos")
    viewer.controller.zoom_to(100.0)
    viewer.browsing.open(large)
    assert time_to_stop_s(viewer) < QUIT_S


def test_closing_twice_and_working_on_after_the_end_do_nothing(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.stop()
    viewer.stop()
    viewer.controller.zoom(1.5)
    viewer.comparing.set_comparing(False)
    viewer.canvas.grab()


def test_after_six_hundred_gestures_in_disorder_the_view_is_whole(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    for number, shape in enumerate(((60, 90), (90, 61), (7, 200), (1, 1))):
        write_image(tmp_path / f"p{number}.png", rng.integers(0, 256, (*shape, 3), dtype=np.uint8))
    (tmp_path / "p2b.png").write_bytes(b"not a photo")
    viewer = open_viewer(tmp_path / "p0.png", model="bicubic", width=230, height=170, overlays=True, moves=True)
    viewer.motion.eases = True
    told = notices(viewer)
    hand = random.Random(2)
    actions = viewer.window.actions_
    names = ["next", "previous", "first", "last", "rotate_left", "rotate_right", "mirror_horizontal", "zoom_in"]
    names += ["zoom_out", "fit_window", "fit_width", "fill", "zoom_800", "pan_left", "pan_down", "overlay", "minimap"]
    names += ["compare", "compare_split", "compare_loupe", "compare_difference", "compare_direction", "flip", "leave"]
    names += ["lock_view", "reload", "copy_view", "close_photo", "upright"]

    def anywhere() -> tuple[float, float]:
        return hand.uniform(-5, 175), hand.uniform(-5, 235)

    for number in range(GESTURES):
        match hand.randrange(6):
            case 0 | 1:
                actions[hand.choice(names)].trigger()
            case 2:
                turn_wheel(viewer, anywhere(), angle=hand.choice((120, -120, 15)))
            case 3:
                pinch(viewer, anywhere(), hand.uniform(-0.2, 0.2))
            case 4:
                drag(viewer, anywhere(), anywhere(), anywhere())
            case 5:
                move(viewer, anywhere())
        if number % 10 == 0:
            viewer.canvas.grab()
            qtbot.wait(1)
        if viewer.controller.document is None:
            viewer.browsing.open(tmp_path / "p0.png")
            qtbot.waitUntil(lambda: viewer.controller.document is not None, timeout=20_000)
    viewer.motion.stop()
    wait_until_sharp(qtbot, viewer)
    scene = viewer.controller.picture.scene()
    assert scene is not None
    assert not scene.overview
    assert camera_of(viewer).min_zoom <= camera_of(viewer).zoom <= camera_of(viewer).max_zoom
    assert told
