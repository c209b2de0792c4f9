"""TIFFs with tags that are none of their picture's: large ones, as programs write for themselves, and damaged ones."""

from __future__ import annotations

import gc
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import open_photo
from liif_core.imaging.metadata import read_metadata
from liif_core.imaging.read import read_image, read_size

RGB, LAB = 2, 8
LAYERS = 37724  # Photoshop's own
SHORT, LONG, UNDEFINED = 3, 4, 7


@pytest.fixture(scope="module")
def colours() -> NDArray[np.uint8]:
    return np.arange(192, dtype=np.uint8).reshape(8, 8, 3)


def tiff(
    path: Path,
    colours: NDArray[np.uint8],
    *tags: tuple[int, int, int, int],
    photometric: int = RGB,
    compression: int = 1,
    bits: int = 8,
) -> int:
    """Write a TIFF of 8 x 8 pixels with further tags of number, type, count and value; the bytes it has."""
    sides = [(256, 3, 1, 8), (257, 3, 1, 8), (278, 3, 1, 8)]
    kinds = [(259, 3, 1, compression), (262, 3, 1, photometric), (277, 3, 1, 3)]
    behind = 8 + 2 + 12 * (len(sides) + len(kinds) + 3 + len(tags)) + 4
    places = [(258, 3, 3, behind), (273, 4, 1, behind + 6), (279, 4, 1, colours.nbytes)]
    entries = sorted([*sides, *kinds, *places, *tags])
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    path.write_bytes(head + table + bytes(4) + struct.pack("<3H", bits, bits, bits) + colours.tobytes())
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


IPTC = b"\x1c\x02\x78\x00\x05words"
ABSURD = 0xFFFFFFFF


@pytest.mark.parametrize("kind", [1, 12], ids=["4 GB", "32 GB"])
def test_a_tag_of_an_absurd_length_takes_no_memory_and_no_metadata_along(
    tmp_path: Path, colours: NDArray[np.uint8], kind: int
) -> None:
    path = tmp_path / "absurd.tif"
    plain = ((0x010F, 2, 4, int.from_bytes(b"she\0", "little")), (0x83BB, UNDEFINED, len(IPTC), 512))
    assert tiff(path, colours, *plain, (65000, kind, ABSURD, 20)) <= 512
    path.write_bytes(path.read_bytes().ljust(512, b"\0") + IPTC)
    found = read_metadata(path)
    assert found.exif is not None and b"she\0" in found.exif
    assert found.iptc == IPTC


@pytest.mark.parametrize(
    ("damaged", "whole"), [(0x010E, 0x83BB), (0x8825, 0x83BB), (0x83BB, 0x010F)], ids=["text", "place", "words"]
)
@pytest.mark.parametrize("count", [100_000, ABSURD])
def test_what_a_damaged_tag_does_not_belong_to_is_kept(
    tmp_path: Path, colours: NDArray[np.uint8], damaged: int, whole: int, count: int
) -> None:
    path = tmp_path / "damaged.tif"
    tags = [(damaged, 12, count, 20), (whole, UNDEFINED, 4, int.from_bytes(b"\x1c\x02\x05\0", "little"))]
    tiff(path, colours, *tags)
    found = read_metadata(path)
    assert (found.exif is None, found.iptc is None) == (whole == 0x83BB, whole != 0x83BB)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"compression": 34661}, "JBIG compression support is not configured"),
        ({"compression": 12345}, "decoding is not implemented"),
        ({"bits": 12}, "not a whole number of bytes"),
    ],
)
def test_a_whole_file_that_no_decoder_knows_is_not_called_damaged(
    tmp_path: Path, colours: NDArray[np.uint8], kind: dict[str, int], reason: str
) -> None:
    tiff(tmp_path / "rare.tif", colours, **kind)
    with pytest.raises(ImageReadError, match="uses a kind of TIFF that cannot be read here") as caught:
        read_image(tmp_path / "rare.tif")
    assert reason in str(caught.value) and "damaged" not in str(caught.value)


@pytest.mark.parametrize("photometric", [RGB, LAB])
@pytest.mark.parametrize("kind", [SHORT, LONG])
@pytest.mark.parametrize(("tag", "value"), [(274, 0), (274, 9), (296, 0), (296, 4), (266, 0)])
def test_a_value_that_no_pixel_depends_on_costs_no_photo(
    tmp_path: Path, colours: NDArray[np.uint8], tag: int, value: int, kind: int, photometric: int
) -> None:
    """ThumbsPlus writes an orientation of 0, which libtiff calls bad."""
    path = tmp_path / "a.tif"
    tiff(path, colours, photometric=photometric)
    plain = read_image(path)
    tiff(path, colours, (tag, kind, 1, value), photometric=photometric)
    assert np.array_equal(read_image(path).pixels, plain.pixels)
    assert read_size(path) == Size(8, 8)


def test_such_a_value_costs_no_photo_in_lab_either(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    path = tmp_path / "lab.tif"
    tiff(path, colours, photometric=LAB)
    plain = read_image(path)
    tiff(path, colours, (274, SHORT, 1, 0), photometric=LAB)
    assert np.array_equal(read_image(path).pixels, plain.pixels)


@pytest.mark.parametrize("photometric", [RGB, LAB])
def test_a_file_whose_tags_are_mended_is_in_memory_once(
    tmp_path: Path, colours: NDArray[np.uint8], photometric: int
) -> None:
    path, nbytes = tmp_path / "large.tif", 20_000_000
    tiff(path, colours, (274, SHORT, 1, 0), photometric=photometric)
    with path.open("r+b") as file:
        file.truncate(nbytes)
    read_image(path)
    tracemalloc.start()
    try:
        read_image(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.2 * nbytes


def test_a_mended_picture_holds_what_it_is_decoded_from(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.tif"
    tiff(path, colours, (274, SHORT, 1, 0))
    part = open_photo(path, "TIFF").load().extract_band(0)
    gc.collect()
    others = [bytes(path.stat().st_size) for _ in range(100)]
    assert np.array_equal(part.numpy(), colours[..., 0]) and len(others) == 100


def test_such_a_value_on_another_page_costs_none(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    path = tmp_path / "pages.tif"
    first, second = PillowImage.fromarray(colours), PillowImage.fromarray(colours[::-1])
    first.save(path, save_all=True, append_images=[second], tiffinfo={274: 3})
    good, bad = (struct.pack("<HHIH", 274, SHORT, 1, value) for value in (3, 9))
    path.write_bytes(bad.join(path.read_bytes().rsplit(good, 1)))
    assert np.array_equal(read_image(path, page=0).pixels, colours[::-1, ::-1])
    assert np.array_equal(read_image(path, page=1).pixels, colours[::-1])
