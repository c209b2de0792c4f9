"""The formats and kinds of samples that people have, each against what another decoder says."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.adobe_rgb import adobe_rgb_profile
from liif_core.imaging.formats import HEADER_BYTES, sniff
from liif_core.imaging.icc import profile_space
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import READABLE_EXTENSIONS, page_count, read_image, read_size

Save = Callable[..., Path]


@pytest.fixture
def save_jp2(tmp_path: Path) -> Save:
    """Encode a picture without loss as JPEG 2000."""

    def save_it(name: str, picture: Any, **options: Any) -> Path:
        if not isinstance(picture, PillowImage.Image):
            picture = PillowImage.fromarray(picture)
        path = tmp_path / name
        picture.save(path, "JPEG2000", no_jp2=name.endswith(".j2k"), **options)
        return path

    return save_it


@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_2000_gives_its_exact_pixels(save_jp2: Save, gradient: NDArray[np.uint8], name: str, mode: str) -> None:
    picture = PillowImage.fromarray(gradient).convert(mode)
    path = save_jp2(name, picture)
    image = read_image(path)
    assert image.source_bits == 8
    assert np.array_equal(image.pixels, np.asarray(picture.convert("RGB")))
    assert read_size(path) == image.size


def test_grey_jpeg_2000_keeps_16_bits(save_jp2: Save, deep_noise: NDArray[np.uint16]) -> None:
    image = read_image(save_jp2("a.jp2", deep_noise[..., 0]))
    assert image.source_bits == 16
    assert np.array_equal(image.pixels, deep_noise[..., :1].repeat(3, axis=2))


def test_12_bit_grey_jpeg_2000_reaches_full_white(save_jp2: Save) -> None:
    """16-bit values below 4096 whose file then claims 12 bits, as scanners write it."""
    path = save_jp2("a.j2k", np.full((32, 32), 4095, np.uint16))
    content = bytearray(path.read_bytes())
    assert content[42] == 15
    # Samples are stored with half of their range taken off, 32768 in this file and 2048 in one of 12 bits.
    content[42] = 11
    path.write_bytes(content)
    image = read_image(path)
    assert image.pixels.dtype == np.uint16
    assert set(np.unique(image.pixels)) <= {0, 65535}


def test_jpeg_2000_transparency_is_kept_or_flattened(save_jp2: Save, gradient: NDArray[np.uint8]) -> None:
    picture = PillowImage.fromarray(gradient)
    picture.putalpha(128)
    path = save_jp2("a.jp2", picture)
    assert read_image(path).value_at(3, 4) == tuple(
        round(value * 128 / 255 + 255 * 127 / 255) for value in gradient[3, 4].tolist()
    )
    assert read_image(path, keep_alpha=True).value_at(3, 4) == (*gradient[3, 4].tolist(), 128)


def with_profile(jp2: bytes, profile: bytes) -> bytes:
    """A JP2 file whose box of the colour space holds an ICC profile."""
    start = jp2.index(b"jp2h") - 4
    (length,) = struct.unpack_from(">I", jp2, start)
    place = jp2.index(b"colr", start) - 4
    (old,) = struct.unpack_from(">I", jp2, place)
    box = struct.pack(">I4sBBB", 11 + len(profile), b"colr", 2, 0, 0) + profile
    header = jp2[start + 4 : place] + box + jp2[place + old : start + length]
    return jp2[:start] + struct.pack(">I", len(header) + 4) + header + jp2[start + length :]


def test_jpeg_2000_carries_a_profile(save_jp2: Save, gradient: NDArray[np.uint8], srgb_profile: bytes) -> None:
    path = save_jp2("a.jp2", gradient)
    path.write_bytes(with_profile(path.read_bytes(), srgb_profile))
    image = read_image(path)
    assert image.icc_profile == srgb_profile
    assert np.array_equal(image.pixels, gradient)


def test_jpeg_2000_has_a_quick_preview(save_jp2: Save, gradient: NDArray[np.uint8]) -> None:
    large = np.kron(gradient, np.ones((10, 10, 1), np.uint8))[:475, :637]
    path = save_jp2("a.jp2", large)
    preview = read_preview(path, side=150)
    assert preview is not None
    assert (preview.size, preview.image.size) == (Size(475, 637), Size(119, 160))
    middle = preview.image.pixels[60, 80].astype(int)
    assert np.abs(middle - large[240, 320]).max() <= 6
    assert read_preview(path, side=400) is None


@pytest.mark.parametrize("share", [0.02, 0.2, 0.6, 0.95])
@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
def test_cut_off_jpeg_2000_is_refused(save_jp2: Save, name: str, share: float) -> None:
    path = save_jp2(name, np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ImageReadError, match="cut off or damaged"):
        read_image(path)


@pytest.mark.parametrize("name", ["a.jp2", "a.j2k", "a.tif"])
def test_random_damage_gives_a_photo_or_one_sentence(
    save_jp2: Save, save: Save, gradient: NDArray[np.uint8], name: str
) -> None:
    path = save(name, gradient) if name == "a.tif" else save_jp2(name, gradient)
    content = path.read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(content)
        for position in rng.integers(0, min(len(content), 400), rng.integers(1, 5)):
            damaged[position] = rng.integers(256)
        path.write_bytes(damaged)
        sentence = f"{path} opened"
        try:
            read_image(path, max_pixels=1_000_000, keep_alpha=True)
            assert page_count(path) >= 1
        except ImageReadError as exc:
            sentence = str(exc)
        assert str(path) in sentence
        assert "\n" not in sentence


def test_colours_that_lose_bits_are_told_in_the_log(
    save_jp2: Save, gradient: NDArray[np.uint8], caplog: pytest.LogCaptureFixture
) -> None:
    path = save_jp2("a.j2k", gradient)
    content = bytearray(path.read_bytes())
    for component in range(3):
        content[42 + 3 * component] = 11
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING, "liif_core.imaging"):
        read_size(path)
    assert "8 of their 12 bits" in caplog.text


@pytest.mark.parametrize("tile", [False, True])
@pytest.mark.parametrize("compression", ["none", "lzw", "deflate", "packbits"])
@pytest.mark.parametrize("depth", [8, 16, 32])
def test_tiff_compressions_and_depths(
    save_deep: Save, deep_noise: NDArray[np.uint16], depth: int, compression: str, tile: bool
) -> None:
    floats = (deep_noise / 65535).astype(np.float32)
    by_depth: dict[int, NDArray[Any]] = {8: (deep_noise >> 8).astype(np.uint8), 16: deep_noise, 32: floats}
    samples = by_depth[depth]
    options = {"tile": True, "tile_width": 16, "tile_height": 16} if tile else {}
    meaning = {8: "srgb", 16: "rgb16", 32: "scrgb"}[depth]
    image = read_image(save_deep("a.tif", samples, meaning, compression=compression, **options))
    assert image.source_bits == depth
    assert np.array_equal(image.pixels, samples)


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("inverted", [False, True])
def test_tiff_with_few_bits_per_sample(save_deep: Save, gradient: NDArray[np.uint8], bits: int, inverted: bool) -> None:
    levels = 2**bits - 1
    steps = np.arange(64)[None].repeat(8, axis=0) % (levels + 1)
    grey = (steps * 255 // levels).astype(np.uint8)
    image = read_image(save_deep("a.tif", grey, "b-w", bitdepth=bits, miniswhite=inverted))
    assert np.abs(image.pixels[..., 0].astype(int) - grey).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "F", "I;16"])
def test_tiff_kinds_as_pillow_shows_them(save: Save, gradient: NDArray[np.uint8], mode: str) -> None:
    if mode == "I;16":
        picture = PillowImage.fromarray(gradient[..., 0].astype(np.uint16) * 257)
        expected = np.repeat(gradient[..., :1], 3, axis=2)
    elif mode == "F":
        picture = PillowImage.fromarray((gradient[..., 0] / 255).astype(np.float32))
        expected = np.repeat(gradient[..., :1], 3, axis=2)
    else:
        picture = PillowImage.fromarray(gradient).convert(mode)
        expected = np.asarray(picture.convert("RGB"))
    image = read_image(save("a.tif", picture))
    found = image.region(image.size.rect) * 255
    # CMYK without a profile is shown as a press would print it, and not as plain arithmetic.
    assert np.abs(found - expected).max() <= (90 if mode == "CMYK" else 1)


def test_interlaced_png_of_every_depth(save: Save, save_deep: Save, deep_noise: NDArray[np.uint16]) -> None:
    image = read_image(save_deep("a.png", deep_noise, "rgb16", interlace=True))
    assert np.array_equal(image.pixels, deep_noise)
    for bits in (1, 2, 4):
        grey = (np.arange(32)[None].repeat(4, axis=0) % 2**bits * (255 // (2**bits - 1))).astype(np.uint8)
        assert np.array_equal(read_image(save_deep("b.png", grey, "b-w", bitdepth=bits)).pixels[..., 1], grey)


def test_bitmaps_with_palette_and_of_16_bits_per_pixel(save: Save, gradient: NDArray[np.uint8], tmp_path: Path) -> None:
    palette = PillowImage.fromarray(gradient).convert("P")
    assert np.array_equal(read_image(save("a.bmp", palette)).pixels, np.asarray(palette.convert("RGB")))
    header = struct.pack("<2sIII", b"BM", 54 + 8, 0, 54) + struct.pack(
        "<IiiHHIIiiII", 40, 2, 2, 1, 16, 0, 8, 0, 0, 0, 0
    )
    red, white = 0x7C00, 0x7FFF
    (tmp_path / "b.bmp").write_bytes(header + struct.pack("<4H", red, white, white, red))
    pixels = read_image(tmp_path / "b.bmp").pixels
    assert pixels[1, 0].tolist() == [255, 0, 0] and pixels[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("alpha", [0, 90])
def test_bitmap_whose_alpha_was_never_filled_in_is_seen(tmp_path: Path, alpha: int) -> None:
    samples = np.zeros((2, 3, 4), np.uint8)
    samples[..., :3], samples[..., 3] = (30, 60, 200), alpha  # blue first
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHI20x", 124, 3, 2, 1, 32, 3) + masks + bytes(124 - 56)
    offset = 14 + len(header)
    start = struct.pack("<2sI4xI", b"BM", offset + samples.nbytes, offset)
    (tmp_path / "a.bmp").write_bytes(start + header + samples.tobytes())
    image = read_image(tmp_path / "a.bmp", keep_alpha=True)
    assert image.value_at(1, 2) == ((200, 60, 30, alpha) if alpha else (200, 60, 30))


def adobe_exif(index: bytes = b"R03\0", space: int = 0xFFFF, orientation: int = 1) -> bytes:
    """An EXIF block (with JPEG's prefix) as cameras write it that are set to Adobe RGB."""
    block = PillowImage.Exif()
    block[0x0112] = orientation
    block.get_ifd(0x8769)[0xA001] = space
    block.get_ifd(0x8769)[0xA005] = {1: index.decode().rstrip("\0")}
    return block.tobytes()


@pytest.mark.parametrize("orientation", [1, 6])
def test_photos_that_name_adobe_rgb_have_its_profile(save: Save, gradient: NDArray[np.uint8], orientation: int) -> None:
    image = read_image(save("a.jpg", gradient, exif=adobe_exif(orientation=orientation)))
    assert image.icc_profile == adobe_rgb_profile()


def test_other_colour_spaces_in_exif_and_profiles_go_first(
    save: Save, gradient: NDArray[np.uint8], srgb_profile: bytes, exif_with: Callable[..., bytes]
) -> None:
    for exif in (adobe_exif(b"R98\0"), adobe_exif(space=1), exif_with(1)):
        assert read_image(save("a.jpg", gradient, exif=exif)).icc_profile is None
    assert read_image(save("b.jpg", gradient, exif=adobe_exif(), icc_profile=srgb_profile)).icc_profile == srgb_profile


def test_the_adobe_rgb_profile_is_the_space_of_that_name() -> None:
    from PIL import ImageCms

    profile = adobe_rgb_profile()
    assert profile_space(profile) == "RGB"
    assert len(profile) == struct.unpack_from(">I", profile)[0]
    picture = PillowImage.fromarray(
        np.array([[[255, 255, 255], [219, 0, 0], [100, 100, 100], [0, 200, 100]]], np.uint8)
    )
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    relative = ImageCms.Intent.RELATIVE_COLORIMETRIC
    shown = ImageCms.profileToProfile(picture, opened, ImageCms.createProfile("sRGB"), renderingIntent=relative)
    assert shown is not None
    # The last by the matrices of the two standards: linear light (0, 0.586, 0.128) becomes (-0.234, 0.586, 0.104).
    expected = [[255, 255, 255], [255, 0, 0], [99, 99, 99], [0, 201, 92]]
    assert np.abs(np.asarray(shown)[0].astype(int) - expected).max() <= 2


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51\0\x2f", "JPEG 2000"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"FUJIFILM", None),
        (b"", None),
    ],
)
def test_first_bytes_tell_the_format(header: bytes, kind: str | None) -> None:
    assert sniff(header) == kind


def test_every_readable_extension_is_one_that_can_be_read(save: Save, gradient: NDArray[np.uint8]) -> None:
    kinds = {sniff(save("x", gradient, kind).read_bytes()[:HEADER_BYTES]) for kind in ("JPEG", "PNG", "TIFF", "WEBP")}
    assert kinds == {"JPEG", "PNG", "TIFF", "WebP"}
    assert {".jp2", ".j2k", ".jpx"} <= set(READABLE_EXTENSIONS)
    assert len(set(READABLE_EXTENSIONS)) == len(READABLE_EXTENSIONS)
