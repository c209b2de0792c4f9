from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.geometry import Size
from liif_core.imaging import pixels
from liif_core.imaging.exif import oriented, upright
from liif_core.imaging.read import READABLE_EXTENSIONS, read_image, read_size

Save = Callable[..., Path]


def difference(one: NDArray[Any], other: NDArray[Any]) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(np.float64) - other).max())


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp"])
def test_lossless_files_give_their_exact_pixels(save: Save, gradient: NDArray[np.uint8], name: str) -> None:
    image = read_image(save(name, gradient))
    assert image.source_bits == 8
    assert np.array_equal(image.pixels, gradient)
    assert image.icc_profile is None
    assert image.exif is None


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {"quality": 95}),
        ("progressive.jpg", {"quality": 95, "progressive": True}),
        ("a.webp", {"quality": 95}),
        ("a.avif", {"quality": 95}),
    ],
)
def test_lossy_files_give_nearly_their_pixels(
    save: Save, gradient: NDArray[np.uint8], name: str, options: dict[str, Any]
) -> None:
    image = read_image(save(name, gradient, **options))
    assert image.pixels.dtype == np.uint8
    assert difference(image.pixels, gradient) < 12


def test_first_frame_of_an_animation_is_read(save: Save, gradient: NDArray[np.uint8]) -> None:
    first, second = (PillowImage.fromarray(frame).convert("P") for frame in (gradient, 255 - gradient))
    image = read_image(save("a.gif", first, save_all=True, append_images=[second]))
    assert np.array_equal(image.pixels, np.asarray(first.convert("RGB")))


@pytest.mark.parametrize("path_type", [str, Path])
def test_paths_of_both_kinds_and_any_name(
    save: Save, gradient: NDArray[np.uint8], path_type: Callable[[Path], Any]
) -> None:
    for name in ("写真 é.png", "bracket[page=2].png", "UPPER.PNG", "%s{}.png"):
        assert read_image(path_type(save(name, gradient, "PNG"))).size == Size(48, 64)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode on Windows")
def test_names_that_are_not_unicode(save: Save, gradient: NDArray[np.uint8], tmp_path: Path) -> None:
    name = os.fsdecode(bytes(tmp_path / "a") + b"\xff.png")
    save("a.png", gradient).rename(name)
    assert read_image(name).size == Size(48, 64)


def test_content_decides_and_not_the_extension(save: Save, gradient: NDArray[np.uint8]) -> None:
    assert np.array_equal(read_image(save("really_a_png.jpg", gradient, "PNG")).pixels, gradient)


def test_changed_file_is_read_anew(save: Save, gradient: NDArray[np.uint8]) -> None:
    read_image(save("a.png", gradient))
    assert np.array_equal(read_image(save("a.png", 255 - gradient)).pixels, 255 - gradient)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp"])
@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_grey_palette_and_one_bit_become_rgb(save: Save, gradient: NDArray[np.uint8], name: str, mode: str) -> None:
    picture = PillowImage.fromarray(gradient).convert(mode)
    assert np.array_equal(read_image(save(name, picture)).pixels, np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_flattened_over_white(save: Save, gradient: NDArray[np.uint8], name: str, mode: str) -> None:
    picture = PillowImage.fromarray(gradient)
    alpha = np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(48, axis=0)
    picture.putalpha(PillowImage.fromarray(alpha))
    picture = picture.convert(mode)
    colour = np.asarray(picture.convert("RGBA"))[..., :3].astype(np.float64)
    share = alpha[..., None] / 255
    pixels = read_image(save(name, picture)).pixels
    assert difference(pixels, colour * share + 255 * (1 - share)) <= 1
    assert np.all(pixels[:, 0] == 255)


def test_transparent_palette_entry_becomes_white(save: Save, gradient: NDArray[np.uint8]) -> None:
    picture = PillowImage.fromarray(gradient).convert("P")
    hidden = np.asarray(picture) == np.asarray(picture)[5, 5]
    for name in ("a.png", "a.gif"):
        pixels = read_image(save(name, picture, transparency=int(np.asarray(picture)[5, 5]))).pixels
        assert np.all(pixels[hidden] == 255)
        assert np.array_equal(pixels[~hidden], np.asarray(picture.convert("RGB"))[~hidden])


def test_16_bit_transparency_is_flattened_at_16_bits(save_deep: Save, deep_noise: NDArray[np.uint16]) -> None:
    alpha = np.full((21, 34, 1), 0x4321, np.uint16)
    pixels = read_image(save_deep("a.png", np.concatenate([deep_noise, alpha], 2), "rgb16")).pixels
    share = 0x4321 / 65535
    assert difference(pixels, deep_noise * share + 65535 * (1 - share)) <= 1


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bits_are_kept(save_deep: Save, deep_noise: NDArray[np.uint16], name: str) -> None:
    image = read_image(save_deep(name, deep_noise, "rgb16"))
    assert (image.pixels.dtype.name, image.source_bits) == ("uint16", 16)
    assert np.array_equal(image.pixels, deep_noise)
    grey = read_image(save_deep(name, deep_noise[..., 0], "grey16"))
    assert np.array_equal(grey.pixels, deep_noise[..., :1].repeat(3, axis=2))


def test_float_tiff_is_kept_as_float(save_deep: Save) -> None:
    pixels = np.random.default_rng(0).random((5, 6, 3), np.float32) * 2
    pixels[0, 0, 0] = np.nan
    image = read_image(save_deep("a.tif", pixels, "scrgb"))
    assert (image.pixels.dtype.name, image.source_bits) == ("float32", 32)
    assert image.pixels[0, 0, 0] == 0
    assert np.array_equal(image.pixels.ravel()[1:], pixels.ravel()[1:])


def test_heic_is_read_with_its_depth(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    import pillow_heif

    plain, deep = tmp_path / "plain.heic", tmp_path / "deep.heic"
    pillow_heif.from_pillow(PillowImage.fromarray(gradient)).save(plain, quality=95, chroma=444)
    white = np.full((48, 64, 3), 65535, np.uint16)
    pillow_heif.from_bytes("RGB;16", (64, 48), white.tobytes()).save(deep, quality=-1)
    assert difference(read_image(plain).pixels, gradient) < 12
    image = read_image(deep)
    assert image.source_bits == 16
    assert np.all(image.pixels == 65535)


def test_10_bit_avif_reaches_full_white(save_deep: Save) -> None:
    white = np.full((16, 16, 3), 65535, np.uint16)
    image = read_image(save_deep("a.avif", white, "rgb16", bitdepth=10, lossless=True))
    assert image.source_bits == 16
    assert np.all(image.pixels == 65535)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_orientation_is_applied_once(
    save: Save, gradient: NDArray[np.uint8], exif_with: Callable[..., bytes], name: str, orientation: int
) -> None:
    lossy: dict[str, dict[str, Any]] = {"a.jpg": {"quality": 98, "subsampling": 0}, "a.webp": {"lossless": True}}
    path = save(name, gradient, exif=exif_with(orientation), **lossy.get(name, {}))
    image = read_image(path)
    assert difference(image.pixels, oriented(gradient, orientation)) < 6
    assert read_size(path) == image.size
    assert image.pixels.flags.c_contiguous
    if name != "a.tif":
        assert image.exif == exif_with(1)[6:]
        assert upright(image.exif) == (image.exif, 1)


def test_heic_orientation_is_applied_once(
    tmp_path: Path, gradient: NDArray[np.uint8], exif_with: Callable[..., bytes]
) -> None:
    import pillow_heif

    path = tmp_path / "a.heic"
    heif = pillow_heif.from_pillow(PillowImage.fromarray(gradient))
    # Phones write the turn twice: into the container, which counts, and into the EXIF block.
    heif.save(path, quality=95, chroma=444, exif=exif_with(6))
    with PillowImage.open(save_via_plugin(path)) as reference:
        expected = np.asarray(reference.convert("RGB"))
    image = read_image(path)
    assert difference(image.pixels, expected) <= 1
    assert read_size(path) == image.size
    assert image.exif is not None
    assert upright(image.exif)[1] == 1


def save_via_plugin(path: Path) -> Path:
    """The picture as pillow-heif's own plugin shows it, as a PNG."""
    from pillow_heif import as_plugin

    target = path.with_suffix(".png")
    with path.open("rb") as file:
        as_plugin.HeifImageFile(file).save(target)
    return target


@pytest.mark.parametrize("size", [(1, 1), (1, 20000), (20000, 1)])
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.bmp"])
def test_extreme_shapes_are_read(save: Save, name: str, size: tuple[int, int]) -> None:
    path = save(name, np.full((*size, 3), 99, np.uint8))
    image = read_image(path)
    assert read_size(path) == image.size == Size(*size)
    assert difference(image.pixels, np.full((*size, 3), 99)) <= 1


@pytest.mark.parametrize("name", ["a.avif", "a.gif", "a.webp"])
def test_the_size_of_other_formats_is_in_their_header(save: Save, gradient: NDArray[np.uint8], name: str) -> None:
    path = save(name, gradient)
    assert read_size(path) == read_image(path).size == Size(*gradient.shape[:2])


def test_the_size_is_told_without_the_pixels(save: Save, gradient: NDArray[np.uint8]) -> None:
    path = save("a.png", gradient)
    path.write_bytes(path.read_bytes()[:60])
    assert read_size(path) == Size(*gradient.shape[:2])


def test_cancelled_reading_stops(save: Save, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    path, token = save("a.png", gradient), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        read_image(path, cancel=token)


def test_cancel_stops_a_running_decoder(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    token, strips = CancelToken(), 0
    repaired = pixels._repaired

    def cancel_at_the_second_strip(strip: NDArray[Any], bits: int | None) -> NDArray[Any]:
        nonlocal strips
        strips += 1
        if strips == 2:
            token.cancel()
        return repaired(strip, bits)

    path = save("a.png", np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), dtype=np.uint8), compress_level=0)
    monkeypatch.setattr(pixels, "_repaired", cancel_at_the_second_strip)
    with pytest.raises(Cancelled):
        read_image(path, cancel=token)
    assert strips == 2


def test_global_pixel_limit_of_pillow_neither_matters_nor_changes(
    save: Save, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PillowImage, "MAX_IMAGE_PIXELS", 10)
    for name in ("a.png", "a.bmp", "a.webp", "a.jpg"):
        assert read_image(save(name, gradient)).size == Size(48, 64)
    assert PillowImage.MAX_IMAGE_PIXELS == 10


def test_extensions_are_lower_case_with_their_dot() -> None:
    assert {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".avif", ".bmp", ".gif", ".heic"} <= set(
        READABLE_EXTENSIONS
    )
    assert all(extension == extension.lower() and extension[0] == "." for extension in READABLE_EXTENSIONS)
