"""Nothing that a step depends on is lost between two sittings: whatever is drawn, and the time of a timed run."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.training.degrade import Degrade
from liif_core.training.events import TrainEvent
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.runs import assert_same_state, run, run_until

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


@pytest.mark.parametrize("decoder", ["heat field", "LIIF"])
def test_run_with_all_that_is_drawn_goes_on_as_if_it_had_never_stopped(
    decoder: str, heat_config: MakeConfig, liif_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    """Whatever a recipe can have, beyond what tiny recipes have anyway."""
    both = {
        "batch": 4,
        "accumulate": 2,
        "bf16": True,
        "pre_shrink": 2.0,
        "detail": 0.5,
        "high_contrast": 0.5,
        "degrade": Degrade(),
        "optimiser": "muon",
        "weight_decay": 0.1,
        "schedule": "trapezoid",
        "luma_share": 0.5,
    }
    config = (
        heat_config(**both, fft_loss=0.5, tv_prior=1e-3)
        if decoder == "heat field"
        else liif_config(**both, continuous_scales=True)
    )
    run(config, photos, tmp_path / "through")
    run_until(3, config, photos, tmp_path / "stopped")
    run(config, photos, tmp_path / "stopped", resume=True)
    assert_same_state(tmp_path / "through", tmp_path / "stopped")


def test_run_by_the_clock_goes_on_as_if_it_had_never_stopped(
    make_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step is a second, and a run eight: what the rate depends on is kept as well."""
    now, train_step = [0.0], Trainer.train_step

    def second(trainer: Trainer, *args: Any, **options: Any) -> float:
        now[0] += 1
        return train_step(trainer, *args, **options)

    def sitting(out: Path, *, resume: bool, stop_at: int) -> list[float]:
        token, rates = CancelToken(), list[float]()

        def on_event(event: TrainEvent) -> None:
            if event.kind == "step":
                rates.append(event.values["learning_rate"])
                if event.step == stop_at:
                    token.cancel()

        options = RunOptions(photos, out, minutes=8 / 60, resume=resume, device="cpu")
        config = make_config(iterations=10**6)
        with contextlib.suppress(Cancelled):
            TrainingSession(config, options, on_event, cancel=token, clock=lambda: now[0]).run()
        return rates

    monkeypatch.setattr(Trainer, "train_step", second)
    rates = sitting(tmp_path / "through", resume=False, stop_at=0)
    # Others come between the two sittings.
    first = sitting(tmp_path / "stopped", resume=False, stop_at=3)
    now[0] += 1000
    assert first + sitting(tmp_path / "stopped", resume=True, stop_at=0) == rates
    assert len(rates) == 8 and rates[-1] < 0.1 * max(rates)
    assert_same_state(tmp_path / "through", tmp_path / "stopped")
