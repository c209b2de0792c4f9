"""What the dialog says: one frozen value, which every control replaces."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.export.limits import Limits
from app.export.photo import ExportPhoto
from liif_core.errors import RequestError
from liif_core.export.crops import Aspect, largest_crop, with_aspect
from liif_core.export.names import DEFAULT_PATTERN
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale, Wish
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoding import EncodingOptions, WriteFormat
from liif_core.orientation import UPRIGHT, Orientation


class What(enum.Enum):
    """Which pixels."""

    PHOTO = "photo"
    VIEW = "view"
    CROP = "crop"
    ALL = "all"
    """Each photo of the folder, whole."""


FREE = "free"
ORIGINAL = "original"
"""What stands for an aspect that is none, and for that of the photo."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An export as the dialog says it at a moment.

    Attributes:
        form: Of the file.
        what: Which pixels.
        crop: Part of the upright photo; counts for `What.CROP`.
        aspect: Of the crop: `FREE`, `ORIGINAL` or as `Aspect.text`.
        wish: The size; None for a view as it is on screen.
        options: How to encode.
        model: Name of what enlarges.
        precision: "auto", "fp32" or "bf16".
        self_ensemble: Whether the model's pictures of all eight orientations are averaged.
        as_seen: Whether the photo is turned and mirrored as on screen.
        target: The file; None for a free name in `folder`.
        folder: Where proposed names are, and the files of `What.ALL`.
        pattern: Of the names of `What.ALL`.
    """

    form: WriteFormat
    folder: Path
    what: What = What.PHOTO
    crop: Rect | None = None
    aspect: str = FREE
    wish: Wish | None = field(default_factory=lambda: Scale(2.0))
    options: EncodingOptions = field(default_factory=EncodingOptions)
    model: str = ""
    precision: str = "auto"
    self_ensemble: bool = False
    as_seen: bool = True
    target: Path | None = None
    pattern: str = DEFAULT_PATTERN


def orientation_of(draft: Draft, photo: ExportPhoto) -> Orientation:
    """How the photo is turned in the file."""
    return photo.orientation if draft.as_seen and draft.what is not What.ALL else UPRIGHT


def part_of(draft: Draft, photo: ExportPhoto) -> Rect:
    """What is exported of the upright photo."""
    if draft.what is What.VIEW:
        return photo.seen_part
    if draft.what is What.CROP and draft.crop is not None:
        return draft.crop
    return photo.size.rect


def shown_photo(draft: Draft, photo: ExportPhoto) -> Size:
    """Size of the whole photo as it lies in the file."""
    return orientation_of(draft, photo).size_on_screen(photo.size)


def shown_part(draft: Draft, photo: ExportPhoto) -> Rect:
    """What is exported, in pixels of the photo as it lies in the file."""
    return orientation_of(draft, photo).rect_on_screen(part_of(draft, photo), photo.size)


def with_shown_crop(draft: Draft, photo: ExportPhoto, crop: Rect) -> Draft:
    """Another crop, in pixels of the photo as it lies in the file."""
    return replace(draft, crop=orientation_of(draft, photo).rect_of_photo(crop, photo.size))


def size_of(draft: Draft, photo: ExportPhoto) -> Size | None:
    """Size of the file's picture, to a pixel for a crop by a scale; None where it cannot be told."""
    orientation = orientation_of(draft, photo)
    if draft.wish is None:
        return orientation.size_on_screen(Size(photo.view.rect.height, photo.view.rect.width))
    part = shown_part(draft, photo)
    try:
        return draft.wish.size_of(Size(part.height, part.width))
    except (RequestError, OverflowError):
        return None


def limits_of(draft: Draft, photo: ExportPhoto) -> Limits:
    """How large it may become."""
    part = shown_part(draft, photo)
    return Limits.of(Size(part.height, part.width), draft.form)


def request_of(draft: Draft, photo: ExportPhoto, target: Path) -> ExportRequest:
    """What the core is asked for.

    Args:
        draft: What the dialog says.
        photo: Of what.
        target: The file to write.
    """
    orientation = orientation_of(draft, photo)
    if draft.wish is None:
        return ExportRequest(target, photo.view, draft.options, orientation)
    whole = draft.what in (What.PHOTO, What.ALL)
    crop = None if whole else part_of(draft, photo)
    return ExportRequest(target, Sized(draft.wish, crop), draft.options, orientation)


# -- changes that concern more than one attribute


def with_what(draft: Draft, photo: ExportPhoto, what: What) -> Draft:
    """Other pixels. A view begins as it is on screen, and only a view has that size; a crop begins as what is seen."""
    if what is draft.what:
        return draft
    wish = draft.wish
    if what is What.VIEW:
        wish = None
    elif wish is None:
        wish = Scale(2.0)
    crop = draft.crop
    if what is What.CROP and crop is None:
        crop = photo.seen_part
    changed = replace(draft, what=what, wish=wish, crop=crop, target=None)
    return with_crop_aspect(changed, photo, draft.aspect) if what is What.CROP else changed


def with_format(draft: Draft, form: WriteFormat) -> Draft:
    """Another format; depth and quality become what it takes, and a name that was given gets its extension."""
    options = draft.options
    if options.bits not in form.bits:
        options = replace(options, bits=form.bits[0])
    if form.name != draft.form.name:
        options = replace(options, quality=None)
    target = draft.target
    # "/" has no name yet that could get an extension.
    if target is not None and target.name and target.suffix.lower() not in form.extensions:
        target = target.with_suffix(form.extensions[0])
    return replace(draft, form=form, options=options, target=target)


def aspect_of(draft: Draft, photo: ExportPhoto) -> Aspect | None:
    """The crop's, as it lies in the file; None for a free one."""
    if draft.aspect == FREE:
        return None
    if draft.aspect == ORIGINAL:
        shown = shown_photo(draft, photo)
        return Aspect(shown.width, shown.height)
    return Aspect.parse(draft.aspect)


def with_crop_aspect(draft: Draft, photo: ExportPhoto, aspect: str) -> Draft:
    """Another aspect of the crop, which keeps its middle."""
    changed = replace(draft, aspect=aspect)
    wanted = aspect_of(changed, photo)
    if wanted is None:
        return changed
    shown = shown_photo(changed, photo)
    crop = shown_part(changed, photo) if draft.crop is not None else largest_crop(shown, wanted)
    return with_shown_crop(changed, photo, with_aspect(shown, crop, wanted))


def with_as_seen(draft: Draft, photo: ExportPhoto, as_seen: bool) -> Draft:
    """Turned as on screen, or as the file has it; a crop keeps its place and has its aspect as it lies then."""
    changed = replace(draft, as_seen=as_seen)
    return with_crop_aspect(changed, photo, draft.aspect) if draft.what is What.CROP else changed


def with_swapped_aspect(draft: Draft, photo: ExportPhoto) -> Draft:
    """Upright instead of across, or the other way round; a free crop exchanges its own sides."""
    part = shown_part(draft, photo)
    wanted = aspect_of(draft, photo)
    turned = (wanted or Aspect(part.width, part.height)).turned
    crop = with_aspect(shown_photo(draft, photo), part, turned)
    name = FREE if wanted is None else turned.text
    return replace(with_shown_crop(draft, photo, crop), aspect=name)
