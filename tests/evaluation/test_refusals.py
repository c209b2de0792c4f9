"""Datasets, scales and protocols that nothing can be measured by."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.errors import DatasetError, ImageReadError, LiifError, RequestError
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.scale import Scale
from tests.evaluation.scenes import put, smooth, watching


def refused(folder: Path, *reasons: str, scale: Scale | float = 2, protocol: str = "benchmark") -> None:
    with pytest.raises(DatasetError) as refusal:
        evaluate(watching([]), folder, scales=[scale], protocol=protocol)
    for reason in reasons:
        assert reason in str(refusal.value)


def test_folder_without_photos_and_of_another_layout_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "LR" / "photo.png", smooth(20, 20, 0))
    refused(tmp_path, str(tmp_path), "no folder HR", "LR_bicubic/X2")


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


def test_broken_truth_is_named(dataset: Path) -> None:
    (dataset / "HR" / "p0.png").write_bytes(b"no photo")
    with pytest.raises(ImageReadError, match=r"p0\.png"):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark")
