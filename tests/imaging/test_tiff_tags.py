"""TIFFs with tags that are none of their picture's: large ones, as programs write for themselves, and damaged ones."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.imaging.read import read_image

RGB, LAB = 2, 8
LAYERS = 37724  # Photoshop's own
UNDEFINED = 7


@pytest.fixture(scope="module")
def colours() -> NDArray[np.uint8]:
    return np.arange(192, dtype=np.uint8).reshape(8, 8, 3)


def tiff(path: Path, colours: NDArray[np.uint8], *tags: tuple[int, int, int, int], photometric: int = RGB) -> int:
    """Write an uncompressed TIFF of 8 x 8 pixels with tags of number, type, count and value; the bytes it has."""
    usual = [(256, 3, 1, 8), (257, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, photometric), (277, 3, 1, 3), (278, 3, 1, 8)]
    behind = 8 + 2 + 12 * (len(usual) + 3 + len(tags)) + 4
    places = [(258, 3, 3, behind), (273, 4, 1, behind + 6), (279, 4, 1, colours.nbytes)]
    entries = sorted([*usual, *places, *tags])
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    path.write_bytes(head + table + bytes(4) + struct.pack("<3H", 8, 8, 8) + colours.tobytes())
    return path.stat().st_size


@pytest.mark.parametrize("photometric", [RGB, LAB])
def test_layers_of_many_megabytes_hide_no_picture(tmp_path: Path, colours: NDArray[np.uint8], photometric: int) -> None:
    path, nbytes = tmp_path / "layers.tif", 53_000_000
    tiff(path, colours, photometric=photometric)
    plain = read_image(path)
    end = tiff(path, colours, (LAYERS, UNDEFINED, nbytes, 1024), photometric=photometric)
    assert end <= 1024
    with path.open("r+b") as file:
        file.truncate(1024 + nbytes)  # a hole, which takes no room on the disk
    assert np.array_equal(read_image(path).pixels, plain.pixels)
