"""How the real window answers to a hand: from an input event to the painting that shows it.

A recorded path of wheel and mouse events is replayed in real time in an off-screen window, once with nothing to compute
(`idle`: the workers get no jobs) and once as people use it (`busy`). Each event's latency ends with the first painting
after it. While the path runs in `busy`, live frames are counted; after each gesture the time until the view is sharp.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from liif_core.geometry import Size
from liif_core.paths import sample_photo
from liif_core.view.pacing import COARSE_FROM_ZOOM, COARSENESS
from tests.benchmarks.background_training import BackgroundTraining
from tests.benchmarks.moving import live_errors, stale_ms
from tests.benchmarks.replay import Gesture, Measured, Replay

TITLE = "Interaction: input to paint, live frames, and time to sharp"
COLUMNS = (
    *("model", "size", "gesture", "worker", "p50_ms", "p95_ms", "p99_ms"),
    *(
        "frames_per_s",
        "exact",
        "sharp_ms",
        "tiles",
        "wasted",
        "max_error",
        "rms_error",
        "p95_ratio",
        "train_steps_per_s",
    ),
)
OPTIONAL = ("max_error", "rms_error", "p95_ratio", "train_steps_per_s")
FULL_HD, ULTRA_HD = Size(1080, 1920), Size(2160, 3840)
# Zooms between which the gestures move.
LOW, HIGH = 3.0, 12.0
# Just above a zoom that frames are decoded at, between two, and just below the next.
LIVE_ZOOMS = (1.1, 1.5, 1.9, 2.1, 2.7, 3.1, 4.13, 5.9, 8.6, 13.3, 30.7)
GESTURES = (
    Gesture("pinch in and out", LOW, wheel=(18,) * 60 + (-18,) * 60),
    Gesture("wheel notches", LOW, wheel=((120,) + (0,) * 5) * 8 + ((-120,) + (0,) * 5) * 8),
    Gesture("drag", HIGH / 2, drag=((3, 8),) * 45 + ((-3, -8),) * 45),
)


def rows(
    *,
    models: Sequence[str | None] = (None,),
    device: str = "auto",
    precision: str = "auto",
    size: Size = FULL_HD,
    paint_size: Size = ULTRA_HD,
    repeats: int = 5,
    photo: Path | None = None,
    while_training: bool = False,
) -> list[dict[str, Any]]:
    """Replay every gesture `repeats` times, idle and busy in turn, after one replay that encodes the features.

    With `while_training` only the gestures are replayed: first as ever, and then while a model is trained in the
    background, with the ratio of the two 95th percentiles as `p95_ratio`.
    """
    table = []
    for model in models:
        replay = Replay(photo or sample_photo(), model, size, device=device, precision=precision)
        try:
            table += _gesture_rows(replay, model, size, repeats)
            if while_training:
                table += _training_rows(replay, model, size, repeats, table[-2 * len(GESTURES) :])
                continue
            table += _moving_rows(replay, model, size)
        finally:
            replay.close()
        table += _paint_rows(photo or sample_photo(), model, paint_size, device=device, precision=precision)
    return table


def _gesture_rows(replay: Replay, model: str | None, size: Size, repeats: int) -> list[dict[str, Any]]:
    table = []
    for gesture in GESTURES:
        replay.measured(gesture, busy=True)
        runs: dict[str, list[Measured]] = {"idle": [], "busy": []}
        for _ in range(repeats):
            for worker, measured in runs.items():
                measured.append(replay.measured(gesture, busy=worker == "busy"))
        table += [_row(model, size, gesture, worker, measured) for worker, measured in runs.items()]
    return table


def _training_rows(
    replay: Replay, model: str | None, size: Size, repeats: int, alone: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The same gestures while a model is trained; each row is compared with that of the viewer alone."""
    training = BackgroundTraining()
    try:
        before, start = training.steps, time.perf_counter()
        beside = _gesture_rows(replay, model, size, repeats)
        steps_per_s = (training.steps - before) / (time.perf_counter() - start)
    finally:
        training.stop()
    for row, rival in zip(beside, alone, strict=True):
        row["worker"] = f"{row['worker']}, training"
        row["p95_ratio"] = row["p95_ms"] / rival["p95_ms"]
        row["train_steps_per_s"] = steps_per_s
    return beside


def _moving_rows(replay: Replay, model: str | None, size: Size) -> list[dict[str, Any]]:
    """How soon stale tiles are dropped, and how exact the pictures of a moving view are."""
    about: dict[str, Any] = {"model": model or "default", "size": f"{size.width}x{size.height}"}
    stale: dict[str, Any] = {"gesture": "drop stale work", "worker": "busy"}
    waits = stale_ms(replay)
    stale |= _quantiles(waits) if len(waits) > 1 else {}
    live = [
        {"gesture": f"live x{found.pop('zoom'):g}", "worker": "idle", **found}
        for found in live_errors(replay, LIVE_ZOOMS)
    ]
    coarse = [
        {"gesture": f"coarse x{found.pop('zoom'):g}", "worker": "idle", **found}
        for found in live_errors(
            replay, [zoom for zoom in LIVE_ZOOMS if zoom >= COARSE_FROM_ZOOM], coarseness=COARSENESS
        )
    ]
    return [about | row for row in (stale, *live, *coarse)]


def _paint_rows(photo: Path, model: str | None, size: Size, *, device: str, precision: str) -> list[dict[str, Any]]:
    """How long the GUI thread paints a sharp view, and one that is a stretched live frame."""
    replay = Replay(photo, model, size, device=device, precision=precision)
    try:
        sharp = replay.painted_ms(LOW, LOW)
        moving = replay.painted_ms(LOW, LOW * 1.1)
    finally:
        replay.close()
    names = {"paint sharp": sharp, "paint stretched": moving}
    return [
        {"model": model or "default", "size": f"{size.width}x{size.height}", "gesture": name, "worker": "idle"}
        | _quantiles(times)
        for name, times in names.items()
    ]


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50_ms": cut[49], "p95_ms": cut[94], "p99_ms": cut[98]}


def _row(model: str | None, size: Size, gesture: Gesture, worker: str, measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        "model": model or "default",
        "size": f"{size.width}x{size.height}",
        "gesture": gesture.name,
        "worker": worker,
        **_quantiles([latency for run in measured for latency in run.latencies_ms]),
        "frames_per_s": statistics.median(run.frames / run.seconds for run in measured),
        "exact": statistics.median(run.exact / run.paintings for run in measured),
        "sharp_ms": statistics.median(run.sharp_ms for run in measured),
        "tiles": statistics.median(run.tiles for run in measured),
        "wasted": statistics.median(run.wasted for run in measured),
    }


if __name__ == "__main__":
    for row in rows():
        print(row)
