"""How many patches a second the paper's recipe learns from, beside the loop as published, in one
run on one device.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from liif_core.cli.bench import BenchOptions
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import RequestError
from liif_core.imaging.read import read_image
from liif_core.paths import resource_path, sample_photo
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.trainer import Trainer
from tests.benchmarks.plain_training import MOST_WORKERS, PlainLoop

TITLE = "Training: the recipe paper-edsr-liif, beside the loop as published"
COLUMNS = ("loop", "device", "precision", "batch", "ms_a_step", "samples_per_s", "ratio", "utilisation")
# Steps that are timed together: on a GPU one would be too short to tell.
CPU_STEPS, GPU_STEPS = 1, 50
REPEATS, QUICK_REPEATS, QUICK_BATCH = 5, 2, 4


def report(options: BenchOptions) -> dict[str, Any]:
    """Rows: "loop", "device", "precision", "batch", "ms_a_step", "samples_per_s", "ratio" to plain, "utilisation"."""
    if options.model is not None:
        raise RequestError("the training benchmark takes no --model: it measures the recipe of the paper")
    device = choose_device(options.device)
    config = TrainConfig.read(resource_path("presets", "paper-edsr-liif.toml"))
    if options.quick:
        config = replace(config, batch=QUICK_BATCH)
    repeats = options.repeats or (QUICK_REPEATS if options.quick else REPEATS)
    return {"rows": rows(config, device=device, precision=options.precision, repeats=repeats)}


def rows(config: TrainConfig, *, device: torch.device, precision: str, repeats: int) -> list[dict[str, Any]]:
    """Steps of all loops in turn, so that a machine that changes its speed changes it for all."""
    photos = [np.asarray(read_image(sample_photo()).pixels, dtype=np.uint8)]
    plain = PlainLoop(photos, config, device=device, workers=min(MOST_WORKERS, os.cpu_count() or 1))
    loops: dict[tuple[str, str], Callable[[], float]] = {("plain", "fp32"): plain.step}
    sources = []
    for name in _precisions(precision, device):
        source, step = _own_loop(photos, config, device=device, bf16=name == "bf16")
        sources.append(source)
        loops["stepless", name] = step
    try:
        times = _times(loops, device, repeats)
    finally:
        for source in sources:
            source.__exit__(None, None, None)
    baseline = statistics.median(times["plain", "fp32"][0])
    return [
        {
            "loop": loop,
            "device": device.type,
            "precision": name,
            "batch": config.batch,
            "ms_a_step": statistics.median(seconds) * 1000,
            "samples_per_s": config.batch / statistics.median(seconds),
            "ratio": baseline / statistics.median(seconds),
            "utilisation": used,
        }
        for (loop, name), (seconds, used) in times.items()
    ]


def _precisions(precision: str, device: torch.device) -> list[str]:
    if precision != "auto":
        return [precision]
    return ["fp32", "bf16"] if computes_bf16(device) else ["fp32"]


def _own_loop(
    photos: list[NDArray[np.uint8]], config: TrainConfig, *, device: torch.device, bf16: bool
) -> tuple[BatchSource, Callable[[], float]]:
    trainer = Trainer(config, device=device, bf16=bf16)
    source = BatchSource(PhotoCache.of(photos), config, device=device)
    source.__enter__()
    return source, lambda: trainer.train_step(source.next(), progress=0.0)


def _times(
    loops: dict[tuple[str, str], Callable[[], float]], device: torch.device, repeats: int
) -> dict[tuple[str, str], tuple[list[float], float | None]]:
    """Seconds a step, and the share of time that a GPU was busy; after steps that warm up."""
    count = CPU_STEPS if device.type == "cpu" else GPU_STEPS
    for step in loops.values():
        step()
        step()
    found: dict[tuple[str, str], list[float]] = {name: [] for name in loops}
    used: dict[tuple[str, str], float | None] = {}
    for _ in range(repeats):
        for name, step in loops.items():
            start = time.perf_counter()
            for _ in range(count):
                step()
            found[name].append((time.perf_counter() - start) / count)
            used[name] = _utilisation(device)
    return {name: (seconds, used[name]) for name, seconds in found.items()}


def _utilisation(device: torch.device) -> float | None:
    """Share of the last moments in which the GPU was busy; None without one, or without the extra "nvidia"."""
    if device.type != "cuda":
        return None
    try:
        return torch.cuda.utilization(device) / 100
    except Exception:  # NVMLError is one, and its module may not be there.
        return None
