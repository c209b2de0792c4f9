"""A small piece of an export, rendered, encoded and read again: what the file will look like at 100 %."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from app.export.photo import ExportPhoto
from liif_core.export.control import JobControl
from liif_core.export.job import run_export
from liif_core.export.plan import ExportPlan
from liif_core.export.rendering import RendererOf
from liif_core.geometry import Rect, Size, round_half_up
from liif_core.imaging.image import Image
from liif_core.imaging.metadata import Metadata
from liif_core.imaging.read import read_image

BLOCK = 16
"""Output pixels that pieces are aligned to: JPEG's blocks then lie as they will in the whole file."""


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """A piece of an export.

    Attributes:
        image: Its pixels as the file gives them back.
        rect: Where it lies in the picture of the file.
        part: What of the photo it shows, in pixels of the photo as it lies in the file.
    """

    image: Image
    rect: Rect
    part: Rect


def sample_rect(plan: ExportPlan, spot: tuple[float, float], pane: Size) -> Rect:
    """The piece about a spot, in pixels of the file's picture.

    Args:
        plan: Of the export.
        spot: Its middle as shares (y, x) of the file's picture, 0 to 1; it lies as near to it as there is picture.
        pane: How large it is to be.
    """
    size = plan.size
    height, width = min(pane.height, size.height), min(pane.width, size.width)
    top = min(max(0, round_half_up(spot[0] * size.height - height / 2)), size.height - height)
    left = min(max(0, round_half_up(spot[1] * size.width - width / 2)), size.width - width)
    return Rect(top // BLOCK * BLOCK, left // BLOCK * BLOCK, height, width)


def spot_in_file(plan: ExportPlan, photo: ExportPhoto, spot: tuple[float, float]) -> tuple[float, float]:
    """From shares (y, x) of the photo as it lies in the file to shares of the file's picture."""
    shown = plan.orientation.size_on_screen(photo.size)
    part = _part_of(plan, photo, plan.size.rect)
    return (spot[0] * shown.height - part.y) / part.height, (spot[1] * shown.width - part.x) / part.width


def take_sample(
    plan: ExportPlan,
    photo: ExportPhoto,
    renderer_of: RendererOf,
    *,
    spot: tuple[float, float],
    pane: Size,
    control: JobControl,
) -> Sample:
    """Make a piece of the export; on a worker thread.

    Args:
        plan: Of the export.
        photo: Of what.
        renderer_of: As for `run_export`.
        spot: Its middle as shares (y, x) of the photo as it lies in the file.
        pane: How large it is to be.
        control: Stops it.

    Raises:
        LiifError: As `run_export`.
        Cancelled: It was stopped.
    """
    rect = sample_rect(plan, spot_in_file(plan, photo, spot), pane)
    in_grid = plan.orientation.rect_of_photo(rect, Size(plan.rect.height, plan.rect.width))
    with tempfile.TemporaryDirectory(prefix="stepless-") as folder:
        target = Path(folder) / f"sample{plan.format.extensions[0]}"
        piece = replace(plan, rect=in_grid.shifted(plan.rect.y, plan.rect.x), target=target)
        run_export(piece, photo.image, renderer_of, metadata=Metadata(), control=control)
        image = read_image(target, keep_alpha=True)
    return Sample(image, rect, _part_of(plan, photo, rect))


def _part_of(plan: ExportPlan, photo: ExportPhoto, rect: Rect) -> Rect:
    """What of the photo a piece of the file's picture shows, both as they lie in the file; to half a photo pixel."""
    turned = plan.orientation.rect_of_photo(rect, Size(plan.rect.height, plan.rect.width))
    in_grid = turned.shifted(plan.rect.y, plan.rect.x)
    scale_y, scale_x = plan.grid.output.height / plan.part.height, plan.grid.output.width / plan.part.width
    # Less than the last half of the photo's last pixel would begin behind it.
    top = min(round_half_up(in_grid.y / scale_y), plan.part.height - 1)
    left = min(round_half_up(in_grid.x / scale_x), plan.part.width - 1)
    in_photo = Rect.spanning(
        plan.part.y + top,
        plan.part.x + left,
        plan.part.y + max(round_half_up(in_grid.bottom / scale_y), top + 1),
        plan.part.x + max(round_half_up(in_grid.right / scale_x), left + 1),
    )
    return plan.orientation.rect_on_screen(in_photo.intersected(photo.size.rect), photo.size)
