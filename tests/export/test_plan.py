"""From a wish to a rectangle of an output grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import ImageWriteError, LiifError, RequestError
from liif_core.export.plan import MAX_OUTPUT_PIXELS, ExportPlan, plan_export
from liif_core.export.request import ExportRequest, Sized, View
from liif_core.export.sizes import Exact, LongSide, Scale, Within
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.orientation import Orientation
from liif_core.view.camera import Camera

PHOTO = Size(300, 400)


KINDS = {"scale": Scale, "size": Exact, "long_side": LongSide}


def sized(*, crop: Rect | None = None, **wish: Any) -> Sized:
    ((kind, value),) = wish.items()
    return Sized(KINDS[kind](value), crop)


def planned(photo: Size = PHOTO, **wish: Any) -> ExportPlan:
    return plan_export(photo, ExportRequest(Path("out.png"), sized(**wish)))


def test_whole_photo_fills_its_grid() -> None:
    plan = planned(scale=2.5)
    assert plan.grid.source == PHOTO
    assert plan.grid.output == Size(750, 1000)
    assert plan.rect == plan.grid.output.rect


def test_long_side_keeps_the_shape() -> None:
    assert planned(long_side=1000).grid.output == Size(750, 1000)
    assert planned(Size(400, 300), long_side=1000).grid.output == Size(1000, 750)


def test_crop_by_scale_is_cut_from_the_grid_of_the_whole() -> None:
    plan = planned(scale=2.5, crop=Rect(30, 40, 100, 50))
    assert plan.grid == planned(scale=2.5).grid
    assert plan.rect == Rect(75, 100, 250, 125)


def test_crop_by_size_has_that_size_and_its_place() -> None:
    plan = planned(size=Size(200, 400), crop=Rect(100, 50, 50, 100))
    assert plan.grid.output == Size(1200, 1600)
    assert plan.rect == Rect(400, 200, 200, 400)


def test_crop_by_long_side_means_the_crops_long_side() -> None:
    plan = planned(long_side=200, crop=Rect(0, 0, 100, 50))
    assert (plan.rect.height, plan.rect.width) == (200, 100)


@st.composite
def crops(draw: st.DrawFn) -> tuple[Size, Rect]:
    height, width = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    return Size(height, width), Rect(top, left, draw(st.integers(1, height - top)), draw(st.integers(1, width - left)))


@given(crops(), st.floats(1e-3, 50))
def test_any_crop_at_any_scale_is_a_picture_in_its_place(place: tuple[Size, Rect], scale: float) -> None:
    photo, crop = place
    plan = planned(photo, scale=scale, crop=crop)
    assert not plan.rect.is_empty
    assert plan.grid.output.rect.contains(plan.rect)
    # Borders are rounded to whole output pixels, and no picture has less than one.
    for start, length, scale_of_side, out, size in [
        (crop.y, crop.height, plan.grid.scale_y, plan.rect.y, plan.rect.height),
        (crop.x, crop.width, plan.grid.scale_x, plan.rect.x, plan.rect.width),
    ]:
        assert abs(out - start * scale_of_side) <= 1
        assert size == 1 or abs(size - length * scale_of_side) <= 1


@pytest.mark.parametrize(("scale", "pixel"), [(0.5, Rect(4, 4, 1, 1)), (0.05, Rect(0, 0, 1, 1))])
def test_last_pixel_of_the_photo_is_a_picture_even_reduced(scale: float, pixel: Rect) -> None:
    assert planned(Size(10, 10), scale=scale, crop=Rect(9, 9, 1, 1)).rect == pixel


@given(crops(), st.integers(1, 500), st.integers(1, 500))
def test_any_crop_at_any_size_has_it_inside_the_grid(place: tuple[Size, Rect], height: int, width: int) -> None:
    photo, crop = place
    plan = planned(photo, size=Size(height, width), crop=crop)
    assert (plan.rect.height, plan.rect.width) == (height, width)
    assert plan.grid.output.rect.contains(plan.rect)


@given(crops(), st.floats(0.1, 8))
def test_neighbouring_crops_meet_without_gap(place: tuple[Size, Rect], scale: float) -> None:
    photo, crop = place
    wholes = planned(photo, scale=scale)
    left = planned(photo, scale=scale, crop=Rect(0, 0, photo.height, crop.x)) if crop.x else None
    right = planned(photo, scale=scale, crop=Rect(0, crop.x, photo.height, photo.width - crop.x))
    # At least a pixel each, so they may overlap where the scale leaves them none of their own.
    assert right.rect.x <= (left.rect.right if left else 0)
    assert right.rect.right == wholes.rect.right


@pytest.mark.parametrize(
    "crop", [Rect(0, 0, 0, 5), Rect(0, 0, 5, -1), Rect(-1, 0, 5, 5), Rect(0, 396, 5, 5), Rect(296, 0, 5, 5)]
)
def test_crop_outside_is_refused_with_the_photos_size(crop: Rect) -> None:
    with pytest.raises(RequestError, match="400 x 300"):
        planned(scale=2.0, crop=crop)


@pytest.mark.parametrize(
    "wish",
    [
        {"long_side": 0},
        {"long_side": -3},
        {"scale": 0.0},
        {"scale": -1.0},
        {"scale": float("nan")},
        {"scale": float("inf")},
        {"scale": 1e308},
        {"scale": 200.0},
        {"long_side": 10**400},
        {"size": Size(10**400, 1)},
        {"size": Size(70_000, 70_000)},
    ],
)
@pytest.mark.parametrize("crop", [None, Rect(7, 7, 50, 50)])
def test_sizes_that_make_no_picture_are_refused_in_a_short_sentence(wish: dict[str, Any], crop: Rect | None) -> None:
    if crop is not None and wish == {"scale": 200.0}:
        assert planned(**wish, crop=crop).rect.area == 100_000_000
        return
    with pytest.raises(RequestError) as refusal:
        planned(**wish, crop=crop)
    assert len(str(refusal.value)) < 150


def test_largest_picture_is_allowed_and_one_more_pixel_is_not() -> None:
    rows = MAX_OUTPUT_PIXELS // 1_000_000
    assert planned(Size(1, 1), size=Size(rows, 1_000_000)).rect.area == MAX_OUTPUT_PIXELS
    with pytest.raises(RequestError, match="megapixels"):
        planned(Size(1, 1), size=Size(rows + 1, 1_000_000))


def test_target_is_checked_with_the_size_of_the_crop(tmp_path: Path) -> None:
    request = ExportRequest(tmp_path / "out.webp", Sized(Scale(50.0)))
    with pytest.raises(ImageWriteError, match="16383"):
        plan_export(PHOTO, request)
    small = ExportRequest(tmp_path / "out.webp", Sized(Scale(50.0), Rect(0, 0, 10, 10)))
    assert plan_export(PHOTO, small).rect == Rect(0, 0, 500, 500)


@pytest.mark.parametrize("name", ["out.xyz", "out", "missing/out.png", "."])
def test_target_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LiifError) as refusal:
        plan_export(PHOTO, ExportRequest(tmp_path / name, Sized(Scale(2.0))))
    assert isinstance(refusal.value, ImageWriteError)


def test_a_view_is_the_cameras_grid_and_what_is_visible_of_it() -> None:
    camera = Camera(PHOTO, Size(200, 300), 3.7, 150, 200)
    plan = plan_export(PHOTO, ExportRequest(Path("out.png"), View.of(camera)))
    assert (plan.grid, plan.rect, plan.size) == (camera.grid, camera.visible, Size(200, 300))


@pytest.mark.parametrize(
    "view",
    [
        View(OutputGrid(Size(10, 10), Size(20, 20)), Rect(0, 0, 5, 5)),
        View(OutputGrid(PHOTO, Size(600, 800)), Rect(0, 0, 0, 5)),
        View(OutputGrid(PHOTO, Size(600, 800)), Rect(599, 0, 5, 5)),
    ],
)
def test_a_view_of_something_else_is_refused(view: View) -> None:
    with pytest.raises(RequestError, match="view"):
        plan_export(PHOTO, ExportRequest(Path("out.png"), view))


@pytest.mark.parametrize(
    "orientation", [Orientation(quarter, mirror) for quarter in range(4) for mirror in (False, True)]
)
def test_sizes_are_those_of_the_turned_picture_and_crops_those_of_the_photo(orientation: Orientation) -> None:
    what = Sized(Exact(Size(500, 200)), Rect(0, 100, 100, 150))
    plan = plan_export(PHOTO, ExportRequest(Path("out.png"), what, orientation=orientation))
    assert plan.size == Size(500, 200)
    assert plan.rect.x == plan.grid.output.width // 4


def test_paper_tells_its_resolution_to_the_file() -> None:
    frame = Within(Size(2480, 3508), dpi=300.0)
    plan = plan_export(PHOTO, ExportRequest(Path("out.png"), Sized(frame)))
    assert (plan.size, plan.options.dpi) == (Size(2480, 3307), 300.0)
