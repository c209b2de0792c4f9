"""The evaluation protocol: pairing, cropping, borders, and the published figures of bicubic enlargement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, DatasetError, ImageReadError, LiifError
from liif_core.geometry import OutputGrid
from liif_core.imaging.image import Image
from liif_core.training.evaluate import Enlarge, enlarge_bicubic, enlarge_by, evaluate
from liif_core.training.metrics import psnr
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")

Pixels = NDArray[np.uint8]


def put(path: Path, pixels: Pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels).save(path)


def smooth(height: int, width: int, seed: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width] / 9
    waves = [np.sin(x * (seed + 1) + y), np.cos(y * 1.7 - x), np.sin(x * y / 9 + seed)]
    return np.asarray(128 + 100 * np.stack(waves, -1), np.uint8)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Two photos with odd sides, and their inputs at x2 and x3 made of their upper left parts."""
    for seed, (height, width) in enumerate([(61, 83), (70, 58)]):
        truth = smooth(height, width, seed)
        put(tmp_path / "HR" / f"p{seed}.png", truth)
        for scale in (2, 3):
            h, w = height // scale, width // scale
            small = PIL.Image.fromarray(truth[: h * scale, : w * scale]).resize((w, h), PIL.Image.Resampling.BICUBIC)
            put(tmp_path / "LR_bicubic" / f"X{scale}" / f"p{seed}x{scale}.png", np.asarray(small))
    return tmp_path


def watching(seen: list[tuple[Image, OutputGrid]], offset: float = 0.0) -> Enlarge:
    """An enlarger that writes down what it is asked, and answers with grey."""

    def enlarge(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        seen.append((image, grid))
        return np.full((grid.output.height, grid.output.width, 3), 0.5 + offset, np.float32)

    return enlarge


def expected_psnr(truth: Pixels, prediction: float, *, scale: int, protocol: str) -> float:
    height, width = truth.shape[0] // scale * scale, truth.shape[1] // scale * scale
    gt = torch.from_numpy(truth[:height, :width] / 255).permute(2, 0, 1)
    luma = protocol == "benchmark"
    return psnr(torch.full_like(gt, prediction), gt, luma=luma, shave=scale if luma else scale + 6)


@pytest.mark.parametrize("protocol", ["benchmark", "div2k"])
@pytest.mark.parametrize("scale", [2, 3, 4, 6])
def test_truth_is_cut_to_the_input_and_borders_are_left_out(scale: int, protocol: str, dataset: Path) -> None:
    seen: list[tuple[Image, OutputGrid]] = []
    told: list[tuple[str, int, float]] = []
    (row,) = evaluate(
        watching(seen), dataset, scales=[scale], protocol=protocol, on_image=lambda *values: told.append(values)
    )
    truths = [smooth(61, 83, 0), smooth(70, 58, 1)]
    values = [expected_psnr(truth, 0.5, scale=scale, protocol=protocol) for truth in truths]
    assert (row.dataset, row.scale, row.images) == (dataset.name, scale, 2)
    assert row.psnr == pytest.approx(np.mean(values), abs=1e-4)
    assert [(name, told_scale) for name, told_scale, _ in told] == [("p0", scale), ("p1", scale)]
    assert [value for _, _, value in told] == pytest.approx(values, abs=1e-4)
    for truth, (image, grid) in zip(truths, seen, strict=True):
        assert (image.size.height, image.size.width) == (truth.shape[0] // scale, truth.shape[1] // scale)
        assert grid.source == image.size
        assert grid.output == image.size.scaled(scale)


def test_paired_input_is_read_from_its_file(dataset: Path) -> None:
    marked = np.full((30, 41, 3), 9, np.uint8)
    put(dataset / "LR_bicubic" / "X2" / "p0x2.png", marked)
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[2], protocol="benchmark")
    assert np.array_equal(seen[0][0].pixels, marked)


@pytest.mark.parametrize("scale", [4, 6])
def test_unpaired_input_is_pillows_reduction_of_the_cut_truth(scale: int, dataset: Path) -> None:
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[scale], protocol="div2k")
    truth = smooth(61, 83, 0)
    h, w = 61 // scale, 83 // scale
    cut = PIL.Image.fromarray(truth[: h * scale, : w * scale])
    assert np.array_equal(seen[0][0].pixels, np.asarray(cut.resize((w, h), PIL.Image.Resampling.BICUBIC)))


def test_inputs_of_other_scales_than_the_paired_ones_are_made_even_where_a_folder_is(dataset: Path) -> None:
    put(dataset / "LR_bicubic" / "X6" / "p0x6.png", np.zeros((10, 13, 3), np.uint8))
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[6], protocol="benchmark")
    assert seen[0][0].pixels.max() > 0


def test_better_predictions_have_more_decibels(dataset: Path) -> None:
    (grey,) = evaluate(watching([]), dataset, scales=[2], protocol="benchmark")
    (bicubic,) = evaluate(enlarge_bicubic, dataset, scales=[2], protocol="benchmark")
    assert bicubic.psnr > grey.psnr + 10


def test_predictions_are_not_rounded(dataset: Path) -> None:
    (row,) = evaluate(watching([], offset=0.2 / 255), dataset, scales=[2], protocol="div2k")
    (rounded,) = evaluate(watching([]), dataset, scales=[2], protocol="div2k")
    assert row.psnr != rounded.psnr


def test_model_is_measured_as_it_is_rendered(dataset: Path) -> None:
    model = heat_model()
    with torch.no_grad():
        model.get_parameter("decoder.coef").zero_()
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[2], protocol="benchmark")
    image, grid = seen[0]
    shown = enlarge_by(model)(image, grid)
    rgb = torch.from_numpy(image.pixels / np.float32(255)).permute(2, 0, 1)[None]
    base = torch.nn.functional.interpolate(rgb, size=(grid.output.height, grid.output.width), mode="bilinear")
    np.testing.assert_allclose(shown, base[0].permute(1, 2, 0).numpy(), rtol=0, atol=1e-5)


def test_rows_come_in_the_order_of_the_scales(dataset: Path) -> None:
    rows = evaluate(watching([]), dataset, scales=[6, 2], protocol="benchmark")
    assert [row.scale for row in rows] == [6, 2]


def test_evaluation_can_be_cancelled_between_photos(dataset: Path) -> None:
    token = CancelToken()
    seen: list[str] = []

    def on_image(name: str, scale: int, value: float) -> None:
        seen.append(name)
        token.cancel()

    with pytest.raises(Cancelled):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark", cancel=token, on_image=on_image)
    assert seen == ["p0"]


# Refusals.


def refused(folder: Path, *reasons: str, scale: int = 2, protocol: str = "benchmark") -> None:
    with pytest.raises(DatasetError) as refusal:
        evaluate(watching([]), folder, scales=[scale], protocol=protocol)
    for reason in reasons:
        assert reason in str(refusal.value)


def test_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "photo.png", smooth(20, 20, 0))
    refused(tmp_path, str(tmp_path), "no folder HR", "LR_bicubic/X2")


def test_empty_hr_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    refused(tmp_path, str(tmp_path / "HR"), "no photo")


def test_unknown_protocol_is_refused(dataset: Path) -> None:
    refused(dataset, "'psnr'", "benchmark or div2k", protocol="psnr")


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


def test_truth_that_is_too_small_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "HR" / "tiny.png", smooth(5, 40, 0))
    refused(tmp_path, "tiny.png", "too small to be reduced 6 times", scale=6)
    refused(tmp_path, "tiny.png", "too few at x2", "border of 8", protocol="div2k")


def test_broken_truth_is_named(dataset: Path) -> None:
    (dataset / "HR" / "p0.png").write_bytes(b"no photo")
    with pytest.raises(ImageReadError, match=r"p0\.png"):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark")


def test_truth_of_16_bits_is_measured_too(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "HR").mkdir()
    cv2.imwrite(str(tmp_path / "HR" / "deep.png"), smooth(40, 40, 0).astype(np.uint16) * 257)
    (row,) = evaluate(enlarge_bicubic, tmp_path, scales=[2], protocol="benchmark")
    assert row.psnr > 20


# The field's figures.


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("Set5", [33.67, 30.40, 28.43]),
        pytest.param("Set14", [30.33, 27.63, 26.09], marks=pytest.mark.slow),
    ],
)
def test_bicubic_has_the_published_figures(name: str, published: list[float], shared: Path) -> None:
    folder = shared / "data" / "benchmark" / name
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}")
    rows = evaluate(enlarge_bicubic, folder, scales=[2, 3, 4], protocol="benchmark")
    assert [row.psnr for row in rows] == pytest.approx(published, abs=0.01)
    assert {row.dataset for row in rows} == {name}
    assert all(row.images == {"Set5": 5, "Set14": 14}[name] for row in rows)
