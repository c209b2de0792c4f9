"""From what a person asks for to a rectangle of an output grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size, round_half_up
from liif_core.imaging.write import check_target

# The whole output is held in memory once, as 8 or 16 bits.
MAX_OUTPUT_PIXELS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export; exactly one of `scale`, `size` and `long_side` is given.

    Attributes:
        target: File to write; its extension is the format.
        scale: Output pixels per photo pixel.
        size: Output size.
        long_side: Longer side of the output in pixels; the shape is kept.
        crop: Part of the photo in its own pixels, or all of it.
        bits: 8 or 16 a channel.
    """

    target: Path
    scale: float | None = None
    size: Size | None = None
    long_side: int | None = None
    crop: Rect | None = None
    bits: int = 8


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """A rectangle of an output grid and the file it goes to.

    Attributes:
        part: What is read of the photo.
        reduced: Size that the part is reduced to by area averages before it is enlarged: a size wish may enlarge one
            side and reduce the other, and no decoder sees more than a few pixels around each query.
        grid: Of `part`, or of what it was reduced to.
        rect: Which pixels of the grid are written.
        target: The file.
        bits: 8 or 16 a channel.
    """

    part: Rect
    reduced: Size | None
    grid: OutputGrid
    rect: Rect
    target: Path
    bits: int


def plan_export(photo: Size, request: ExportRequest) -> ExportPlan:
    """The work behind a request.

    Raises:
        RequestError: The sizes make no picture: zero, outside of the photo, too large.
        ImageWriteError: The target cannot be written, whatever its pixels.
    """
    crop = request.crop if request.crop is not None else photo.rect
    if crop.is_empty or not photo.rect.contains(crop):
        raise RequestError(
            f"the crop {crop.x},{crop.y},{crop.width},{crop.height} is not inside of the photo's "
            f"{photo.width} x {photo.height} pixels"
        )
    part, grid, rect = _part_grid_and_rect(photo, crop, request)
    if rect.area > MAX_OUTPUT_PIXELS:
        raise RequestError(
            f"{rect.width} x {rect.height} pixels are too many: at most {MAX_OUTPUT_PIXELS // 1_000_000} megapixels "
            "can be exported at once"
        )
    check_target(request.target, Size(rect.height, rect.width), request.bits)
    reduced = None
    if not grid.reduces and (grid.scale_y < 1 or grid.scale_x < 1):
        reduced = Size(min(grid.source.height, grid.output.height), min(grid.source.width, grid.output.width))
        grid = OutputGrid(reduced, grid.output)
    return ExportPlan(part, reduced, grid, rect, request.target, request.bits)


def _part_grid_and_rect(photo: Size, crop: Rect, request: ExportRequest) -> tuple[Rect, OutputGrid, Rect]:
    """What is read of the photo, its output grid, and the rectangle of it that the crop is."""
    wishes = [request.scale, request.size, request.long_side]
    if sum(wish is not None for wish in wishes) != 1:
        raise RequestError("ask for exactly one of a scale, a size and a long side")
    sides = [request.size.height, request.size.width] if request.size is not None else []
    # Before numbers are made of it that no float holds and nobody can read; any crop would have more pixels than that.
    if max(request.scale or 0, request.long_side or 0, *sides) > MAX_OUTPUT_PIXELS:
        raise RequestError(f"too large: at most {MAX_OUTPUT_PIXELS // 1_000_000} megapixels can be exported at once")
    if request.scale is not None:
        grid = OutputGrid(photo, photo.scaled(request.scale))
        # A crop of less than half an output pixel at the lower right would begin behind the last one.
        top = min(round_half_up(crop.y * grid.scale_y), grid.output.height - 1)
        left = min(round_half_up(crop.x * grid.scale_x), grid.output.width - 1)
        bottom, right = round_half_up(crop.bottom * grid.scale_y), round_half_up(crop.right * grid.scale_x)
        rect = Rect.spanning(top, left, max(bottom, top + 1), max(right, left + 1)).intersected(grid.output.rect)
        return photo.rect, grid, rect
    if request.size is not None:
        size = request.size
    else:
        long_side = request.long_side or 0
        if long_side < 1:
            raise RequestError(f"a long side must be at least 1 pixel, not {long_side}")
        size = Size(crop.height, crop.width).scaled(long_side / max(crop.height, crop.width))
    if size.height < crop.height or size.width < crop.width:
        # Averages over the crop alone: rounded to a grid of the whole photo they would take in what lies beside it.
        return crop, OutputGrid(Size(crop.height, crop.width), size), size.rect
    # The grid of the whole photo at the crop's scale, of which the crop has exactly the size asked for.
    full = Size(
        max(size.height, round_half_up(photo.height * size.height / crop.height)),
        max(size.width, round_half_up(photo.width * size.width / crop.width)),
    )
    grid = OutputGrid(photo, full)
    top = min(round_half_up(crop.y * grid.scale_y), full.height - size.height)
    left = min(round_half_up(crop.x * grid.scale_x), full.width - size.width)
    return photo.rect, grid, Rect(top, left, size.height, size.width)
