"""Training on a graphics card that is not there: see `tests.graphics_card`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import TrainingError
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.degrade import Degrade
from liif_core.training.events import TrainEvent
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.photo_reading import read_photos
from liif_core.training.run_files import STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.size_varied import SizeVaried
from liif_core.training.trainer import Trainer
from tests.graphics_card import Kind, graphics_card
from tests.training.configs import MakeConfig
from tests.training.runs import run, saved_state

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")

ITERATIONS = 2
REAL_PHOTOS: dict[str, Any] = {"degrade": Degrade(), "high_contrast": 0.5, "accumulate": 2}


@pytest.fixture
def cache(photos: Path) -> PhotoCache:
    return read_photos(sorted(photos.iterdir()), min_side=12, cancel=CancelToken()).photos


def on_card(config: TrainConfig, data: Path, out: Path, *, resume: bool = False) -> list[TrainEvent]:
    events: list[TrainEvent] = []
    TrainingSession(config, RunOptions(data, out, resume=resume), events.append).run()
    return events


def losses(events: list[TrainEvent]) -> list[float]:
    return [event.values["loss"] for event in events if event.kind == "step"]


def recipe(name: str, heat_config: MakeConfig, liif_config: MakeConfig) -> TrainConfig:
    if name == "heat field":
        return heat_config(iterations=ITERATIONS, fft_loss=0.1, tv_prior=0.1, optimiser="muon", **REAL_PHOTOS)
    more = {"size_varied": SizeVaried()} if name == "LIIF, sizes varied" else REAL_PHOTOS
    return liif_config(iterations=ITERATIONS, **more)


@pytest.mark.parametrize("kind", ["cuda", "mps"])
@pytest.mark.parametrize("name", ["heat field", "LIIF", "LIIF, sizes varied"])
def test_a_card_trains_as_the_processor_does(
    name: str, kind: Kind, heat_config: MakeConfig, liif_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config = recipe(name, heat_config, liif_config)
    expected = losses(run(config, photos, tmp_path / "processor"))
    with graphics_card(kind):
        events = on_card(config, photos, tmp_path / "card")
        assert any(event.text.startswith(f"2 photos, {kind}, fp32") for event in events)
        assert losses(events) == pytest.approx(expected, rel=1e-3)
    longer = replace(config, iterations=ITERATIONS + 1)
    run(longer, photos, tmp_path / "processor", resume=True)
    with graphics_card(kind):
        on_card(longer, photos, tmp_path / "card", resume=True)
    first, second = (saved_state(tmp_path / name) for name in ("processor", "card"))
    assert first["step"] == second["step"] == ITERATIONS + 1
    for name, weights in first["ema"].items():
        torch.testing.assert_close(second["ema"][name], weights, rtol=0, atol=2e-4)


def test_a_card_that_fails_at_work_leaves_the_last_good_state(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with graphics_card("cuda") as card:
        on_card(heat_config(iterations=1), photos, out)
        before = (out / STATE_FILE).read_bytes()

        def fail_at_a_step(event: TrainEvent) -> None:
            if event.kind == "step":
                card.failure = RuntimeError("CUDA error: unknown error\nCUDA kernel errors might be reported later")

        session = TrainingSession(heat_config(iterations=4), RunOptions(photos, out, resume=True), fail_at_a_step)
        with pytest.raises(TrainingError) as failure:
            session.run()
    assert str(failure.value) == (
        f"the device 'cuda' failed at work: CUDA error: unknown error; the last good state is in {out / STATE_FILE}"
    )
    assert (out / STATE_FILE).read_bytes() == before


@pytest.mark.parametrize("room", [8 << 30, 1000])
def test_a_step_is_waited_for_once(
    room: int, heat_config: MakeConfig, liif_config: MakeConfig, cache: PhotoCache
) -> None:
    for config in (
        heat_config(fft_loss=0.1, tv_prior=0.1, optimiser="muon", **REAL_PHOTOS),
        liif_config(**REAL_PHOTOS),
    ):
        with graphics_card("cuda", free_bytes=room) as card:
            trainer = Trainer(config, device=torch.device("cuda"), bf16=True)
            with BatchSource(cache, config, device=torch.device("cuda")) as source:
                trainer.train_step(source.next(), progress=0.0)
                card.waits.clear()
                trainer.train_step(source.next(), progress=0.0)
                assert card.waits == ["to the host"]
