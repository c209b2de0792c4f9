"""`stepless export --estimate`: what exports would take, told in a terminal and in a report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liif_core.cli.export_list import ListedPhoto
from liif_core.cli.export_progress import time_text
from liif_core.errors import LiifError
from liif_core.export.enlarger import Enlarger
from liif_core.export.estimate import Estimate, estimate
from liif_core.export.plan import plan_export
from liif_core.export.task import ExportTask
from liif_core.imaging.metadata import read_metadata
from liif_core.imaging.read import read_image
from liif_core.memory import budgets

_MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class EstimatedPhoto:
    """A photo of a list: what its export would take, or why that cannot be told."""

    photo: ListedPhoto
    found: Estimate | None = None
    error: LiifError | None = None


def tell_estimates(
    photos: Sequence[ListedPhoto], *, tell_failure: Callable[[Path, LiifError], None]
) -> list[EstimatedPhoto]:
    """Estimate one photo after the other and print a line for each; one that fails does not stop the rest.

    Args:
        photos: Their tasks are checked already.
        tell_failure: Called for each photo that cannot be estimated.
    """
    estimates = []
    for photo in photos:
        one = _estimated(photo)
        estimates.append(one)
        # Nobody may read any more: the report is wanted all the same, as `export_progress.work_through` has it.
        with contextlib.suppress(OSError):
            if one.error is not None:
                tell_failure(photo.source, one.error)
            elif photo.task is not None and one.found is not None:
                print(_line(photo.task.request.target, one.found), flush=True)
    return estimates


def report_of(estimates: Sequence[EstimatedPhoto]) -> dict[str, Any]:
    """Plain values for JSON, like those of `QueueReport`."""
    failed = sum(one.error is not None for one in estimates)
    return {"estimated": len(estimates) - failed, "failed": failed, "files": [_reported(one) for one in estimates]}


def _estimated(photo: ListedPhoto) -> EstimatedPhoto:
    if photo.task is None:
        return EstimatedPhoto(photo, error=photo.error)
    try:
        return EstimatedPhoto(photo, _estimate_of(photo.task))
    except LiifError as exc:
        return EstimatedPhoto(photo, error=exc)


def _estimate_of(task: ExportTask) -> Estimate:
    image = read_image(task.source, page=task.page_read, keep_alpha=True, max_memory_bytes=budgets().photo_bytes)
    metadata = read_metadata(task.source, exif=image.exif, page=task.page_read)
    plan = plan_export(image.size, task.request, needs_place=False)
    return estimate(plan, image, Enlarger(task.choice).renderer_of, metadata=metadata)


def _line(target: Path, found: Estimate) -> str:
    size = found.size
    return (
        f"{target}: {size.width} x {size.height} pixels ({found.pixels / _MEGA:.1f} megapixels), "
        f"about {found.file_bytes / _MEGA:.1f} MB, {time_text(found.seconds)}, "
        f"{found.memory_bytes / _MEGA:.0f} MB of memory"
    )


def _reported(one: EstimatedPhoto) -> dict[str, Any]:
    task, found = one.photo.task, one.found
    told: dict[str, Any] = {
        "source": str(one.photo.source),
        "target": None if task is None else str(task.request.target),
        "state": "failed" if found is None else "estimated",
    }
    if found is not None:
        told |= {
            "width": found.size.width,
            "height": found.size.height,
            "bytes": found.file_bytes,
            "seconds": round(found.seconds, 3),
            "memory_bytes": found.memory_bytes,
        }
    if one.error is not None:
        told["error"] = str(one.error)
    return told
