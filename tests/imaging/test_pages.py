"""Files with several pages."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import page_count, read_image, read_size

Save = Callable[..., Path]


@pytest.fixture
def document(save: Save, gradient: NDArray[np.uint8]) -> Path:
    """Three pages: the gradient, its negative in grey, a part of it."""
    pages = [gradient, 255 - gradient[..., 0], gradient[:30, :20]]
    first, *others = (PillowImage.fromarray(page) for page in pages)
    return save("a.tif", first, save_all=True, append_images=others)


def test_each_page_is_read(document: Path, gradient: NDArray[np.uint8]) -> None:
    assert page_count(document) == 3
    assert np.array_equal(read_image(document).pixels, gradient)
    assert np.array_equal(read_image(document, page=1).pixels[..., 1], 255 - gradient[..., 0])
    assert np.array_equal(read_image(document, page=2).pixels, gradient[:30, :20])
    assert [read_size(document, page=page) for page in range(3)] == [Size(48, 64), Size(48, 64), Size(30, 20)]


@pytest.mark.parametrize("page", [-1, 3, 99])
def test_a_page_out_of_range_is_one_sentence(document: Path, page: int) -> None:
    for read in (read_image, read_size):
        with pytest.raises(ImageReadError) as caught:
            read(document, page=page)
        assert str(caught.value) == f"{document} has 3 pages; page {page + 1} does not exist"
    assert read_preview(document, side=1, page=page) is None


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.avif", "a.jp2"])
def test_other_formats_have_one_page(save: Save, gradient: NDArray[np.uint8], name: str) -> None:
    path = save(name, gradient, "JPEG2000" if name == "a.jp2" else None)
    assert page_count(path) == 1
    assert read_image(path, page=0).size == Size(48, 64)
    with pytest.raises(ImageReadError, match="has 1 page; page 2 does not exist"):
        read_image(path, page=1)


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_animations_count_as_one_page(save: Save, gradient: NDArray[np.uint8], name: str) -> None:
    first, second = (PillowImage.fromarray(frame) for frame in (gradient, 255 - gradient))
    assert page_count(save(name, first, save_all=True, append_images=[second])) == 1


@pytest.mark.parametrize("subifd", [False, True])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_reduced_copies_are_no_pages(save_deep: Save, subifd: bool, bigtiff: bool) -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    options = {"tile": True, "tile_width": 64, "tile_height": 64, "pyramid": True, "bigtiff": bigtiff}
    path = save_deep("a.tif", pixels, "srgb", subifd=subifd, **options)
    assert page_count(path) == 1


def page_with(kind: int, tag: int, following: int, at: int, *, order: str) -> bytes:
    """A directory at offset `at` of a page of 1 x 1 grey pixel, with a subfile type."""
    tags = [(tag, 4 if tag == 254 else 3, kind), (256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    tags += [(273, 4, 4), (277, 3, 1), (278, 3, 1), (279, 4, 1)]
    entries = b""
    for number, form, value in sorted(tags):
        field = struct.pack(order + ("I" if form == 4 else "H2x"), value)
        entries += struct.pack(order + "HHI", number, form, 1) + field
    return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("tag", "kinds", "pages"),
    [(254, [0, 1, 0, 4, 2, 5], [0, 2, 4]), (255, [1, 2, 3, 2], [0, 2]), (254, [1, 1], [0]), (254, [0, 2], [0, 1])],
)
def test_copies_and_masks_between_pages_are_left_out(
    tmp_path: Path, order: str, tag: int, kinds: list[int], pages: list[int]
) -> None:
    mark = {"<": b"II", ">": b"MM"}[order]
    content, step = mark + struct.pack(order + "HI", 42, 16) + bytes(8), 2 + 12 * 10 + 4
    for index, kind in enumerate(kinds):
        following = 16 + step * (index + 1) if index + 1 < len(kinds) else 0
        content += page_with(kind, tag, following, 16 + step * index, order=order)
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    assert page_count(path) == len(pages)
    for page in range(len(pages)):
        assert read_image(path, page=page).size == Size(1, 1)


def test_reduced_copies_of_a_further_page_make_its_preview(tmp_path: Path) -> None:
    y, x = np.mgrid[0:400, 0:600]
    first = PillowImage.fromarray((x * 255 // 599).astype(np.uint8))
    second = PillowImage.fromarray((y * 255 // 399).astype(np.uint8))
    small = second.resize((300, 200))
    from PIL import TiffImagePlugin

    path = tmp_path / "a.tif"
    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as file:
        for picture, kind in ((first, 0), (second, 0), (small, 1)):
            picture.save(file, "TIFF", tiffinfo={254: kind})
            file.newFrame()
    assert page_count(path) == 2
    assert read_preview(path, side=250) is None
    preview = read_preview(path, side=250, page=1)
    assert preview is not None
    assert (preview.size, preview.image.size) == (Size(400, 600), Size(200, 300))
    assert np.ptp(preview.image.pixels[100, :, 0].astype(int)) < 3, "it is the second page's copy"


@pytest.mark.parametrize("tail", [b"", b"\0", b"\x08\0\0\0", b"\x08\0\0\0\xff\xff", b"\xff\xff\xff\xff"])
def test_damaged_directories_still_leave_one_page(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0" + tail)
    assert page_count(path) == 1
    with pytest.raises(ImageReadError, match="cut off or damaged"):
        read_image(path)


def test_a_chain_that_bites_its_tail_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0\x08\0\0\0" + page_with(0, 254, 8, 8, order="<"))
    assert page_count(path) == 1


def test_missing_files_and_other_things_have_no_pages(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.tif"):
        with pytest.raises(ImageReadError, match=r"is a folder|does not exist"):
            page_count(path)
