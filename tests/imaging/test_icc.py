from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from liif_core.imaging.icc import profile_space
from liif_core.imaging.read import read_image

Save = Callable[..., Path]


def converted(picture: PillowImage.Image, profile: bytes) -> NDArray[Any]:
    """The reference: Pillow's conversion to sRGB."""
    result = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert result is not None
    return np.asarray(result).astype(int)


def test_spaces_are_told(srgb_profile: bytes, cmyk_profile: bytes, linear_grey_profile: bytes) -> None:
    assert profile_space(srgb_profile) == "RGB"
    assert profile_space(cmyk_profile) == "CMYK"
    assert profile_space(linear_grey_profile) == "GRAY"


@pytest.mark.parametrize("cut", [0, 40, 127, 140, 300])
def test_cut_profiles_are_unusable(srgb_profile: bytes, cut: int) -> None:
    assert profile_space(srgb_profile[:cut]) is None


def test_lab_profiles_are_unusable() -> None:
    assert profile_space(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()) is None


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.avif"])
def test_rgb_profile_is_kept_byte_for_byte(
    save: Save, gradient: NDArray[np.uint8], srgb_profile: bytes, name: str
) -> None:
    assert read_image(save(name, gradient, icc_profile=srgb_profile)).icc_profile == srgb_profile


def test_heic_profile_is_kept(tmp_path: Path, gradient: NDArray[np.uint8], srgb_profile: bytes) -> None:
    import pillow_heif

    picture = PillowImage.fromarray(gradient)
    picture.info["icc_profile"] = srgb_profile
    pillow_heif.from_pillow(picture).save(tmp_path / "a.heic")
    assert read_image(tmp_path / "a.heic").icc_profile == srgb_profile


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_grey_with_a_grey_profile_is_converted(
    save: Save, gradient: NDArray[np.uint8], linear_grey_profile: bytes, name: str
) -> None:
    grey = PillowImage.fromarray(gradient).convert("L")
    options = {"quality": 100} if name == "a.jpg" else {}
    image = read_image(save(name, grey, icc_profile=linear_grey_profile, **options))
    assert image.icc_profile is None
    expected = converted(grey, linear_grey_profile)
    assert expected.mean() > gradient.mean() + 30
    assert np.abs(image.pixels - expected).max() <= (4 if name == "a.jpg" else 1)


def test_16_bit_grey_with_a_grey_profile_stays_16_bit(save_deep: Save, linear_grey_profile: bytes) -> None:
    import pyvips

    ramp = np.linspace(0, 65535, 999).astype(np.uint16).reshape(1, -1)
    path = save_deep("plain.png", ramp, "grey16")
    picture = pyvips.Image.new_from_file(str(path)).copy()
    picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", linear_grey_profile)
    picture.pngsave(str(path.with_name("grey.png")))
    image = read_image(path.with_name("grey.png"))
    assert image.icc_profile is None
    assert image.source_bits == 16
    light = ramp / 65535
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    # LittleCMS interpolates the steep dark end of such a curve roughly, here and in Pillow.
    assert np.abs(image.pixels / 65535 - srgb[..., None])[light > 0.05].max() < 0.005
    assert len(np.unique(image.pixels)) > 900


def test_rgb_profile_of_a_grey_photo_is_kept(save: Save, gradient: NDArray[np.uint8], srgb_profile: bytes) -> None:
    grey = PillowImage.fromarray(gradient).convert("L")
    image = read_image(save("a.jpg", grey, icc_profile=srgb_profile))
    assert image.icc_profile == srgb_profile


def test_profile_of_another_space_is_dropped(
    save: Save, gradient: NDArray[np.uint8], linear_grey_profile: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    image = read_image(save("a.tif", gradient, icc_profile=linear_grey_profile))
    assert image.icc_profile is None
    assert np.array_equal(image.pixels, gradient)
    assert "ICC" in caplog.text


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk_is_converted_by_its_profile(
    save: Save, gradient: NDArray[np.uint8], cmyk_profile: bytes, name: str
) -> None:
    cmyk = PillowImage.fromarray(gradient).convert("CMYK")
    path = save(name, cmyk, icc_profile=cmyk_profile)
    image = read_image(path)
    assert image.icc_profile is None
    assert image.pixels.dtype == np.uint8
    with PillowImage.open(path) as stored:
        assert np.abs(image.pixels - converted(stored, cmyk_profile)).max() <= 2


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk_without_a_profile_is_neither_inverted_nor_tinted(save: Save, name: str) -> None:
    inks = np.zeros((16, 32, 4), np.uint8)
    inks[:, 16:, 3] = 255
    pixels = read_image(save(name, PillowImage.fromarray(inks, "CMYK"))).pixels
    assert pixels[:, :8].min() > 240
    assert pixels[:, 24:].max() < 60
