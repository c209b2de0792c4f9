"""The throughput of training, and the plain loop that it is measured against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from liif_core.cli.bench import BenchOptions
from liif_core.errors import RequestError
from liif_core.models.build import build_model
from liif_core.models.decoders.liif import Liif
from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.training.config import TrainConfig
from tests.benchmarks import train
from tests.benchmarks.plain_liif import predicted
from tests.benchmarks.plain_training import PlainLoop, PlainPairs
from tests.benchmarks.train import report, rows
from tests.benchmarks.train_child import Loop, LoopProcess, Timing

SMALL = TrainConfig(
    ModelSpec(PartSpec("edsr-baseline", {"n_resblocks": 1, "n_feats": 6}), PartSpec("liif", {"hidden_list": [12, 12]})),
    patch=12,
    batch=3,
    queries=20,
    continuous_scales=True,
)
CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("one_thread")


def photo() -> NDArray[np.uint8]:
    rows, columns, channels = np.ix_(np.arange(80), np.arange(90), np.array([0, 20, 40]))
    return np.asarray(rows + columns + channels, dtype=np.uint8)


@pytest.mark.timeout(240)
def test_both_loops_are_measured_in_both_precisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "computes_bf16", lambda _device: True)
    table = rows(SMALL, device=CPU, precision="auto", repeats=2)
    names = [(row["loop"], row["precision"]) for row in table]
    assert names == [("plain", "fp32"), ("stepless", "fp32"), ("stepless", "bf16")]
    assert table[0]["ratio"] == 1
    for row in table:
        assert row["samples_per_s"] == pytest.approx(3 / (row["ms_a_step"] / 1000))
        assert row["ratio"] == pytest.approx(table[0]["ms_a_step"] / row["ms_a_step"])
        assert row["utilisation"] is None


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_one_precision_can_be_measured_alone(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Loop] = []

    def timings(loops: list[Loop], **_: int) -> list[list[Timing]]:
        measured.extend(loops)
        # The third of each is an outlier.
        return [[Timing(seconds * len(loop.name), 0.5) for seconds in (1.0, 2.0, 50.0)] for loop in loops]

    monkeypatch.setattr(train, "_timings", timings)
    plain, own = rows(SMALL, device=CPU, precision=precision, repeats=3)
    assert [(loop.name, loop.precision) for loop in measured] == [("plain", "fp32"), ("stepless", precision)]
    assert (plain["ms_a_step"], own["ms_a_step"]) == (10_000, 16_000)
    assert own["ratio"] == pytest.approx(5 / 8) and own["utilisation"] == 0.5
    assert all(TrainConfig.from_dict(loop.recipe, source="test") == SMALL for loop in measured)


def test_loop_that_fails_ends_the_benchmark() -> None:
    broken = Loop("stepless", "fp32", replace(SMALL, patch=600).to_dict(), "cpu")
    with pytest.raises(RequestError, match="'stepless' ended before"), LoopProcess(broken) as process:
        process.take(1)


def test_plain_pairs_are_pixels_of_a_patch_and_its_reduction() -> None:
    pairs = PlainPairs([photo()], SMALL)
    inp, coord, cell, target = pairs[5]
    assert inp.shape == (3, 12, 12)
    assert coord.shape == cell.shape == (20, 2)
    side = round(2 / float(cell[0, 0]))
    assert 12 <= side <= 48
    assert torch.equal(cell, torch.full((20, 2), 2 / side))
    # On a ramp, colour depends on the position as in the input.
    nearest = ((coord + 1) / 2 * 12).long().clamp(0, 11)
    assert (inp[:, nearest[:, 0], nearest[:, 1]].T - target).abs().max() < 0.1
    assert torch.equal(pairs[5][1], coord)
    assert not torch.equal(pairs[6][1], coord)


def test_the_plain_loop_learns() -> None:
    loop = PlainLoop([photo()], replace(SMALL, learning_rate=3e-3), device=CPU, workers=0)
    losses = [loop.step() for _ in range(30)]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:3])


def test_plain_predictions_of_a_batch_are_those_of_its_patches() -> None:
    model = build_model(SMALL.model).eval()
    assert isinstance(model.decoder, Liif)
    feat, coord = torch.randn(2, 6, 5, 7), torch.rand(2, 9, 2) * 2 - 1
    cell = torch.full((2, 9, 2), 0.1)
    with torch.inference_mode():
        together = predicted(model.decoder, feat, coord, cell)
        for index in range(2):
            part = slice(index, index + 1)
            alone = predicted(model.decoder, feat[part], coord[part], cell[part])
            torch.testing.assert_close(together[part], alone, rtol=0, atol=1e-6)


def test_a_model_cannot_be_chosen() -> None:
    with pytest.raises(RequestError, match="no --model"):
        report(BenchOptions(model="fast"))
