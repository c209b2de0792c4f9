"""Photos whose pixels are in a file instead of in memory: the same in every respect."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageReadError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging import pixels, resample, scratch
from liif_core.imaging.halving import level_size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid, bicubic
from liif_core.imaging.scratch import is_mapped
from liif_core.paths import cache_folder

Save = Callable[..., Path]

LIMITED = """
import resource, sys
from liif_core.errors import ImageReadError
from liif_core.imaging.read import read_image
from liif_core.paths import cache_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    read_image(sys.argv[1], max_memory_bytes=0)
except ImageReadError as exc:
    print(exc)
    print(list(cache_folder().iterdir()))
"""


@pytest.fixture
def photo() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (301, 203, 3), dtype=np.uint8)


def both(path: Path) -> tuple[Image, Image]:
    """The photo in memory and in a file."""
    held, mapped = read_image(path), read_image(path, max_memory_bytes=0)
    assert not is_mapped(held.pixels)
    assert is_mapped(mapped.pixels)
    assert (held.size, held.icc_profile, held.exif) == (mapped.size, mapped.icc_profile, mapped.exif)
    assert held.source_bits == mapped.source_bits
    return held, mapped


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_are_those_of_the_photo_in_memory(
    save: Save, photo: NDArray[np.uint8], exif_with: Callable[..., bytes], orientation: int
) -> None:
    held, mapped = both(save("a.png", photo, exif=exif_with(orientation)))
    assert held.size == (Size(301, 203) if orientation < 5 else Size(203, 301))
    for rect in (held.size.rect, Rect(17, 33, 100, 120), Rect(held.size.height - 1, 0, 1, 5)):
        region = mapped.region(rect)
        assert region.flags.c_contiguous
        assert np.array_equal(region, held.region(rect))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.avif", "a.bmp", "a.gif", "a.tif"])
def test_every_format(save: Save, photo: NDArray[np.uint8], name: str) -> None:
    held, mapped = both(save(name, photo))
    assert np.array_equal(held.pixels, mapped.pixels)


def test_16_bits_and_floats_keep_their_depth(save_deep: Save, deep_noise: NDArray[np.uint16]) -> None:
    held, mapped = both(save_deep("a.png", deep_noise, "rgb16"))
    assert np.array_equal(held.pixels, mapped.pixels)
    floats = (deep_noise / 65535).astype(np.float32)
    floats[0, 0] = np.nan
    held, mapped = both(save_deep("a.tif", floats, "scrgb"))
    assert mapped.pixels.dtype == np.float32
    assert np.array_equal(held.pixels, mapped.pixels)


def test_the_limit_is_that_of_the_pixels_in_memory(save: Save, photo: NDArray[np.uint8]) -> None:
    path = save("a.png", photo)
    assert not is_mapped(read_image(path, max_memory_bytes=photo.nbytes).pixels)
    assert is_mapped(read_image(path, max_memory_bytes=photo.nbytes - 1).pixels)


@pytest.mark.parametrize("orientation", [1, 6])
def test_levels_are_in_files_too_and_the_same(
    save: Save,
    photo: NDArray[np.uint8],
    exif_with: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
    orientation: int,
) -> None:
    monkeypatch.setattr(resample, "_SMALL_LEVEL_BYTES", 1000)
    monkeypatch.setattr(resample, "_STRIP_ROWS", 5)
    held, mapped = (Pyramid(image) for image in both(save("a.png", photo, exif=exif_with(orientation))))
    size = held.image.size
    for level in range(held.top + 1):
        rect = level_size(size, level).rect
        assert np.array_equal(held.region(level, rect), mapped.region(level, rect))
    assert [is_mapped(level) for level in mapped._kept] == [level.nbytes > 1000 for level in held._kept]
    assert is_mapped(mapped._kept[0])
    for scale in (2.3, 0.7, 0.2, 0.1, 0.03):
        grid = OutputGrid(size, size.scaled(scale))
        assert np.array_equal(held.area(grid, grid.output.rect), mapped.area(grid, grid.output.rect))
        assert np.array_equal(
            bicubic(held.image, grid, grid.output.rect), bicubic(mapped.image, grid, grid.output.rect)
        )


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the list of mappings")
def test_the_file_goes_with_the_photo(save: Save, photo: NDArray[np.uint8]) -> None:
    image: Image | None = read_image(save("a.png", photo), max_memory_bytes=0)
    maps = Path("/proc/self/maps")
    assert str(cache_folder()) in maps.read_text()
    assert list(cache_folder().iterdir()) == []
    del image
    gc.collect()
    assert str(cache_folder()) not in maps.read_text()


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_a_truncated_photo_is_refused_and_leaves_nothing(save: Save, photo: NDArray[np.uint8], name: str) -> None:
    path = save(name, photo)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageReadError, match="cut off or damaged"):
        read_image(path, max_memory_bytes=0)
    assert list(cache_folder().glob("*")) == []


def test_cancelling_leaves_nothing(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    repaired = pixels._repaired

    def cancel(strip: NDArray[Any], bits: int | None) -> NDArray[Any]:
        token.cancel()
        return repaired(strip, bits)

    monkeypatch.setattr(pixels, "_repaired", cancel)
    with pytest.raises(Cancelled):
        read_image(save("a.png", np.zeros((2000, 1000, 3), np.uint8)), cancel=token, max_memory_bytes=0)
    assert list(cache_folder().iterdir()) == []


def test_a_full_disk_is_told_in_one_sentence(
    save: Save, photo: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: object, strip: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(scratch, "_write_all", full)
    path = save("a.png", photo)
    with pytest.raises(ImageReadError, match="not enough room") as caught:
        read_image(path, max_memory_bytes=0)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="limits what one program may write")
def test_a_limit_of_the_system_is_told_in_one_sentence_and_leaves_nothing(save: Save, photo: NDArray[np.uint8]) -> None:
    path = save("a.png", photo)
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True)
    sentence, left = done.stdout.splitlines()
    assert sentence.startswith(f"{path} cannot be read: 1 MB are needed in")
    assert sentence.endswith("not enough room")
    assert left == "[]"
