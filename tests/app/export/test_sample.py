"""A piece at 100 % is a piece of the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.export.draft import What, request_of
from app.export.photo import ExportPhoto
from app.export.sample import sample_rect, spot_in_file, take_sample
from liif_core.export.control import JobControl
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import run_export
from liif_core.export.plan import ExportPlan, plan_export
from liif_core.export.sizes import Scale, Width
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoding import EncodingOptions, format_of
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.orientation import Orientation
from liif_core.view.camera import Camera
from tests.app.export.photos import draft_of, photo_of

PANE = Size(48, 80)


@pytest.fixture(scope="module")
def image() -> Image:
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:60, 0:90]
    waves = 120 + 60 * np.stack([np.sin(x / 4), np.cos(y / 5), np.sin((x + y) / 6)], -1)
    return Image(np.clip(waves + rng.normal(0, 15, (60, 90, 3)), 0, 255).astype(np.uint8))


def planned(photo: ExportPhoto, folder: Path, **values: object) -> ExportPlan:
    draft = draft_of(photo, **values)
    return plan_export(photo.size, request_of(draft, photo, folder / f"out{draft.form.extensions[0]}"))


WAYS = [
    {"wish": Scale(3.3)},
    {"wish": Width(70)},
    {"wish": Scale(4.0), "what": What.CROP, "crop": Rect(7, 11, 33, 51)},
    {"wish": None, "what": What.VIEW},
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("orientation", [Orientation(), Orientation(1), Orientation(2, mirrored=True)])
def test_it_has_the_pixels_of_the_file(image, tmp_path, way, orientation):
    camera = Camera(image.size, Size(100, 140), 5.0, 30, 40)
    photo = photo_of(image.size, orientation=orientation, camera=camera, image=image)
    plan = planned(photo, tmp_path, form=format_of("a.png"), **way)
    renderer_of = Enlarger(EnlargerChoice()).renderer_of
    run_export(plan, image, renderer_of)
    whole = read_image(plan.target).pixels
    sample = take_sample(plan, photo, renderer_of, spot=(0.6, 0.4), pane=PANE, control=JobControl())
    assert np.array_equal(sample.image.pixels, whole[sample.rect.slices])
    assert orientation.size_on_screen(photo.size).rect.contains(sample.part)


def test_the_traces_of_its_encoding_are_those_of_the_file(image, tmp_path):
    photo = photo_of(image.size, image=image)
    coarse = EncodingOptions(quality=20)
    plan = planned(photo, tmp_path, wish=Scale(4.0), options=coarse)
    renderer_of = Enlarger(EnlargerChoice()).renderer_of
    run_export(plan, image, renderer_of)
    whole = read_image(plan.target).pixels.astype(int)
    sample = take_sample(plan, photo, renderer_of, spot=(0.5, 0.5), pane=PANE, control=JobControl())
    inner = sample.image.pixels[:48, :80].astype(int)
    assert np.abs(inner - whole[sample.rect.slices]).mean() < 0.5
    clean = replace(plan, options=EncodingOptions(quality=100))
    sharp = take_sample(clean, photo, renderer_of, spot=(0.5, 0.5), pane=PANE, control=JobControl())
    assert np.abs(inner - sharp.image.pixels.astype(int)).mean() > 2


@given(st.floats(-1, 2), st.floats(-1, 2), st.integers(1, 500), st.integers(1, 500))
def test_it_lies_inside_of_the_file_wherever_the_spot_is(y, x, height, width):
    photo = photo_of(Size(60, 90))
    plan = planned(photo, Path("/tmp"), wish=Scale(3.0))
    rect = sample_rect(plan, (y, x), Size(height, width))
    assert plan.size.rect.contains(rect) and not rect.is_empty
    assert rect.x % 16 == 0 and rect.y % 16 == 0


def test_the_spot_of_a_crop_is_that_of_the_photo(tmp_path):
    photo = photo_of(Size(60, 90))
    plan = planned(photo, tmp_path, wish=Scale(4.0), what=What.CROP, crop=Rect(30, 45, 30, 45))
    assert spot_in_file(plan, photo, (0.75, 0.75)) == pytest.approx((0.5, 0.5), abs=0.02)


@pytest.mark.parametrize("orientation", [Orientation(), Orientation(1)])
def test_a_view_of_a_corner_of_the_last_pixel_shows_a_part_of_it(image, tmp_path, orientation):
    camera = Camera(image.size, Size(100, 90), 256.0, image.size.height, image.size.width)
    photo = photo_of(image.size, orientation=orientation, camera=camera, image=image)
    plan = planned(photo, tmp_path, form=format_of("a.png"), wish=None, what=What.VIEW)
    renderer_of = Enlarger(EnlargerChoice()).renderer_of
    sample = take_sample(plan, photo, renderer_of, spot=(1.0, 1.0), pane=PANE, control=JobControl())
    assert sample.part == orientation.rect_on_screen(Rect(59, 89, 1, 1), photo.size)
