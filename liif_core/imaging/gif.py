"""GIFs whose first picture is smaller than their screen, on which it has its place.

libvips takes the sizes of old monitors, 640 x 480 among them, and all beyond 2048 for made up, and ends such a photo
where its picture ends. Where it does give the whole screen, there is black around a picture that has no transparency of
its own. Browsers show the whole screen, and nothing around the picture.
"""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from liif_core.geometry import Rect, Size
from liif_core.imaging.opened import OpenedPhoto

_EXTENSION, _PICTURE = b"!", b","
_HAS_TABLE, _TABLE_BITS = 0x80, 7


def on_screen(photo: OpenedPhoto, path: str | os.PathLike[str]) -> OpenedPhoto:
    """The first picture of a GIF as libvips opened it, on its screen.

    Raises:
        OSError: The file cannot be read.
    """
    with Path(path).open("rb") as file:
        try:
            width, height, place = _screen_and_place(file)
        except struct.error:
            return photo
    # Pictures that reach outside make the screen larger.
    size = Size(max(height, photo.size.height), max(width, photo.size.width))
    if place.is_empty or not photo.size.rect.contains(place) or place == size.rect:
        return photo

    def load() -> Any:
        image = photo.load()
        picture = image if image.hasalpha() else image.addalpha()
        cut = picture.crop(place.x, place.y, place.width, place.height)
        return cut.embed(place.x, place.y, size.width, size.height)

    return replace(photo, size=size, load=load)


def _screen_and_place(file: BinaryIO) -> tuple[int, int, Rect]:
    """Width and height of the screen, and where the first picture is on it (GIF89a, sections 18 to 20).

    Raises:
        struct.error: The file ends before that is told, or something unknown comes first.
    """
    width, height, flags = struct.unpack("<6x2HB2x", file.read(13))
    if flags & _HAS_TABLE:
        file.seek(3 << (flags & _TABLE_BITS) + 1, os.SEEK_CUR)
    while (kind := file.read(1)) == _EXTENSION:
        file.seek(1, os.SEEK_CUR)
        while length := int.from_bytes(file.read(1)):
            file.seek(length, os.SEEK_CUR)
    left, top, across, down = struct.unpack("<4H", file.read(8) if kind == _PICTURE else b"")
    return width, height, Rect(top, left, down, across)
