"""GIFs whose first picture is smaller than the screen."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.geometry import Rect, Size
from liif_core.imaging.read import read_image, read_size

RED, GREEN = (255, 0, 0), (0, 255, 0)
PICTURE = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], np.uint8)
PLACE = Rect(5, 2, 3, 4)


def gif(screen: tuple[int, int], *, transparent: int | None = None) -> bytes:
    """A picture of 4 x 3 pixels at (2, 5) of a screen of (width, height), with a comment before it."""
    picture, file = PillowImage.fromarray(PICTURE), io.BytesIO()
    picture.putpalette([*RED, *GREEN])
    picture.save(file, "GIF")
    content = bytearray(file.getvalue())
    struct.pack_into("<2H2B", content, 6, *screen, content[10], 1)
    before = content.index(b",\0\0\0\0" + struct.pack("<2H", 4, 3))
    struct.pack_into("<2H", content, before + 1, PLACE.x, PLACE.y)
    control = b"" if transparent is None else b"!\xf9\x04\x01\0\0" + bytes([transparent, 0])
    content[before:before] = b"!\xfe\x05words\x02, \0" + control
    return bytes(content)


def seen(transparent: int | None) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Colours of the picture, and which of its pixels are there."""
    return np.array([RED, GREEN], np.uint8)[PICTURE], np.not_equal(PICTURE, 99 if transparent is None else transparent)


# 12 x 10 is what it says for libvips as well, the next are not, and the last has less than the picture.
@pytest.mark.parametrize("screen", [(12, 10), (640, 480), (1024, 768), (3000, 40), (3, 9)])
@pytest.mark.parametrize("transparent", [None, 1])
def test_the_picture_has_its_place_on_the_whole_screen(
    tmp_path: Path, screen: tuple[int, int], transparent: int | None
) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(gif(screen, transparent=transparent))
    colours, is_there = seen(transparent)
    whole = Size(max(screen[1], PLACE.bottom), max(screen[0], PLACE.right))
    image = read_image(path, keep_alpha=True)
    assert image.size == read_size(path) == whole
    assert image.alpha is not None
    opaque = np.zeros((whole.height, whole.width), bool)
    opaque[PLACE.slices] = is_there
    assert np.array_equal(image.alpha, np.where(opaque, 65535, 0))
    assert np.array_equal(image.pixels[PLACE.slices], np.where(is_there[..., None], colours * np.uint16(257), 0))
    flattened = read_image(path).pixels
    assert np.array_equal(flattened[PLACE.slices], np.where(is_there[..., None], colours, 255))
    assert (flattened[~opaque] == 255).all()


def test_a_picture_that_fills_the_screen_is_opaque(tmp_path: Path) -> None:
    content = gif((4, 3))
    at = content.index(struct.pack("<2H", PLACE.x, PLACE.y))
    (tmp_path / "a.gif").write_bytes(content[:at] + bytes(4) + content[at + 4 :])
    image = read_image(tmp_path / "a.gif", keep_alpha=True)
    assert image.alpha is None
    assert np.array_equal(image.pixels, seen(None)[0])
