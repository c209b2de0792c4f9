"""The decoder of each format: opening a header, opening a reduced picture.

libvips decodes most formats: it keeps 16 bits (Pillow reduces 16-bit RGB to 8 without a word), refuses truncated files,
and has no process-wide pixel limit to work around. It has no BMP and no JPEG 2000, which Pillow decodes
(`pillow_formats`), no HEVC for HEIC, which pi-heif brings (`heic`), and no raw formats of cameras (`camera_raw`).

Files of some formats it maps into memory. Where another program cuts such a file off meanwhile, or its disk fails, the
system ends the whole process. So their content is read first, and at worst refused.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from liif_core.cancel import CancelToken
from liif_core.geometry import Size
from liif_core.imaging.camera_raw import open_raw
from liif_core.imaging.formats import RAW
from liif_core.imaging.gif import on_screen
from liif_core.imaging.heic import open_heic
from liif_core.imaging.opened import DecodeError, OpenedPhoto
from liif_core.imaging.pillow_formats import open_bmp, open_jpeg_2000
from liif_core.imaging.tiff_colours import open_unusual, tiff_colours, without_others
from liif_core.imaging.tiff_pages import tiff_pages, tiff_reduced_copy
from liif_core.imaging.tiff_repairs import repaired, repairs_of
from liif_core.imaging.vips import load_pyvips, vips_reason

__all__ = ["DecodeError", "OpenedPhoto", "count_pages", "open_photo", "open_reduced"]

_VIPS_LOADERS = {
    "JPEG": "jpegload",
    "PNG": "pngload",
    "TIFF": "tiffload",
    "WebP": "webpload",
    "AVIF": "heifload",
    "GIF": "gifload",
}
_MAPPED = ("JPEG", "WebP", "GIF")
# Of a JPEG, in which most headers end; they are asked for of very many photos.
HEAD_BYTES = 1_000_000
# Read at once; whoever waits for a network can give up in between.
PART_BYTES = 1_000_000


def count_pages(path: str | os.PathLike[str], kind: str) -> int:
    """How many pages a file has: the pictures of a TIFF without reduced copies and masks, 1 for all other formats.

    Raises:
        OSError: The file cannot be read.
    """
    return len(tiff_pages(path)) if kind == "TIFF" else 1


def open_photo(
    path: str | os.PathLike[str], kind: str, *, page: int = 0, cancel: CancelToken | None = None
) -> OpenedPhoto:
    """Read a photo's header.

    Args:
        path: The file.
        kind: What `formats.sniff` said.
        page: Below `count_pages`.
        cancel: Asked where all of a file has to be read, now or when its pixels are decoded.

    Returns:
        The opened photo; its file may be read again when its pixels are decoded.

    Raises:
        ImageReadError: It takes a package that is not installed.
        DecodeError: The header is damaged, or of a kind that is unknown here.
        OSError: The file cannot be read.
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    if kind == "BMP":
        return open_bmp(path)
    if kind == "JPEG 2000":
        return open_jpeg_2000(path)
    if kind == "HEIC":
        return open_heic(path)
    if kind == RAW:
        return open_raw(path)
    if kind == "TIFF":
        return _open_tiff(path, page)
    if kind == "JPEG":
        return _open_jpeg(path, token)
    photo = _open_with_vips(path, kind, content=_content(path, token) if kind in _MAPPED else None)
    return on_screen(photo, path) if kind == "GIF" else photo


def open_reduced(
    path: str | os.PathLike[str],
    kind: str,
    photo: OpenedPhoto,
    *,
    side: int,
    page: int = 0,
    cancel: CancelToken | None = None,
) -> OpenedPhoto | None:
    """Open a photo once more, so that fewer pixels are decoded in less time.

    Args:
        path: The file.
        kind: What `formats.sniff` said.
        photo: What `open_photo` gave.
        side: The longer side in pixels that is wanted at least.
        page: As for `open_photo`.
        cancel: As for `open_photo`.

    Returns:
        The reduced photo; None where the format has no quicker way, or the photo is not large enough for it.

    Raises:
        DecodeError: The header is damaged.
        OSError: The file cannot be read.
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    longer = max(photo.size.height, photo.size.width)
    halvings = next((count for count in (3, 2, 1) if longer >= side << count), None)
    if halvings is None:
        return None
    if kind == "JPEG" and not photo.is_progressive:
        return _open_with_vips(path, kind, content=_content(path, token), shrink=1 << halvings)
    if kind == "WebP":
        return _open_with_vips(path, kind, content=_content(path, token), scale=1 / (1 << halvings))
    if kind == "JPEG 2000":
        return open_jpeg_2000(path, halvings=halvings)
    if kind == RAW:
        return open_raw(path, half_size=True)
    if kind == "TIFF" and not (colours := tiff_colours(path, tiff_pages(path)[page])).is_unusual:

        def open_at(**place: Any) -> OpenedPhoto:
            return without_others(_open_directory(path, **place), colours)

        return tiff_reduced_copy(photo, open_at, path, side, page)
    return None


def _open_jpeg(path: str | os.PathLike[str], token: CancelToken) -> OpenedPhoto:
    """The header from the beginning of the file, the pixels from all of it."""

    def open_whole() -> OpenedPhoto:
        return _open_with_vips(path, "JPEG", content=_content(path, token))

    head = _content(path, token, most_bytes=HEAD_BYTES)
    is_whole = len(head) < HEAD_BYTES
    try:
        photo = _open_with_vips(path, "JPEG", content=head)
    except DecodeError:
        if is_whole:
            raise
        # Metadata may take more than that.
        return open_whole()
    return photo if is_whole else replace(photo, load=lambda: open_whole().load())


def _content(path: str | os.PathLike[str], token: CancelToken, *, most_bytes: int | None = None) -> bytearray:
    """What a file holds, or the beginning of that."""
    content = bytearray()
    with Path(path).open("rb", buffering=0) as file:
        while most_bytes is None or len(content) < most_bytes:
            token.check()
            left = PART_BYTES if most_bytes is None else min(PART_BYTES, most_bytes - len(content))
            part = file.read(left)
            if not part:
                break
            content += part
    return content


def _open_tiff(path: str | os.PathLike[str], page: int) -> OpenedPhoto:
    directory = tiff_pages(path)[page] if page else 0
    colours = tiff_colours(path, directory)
    options: dict[str, Any] = {"page": directory} if page else {}
    if colours.is_unusual:
        photo = open_unusual(
            path,
            colours,
            lambda content: (
                _open_directory(path, **options)
                if content is None
                else _open_with_vips(path, "TIFF", content=content, **options)
            ),
        )
    else:
        photo = _open_directory(path, **options)
    return without_others(photo, colours)


def _open_directory(path: str | os.PathLike[str], **place: Any) -> OpenedPhoto:
    """A directory of a TIFF; what it shows is decoded from a mended copy in memory where its tags need that."""
    photo = _open_with_vips(path, "TIFF", **place)

    def load() -> Any:
        # Only now: whoever asks for the size alone needs no tags mended.
        repairs = repairs_of(path)
        mended = _open_with_vips(path, "TIFF", content=repaired(path, repairs), **place) if repairs else photo
        return mended.load()

    return replace(photo, load=load)


def _open_with_vips(
    path: str | os.PathLike[str], kind: str, *, content: bytearray | None = None, **options: Any
) -> OpenedPhoto:
    pyvips = load_pyvips()
    # The loader by name: the general call would take brackets in a file name for options. Bytes, since names that are
    # not UTF-8 exist. "sequential" lets rows stream through without a second copy of the whole photo.
    loader = getattr(pyvips.Image, _VIPS_LOADERS[kind] + ("" if content is None else "_source"))
    if kind == "TIFF" and pyvips.at_least_libvips(8, 17):
        # From there on it caps the memory of a TIFF's tags and strips at 50 MB, and Photoshop's layers are a tag. They
        # take no more than the file has, and a picture that is too large is refused by its header.
        options["unlimited"] = True
    # As a source, since of a buffer a copy is made.
    source = os.fsencode(path) if content is None else pyvips.Source.new_from_memory(content)
    try:
        image = loader(source, access="sequential", fail_on="error", **options)
    except pyvips.Error as exc:
        raise DecodeError(vips_reason(exc)) from exc
    # Loaders called by name hold no source; pictures made of this one take over what it holds.
    image._references.append(source)

    def field(name: str) -> Any:
        return image.get(name) if image.get_typeof(name) else None

    # HEIF containers are turned by the decoder, and their EXIF orientation is to be ignored by the standard.
    orientation = {"TIFF": field("orientation") or 1, "AVIF": 1}.get(kind)
    return OpenedPhoto(
        size=Size(image.height, image.width),
        load=lambda: image,
        icc_profile=field("icc-profile-data"),
        exif=field("exif-data"),
        orientation=orientation,
        bits=field("bits-per-sample") if kind == "AVIF" else None,
        is_progressive=kind == "JPEG" and bool(field("interlaced")),
    )
