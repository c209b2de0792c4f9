"""TIFFs that libvips gives no or wrong colours for, against Pillow, LittleCMS and the formulas of the standard."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from liif_core.errors import ImageReadError
from liif_core.imaging.image import Image
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import page_count, read_image, read_size
from liif_core.imaging.tiff_colours import tiff_colours

LAB, SRGB = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
COMPRESSIONS = [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an uncompressed TIFF of one strip, tag by tag."""

    def write_it(
        pixels: NDArray[Any], tags: Mapping[int, tuple[int, tuple[int, ...]]], *, order: Literal["<", ">"] = "<"
    ) -> Path:
        height, width, samples = pixels.shape
        usual = {
            256: (4, (width,)),
            257: (4, (height,)),
            258: (3, (8 * pixels.itemsize,) * samples),
            259: (3, (1,)),
            262: (3, (2 if samples == 3 else 1,)),
            277: (3, (samples,)),
            278: (4, (height,)),
        }
        data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
        entries = dict(sorted({**usual, **tags, 273: (4, (8,)), 279: (4, (len(data),))}.items()))
        start = 8 + len(data)
        extra_at, extra, table = start + 2 + 12 * len(entries) + 4, b"", struct.pack(order + "H", len(entries))
        for tag, (kind, values) in entries.items():
            form = {3: "H", 4: "I", 5: "I"}[kind] * len(values)
            field = struct.pack(order + form, *values)
            count = len(values) // 2 if kind == 5 else len(values)
            if len(field) > 4:
                field, extra = struct.pack(order + "I", extra_at + len(extra)), extra + field
            table += struct.pack(order + "HHI", tag, kind, count) + field.ljust(4, b"\0")
        header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)
        path = tmp_path / "made.tif"
        path.write_bytes(header + data + table + struct.pack(order + "I", 0) + extra)
        return path

    return write_it


def levels(image: Image) -> NDArray[np.float64]:
    """From 0 to 255, whatever its depth."""
    scale = {"uint8": 1.0, "uint16": 1 / 257, "float32": 255.0}[image.pixels.dtype.name]
    return image.pixels.astype(float) * scale


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_ycbcr_without_jpeg_has_the_colours_that_pillow_shows(
    tmp_path: Path, gradient: NDArray[np.uint8], compression: str | None
) -> None:
    picture = PillowImage.fromarray(gradient).convert("YCbCr")
    path = tmp_path / "video.tif"
    picture.save(path, compression=compression)
    image = read_image(path)
    assert np.abs(levels(image) - np.asarray(picture.convert("RGB"))).max() <= 1
    assert image.source_bits == 8


@pytest.mark.parametrize("order", ["<", ">"])
def test_ycbcr_of_studio_range_and_other_weights_follows_its_tags(write: Write, order: Literal["<", ">"]) -> None:
    """White at 235, full colours from 16 to 240, and the weights of high definition."""
    samples = np.array([[[235, 128, 128], [16, 128, 128], [63, 102, 240], [126, 128, 128]]], np.uint8)
    weights = (2126, 10000, 7152, 10000, 722, 10000)
    reference = (16, 1, 235, 1, 128, 1, 240, 1, 128, 1, 240, 1)
    path = write(samples, {262: (3, (6,)), 530: (3, (1, 1)), 529: (5, weights), 532: (5, reference)}, order=order)
    shown = read_image(path).pixels[0].astype(int)
    assert np.abs(shown - [[255, 255, 255], [0, 0, 0], [254, 0, 0], [128, 128, 128]]).max() <= 2


def test_subsampled_ycbcr_without_jpeg_is_refused_in_one_sentence(write: Write) -> None:
    path = write(np.zeros((4, 4, 3), np.uint8), {262: (3, (6,)), 530: (3, (2, 2))})
    with pytest.raises(ImageReadError, match="one sample of colour for 2 x 2 pixels") as caught:
        read_image(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (530, (3, (1,)), "tag 530 has 1 values instead of 2"),
        (529, (5, (299, 1000, 587, 1000)), "tag 529 has 2 values instead of 3"),
        (529, (5, (299, 1000, 0, 1000, 114, 1000)), "green has no part"),
        (532, (5, (16, 1, 235, 1, 128, 1)), "tag 532 has 3 values instead of 6"),
    ],
)
def test_ycbcr_with_damaged_tags_is_refused_in_one_sentence(
    write: Write, tag: int, value: tuple[int, tuple[int, ...]], reason: str
) -> None:
    path = write(np.zeros((4, 4, 3), np.uint8), {262: (3, (6,)), 530: (3, (1, 1)), tag: value})
    for read in (read_image, read_size):
        with pytest.raises(ImageReadError, match=reason) as caught:
            read(path)
        assert str(path) in str(caught.value)


def test_jpeg_in_tiff_stays_with_its_own_decoder(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    path = tmp_path / "jpeg.tif"
    PillowImage.fromarray(gradient).save(path, compression="jpeg", quality=95)
    assert not tiff_colours(path, 0).is_unusual
    with PillowImage.open(path) as opened:
        assert np.abs(levels(read_image(path)) - np.asarray(opened.convert("RGB"))).max() <= 4


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("spread", ["soft", "all"])
def test_lab_of_8_bits_has_the_colours_of_littlecms(
    tmp_path: Path, gradient: NDArray[np.uint8], compression: str | None, spread: str
) -> None:
    rgb = gradient if spread == "soft" else np.random.default_rng(2).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    lab = ImageCms.profileToProfile(PillowImage.fromarray(rgb), SRGB, LAB, outputMode="LAB")
    assert lab is not None
    path = tmp_path / "lab.tif"
    lab.save(path, compression=compression)
    expected = ImageCms.profileToProfile(lab, LAB, SRGB, outputMode="RGB")
    assert np.abs(levels(read_image(path)) - np.asarray(expected)).max() <= 1


def test_lab_of_16_bits_is_under_d50_and_keeps_its_depth(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    rgb = pyvips.Image.new_from_array(gradient, interpretation="srgb")
    lab = rgb.icc_import(input_profile="srgb", pcs="lab", intent="relative")
    path = tmp_path / "lab16.tif"
    lab.colourspace("labs").tiffsave(str(path))
    image = read_image(path)
    assert image.source_bits == 16
    assert np.abs(levels(image) - gradient).max() <= 2
    # The same colours by LittleCMS, through LAB of 8 bits, whose steps are as large as two levels.
    eight = ImageCms.profileToProfile(PillowImage.fromarray(gradient), SRGB, LAB, outputMode="LAB")
    assert eight is not None
    by_littlecms = np.asarray(ImageCms.profileToProfile(eight, LAB, SRGB, outputMode="RGB"))
    assert np.abs(levels(image) - by_littlecms).mean() < 1


def test_doubles_and_lab_with_alpha_are_refused_in_one_sentence(write: Write) -> None:
    for samples in (1, 3):
        doubles = write(np.zeros((2, 2, samples)), {339: (3, (3,) * samples)})
        with pytest.raises(ImageReadError, match="64-bit floating point samples; up to 32 bits") as caught:
            read_image(doubles)
        assert "\n" not in str(caught.value)
    lab = write(np.zeros((2, 2, 4), np.uint8), {262: (3, (8,)), 338: (3, (2,))})
    with pytest.raises(ImageReadError, match="4 samples a pixel in CIELAB"):
        read_image(lab)


@pytest.mark.parametrize(("colours", "photometric"), [(1, 1), (3, 2), (4, 5)])
@pytest.mark.parametrize("count", [1, 2])
def test_samples_that_are_no_alpha_hide_nothing(write: Write, colours: int, photometric: int, count: int) -> None:
    """A selection that was saved, a spot colour, or infrared."""
    samples = np.full((4, 6, colours + count), 90, np.uint8)
    samples[..., colours:] = 0
    plain = read_image(write(samples[..., :colours], {262: (3, (photometric,))}))
    image = read_image(write(samples, {262: (3, (photometric,)), 338: (3, (0,) * count)}), keep_alpha=True)
    assert image.alpha is None
    assert np.array_equal(image.pixels, plain.pixels)


@pytest.mark.parametrize(("colours", "photometric"), [(1, 1), (3, 2), (4, 5)])
def test_a_word_for_samples_that_are_not_there_costs_no_colour(write: Write, colours: int, photometric: int) -> None:
    samples = np.arange(24 * colours, dtype=np.uint8).reshape(4, 6, colours)
    plain = read_image(write(samples, {262: (3, (photometric,))}))
    image = read_image(write(samples, {262: (3, (photometric,)), 338: (3, (0,))}), keep_alpha=True)
    assert image.alpha is None
    assert np.array_equal(image.pixels, plain.pixels)


def test_no_preview_hides_what_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    picture = pyvips.Image.black(2600, 1300, bands=4).linear(1, [200, 30, 60, 128]).cast("uchar")
    picture.copy(interpretation="srgb").tiffsave(str(path), tile=True, pyramid=True)
    content = path.read_bytes()
    alpha, unspecified = (struct.pack("<HHIH", 338, 3, 1, value) for value in (2, 0))
    path.write_bytes(content.replace(alpha, unspecified))
    preview = read_preview(path, side=600, keep_alpha=True)
    assert preview is not None and preview.image.alpha is None
    assert np.abs(levels(preview.image)[5, 5] - [200, 30, 60]).max() <= 2


def test_the_pages_of_such_a_file_are_each_their_own(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    picture = PillowImage.fromarray(gradient)
    lab = ImageCms.profileToProfile(picture, SRGB, LAB, outputMode="LAB")
    assert lab is not None
    path = tmp_path / "pages.tif"
    picture.save(path, save_all=True, append_images=[picture.convert("YCbCr"), lab])
    assert page_count(path) == 3
    for page in range(3):
        # Steps of 8-bit LAB are as large as several levels of saturated colours.
        assert np.abs(levels(read_image(path, page=page)) - gradient).mean() < 1.5


def test_it_is_upright(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    lab = ImageCms.profileToProfile(PillowImage.fromarray(gradient), SRGB, LAB, outputMode="LAB")
    assert lab is not None
    for name, picture in (("lab", lab), ("ycbcr", PillowImage.fromarray(gradient).convert("YCbCr"))):
        path = tmp_path / f"{name}.tif"
        picture.save(path, tiffinfo={274: 6})
        shown = levels(read_image(path))
        assert np.abs(shown - np.rot90(gradient, -1)).mean() < 1.5


def test_no_preview_shows_other_colours(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    PillowImage.new("RGB", (2600, 1300), (200, 30, 60)).convert("YCbCr").save(path)
    preview = read_preview(path, side=600)
    if preview is not None:
        assert np.abs(levels(preview.image)[5, 5] - [200, 30, 60]).max() <= 2


@given(st.data())
def test_damaged_tags_say_nothing_and_raise_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("tags") / "lab.tif"
    PillowImage.new("LAB", (3, 3)).save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(8, len(content)))]))
    told = ""
    try:
        read_image(path)
    except ImageReadError as exc:
        told = str(exc)
    assert "\n" not in told
