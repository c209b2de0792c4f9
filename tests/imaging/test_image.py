from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.imaging.image import Image


@pytest.mark.parametrize(("dtype", "bits", "full"), [("uint8", 8, 255), ("uint16", 16, 65535), ("float32", 32, 1)])
def test_pixels_keep_their_depth_and_regions_are_unit_floats(dtype: str, bits: int, full: float) -> None:
    pixels = np.zeros((4, 5, 3), dtype)
    pixels[1, 2] = full
    image = Image(pixels, source_bits=bits)
    assert (image.size, image.source_bits, image.pixels.dtype.name) == (Size(4, 5), bits, dtype)
    region = image.region(Rect(1, 1, 2, 3))
    assert region.dtype == np.float32
    assert region.flags.c_contiguous
    assert region.shape == (2, 3, 3)
    assert region[0, 1].tolist() == [1, 1, 1]
    assert region.sum() == 3


def test_every_8_bit_level_survives_a_region() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    assert np.array_equal(np.rint(Image(levels).region(Rect(0, 0, 16, 16)) * 255), levels)


def test_pixels_cannot_be_written_and_regions_are_copies() -> None:
    image = Image(np.zeros((2, 2, 3), np.float32))
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1
    region = image.region(image.size.rect)
    region[:] = 1
    assert image.pixels.max() == 0


def test_strided_pixels_become_contiguous() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)[:, ::-1]
    image = Image(pixels)
    assert image.pixels.flags.c_contiguous
    assert np.array_equal(image.pixels, pixels)


def test_float_regions_are_clipped() -> None:
    image = Image(np.array([[[-1, 0.5, 7]]], np.float32))
    assert image.region(image.size.rect).tolist() == [[[0, 0.5, 1]]]


@pytest.mark.parametrize("rect", [Rect(0, 0, 3, 2), Rect(-1, 0, 1, 1), Rect(1, 1, 1, 2)])
def test_region_outside_is_refused(rect: Rect) -> None:
    with pytest.raises(RequestError, match="outside"):
        Image(np.zeros((2, 2, 3), np.uint8)).region(rect)


@pytest.mark.parametrize(
    ("shape", "dtype", "bits"),
    [
        *[((2, 2), "uint8", 8), ((2, 2, 4), "uint8", 8), ((0, 2, 3), "uint8", 8)],
        *[((2, 2, 3), "float64", 32), ((2, 2, 3), "int16", 16), ((2, 2, 3), "uint8", 16)],
    ],
)
def test_other_pixels_are_refused(shape: tuple[int, ...], dtype: str, bits: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        Image(np.zeros(shape, dtype), source_bits=bits)


def test_images_are_compared_by_identity() -> None:
    pixels = np.zeros((1, 1, 3), np.uint8)
    one, other = Image(pixels), Image(pixels)
    assert {one: 1, other: 2}[one] == 1
    assert one != other


def test_importing_loads_neither_decoders_nor_torch_nor_qt() -> None:
    code = (
        "import sys, liif_core.imaging.read, liif_core.imaging.write, liif_core.imaging.resample\n"
        "heavy = ('pyvips', 'cv2', 'pillow_heif', 'pi_heif', 'PIL', 'torch', 'PySide6')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
