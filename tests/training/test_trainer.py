"""One step of training: the rate, the running average, and that models do learn."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from liif_core.device import computes_bf16
from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.training.config import TrainConfig
from liif_core.training.samples import Batch, draw_batch
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


def trainer_of(config: TrainConfig, *, bf16: bool = False) -> Trainer:
    return Trainer(config, device=CPU, bf16=bf16)


def batch_of(config: TrainConfig, seed: int = 0) -> Batch:
    """A batch of smooth photos, so that there is something to learn."""
    y, x = np.mgrid[0:40, 0:44] / 6
    photo = np.stack([np.sin(x + y), np.cos(2 * x - y), np.sin(3 * y)], -1) * 100 + 128
    return draw_batch([photo.astype(np.uint8)], config, np.random.default_rng(seed))


def test_rate_warms_up_and_falls_by_a_cosine_to_zero(heat_config: MakeConfig) -> None:
    trainer = trainer_of(heat_config(learning_rate=0.01, warmup=4))
    warming = []
    for trainer.step in range(6):
        warming.append(trainer.learning_rate(0.0))
    assert warming == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01])
    trainer.step = 100
    assert trainer.learning_rate(0.5) == pytest.approx(0.005)
    assert trainer.learning_rate(0.25) == pytest.approx(0.01 * 0.5 * (1 + math.cos(math.pi / 4)))
    assert trainer.learning_rate(1.0) == pytest.approx(0.0, abs=1e-12)
    assert trainer.learning_rate(1.7) == pytest.approx(0.0, abs=1e-12)


def test_no_warm_up_starts_at_the_peak(heat_config: MakeConfig) -> None:
    assert trainer_of(heat_config(learning_rate=0.01, warmup=0)).learning_rate(0.0) == pytest.approx(0.01)


def test_step_uses_the_rate_of_its_progress(make_config: MakeConfig) -> None:
    config = make_config(warmup=0)
    still, moving = trainer_of(config), trainer_of(config)
    before = {name: value.clone() for name, value in still.model.state_dict().items()}
    still.train_step(batch_of(config), progress=1.0)
    moving.train_step(batch_of(config), progress=0.0)
    for name, value in before.items():
        torch.testing.assert_close(still.model.state_dict()[name], value, rtol=0, atol=1e-9)
    assert any(not torch.equal(moving.model.state_dict()[name], value) for name, value in before.items())
    assert still.step == moving.step == 1


def test_average_follows_the_weights(make_config: MakeConfig) -> None:
    config = make_config(ema=0.9, warmup=0)
    trainer = trainer_of(config)
    expected = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    for step in range(1, 5):
        trainer.train_step(batch_of(config), progress=0.0)
        decay = min(0.9, (1 + step) / (10 + step))
        for name, value in trainer.model.state_dict().items():
            expected[name] = decay * expected[name] + (1 - decay) * value
    for name, value in trainer.ema.state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=1e-5, atol=1e-7)
        assert not torch.equal(value, trainer.model.state_dict()[name])


def test_same_seed_starts_from_the_same_weights_and_another_does_not(heat_config: MakeConfig) -> None:
    first, again, other = (trainer_of(heat_config(seed=seed)) for seed in (1, 1, 2))
    key = "encoder.stem.weight"
    assert torch.equal(first.model.state_dict()[key], again.model.state_dict()[key])
    assert not torch.equal(first.model.state_dict()[key], other.model.state_dict()[key])


def test_model_learns_a_tiny_set(make_config: MakeConfig) -> None:
    config = make_config(learning_rate=5e-3, warmup=3, batch=4)
    trainer = trainer_of(config)
    batches = [batch_of(config, seed) for seed in range(2)]
    losses = [trainer.train_step(batches[step % 2], progress=0.0) for step in range(60)]
    assert sum(losses[-6:]) < 0.7 * sum(losses[:6])


def test_heat_field_starts_as_the_bilinear_enlargement(heat_config: MakeConfig) -> None:
    config = heat_config(max_scale=1.0)
    batch = batch_of(config)
    assert batch.scale == 1
    trainer = trainer_of(config)
    with torch.no_grad():
        trainer.model.get_parameter("decoder.coef").zero_()
    # At x1 the bilinear enlargement of the input is the input, and the input is the truth.
    assert trainer.train_step(batch, progress=1.0) == pytest.approx(0.0, abs=1e-6)


def test_liif_is_asked_for_its_number_of_different_pixels(liif_config: MakeConfig) -> None:
    trainer = trainer_of(liif_config(queries=50))
    gt = torch.arange(2 * 3 * 12 * 16, dtype=torch.float32).view(2, 3, 12, 16)
    coord, cell, target = trainer._sample_queries(gt)
    assert coord.shape == cell.shape == (2, 50, 2)
    assert target.shape == (2, 50, 3)
    torch.testing.assert_close(cell[1, 3], torch.tensor([2 / 12, 2 / 16]))
    for photo in range(2):
        rows = ((coord[photo, :, 0] + 1) / 2 * 12 - 0.5).round().long()
        columns = ((coord[photo, :, 1] + 1) / 2 * 16 - 0.5).round().long()
        assert torch.equal(gt[photo][:, rows, columns].T, target[photo])
        assert len({(int(y), int(x)) for y, x in zip(rows, columns, strict=True)}) == 50
    assert not torch.equal(coord[0], coord[1])


def test_liif_is_asked_for_all_pixels_of_small_patches(liif_config: MakeConfig) -> None:
    trainer = trainer_of(liif_config(queries=10_000))
    coord, _, _ = trainer._sample_queries(torch.zeros(1, 3, 12, 12))
    assert coord.shape == (1, 144, 2)


@pytest.mark.skipif(not computes_bf16(CPU), reason="this processor does not compute bfloat16")
@pytest.mark.parametrize("encoder", ["edsr-baseline", "rdn", "rcan", "light"])
@pytest.mark.parametrize("decoder", ["liif", "metasr", "heat-field"])
def test_any_encoder_is_trained_with_any_decoder(heat_config: MakeConfig, encoder: str, decoder: str) -> None:
    small: dict[str, dict[str, Any]] = {
        "edsr-baseline": {"n_resblocks": 1, "n_feats": 4},
        "rdn": {"G0": 4, "RDNconfig": "A"},
        "rcan": {"n_resgroups": 1, "n_resblocks": 1, "n_feats": 4, "reduction": 2},
        "light": {"n_resblocks": 1, "n_feats": 4, "out_dim": 4},
    }
    config = replace(
        heat_config(learning_rate=2e-3, warmup=0, queries=40),
        model=ModelSpec(PartSpec(encoder, small[encoder]), PartSpec(decoder)),
    )
    trainer, batch = trainer_of(config), batch_of(config)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    losses = [trainer.train_step(batch, progress=0.0) for _ in range(6)]
    assert losses[-1] < losses[0]
    after = trainer.model.state_dict()
    still = [name for name, value in before.items() if torch.equal(value, after[name])]
    assert not still, "every weight learns"


def test_bf16_changes_the_loss_only_a_little(make_config: MakeConfig) -> None:
    config = make_config()
    exact = trainer_of(config).train_step(batch_of(config), progress=0.0)
    rough = trainer_of(config, bf16=True).train_step(batch_of(config), progress=0.0)
    assert rough == pytest.approx(exact, rel=0.02)
    assert rough != exact


def test_gradient_is_clipped(heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    config = heat_config(clip=1e-4)
    trainer = trainer_of(config)
    norms = []
    step = trainer.optimiser.step

    def measured() -> None:
        norms.append(sum(float(p.grad.pow(2).sum()) for p in trainer.model.parameters() if p.grad is not None) ** 0.5)
        step()

    monkeypatch.setattr(trainer.optimiser, "step", measured)
    trainer.train_step(batch_of(config), progress=0.0)
    assert norms == [pytest.approx(1e-4, rel=1e-2)]
