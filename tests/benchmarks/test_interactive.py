"""The replay of gestures: a short one in a small window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from liif_core.geometry import Size
from liif_core.imaging.write import write_image
from tests.benchmarks import interactive
from tests.benchmarks.interactive import Gesture, rows

SHORT = (
    Gesture("pinch", 3.0, wheel=(60,) * 5 + (-60,) * 5),
    Gesture("drag", 6.0, drag=((2, 3),) * 4),
)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    write_image(path, np.random.default_rng(4).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    return path


def test_every_gesture_is_measured_idle_and_busy(qtbot: QtBot, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "GESTURES", SHORT)
    table = rows(size=Size(120, 160), paint_size=Size(120, 160), repeats=1, photo=photo, device="cpu")
    assert [(row["gesture"], row["worker"]) for row in table] == [
        ("pinch", "idle"),
        ("pinch", "busy"),
        ("drag", "idle"),
        ("drag", "busy"),
        ("paint a sharp view", "idle"),
        ("paint a stretched view", "idle"),
    ]
    for row in table:
        assert 0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
    busy = [row for row in table if row["worker"] == "busy"]
    assert all(row["frames_per_s"] > 0 for row in busy), "a small view is decoded again while it moves"
    assert all(row["sharp_ms"] < interactive.SHARP_TIMEOUT_MS for row in busy)
    idle = [row for row in table[:4] if row["worker"] == "idle"]
    assert all(row["tiles"] == 0 or row["wasted"] <= row["tiles"] for row in idle)
