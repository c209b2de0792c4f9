"""One step of training: the running average, parts of a batch, and that models do learn."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.samples import Batch, QueryBatch
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.drawn import any_batch, smooth_photo

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


def trainer_of(config: TrainConfig, *, bf16: bool = False) -> Trainer:
    return Trainer(config, device=CPU, bf16=bf16)


def batches_of(config: TrainConfig, step: int = 0) -> list[Batch | QueryBatch]:
    """Those of a step, of a smooth photo."""
    return [any_batch([smooth_photo()], config, step)]


def test_step_uses_the_rate_of_its_progress(make_config: MakeConfig) -> None:
    config = make_config(warmup=0)
    still, moving = trainer_of(config), trainer_of(config)
    before = {name: value.clone() for name, value in still.model.state_dict().items()}
    still.train_step(batches_of(config), progress=1.0)
    moving.train_step(batches_of(config), progress=0.0)
    for name, value in before.items():
        torch.testing.assert_close(still.model.state_dict()[name], value, rtol=0, atol=1e-9)
    assert any(not torch.equal(moving.model.state_dict()[name], value) for name, value in before.items())
    assert still.step == moving.step == 1


def test_average_follows_the_weights(make_config: MakeConfig) -> None:
    config = make_config(ema=0.9, warmup=0)
    trainer = trainer_of(config)
    expected = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    for step in range(1, 5):
        trainer.train_step(batches_of(config), progress=0.0)
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
    batches = [batches_of(config, seed) for seed in range(2)]
    losses = [trainer.train_step(batches[step % 2], progress=0.0) for step in range(60)]
    assert sum(losses[-6:]) < 0.7 * sum(losses[:6])


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
    trainer, batch = trainer_of(config), batches_of(config)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    losses = [trainer.train_step(batch, progress=0.0) for _ in range(6)]
    assert losses[-1] < losses[0]
    after = trainer.model.state_dict()
    still = [name for name, value in before.items() if torch.equal(value, after[name])]
    assert not still, "every weight learns"


def test_bf16_changes_the_loss_only_a_little(make_config: MakeConfig) -> None:
    config = make_config()
    exact = trainer_of(config).train_step(batches_of(config), progress=0.0)
    rough = trainer_of(config, bf16=True).train_step(batches_of(config), progress=0.0)
    assert rough == pytest.approx(exact, rel=0.02)
    assert rough != exact


def test_gradient_is_clipped(heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    config = heat_config(clip=1e-4)
    trainer = trainer_of(config)
    norms = []
    step = trainer.optimiser.step

    def measured(learning_rate: float) -> None:
        norms.append(sum(float(p.grad.pow(2).sum()) for p in trainer.model.parameters() if p.grad is not None) ** 0.5)
        step(learning_rate)

    monkeypatch.setattr(trainer.optimiser, "step", measured)
    trainer.train_step(batches_of(config), progress=0.0)
    assert norms == [pytest.approx(1e-4, rel=1e-2)]


@pytest.mark.parametrize("parts", [2, 4])
def test_parts_of_a_batch_teach_what_the_whole_teaches(parts: int, make_config: MakeConfig) -> None:
    config = make_config(batch=4, warmup=0, learning_rate=1e-3)
    divided = replace(config, accumulate=parts)
    photos = PhotoCache.of([smooth_photo()])
    at_once, in_parts = trainer_of(config), trainer_of(divided)
    with BatchSource(photos, config, device=CPU) as whole, BatchSource(photos, divided, device=CPU) as pieces:
        for _ in range(3):
            loss = at_once.train_step(whole.next(), progress=0.0)
            assert in_parts.train_step(pieces.next(), progress=0.0) == pytest.approx(loss, rel=1e-4)
    for one, other in zip(at_once.model.parameters(), in_parts.model.parameters(), strict=True):
        # Of a step of 1e-3: Adam makes the sign of a gradient near 0 a whole step.
        torch.testing.assert_close(one, other, rtol=0, atol=1e-3)
        assert (one - other).abs().mean() < 2e-5


class Wrapped(nn.Module):
    """Stands for what shares gradients among processes."""

    def __init__(self, objective: nn.Module) -> None:
        super().__init__()
        self.objective = objective
        self.calls: list[str] = []
        self.postponed = False

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        self.postponed = True
        yield
        self.postponed = False

    def forward(self, batch: Batch | QueryBatch) -> torch.Tensor:
        self.calls.append("postponed" if self.postponed else "exchanged")
        loss: torch.Tensor = self.objective(batch)
        return loss


def test_gradients_are_exchanged_once_a_step(make_config: MakeConfig) -> None:
    config = make_config()
    wrappers: list[Wrapped] = []

    def wrap(objective: nn.Module) -> nn.Module:
        wrappers.append(Wrapped(objective))
        return wrappers[-1]

    trainer = trainer_of(config)
    trainer.share_gradients(wrap)
    trainer.train_step([batches_of(config, step)[0] for step in range(3)], progress=0.0)
    trainer.train_step(batches_of(config), progress=0.0)
    assert wrappers[0].calls == ["postponed", "postponed", "exchanged", "exchanged"]


def test_gradient_that_is_no_number_changes_nothing(make_config: MakeConfig) -> None:
    config = make_config(warmup=0)
    trainer = trainer_of(config)
    trainer.train_step(batches_of(config), progress=0.0)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    averaged = {name: value.clone() for name, value in trainer.ema.state_dict().items()}
    (batch,) = batches_of(config, 1)
    broken = replace(batch, inp=torch.full_like(batch.inp, math.nan))
    assert math.isnan(trainer.train_step([broken], progress=0.0))
    assert trainer.step == 1
    assert all(torch.equal(value, before[name]) for name, value in trainer.model.state_dict().items())
    assert all(torch.equal(value, averaged[name]) for name, value in trainer.ema.state_dict().items())
    assert math.isfinite(trainer.train_step(batches_of(config, 2), progress=0.0))


def test_training_leaves_the_process_own_generator_alone(heat_config: MakeConfig) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    config = heat_config()
    trainer_of(config).train_step(batches_of(config), progress=0.0)
    assert torch.equal(torch.rand(1), expected)


def test_average_lies_in_memory_like_the_weights(heat_config: MakeConfig) -> None:
    """Otherwise it would be moved weight by weight, hundreds of small pieces of work for a GPU."""
    trainer = trainer_of(heat_config())
    strides = [[weight.stride() for weight in model.parameters()] for model in (trainer.model, trainer.ema)]
    assert strides[0] == strides[1]
    assert any(
        weight.is_contiguous(memory_format=torch.channels_last)
        for weight in trainer.ema.parameters()
        if weight.ndim == 4
    )
