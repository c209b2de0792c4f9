"""From what a person asks for to a rectangle of an output grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from liif_core.errors import RequestError
from liif_core.export.crops import check_crop
from liif_core.export.request import ExportRequest, Sized, View
from liif_core.export.sizes import Scale, dpi_of
from liif_core.geometry import OutputGrid, Rect, Size, round_half_up
from liif_core.imaging.encoding import EncodingOptions, WriteFormat, check_encoding, format_of
from liif_core.imaging.write import check_target
from liif_core.orientation import Orientation

MAX_OUTPUT_PIXELS = 4_000_000_000
"""Of one file: what a person waits hours for."""
_MAX_SIDE = MAX_OUTPUT_PIXELS


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """A rectangle of an output grid and the file it goes to.

    Attributes:
        part: What is read of the photo.
        reduced: Size that the part is reduced to by area averages before it is enlarged: a size wish may enlarge one
            side and reduce the other, and no decoder sees more than a few pixels around each query.
        grid: Of `part`, or of what it was reduced to.
        rect: Which pixels of the grid are written.
        orientation: How they are turned on their way into the file.
        target: The file.
        options: How they are encoded.
        in_tiles: Whether they are computed in the viewer's tiles. The same numbers in other portions can differ in
            their last bits, and one pixel in a million by a level; a view is to be that of the screen to the last one.
    """

    part: Rect
    reduced: Size | None
    grid: OutputGrid
    rect: Rect
    orientation: Orientation
    target: Path
    options: EncodingOptions
    in_tiles: bool = False

    @property
    def size(self) -> Size:
        """Of the file's picture."""
        return self.orientation.size_on_screen(Size(self.rect.height, self.rect.width))

    @property
    def format(self) -> WriteFormat:
        """Of the file."""
        return format_of(self.target)

    @property
    def is_decoded(self) -> bool:
        """Whether a model makes the pixels; reductions are made as on screen."""
        return not self.grid.reduces


def plan_export(photo: Size, request: ExportRequest, *, needs_place: bool = True) -> ExportPlan:
    """The work behind a request; takes no time and reads nothing but the target's folder.

    Args:
        photo: Size of the upright photo.
        request: What to export.
        needs_place: Whether the target has to be writable; its folder may be missing for a plan that is only told.

    Raises:
        RequestError: The sizes make no picture: zero, outside of the photo, too large.
        ImageWriteError: The target cannot be written, whatever its pixels.
    """
    what = request.what
    if isinstance(what, View):
        part, grid, rect = _of_view(photo, what)
    else:
        part, grid, rect = _of_size(photo, what, request.orientation)
    if rect.area > MAX_OUTPUT_PIXELS:
        raise _too_large(f"{rect.width} x {rect.height} pixels are too many")
    options = request.options
    if isinstance(what, Sized) and options.dpi is None:
        options = replace(options, dpi=dpi_of(what.wish))
    reduced = None
    if not grid.reduces and (grid.scale_y < 1 or grid.scale_x < 1):
        reduced = Size(min(grid.source.height, grid.output.height), min(grid.source.width, grid.output.width))
        grid = OutputGrid(reduced, grid.output)
    plan = ExportPlan(
        part, reduced, grid, rect, request.orientation, request.target, options, in_tiles=isinstance(what, View)
    )
    if needs_place:
        check_target(request.target, plan.size, options)
    else:
        check_encoding(request.target, plan.size, options)
    return plan


def _of_view(photo: Size, view: View) -> tuple[Rect, OutputGrid, Rect]:
    if view.grid.source != photo:
        raise RequestError(
            f"the view is of a photo of {view.grid.source.width} x {view.grid.source.height} pixels, "
            f"and this one has {photo.width} x {photo.height}"
        )
    if view.rect.is_empty or not view.grid.output.rect.contains(view.rect):
        raise RequestError("the view shows nothing of the photo")
    return photo.rect, view.grid, view.rect


def _of_size(photo: Size, what: Sized, orientation: Orientation) -> tuple[Rect, OutputGrid, Rect]:
    """What is read of the photo, its output grid, and the rectangle of it that the crop is."""
    crop = what.crop if what.crop is not None else photo.rect
    check_crop(photo, crop)
    if isinstance(what.wish, Scale):
        return _of_scale(photo, crop, what.wish)
    size = orientation.size_of_photo(_asked_size(what, orientation.size_on_screen(Size(crop.height, crop.width))))
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


def _of_scale(photo: Size, crop: Rect, wish: Scale) -> tuple[Rect, OutputGrid, Rect]:
    """Cut from the grid of the whole, so that neighbouring crops meet."""
    grid = OutputGrid(photo, _sane(lambda: wish.size_of(photo)))
    # A crop of less than half an output pixel at the lower right would begin behind the last one.
    top = min(round_half_up(crop.y * grid.scale_y), grid.output.height - 1)
    left = min(round_half_up(crop.x * grid.scale_x), grid.output.width - 1)
    bottom, right = round_half_up(crop.bottom * grid.scale_y), round_half_up(crop.right * grid.scale_x)
    rect = Rect.spanning(top, left, max(bottom, top + 1), max(right, left + 1)).intersected(grid.output.rect)
    return photo.rect, grid, rect


def _asked_size(what: Sized, crop: Size) -> Size:
    return _sane(lambda: what.wish.size_of(crop))


def _sane(size_of: Callable[[], Size]) -> Size:
    """A size that floats hold and people can read; any crop of a larger grid would have too many pixels."""
    try:
        size = size_of()
    except OverflowError as exc:
        raise _too_large("too large") from exc
    if max(size.height, size.width) > _MAX_SIDE:
        raise _too_large("too large")
    return size


def _too_large(what: str) -> RequestError:
    return RequestError(f"{what}: at most {MAX_OUTPUT_PIXELS // 1_000_000} megapixels can be exported at once")
