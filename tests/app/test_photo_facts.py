from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms
from PIL.Image import Exif
from PIL.TiffImagePlugin import IFDRational

from app.photo_facts import Shot, facts_of, shot_of
from liif_core.imaging.image import Image

PIXELS = np.zeros((4, 6, 3), np.uint8)


def _exif(first: dict[int, object], more: dict[int, object]) -> bytes:
    exif = Exif()
    exif.update(first)
    exif.get_ifd(0x8769).update(more)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def test_a_camera_tells_how_the_photo_was_taken():
    exif = _exif(
        {0x010F: "Canon", 0x0110: "Canon EOS R5"},
        {
            0x829A: IFDRational(1, 250),
            0x829D: IFDRational(56, 10),
            0x8827: 400,
            0x9003: "2024:05:03 14:02:01",
            0x9204: IFDRational(-2, 3),
            0x920A: IFDRational(70, 1),
            0xA405: 105,
            0xA434: "RF 24-105mm",
        },
    )
    assert shot_of(exif) == Shot(
        camera="Canon EOS R5",
        lens="RF 24-105mm",
        exposure_s=0.004,
        aperture=5.6,
        iso=400,
        bias_ev=-2 / 3,
        focal_mm=70,
        focal_35_mm=105,
        taken=datetime.datetime(2024, 5, 3, 14, 2, 1),
    )


def test_the_maker_is_told_once():
    assert shot_of(_exif({0x010F: "NIKON CORPORATION", 0x0110: "NIKON Z 8"}, {})).camera == "NIKON Z 8"
    assert shot_of(_exif({0x010F: "FUJIFILM", 0x0110: "X-T5"}, {})).camera == "FUJIFILM X-T5"


@pytest.mark.parametrize("exif", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40])
def test_a_damaged_block_tells_nothing_and_stops_nothing(exif):
    assert shot_of(exif) == Shot()


def test_values_that_make_no_sense_are_left_out():
    exif = _exif(
        {0x0110: "Bad\x00hidden", 0x0132: "0000:00:00 00:00:00"},
        {0x829A: IFDRational(0, 0), 0x829D: IFDRational(0, 1), 0x8827: (), 0x9204: IFDRational(0, 1), 0xA434: 5},
    )
    assert shot_of(exif) == Shot(camera="Bad")


def test_control_characters_and_endless_texts_do_not_reach_the_window():
    shot = shot_of(_exif({0x0110: "A\nB\x1b" + "c" * 5000}, {}))
    assert shot.camera.startswith("A B") and len(shot.camera) <= 200


def test_the_file_and_its_pixels_are_told(tmp_path):
    path = tmp_path / "photo.tif"
    path.write_bytes(b"12345")
    facts = facts_of(path, Image(PIXELS.astype(np.uint16)))
    assert (facts.file_bytes, facts.width, facts.height, facts.bits) == (5, 6, 4, 16)
    assert not facts.is_float and not facts.has_alpha and facts.profile == "" and facts.shot == Shot()


def test_floats_and_transparency_are_told():
    facts = facts_of(Path("gone.tif"), Image(PIXELS.astype(np.float32), alpha=np.zeros((4, 6), np.float32)))
    assert facts.is_float and facts.has_alpha and facts.bits == 32 and facts.file_bytes is None


def test_a_profile_is_called_by_its_own_name():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert "sRGB" in facts_of(Path("photo.jpg"), Image(PIXELS, icc_profile=profile)).profile
    assert facts_of(Path("photo.jpg"), Image(PIXELS, icc_profile=b"damaged")).profile == "ICC"
