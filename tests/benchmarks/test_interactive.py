"""The replay of gestures: a short one in a small window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from liif_core.geometry import Size
from liif_core.imaging.write import write_image
from tests.benchmarks import interactive
from tests.benchmarks.interactive import rows
from tests.benchmarks.replay import SHARP_TIMEOUT_MS, Gesture

SHORT = (
    Gesture("pinch", 3.0, wheel=(60,) * 5 + (-60,) * 5),
    Gesture("drag", 6.0, drag=((2, 3),) * 4),
)
# Where other tests keep all processors busy, so short a gesture may go by before a frame is made.
ATTEMPTS = 4


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    write_image(path, np.random.default_rng(4).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    return path


def test_every_gesture_is_measured_idle_and_busy(qtbot: QtBot, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "GESTURES", SHORT)
    monkeypatch.setattr(interactive, "LIVE_ZOOMS", (2.7, 4.0))
    for _ in range(ATTEMPTS):
        table = rows(size=Size(120, 160), paint_size=Size(120, 160), repeats=1, photo=photo, device="cpu")
        busy = [row for row in table[:4] if row["worker"] == "busy"]
        if busy[0]["frames_per_s"] > 0:
            break
    assert [(row["gesture"], row["worker"]) for row in table] == [
        ("pinch", "idle"),
        ("pinch", "busy"),
        ("drag", "idle"),
        ("drag", "busy"),
        ("drop stale work", "busy"),
        ("live x2.7", "idle"),
        ("live x4", "idle"),
        ("coarse x4", "idle"),
        ("paint sharp", "idle"),
        ("paint stretched", "idle"),
    ]
    moving, exact, coarse = table[5:8]
    for row in (*table[:4], *table[8:]):
        assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
    # Stretched from x3 to x2.7, and not stretched.
    assert 0.01 < moving["max_error"] < 1
    assert moving["rms_error"] < moving["max_error"]
    assert exact["max_error"] <= 1 / 255
    assert 0.01 < coarse["max_error"] < 1
    assert busy[0]["frames_per_s"] > 0, "a small view is decoded again while it is zoomed"
    assert busy[1]["frames_per_s"] == 0, "what a drag brings into view is ready or made as tiles"
    assert 0 < busy[1]["exact"] <= 1
    assert all(row["sharp_ms"] < SHARP_TIMEOUT_MS for row in busy)
    idle = [row for row in table[:4] if row["worker"] == "idle"]
    assert all(row["tiles"] == 0 or row["wasted"] <= row["tiles"] for row in idle)


class PlayedTraining:
    """A training that takes no steps; how often one was begun and ended."""

    begun = ended = 0
    steps = 0

    def __init__(self) -> None:
        PlayedTraining.begun += 1

    def stop(self) -> None:
        PlayedTraining.ended += 1


def test_gestures_are_measured_alone_and_beside_a_training(
    qtbot: QtBot, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactive, "GESTURES", SHORT[:1])
    monkeypatch.setattr(interactive, "BackgroundTraining", PlayedTraining)
    table = rows(size=Size(120, 160), repeats=1, photo=photo, device="cpu", while_training=True)
    assert [row["worker"] for row in table] == ["idle", "busy", "idle, training", "busy, training"]
    for alone, beside in zip(table[:2], table[2:], strict=True):
        assert beside["p95_ratio"] == pytest.approx(beside["p95_ms"] / alone["p95_ms"])
    assert PlayedTraining.begun == PlayedTraining.ended == 1
