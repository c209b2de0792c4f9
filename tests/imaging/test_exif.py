from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from liif_core.geometry import Size
from liif_core.imaging.exif import adapted, oriented, upright


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

    def block(kind: int, value: bytes) -> bytes:
        entry = number(0x0112, 2) + number(kind, 2) + number(1, 4) + value
        return mark + number(8, 4) + number(1, 2) + entry + number(0, 4)

    reset = block(3, number(1, 2) + b"\0\0")
    assert upright(block(3, number(6, 2) + b"\0\0")) == (reset, 6)
    # There are programs that write a LONG, which other viewers honour.
    assert upright(block(4, number(6, 4))) == (reset, 6)
    assert upright(block(4, number(2**16 + 6, 4))) == (reset, 1)
    assert adapted(block(4, number(6, 4)), Size(4, 5)) == reset


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


PREVIEW = b"\xff\xd8 the old picture \xff\xd9"
BEHIND = 300
"""Where the preview lies in `exif_with_preview`."""


def exif_with_preview(order: str, pixels: dict[int, tuple[int, ...]]) -> bytes:
    """A maker and a resolution, which the preview's directory shares; `pixels` are its tags of pixels, as LONGs."""

    def directory(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
        packed = [struct.pack(order + "HHII", *entry) for entry in entries]
        return struct.pack(order + "H", len(packed)) + b"".join(packed) + struct.pack(order + "I", following)

    block = bytearray(BEHIND) + PREVIEW
    block[:8] = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    first = directory([(0x010F, 2, 8, 200), (0x011A, 5, 1, 208)], following=60)
    block[8 : 8 + len(first)] = first
    block[200:216] = b"A maker\0" + struct.pack(order + "II", 300, 1)
    entries, at = [(0x011A, 5, 1, 208)], 220
    for tag, numbers in pixels.items():
        packed = struct.pack(f"{order}{len(numbers)}I", *numbers)
        entries.append((tag, 4, len(numbers), numbers[0] if len(numbers) == 1 else at))
        if len(numbers) > 1:
            block[at : at + len(packed)] = packed
            at += len(packed)
    second = directory(entries, following=0)
    block[60 : 60 + len(second)] = second
    return bytes(block)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "pixels",
    [
        {0x0201: (BEHIND,), 0x0202: (len(PREVIEW),)},
        {0x0111: (BEHIND, BEHIND + 9), 0x0117: (9, len(PREVIEW) - 9)},
        {0x0201: (BEHIND,), 0x0202: (2**32 - 1,)},
    ],
    ids=["JPEG", "strips", "reaches outside"],
)
def test_nothing_is_left_of_the_preview(order: str, pixels: dict[int, tuple[int, ...]]) -> None:
    block = exif_with_preview(order, pixels)
    made = adapted(block, Size(4, 5))
    assert len(made) == len(block)
    assert made[60:200] == bytes(140) and made[216:] == bytes(len(block) - 216)
    read = PillowImage.Exif()
    read.load(made)
    assert (read[0x010F], read[0x011A]) == ("A maker", 300)
    # No pointer to it either.
    assert made[34:38] == bytes(4)


@pytest.mark.parametrize("at", [0, 8, 196, 2**31])
def test_a_preview_in_the_wrong_place_costs_no_other_value(at: int) -> None:
    made = adapted(exif_with_preview("<", {0x0201: (at,), 0x0202: (30,)}), Size(4, 5))
    read = PillowImage.Exif()
    read.load(made)
    assert (read[0x010F], read[0x011A]) == ("A maker", 300)


def test_a_preview_whose_directory_is_cut_off_is_no_longer_pointed_to() -> None:
    made = adapted(exif_with_preview("<", {0x0201: (BEHIND,), 0x0202: (9,)})[:80], Size(4, 5))
    assert made[34:38] == bytes(4)


@given(st.lists(st.tuples(st.integers(4, 230), st.integers(0, 255)), max_size=4), st.integers(8, 400))
def test_any_damage_gives_a_block_or_a_value_error(changes: list[tuple[int, int]], length: int) -> None:
    block = bytearray(exif_with_preview("<", {0x0111: (BEHIND, BEHIND + 9), 0x0117: (9, 9)}))
    for at, value in changes:
        block[at] = value
    del block[length:]
    try:
        made = adapted(bytes(block), Size(4, 5), dpi=300.0)
    except ValueError:
        return
    assert len(made) == len(block)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_as_pillow_does(exif_with: Callable[..., bytes], orientation: int) -> None:
    from PIL import ImageOps

    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    encoded = io.BytesIO()
    PillowImage.fromarray(pixels).save(encoded, "PNG", exif=exif_with(orientation))
    with PillowImage.open(encoded) as picture:
        assert np.array_equal(oriented(pixels, orientation), np.asarray(ImageOps.exif_transpose(picture)))
