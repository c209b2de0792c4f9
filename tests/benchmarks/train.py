"""How many patches a second the paper's recipe learns from, beside the loop as published, in one
run on one device.
"""

from __future__ import annotations

import contextlib
import statistics
from dataclasses import replace
from typing import Any

import torch

from liif_core.cli.bench import BenchOptions
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import RequestError
from liif_core.paths import resource_path
from liif_core.training.config import TrainConfig
from tests.benchmarks.train_child import PLAIN, STEPLESS, Loop, LoopProcess, Timing

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
    names = [(PLAIN, "fp32"), *((STEPLESS, name) for name in _precisions(precision, device))]
    loops = [Loop(loop, name, config.to_dict(), str(device)) for loop, name in names]
    count = CPU_STEPS if device.type == "cpu" else GPU_STEPS
    timings = _timings(loops, steps=count, repeats=repeats)
    seconds = [statistics.median(timing.seconds for timing in each) / count for each in timings]
    return [
        {
            "loop": loop.name,
            "device": device.type,
            "precision": loop.precision,
            "batch": config.batch,
            "ms_a_step": a_step * 1000,
            "samples_per_s": config.batch / a_step,
            "ratio": seconds[0] / a_step,
            "utilisation": each[-1].utilisation,
        }
        for loop, each, a_step in zip(loops, timings, seconds, strict=True)
    ]


def _precisions(precision: str, device: torch.device) -> list[str]:
    if precision != "auto":
        return [precision]
    return ["fp32", "bf16"] if computes_bf16(device) else ["fp32"]


def _timings(loops: list[Loop], *, steps: int, repeats: int) -> list[list[Timing]]:
    """Of some steps of each loop, several times; after steps that warm up."""
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(LoopProcess(loop)) for loop in loops]
        for process in processes:
            process.take(2 * steps)
        turns = [[process.take(steps) for process in processes] for _ in range(repeats)]
    return [list(each) for each in zip(*turns, strict=True)]
