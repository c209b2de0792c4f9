"""Transparency: premultiplied on reading, exact where it can be, absent where nothing shines through."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, RequestError
from liif_core.geometry import OutputGrid
from liif_core.imaging import pixels as pixels_module
from liif_core.imaging.alpha import premultiplied, source_value
from liif_core.imaging.exif import oriented
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid, bicubic
from liif_core.imaging.scratch import is_mapped

Save = Callable[..., Path]


@pytest.fixture(scope="module")
def rgba() -> NDArray[np.uint8]:
    """(48, 64, 4) uint8: all alphas, and noise beneath them."""
    rng = np.random.default_rng(5)
    samples = rng.integers(0, 256, (48, 64, 4), dtype=np.uint8)
    samples[:, :16, 3] = 0
    samples[:, 48:, 3] = 255
    return samples


def read_alpha(path: Path, **options: Any) -> Image:
    image = read_image(path, keep_alpha=True, **options)
    assert image.alpha is not None
    return image


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp", "a.jp2"])
def test_8_bit_colours_come_back_exactly_from_beneath_any_alpha(save: Save, rgba: NDArray[np.uint8], name: str) -> None:
    options = {"lossless": True, "exact": True} if name == "a.webp" else {}
    kind = "JPEG2000" if name == "a.jp2" else None
    image = read_alpha(save(name, rgba, kind, **options))
    assert image.source_bits == 8
    assert image.pixels.dtype == np.uint16
    for y, x in np.ndindex(48, 64):
        expected = tuple(rgba[y, x].tolist()) if rgba[y, x, 3] else (0, 0, 0, 0)
        assert image.value_at(y, x) == expected


def test_pixels_are_premultiplied_and_cannot_be_written(save: Save, rgba: NDArray[np.uint8]) -> None:
    image = read_alpha(save("a.png", rgba))
    assert image.alpha is not None
    assert np.array_equal(image.alpha, rgba[..., 3].astype(np.uint16) * 257)
    exact = rgba[..., :3].astype(np.float64) * rgba[..., 3:] / 65025 * 65535
    assert np.abs(image.pixels - exact).max() <= 0.5
    assert np.all(image.pixels <= image.alpha[..., None])
    for array in (image.pixels, image.alpha):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


@pytest.mark.parametrize("mode", ["LA", "PA", "P"])
def test_grey_and_palette_keep_their_transparency(save: Save, gradient: NDArray[np.uint8], mode: str) -> None:
    picture = PillowImage.fromarray(gradient)
    options = {}
    if mode == "P":
        picture = picture.convert("P")
        options = {"transparency": int(np.asarray(picture)[20, 30])}
    else:
        picture.putalpha(PillowImage.fromarray(gradient[..., 1]))
        picture = picture.convert("LA")
    path = save("a.png", picture, **options)
    with PillowImage.open(path) as reference:
        expected = np.asarray(reference.convert("RGBA"))
    image = read_alpha(path)
    for y, x in [(0, 0), (20, 30), (47, 63), (13, 50)]:
        assert image.value_at(y, x) == (tuple(expected[y, x].tolist()) if expected[y, x, 3] else (0, 0, 0, 0))


def test_transparent_gif_and_heic_keep_their_transparency(
    save: Save, tmp_path: Path, gradient: NDArray[np.uint8]
) -> None:
    import pillow_heif

    picture = PillowImage.fromarray(gradient).convert("P")
    hidden = int(np.asarray(picture)[5, 5])
    image = read_alpha(save("a.gif", picture, transparency=hidden))
    assert image.alpha is not None
    assert np.array_equal(image.alpha == 0, np.asarray(picture) == hidden)
    picture = PillowImage.fromarray(gradient)
    picture.putalpha(PillowImage.fromarray(gradient[..., 0]))
    pillow_heif.from_pillow(picture).save(tmp_path / "a.heic", quality=95, chroma=444)
    image = read_alpha(tmp_path / "a.heic")
    assert image.alpha is not None
    assert np.abs(image.alpha / 257 - gradient[..., 0]).max() < 12


def test_16_bits_and_floats_keep_their_depth(save_deep: Save, deep_noise: NDArray[np.uint16]) -> None:
    alpha = np.linspace(0, 65535, deep_noise[..., 0].size).astype(np.uint16).reshape(*deep_noise.shape[:2], 1)
    samples = np.concatenate([deep_noise, alpha], 2)
    for name in ("a.png", "a.tif"):
        image = read_alpha(save_deep(name, samples, "rgb16"))
        assert image.source_bits == 16
        assert image.alpha is not None and np.array_equal(image.alpha, alpha[..., 0])
        value = np.array(image.value_at(20, 33))
        assert np.abs(value - samples[20, 33]).max() <= 1
    floats = np.random.default_rng(0).random((5, 6, 4), np.float32)
    floats[0, 0], floats[0, 1, 3] = 0, np.nan
    image = read_alpha(save_deep("f.tif", floats, "scrgb"))
    assert image.source_bits == 32
    assert image.value_at(3, 4) == pytest.approx(floats[3, 4].tolist(), rel=1e-6)
    assert image.value_at(0, 0) == image.value_at(0, 1) == (0, 0, 0, 0)


def test_associated_alpha_of_a_tiff_is_not_multiplied_twice(save: Save) -> None:
    samples = np.zeros((4, 6, 4), np.uint8)
    samples[..., 0], samples[..., 3] = 100, 128
    path = save("a.tif", samples)
    content = path.read_bytes()
    # The tag ExtraSamples, one short: 2 is an alpha apart from the colours, 1 one that they were multiplied by.
    apart, associated = (struct.pack("<HHIH", 338, 3, 1, value) for value in (2, 1))
    assert content.count(apart) == 1
    path.write_bytes(content.replace(apart, associated))
    assert read_alpha(path).pixels[1, 2, 0] == pytest.approx(100 * 257, abs=140)


def test_premultiplied_heic_is_not_multiplied_twice(tmp_path: Path) -> None:
    import pillow_heif

    samples = np.zeros((32, 32, 4), np.uint8)
    samples[..., 0], samples[..., 3] = 60, 120
    path = tmp_path / "a.heic"
    pillow_heif.from_bytes("RGBa", (32, 32), samples.tobytes()).save(path, quality=-1)
    assert float(read_alpha(path).pixels[3, 4, 0]) == pytest.approx(60 * 257, abs=140)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("in_file", [False, True])
def test_orientation_turns_colours_and_alpha_together(
    save: Save, rgba: NDArray[np.uint8], exif_with: Callable[..., bytes], orientation: int, in_file: bool
) -> None:
    path = save("a.png", rgba, exif=exif_with(orientation))
    image = read_alpha(path, max_memory_bytes=0 if in_file else None)
    assert is_mapped(image.pixels) == in_file
    assert image.alpha is not None and is_mapped(image.alpha) == in_file
    expected = oriented(premultiplied(rgba), orientation)
    assert np.array_equal(image.pixels, expected[..., :3])
    assert np.array_equal(image.alpha, expected[..., 3])


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_an_opaque_alpha_is_dropped(save: Save, rgba: NDArray[np.uint8], name: str, in_file: bool) -> None:
    opaque = rgba.copy()
    opaque[..., 3] = 255
    image = read_image(save(name, opaque), keep_alpha=True, max_memory_bytes=0 if in_file else None)
    assert image.alpha is None
    assert image.coverage is None
    assert image.pixels.dtype == np.uint8
    assert np.array_equal(image.pixels, rgba[..., :3])
    assert image.pixels.flags.c_contiguous or in_file
    assert image.value_at(3, 4) == tuple(rgba[3, 4, :3].tolist())


def test_one_transparent_pixel_is_enough(save: Save, rgba: NDArray[np.uint8]) -> None:
    samples = rgba.copy()
    samples[..., 3] = 255
    samples[47, 63, 3] = 254
    assert read_alpha(save("a.png", samples)).alpha is not None


def test_by_default_photos_are_flattened_as_they_were(save: Save, rgba: NDArray[np.uint8]) -> None:
    path = save("a.png", rgba)
    image = read_image(path)
    assert image.alpha is None
    assert image.pixels.dtype == np.uint8
    share = rgba[..., 3:] / 255
    assert np.abs(image.pixels - (rgba[..., :3] * share + 255 * (1 - share))).max() <= 1


def test_the_memory_budget_counts_alpha(save: Save, rgba: NDArray[np.uint8]) -> None:
    path = save("a.png", rgba)
    held = 48 * 64 * 4 * 2
    assert not is_mapped(read_alpha(path, max_memory_bytes=held).pixels)
    assert is_mapped(read_alpha(path, max_memory_bytes=held - 1).pixels)


def test_cancelling_ends_the_multiplication(
    save: Save, rgba: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = CancelToken()

    def cancel(samples: NDArray[Any]) -> NDArray[Any]:
        token.cancel()
        return premultiplied(samples)

    monkeypatch.setattr(pixels_module, "premultiplied", cancel)
    monkeypatch.setattr(pixels_module, "_STRIP_BYTES", 1000)
    with pytest.raises(Cancelled):
        read_image(save("a.png", rgba), keep_alpha=True, cancel=token)


def test_coverage_resamples_like_the_photo(save: Save, rgba: NDArray[np.uint8]) -> None:
    image = read_alpha(save("a.png", rgba))
    coverage = image.coverage
    assert coverage is not None and image.alpha is not None
    three = Image(np.repeat(image.alpha[..., None], 3, axis=2))
    for scale in (2.7, 0.8, 0.21):
        grid = OutputGrid(image.size, image.size.scaled(scale))
        rect = grid.output.rect
        if scale > 1:
            found, expected = bicubic(coverage, grid, rect), bicubic(three, grid, rect)
        else:
            found, expected = Pyramid(coverage).reduced(grid, rect), Pyramid(three).reduced(grid, rect)
        assert found.shape == (rect.height, rect.width, 1)
        assert np.array_equal(found, expected[..., :1])


def test_a_transparent_red_fringe_never_tints_an_enlargement(save: Save) -> None:
    samples = np.zeros((20, 20, 4), np.uint8)
    samples[:, :10] = (0, 0, 255, 255)
    samples[:, 10:] = (255, 0, 0, 0)
    image = read_alpha(save("a.png", samples))
    grid = OutputGrid(image.size, image.size.scaled(5.3))
    assert bicubic(image, grid, grid.output.rect)[..., 0].max() == 0
    small = OutputGrid(image.size, image.size.scaled(0.23))
    assert Pyramid(image).reduced(small, small.output.rect)[..., 0].max() == 0


@given(st.integers(0, 255), st.integers(1, 255))
def test_8_bit_values_survive_their_premultiplication(colour: int, alpha: int) -> None:
    pixel = premultiplied(np.array([[[colour, 0, 255, alpha]]], np.uint8))[0, 0]
    assert source_value(pixel[:3], pixel[3], 8) == (colour, 0, 255, alpha)


@given(st.integers(0, 65535), st.integers(1, 65535))
def test_16_bit_values_are_as_exact_as_their_alpha_allows(colour: int, alpha: int) -> None:
    pixel = premultiplied(np.array([[[colour, 0, 65535, alpha]]], np.uint16))[0, 0]
    value = source_value(pixel[:3], pixel[3], 16)
    assert value[1:] == (0, 65535, alpha)
    assert abs(value[0] - colour) <= 0.5 * 65535 / alpha + 0.5


def test_alpha_of_another_size_or_type_is_refused() -> None:
    pixels = np.zeros((2, 3, 3), np.uint16)
    for alpha in (np.zeros((3, 2), np.uint16), np.zeros((2, 3), np.uint8), np.zeros((2, 3, 1), np.uint16)):
        with pytest.raises(ValueError, match="alpha of the same size"):
            Image(pixels, alpha=alpha)
    with pytest.raises(ValueError, match="8 bits would lose"):
        Image(pixels.astype(np.uint8), alpha=np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="16 bits, not 8"):
        Image(pixels, source_bits=8)


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (2, 0), (0, 3)])
def test_a_value_outside_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(RequestError, match="outside"):
        Image(np.zeros((2, 3, 3), np.uint8)).value_at(*place)


def test_values_of_opaque_photos_are_those_of_their_samples(save_deep: Save, deep_noise: NDArray[np.uint16]) -> None:
    image = read_image(save_deep("a.png", deep_noise, "rgb16"))
    assert image.value_at(20, 33) == tuple(deep_noise[20, 33].tolist())
    assert all(type(value) is int for value in image.value_at(0, 0))


def test_a_preview_keeps_alpha_too(save: Save) -> None:
    from liif_core.imaging.preview import read_preview

    y, x = np.mgrid[0:600, 0:800]
    samples = np.stack([x % 256, y % 256, 0 * x + 90, x * 255 // 799], -1).astype(np.uint8)
    picture = io.BytesIO()
    PillowImage.fromarray(samples).save(picture, "WEBP", lossless=True)
    path = save("a.webp", samples, lossless=True)
    preview = read_preview(path, side=200, keep_alpha=True)
    assert preview is not None and preview.image.alpha is not None
    middle = preview.image.alpha[75] / 65535
    assert np.abs(middle - (np.arange(200) + 0.5) / 200).max() < 0.02
    flattened = read_preview(path, side=200)
    assert flattened is not None and flattened.image.alpha is None
