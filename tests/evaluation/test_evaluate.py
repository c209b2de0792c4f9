"""The evaluation protocol: pairing, cropping, borders, and the published figures of bicubic enlargement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.evaluation.enlarge import enlarge_bicubic, enlarge_by
from liif_core.evaluation.evaluate import EvaluationRow, LeftOut, PhotoResult, evaluate
from liif_core.evaluation.metrics import psnr, ssim
from liif_core.evaluation.scale import Scale
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.imaging.write import write_image
from tests.evaluation.scenes import Pixels, put, smooth, watching
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


def expected_psnr(truth: Pixels, prediction: float, *, scale: int, protocol: str) -> float:
    height, width = truth.shape[0] // scale * scale, truth.shape[1] // scale * scale
    gt = torch.from_numpy(truth[:height, :width] / 255).permute(2, 0, 1)
    luma = protocol == "benchmark"
    return psnr(torch.full_like(gt, prediction), gt, luma=luma, shave=scale if luma else scale + 6)


@pytest.mark.parametrize("protocol", ["benchmark", "div2k"])
@pytest.mark.parametrize("scale", [2, 3, 4, 6])
def test_truth_is_cut_to_the_input_and_borders_are_left_out(scale: int, protocol: str, dataset: Path) -> None:
    seen: list[tuple[Image, OutputGrid]] = []
    told: list[tuple[Scale, PhotoResult]] = []
    (row,) = evaluate(
        watching(seen), dataset, scales=[scale], protocol=protocol, on_image=lambda *values: told.append(values)
    )
    truths = [smooth(61, 83, 0), smooth(70, 58, 1)]
    values = [expected_psnr(truth, 0.5, scale=scale, protocol=protocol) for truth in truths]
    assert (row.dataset, row.scale, row.protocol, row.images) == (dataset.name, Scale(scale, scale), protocol, 2)
    assert row.psnr == pytest.approx(np.mean(values), abs=1e-4)
    assert [(result.name, told_scale.value) for told_scale, result in told] == [("p0", scale), ("p1", scale)]
    assert [result.psnr for _, result in told] == pytest.approx(values, abs=1e-4)
    assert tuple(result for _, result in told) == row.per_image
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


def test_any_whole_scale_with_a_folder_is_paired(dataset: Path) -> None:
    for name in ("p0x6.png", "p1x6.png"):
        put(dataset / "LR_bicubic" / "X6" / name, np.full((10, 9, 3), 7, np.uint8))
    put(dataset / "LR_bicubic" / "X6" / "p0x6.png", np.full((10, 13, 3), 7, np.uint8))
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[6], protocol="benchmark")
    assert [int(image.pixels.max()) for image, _ in seen] == [7, 7]


@pytest.mark.parametrize("scale", [Scale(2.5, 2.5), Scale(2, 3), Scale(3, 1)])
def test_fractional_and_unequal_scales_are_never_paired(scale: Scale, dataset: Path) -> None:
    put(dataset / "LR_bicubic" / "X2.5" / "p0x2.5.png", np.zeros((24, 33, 3), np.uint8))
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[scale], protocol="benchmark")
    assert all(image.pixels.max() > 0 for image, _ in seen)


# The truth of 61 x 83, height before width: floor(H / s), then round(h s), halves to even as Python rounds.
@pytest.mark.parametrize(
    ("scale", "low", "high"),
    [
        (2.5, (24, 33), (60, 82)),
        (1.5, (40, 55), (60, 82)),
        (3.3, (18, 25), (59, 82)),
        (61 / 7, (7, 9), (61, 78)),
        (83 / 81, (59, 81), (60, 83)),  # the quotient is 81, and a little less in floats
        (Scale(2, 3), (30, 27), (60, 81)),
        (Scale(1, 4.15), (61, 20), (61, 83)),
    ],
)
def test_sides_at_other_scales_are_those_of_the_papers_code(
    scale: Scale | float, low: tuple[int, int], high: tuple[int, int], dataset: Path
) -> None:
    seen: list[tuple[Image, OutputGrid]] = []
    evaluate(watching(seen), dataset, scales=[scale], protocol="benchmark")
    image, grid = seen[0]
    assert (grid.source, grid.output) == (Size(*low), Size(*high))
    cut = PIL.Image.fromarray(smooth(61, 83, 0)[: high[0], : high[1]])
    reduced = cut.resize((low[1], low[0]), PIL.Image.Resampling.BICUBIC)
    assert np.array_equal(image.pixels, np.asarray(reduced))


@pytest.mark.parametrize(
    ("scale", "protocol", "border"),
    [
        (2.5, "benchmark", (3, 3)),
        (2.5, "div2k", (9, 9)),
        (Scale(2, 3), "benchmark", (2, 3)),
        (Scale(1.5, 4), "div2k", (8, 10)),
    ],
)
def test_border_at_other_scales_is_rounded_up_in_each_direction(
    scale: Scale | float, protocol: str, border: tuple[int, int], dataset: Path
) -> None:
    seen: list[tuple[Image, OutputGrid]] = []
    (row,) = evaluate(watching(seen), dataset, scales=[scale], protocol=protocol)
    output = seen[0][1].output
    gt = torch.from_numpy(smooth(61, 83, 0)[: output.height, : output.width] / np.float32(255)).permute(2, 0, 1)
    grey, luma = torch.full_like(gt, 0.5), protocol == "benchmark"
    assert row.per_image[0].psnr == pytest.approx(psnr(grey, gt, luma=luma, shave=border), abs=1e-9)
    assert row.per_image[0].ssim == ssim(grey, gt, shave=border)


def test_only_photos_of_a_dataset_are_measured(dataset: Path) -> None:
    """Not what macOS writes beside each photo on a foreign disk, nor folders, whatever they are called."""
    (dataset / "HR" / "._p0.png").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    (dataset / "HR" / "more.png").mkdir()
    (row,) = evaluate(watching([]), dataset, scales=[2], protocol="benchmark")
    assert [result.name for result in row.per_image] == ["p0", "p1"]


def test_photos_of_a_folder_without_a_layout_are_measured_with_inputs_that_are_made(dataset: Path) -> None:
    # Those given beside the folder belong to another dataset.
    put(dataset / "LR_bicubic" / "X2" / "p0x2.png", smooth(30, 41, 9))
    [own] = evaluate(enlarge_bicubic, (dataset / "HR").rename(dataset / "mine"), scales=[2], protocol="benchmark")
    (dataset / "LR_bicubic").rename(dataset / "away")
    [made] = evaluate(enlarge_bicubic, dataset / "mine", scales=[2], protocol="benchmark")
    assert [photo.name for photo in own.per_image] == ["p0", "p1"] and own == made


def test_a_dataset_has_the_mean_of_its_photos(dataset: Path) -> None:
    (row,) = evaluate(enlarge_bicubic, dataset, scales=[2], protocol="benchmark")
    assert [photo.name for photo in row.per_image] == ["p0", "p1"]
    assert row.psnr == pytest.approx(np.mean([photo.psnr for photo in row.per_image]))
    assert row.ssim == pytest.approx(np.mean([photo.ssim or 0 for photo in row.per_image]))


def test_a_mean_is_of_all_photos_or_there_is_none() -> None:
    photos = (PhotoResult("a", 30.0, 0.9), PhotoResult("tiny", 40.0, None))
    row = EvaluationRow("set", Scale(2, 2), "benchmark", photos)
    assert (row.psnr, row.ssim, row.images) == (35.0, None, 2)


def test_both_protocols_compare_structure_in_luma(dataset: Path) -> None:
    for protocol, shave in (("benchmark", 2), ("div2k", 8)):
        (row,) = evaluate(watching([]), dataset, scales=[2], protocol=protocol)
        gt = torch.from_numpy(smooth(61, 83, 0)[:60, :82] / np.float32(255)).permute(2, 0, 1)
        assert row.per_image[0].ssim == ssim(torch.full_like(gt, 0.5), gt, shave=shave)


def test_photo_smaller_than_the_window_has_no_structural_similarity(tmp_path: Path) -> None:
    put(tmp_path / "HR" / "small.png", smooth(14, 40, 0))
    (row,) = evaluate(enlarge_bicubic, tmp_path, scales=[2], protocol="benchmark")
    assert row.ssim is None and row.psnr > 10


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
    assert [row.scale.value for row in rows] == [6, 2]


def test_evaluation_can_be_cancelled_between_photos(dataset: Path) -> None:
    token = CancelToken()
    seen: list[str] = []

    def on_image(scale: Scale, result: PhotoResult | LeftOut) -> None:
        seen.append(result.name)
        token.cancel()

    with pytest.raises(Cancelled):
        evaluate(watching([]), dataset, scales=[2], protocol="benchmark", cancel=token, on_image=on_image)
    assert seen == ["p0"]


def test_evaluation_of_a_model_can_be_cancelled_inside_a_photo(dataset: Path) -> None:
    token = CancelToken()
    enlarge = enlarge_by(heat_model(), cancel=token)

    def stopped_meanwhile(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        token.cancel()
        return enlarge(image, grid)

    with pytest.raises(Cancelled):
        evaluate(stopped_meanwhile, dataset, scales=[2], protocol="benchmark")


def test_truth_of_16_bits_is_measured_too(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    write_image(tmp_path / "HR" / "deep.png", smooth(40, 40, 0).astype(np.uint16) * 257)
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
