from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from liif_core.imaging.exif import oriented, upright


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_and_reset_and_nothing_else_changes(
    exif_with: Callable[..., bytes], orientation: int
) -> None:
    block, found = upright(exif_with(orientation))
    assert found == orientation
    assert b"Exif\0\0" + block == exif_with(1)
    assert upright(block) == (block, 1)


@pytest.mark.parametrize("order", ["little", "big"])
def test_both_byte_orders(order: str) -> None:
    mark = {"little": b"II*\0", "big": b"MM\0*"}[order]

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "little" else "big")

    entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(6, 2) + b"\0\0"
    block = mark + number(8, 4) + number(1, 2) + entry + number(0, 4)
    assert upright(block)[1] == 6


def test_absent_and_invalid_orientations_count_as_upright(exif_with: Callable[..., bytes]) -> None:
    assert upright(b"II*\0\x08\0\0\0\0\0\0\0\0\0")[1] == 1
    for value in (0, 9, 65535):
        assert upright(exif_with(value)) == (exif_with(1)[6:], 1)


@pytest.mark.parametrize(
    "block", [b"", b"Exif\0\0", b"garbage", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff"]
)
def test_damage_is_reported(block: bytes) -> None:
    with pytest.raises(ValueError, match=r"begins with|reaches outside"):
        upright(block)


@given(st.binary(max_size=80).map(lambda tail: b"II*\0" + tail))
def test_any_bytes_give_a_block_or_a_value_error(block: bytes) -> None:
    try:
        reset, orientation = upright(block)
    except ValueError:
        return
    assert len(reset) == len(block)
    assert 1 <= orientation <= 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_as_pillow_does(exif_with: Callable[..., bytes], orientation: int) -> None:
    from PIL import ImageOps

    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    encoded = io.BytesIO()
    PillowImage.fromarray(pixels).save(encoded, "PNG", exif=exif_with(orientation))
    with PillowImage.open(encoded) as picture:
        assert np.array_equal(oriented(pixels, orientation), np.asarray(ImageOps.exif_transpose(picture)))
