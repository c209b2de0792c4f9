"""The process that `tests.benchmarks.export` measures; prints one JSON object."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from liif_core.cancel import CancelToken
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import run_export
from liif_core.export.plan import ExportPlan, plan_export
from liif_core.export.rendering import BlockMaker, strips
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale
from liif_core.geometry import Rect
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.library import find_model
from liif_core.memory import keep_freed_memory
from liif_core.paths import sample_photo
from tests.benchmarks.memory_child import memory_mb

_SAMPLE_S = 0.02
_LEAST_SCALE = 2.0


def measured(
    target: str, *, megapixels: float, repeats: int, model: str | None, device: str, precision: str
) -> dict[str, Any]:
    """Export the sample photo at a size; see `tests.benchmarks.export.row`."""
    enlarger = Enlarger(EnlargerChoice(find_model(model), device, precision))
    image = read_image(sample_photo())
    plan = _plan(image, Path(target), megapixels)
    # Loads torch and the model, and pays for what a first picture pays for.
    _decode(_plan(image, Path(target), 0.02), image, enlarger)
    baseline_mb = memory_mb()[0]
    export_s: list[float] = []
    decoder_s: list[float] = []
    peak_mb = 0.0
    for _ in range(max(1, repeats)):
        if repeats:
            decoder_s.append(_seconds_to_decode(plan, image, enlarger))
        started = time.perf_counter()
        with _peak() as found:
            result = run_export(plan, image, enlarger.renderer_of)
        export_s.append(time.perf_counter() - started)
        peak_mb = max(peak_mb, found[0])
    return {
        "megapixels": plan.size.area / 1e6,
        "export_s": export_s,
        "decoder_s": decoder_s,
        "file_mb": result.file_bytes / 1e6,
        "baseline_mb": baseline_mb,
        "peak_mb": peak_mb - baseline_mb,
    }


def _plan(image: Image, target: Path, megapixels: float) -> ExportPlan:
    """The whole photo at that size; for small sizes a corner of it, twice as large."""
    scale = math.sqrt(megapixels * 1e6 / image.size.area)
    if scale >= _LEAST_SCALE:
        return plan_export(image.size, ExportRequest(target, Sized(Scale(scale))))
    height, width = (max(1, int(side * scale / _LEAST_SCALE)) for side in (image.size.height, image.size.width))
    return plan_export(image.size, ExportRequest(target, Sized(Scale(_LEAST_SCALE), Rect(0, 0, height, width))))


def _seconds_to_decode(plan: ExportPlan, image: Image, enlarger: Enlarger) -> float:
    started = time.perf_counter()
    _decode(plan, image, enlarger)
    return time.perf_counter() - started


def _decode(plan: ExportPlan, image: Image, enlarger: Enlarger) -> None:
    """All strips of an export, and nothing done with them."""
    maker = BlockMaker(plan, image, enlarger.renderer_of, keep_alpha=False, cancel=CancelToken())
    for _ in strips(maker):
        pass


@contextmanager
def _peak() -> Iterator[list[float]]:
    """The most resident memory inside of the block, in MB; a thread looks often."""
    found, over = [memory_mb()[0]], threading.Event()

    def look() -> None:
        while not over.wait(_SAMPLE_S):
            found[0] = max(found[0], memory_mb()[0])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    keep_freed_memory()
    options = json.loads(sys.argv[1])
    print(json.dumps(measured(options.pop("target"), **options)))
