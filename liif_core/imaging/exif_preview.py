"""Taking the preview out of an EXIF block: a small JPEG, or strips of pixels, in the directories behind the first one.

It shows the old picture, of which a crop may be meant to show less. Its bytes are overwritten where they are, for the
block's other offsets to stay.
"""

from __future__ import annotations

import contextlib
import struct

from liif_core.imaging.exif_directories import (
    EXIF_DIRECTORY,
    GPS_DIRECTORY,
    INTEROPERABILITY,
    entries_of,
    first_directory,
    next_directory_at,
    numbers_at,
    pointer,
    spans_of,
    unpacked,
)

# From the tag of offsets to that of lengths: of strips, and of a JPEG.
_PIXELS = {0x0111: 0x0117, 0x0201: 0x0202}


def wipe_previews(block: bytearray, order: str) -> None:
    """Overwrite the preview in place; one whose own directory is damaged is only unlinked.

    Args:
        block: From its byte-order mark on.
        order: Of its bytes, "<" or ">".

    Raises:
        ValueError: The first directory is damaged.
    """
    exif = bytes(block)
    first = first_directory(exif, order)
    link = next_directory_at(exif, order, first)
    (directory,) = unpacked(exif, order + "I", link)
    seen = {0, first}
    with contextlib.suppress(ValueError):
        while directory not in seen:
            seen.add(directory)
            for start, stop in [*spans_of(exif, order, directory), *_pixel_spans(exif, order, directory)]:
                block[start:stop] = bytes(len(block[start:stop]))
            (directory,) = unpacked(exif, order + "I", next_directory_at(exif, order, directory))
    # Programs that move a block without its preview leave offsets that lead into other values.
    for start, stop in _spans_of_the_photo(exif, order, first):
        block[start:stop] = exif[start:stop]
    struct.pack_into(order + "I", block, link, 0)


def _pixel_spans(exif: bytes, order: str, directory: int) -> list[tuple[int, int]]:
    wanted = {*_PIXELS, *_PIXELS.values()}
    entries = [entry for entry in entries_of(exif, order, directory) if entry[0] in wanted]
    values = {tag: numbers_at(exif, order, kind, at) for tag, kind, at in entries}
    spans = []
    for offsets, lengths in _PIXELS.items():
        pairs = zip(values.get(offsets, ()), values.get(lengths, ()), strict=False)
        spans += [(start, start + length) for start, length in pairs]
    return spans


def _spans_of_the_photo(exif: bytes, order: str, first: int) -> list[tuple[int, int]]:
    """What is of the first directory, and of those that it points to."""
    spans = [(0, 8), *spans_of(exif, order, first)]
    with contextlib.suppress(ValueError, LookupError):
        spans += spans_of(exif, order, pointer(exif, order, first, GPS_DIRECTORY))
    with contextlib.suppress(ValueError, LookupError):
        inner = pointer(exif, order, first, EXIF_DIRECTORY)
        spans += spans_of(exif, order, inner)
        spans += spans_of(exif, order, pointer(exif, order, inner, INTEROPERABILITY))
    return spans
