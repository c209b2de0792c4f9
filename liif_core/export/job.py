"""Rendering a plan in strips and writing the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import OutOfMemory
from liif_core.export.plan import ExportPlan
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid
from liif_core.imaging.write import quantise, write_image

STRIP_ROWS = 256
STRIP_COLUMNS = 2048


class RectRenderer(Protocol):
    """What enlarges: `render.Renderer`, or anything that gives the same for any rectangle."""

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """RGB (rect.height, rect.width, 3) in [0, 1]."""
        ...


def run_export(
    plan: ExportPlan,
    image: Image,
    renderer_of: Callable[[Image], RectRenderer],
    *,
    cancel: CancelToken,
    on_progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Render and write.

    Args:
        plan: What and where to.
        image: The photo.
        renderer_of: Makes the renderer of a photo. Not called for a plan that reduces, which is made as on screen.
        cancel: Asked between blocks.
        on_progress: Called with the share done, in [0, 1].

    Raises:
        Cancelled: Nothing is written.
        ImageWriteError: The file cannot be written; an old one is intact.
        OutOfMemory: The output does not fit into memory.
    """
    blocks = _blocks(plan.rect)
    try:
        source = _source_of(plan, image)
        render = Pyramid(source).reduced if plan.grid.reduces else partial(renderer_of(source).render, cancel=cancel)
        pixels = np.empty((plan.rect.height, plan.rect.width, 3), np.uint8 if plan.bits == 8 else np.uint16)
        for done, block in enumerate(blocks):
            cancel.check()
            rgb = render(plan.grid, block)
            pixels[block.shifted(-plan.rect.y, -plan.rect.x).slices] = quantise(rgb, plan.bits)
            on_progress((done + 1) / len(blocks))
    except MemoryError as exc:
        raise OutOfMemory(f"{plan.rect.width} x {plan.rect.height} pixels do not fit into memory") from exc
    cancel.check()
    write_image(plan.target, pixels, icc_profile=image.icc_profile, exif=image.exif)


def _source_of(plan: ExportPlan, image: Image) -> Image:
    """The part of the photo that the plan's grid is of, reduced where the plan says so."""
    part = image
    if plan.part != image.size.rect:
        part = Image(np.ascontiguousarray(image.pixels[plan.part.slices]), image.icc_profile)
    if plan.reduced is None:
        return part
    averages = Pyramid(part).area(OutputGrid(part.size, plan.reduced), plan.reduced.rect)
    return Image(averages, image.icc_profile)


def _blocks(rect: Rect) -> list[Rect]:
    return [
        Rect(top, left, min(STRIP_ROWS, rect.bottom - top), min(STRIP_COLUMNS, rect.right - left))
        for top in range(rect.y, rect.bottom, STRIP_ROWS)
        for left in range(rect.x, rect.right, STRIP_COLUMNS)
    ]
