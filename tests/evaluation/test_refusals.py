"""Datasets, scales and protocols that nothing can be measured by."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.errors import DatasetError, DeviceLost, ImageReadError, LiifError, RequestError
from liif_core.evaluation.enlarge import enlarge_bicubic, enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.paper_table import table_blocks
from liif_core.evaluation.scale import Scale
from tests.evaluation.scenes import put, smooth, watching
from tests.models.builders import heat_model


def refused(folder: Path, *reasons: str, scale: Scale | float = 2, protocol: str = "benchmark") -> None:
    with pytest.raises(DatasetError) as refusal:
        evaluate(watching([]), folder, scales=[scale], protocol=protocol)
    for reason in reasons:
        assert reason in str(refusal.value)


def test_folder_without_photos_and_of_another_layout_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "LR" / "photo.png", smooth(20, 20, 0))
    refused(tmp_path, str(tmp_path), "no folder HR", "LR_bicubic/X2")


def test_folder_that_cannot_be_looked_at_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / ("long" * 200), "cannot be read: ")


def test_empty_hr_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    refused(tmp_path, str(tmp_path / "HR"), "no photo")


def test_unknown_protocol_is_refused(dataset: Path) -> None:
    refused(dataset, "'psnr'", "benchmark or div2k", protocol="psnr")


@pytest.mark.parametrize("scale", [1, 0.5, -2.0, float("nan"), float("inf")])
def test_scale_that_does_not_enlarge_is_refused(scale: float, dataset: Path) -> None:
    with pytest.raises(RequestError, match="no scale of enlargement"):
        evaluate(watching([]), dataset, scales=[scale], protocol="benchmark")


def test_missing_input_is_named(dataset: Path) -> None:
    (dataset / "LR_bicubic" / "X2" / "p1x2.png").unlink()
    with pytest.raises(LiifError, match=r"p1x2\.png"):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark")


def test_missing_input_is_a_fault_of_the_dataset(dataset: Path) -> None:
    (dataset / "LR_bicubic" / "X2" / "p1x2.png").unlink()
    refused(dataset, "p1x2.png")


def test_input_too_large_for_its_truth_is_refused(dataset: Path) -> None:
    put(dataset / "LR_bicubic" / "X2" / "p0x2.png", smooth(31, 41, 0))
    refused(dataset, "p0x2.png", "82 x 62 pixels at x2 do not fit those of p0.png")


def test_input_of_a_smaller_part_of_its_truth_is_refused(dataset: Path) -> None:
    # Truths are cut to a multiple of some scales, but not by so much.
    put(dataset / "LR_bicubic" / "X2" / "p0x2.png", smooth(30, 34, 0))
    refused(dataset, "p0x2.png", "68 x 60 pixels at x2 do not fit those of p0.png")


def test_truth_that_is_too_small_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "HR" / "tiny.png", smooth(5, 40, 0))
    refused(tmp_path, "tiny.png", "too small to be reduced 6 times", scale=6)
    refused(tmp_path, "tiny.png", "too few at x2", "border of 8 left out", protocol="div2k")
    refused(tmp_path, "tiny.png", "too few at 3x2", "border of 3 x 2 left out", scale=Scale(2, 3))
    refused(tmp_path, "tiny.png", "too small to be reduced 1.5x9 times", scale=Scale(9, 1.5))
    refused(tmp_path, "tiny.png", "too small to be reduced 2.5e+300 times", scale=2.5e300)
    (tmp_path / "LR_bicubic").mkdir()
    refused(tmp_path, "tiny.png", "too small to be reduced 1e+300 times", scale=1e300)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder of a person's own: a photo, one too small for x4, and one that is broken."""
    folder = tmp_path / "mixed"
    put(folder / "good.png", smooth(60, 80, 0))
    put(folder / "small.png", smooth(11, 40, 1))
    (folder / "broken.jpg").write_bytes(b"no photo")
    return folder


def test_photos_of_ones_own_that_cannot_be_measured_are_left_out_and_named(mixed: Path) -> None:
    told: list[str] = []
    rows = evaluate(
        enlarge_bicubic,
        mixed,
        scales=[2, 4],
        protocol="benchmark",
        on_image=lambda scale, result: told.append(f"{result.name} {scale} {result.summary}"),
    )
    assert [[photo.name for photo in row.per_image] for row in rows] == [["good", "small"], ["good"]]
    assert [[photo.name for photo in row.left_out] for row in rows] == [["broken"], ["broken", "small"]]
    assert "broken.jpg" in rows[0].left_out[0].reason
    assert "small.png: 40 x 8 pixels are too few at x4" in rows[1].left_out[1].reason
    assert rows[1].psnr == rows[1].per_image[0].psnr
    # Progress counts all of them.
    assert [line for line in told if line.endswith("left out")] == [
        "broken x2 left out",
        "broken x4 left out",
        "small x4 left out",
    ]
    assert len(told) == 6


def test_folder_of_which_nothing_can_be_measured_is_refused(mixed: Path) -> None:
    (mixed / "good.png").unlink()
    refused(mixed, "none of the photos can be measured at x4", "broken.jpg", scale=4)


def test_a_dataset_is_measured_as_a_whole_or_not_at_all(mixed: Path) -> None:
    (mixed.parent / "set").mkdir()
    mixed.rename(mixed.parent / "set" / "HR")
    with pytest.raises(ImageReadError, match=r"broken\.jpg"):
        evaluate(enlarge_bicubic, mixed.parent / "set", scales=[2], protocol="benchmark")


def test_methods_measured_on_different_photos_are_not_compared(mixed: Path) -> None:
    before = evaluate(enlarge_bicubic, mixed, scales=[2], protocol="benchmark")
    (mixed / "small.png").unlink()
    after = evaluate(watching([]), mixed, scales=[2], protocol="benchmark")
    with pytest.raises(DatasetError, match="changed while"):
        table_blocks({"bicubic": [before], "model": [after]})
    assert table_blocks({"bicubic": [after], "model": [after]})


def test_broken_truth_is_named(dataset: Path) -> None:
    (dataset / "HR" / "p0.png").write_bytes(b"no photo")
    with pytest.raises(ImageReadError, match=r"p0\.png"):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark")


def test_device_that_fails_at_work_is_told(dataset: Path) -> None:
    # Tensors of torch's "meta" device have a shape and no values: nothing can be computed from them.
    broken = heat_model().to("meta")
    with pytest.raises(DeviceLost, match="'meta' failed while a picture was measured"):
        evaluate(enlarge_by(broken), dataset, scales=[2], protocol="benchmark")
