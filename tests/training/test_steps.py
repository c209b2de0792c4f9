"""Steps where memory runs out: batches are computed in more parts, with the same result."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st

from liif_core.cancel import CancelToken
from liif_core.errors import TrainingError
from liif_core.training import batches, expected_time, muon
from liif_core.training.crops import crops_of
from liif_core.training.distributed import Place, Team
from liif_core.training.events import TrainEvent
from liif_core.training.photo_reading import read_photos
from liif_core.training.run_options import RunOptions
from liif_core.training.samples import Batch, QueryBatch
from liif_core.training.session import TrainingSession
from liif_core.training.steps import Steps, more_parts
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.runs import flattened, run, run_until, saved_state, stepping

pytestmark = pytest.mark.usefixtures("one_thread")

train_step = Trainer.train_step


def run_out_beyond(patches: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A device whose memory takes only so many patches at once; the list tells how many there were each time."""
    tried: list[int] = []

    def limited(trainer: Trainer, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
        largest = max(len(batch.inp) for batch in batches)
        tried.append(largest)
        if largest > patches:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return train_step(trainer, batches, progress=progress)

    monkeypatch.setattr(Trainer, "train_step", limited)
    return tried


@given(batch=st.integers(1, 96), data=st.data())
def test_parts_grow_and_divide_the_batch(batch: int, data: st.DataObject) -> None:
    parts = data.draw(st.sampled_from([part for part in range(1, batch + 1) if batch % part == 0]))
    more = more_parts(batch, parts)
    assert (more is None) == (parts == batch)
    assert more is None or (parts < more <= batch and batch % more == 0)


def test_batch_is_halved_until_it_fits_and_the_result_is_the_same(
    make_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(batch=8, iterations=5)
    run(config, photos, tmp_path / "enough")
    tried, copies = run_out_beyond(2, monkeypatch), 0

    def copied(*args: Any) -> Any:
        nonlocal copies
        copies += 1
        return crops_of(*args)

    monkeypatch.setattr(batches, "crops_of", copied)
    events = run(config, photos, tmp_path / "little")
    assert copies == 1, "photos that are on the device are not copied there again when memory is short"
    assert tried == [8, 4, 2, 2, 2, 2, 2]
    told = [event for event in events if event.kind == "parts"]
    assert [dict(event.values) for event in told] == [{"parts": 2, "batch": 8}, {"parts": 4, "batch": 8}]
    assert "2 at a time, with the same result" in told[1].text
    enough, little = (flattened(saved_state(tmp_path / name)["model"]) for name in ("enough", "little"))
    # The same batches; sums are in another order, and Adam's first steps make much of small differences.
    assert all(torch.allclose(value, little[name], atol=2e-4) for name, value in enough.items())


def test_step_whose_memory_runs_out_at_the_weights_is_taken_once(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = heat_config(batch=4, iterations=6, optimiser="muon")
    run(config, photos, tmp_path / "enough")
    orthogonalised, calls = muon.orthogonalised, itertools.count(1)

    def limited(matrices: torch.Tensor) -> torch.Tensor:
        if next(calls) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return orthogonalised(matrices)

    monkeypatch.setattr(muon, "orthogonalised", limited)
    events = run(config, photos, tmp_path / "little")
    assert [event.step for event in events if event.kind == "parts"] == [1]
    enough, little = (flattened(saved_state(tmp_path / name)["optimiser"]) for name in ("enough", "little"))
    counts = [name for name in enough if name.endswith(".step")]
    assert counts and all(enough[name] == little[name] == 6 for name in counts)
    momenta = [name for name in enough if name.endswith("momentum_buffer")]
    assert momenta and all(torch.allclose(enough[name], little[name], atol=1e-4) for name in momenta)


@pytest.mark.parametrize("optimiser", ["adam", "muon"])
def test_memory_that_runs_out_while_moments_are_made_ends_no_run(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimiser: str
) -> None:
    """At the first step, where a device is the fullest: gradients, what they were made of, and now the moments."""
    config = heat_config(batch=4, iterations=3, optimiser=optimiser)
    run(config, photos, tmp_path / "enough")
    init_group, calls = torch.optim.Adam._init_group, itertools.count()

    def full(*_: object, **__: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    def limited(adam: torch.optim.Adam, *given: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            if next(calls) == 0:
                patch.setattr(torch, "zeros_like", full)
            return init_group(adam, *given)

    monkeypatch.setattr(torch.optim.Adam, "_init_group", limited)
    events = run(config, photos, tmp_path / "little")
    assert [event.step for event in events if event.kind == "parts"] == [0]
    enough, little = (flattened(saved_state(tmp_path / name)["model"]) for name in ("enough", "little"))
    assert all(torch.allclose(value, little[name], atol=2e-4) for name, value in enough.items())


def test_resumed_run_remembers_how_much_fits(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = run_out_beyond(2, monkeypatch)
    monkeypatch.setattr("liif_core.training.loop.LOG_EVERY", 1)
    run_until(3, heat_config(batch=4), photos, tmp_path)
    assert saved_state(tmp_path)["config"]["train"]["accumulate"] == 2
    assert tried == [4, 2, 2, 2]


def test_time_is_expected_of_a_run_that_computes_its_batches_in_parts(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected_time, "MEASURED_S", 0.0)
    tried = run_out_beyond(2, monkeypatch)
    options = RunOptions(photos, tmp_path / "run", device="cpu")
    report = TrainingSession(heat_config(batch=4), options, lambda _: None).check()
    assert report.expected_s is not None and report.expected_s > 0
    assert tried[:2] == [4, 2] and set(tried[2:]) == {2}


def test_memory_too_small_for_one_patch_ends_the_run(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_out_beyond(0, monkeypatch)
    with pytest.raises(TrainingError, match="memory is too small"):
        run(heat_config(), photos, tmp_path)


def test_memory_that_runs_out_in_one_of_several_processes_ends_them_all(
    heat_config: MakeConfig, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were this one alone to take its step anew, the others would wait for gradients of another one."""
    tried = run_out_beyond(1, monkeypatch)
    # Of what the others say it hears nothing.
    monkeypatch.setattr(dist, "all_reduce", lambda _tensor: None)
    trainer = Trainer(heat_config(batch=4), device=torch.device("cpu"), bf16=False)
    cache = read_photos(sorted(photos.iterdir()), min_side=24, cancel=CancelToken()).photos
    team = Team(Place(rank=1, world=2))
    told = "raise 'accumulate' or lower 'batch' in the recipe; step 3 is saved"
    with (
        Steps(cache, trainer, team=team, kept=lambda: "step 3 is saved", on_parts=lambda _: None) as steps,
        pytest.raises(TrainingError, match=told),
    ):
        steps.take(0.0)
    assert tried == [2]


def test_steps_are_told_every_few_seconds_where_they_are_slow(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a second each: after every second one, and not after each from then on."""
    now = [0.0]

    def slow(_step: int) -> float:
        now[0] += 1.0
        return 0.1

    monkeypatch.setattr(Trainer, "train_step", stepping(slow))
    events: list[TrainEvent] = []
    options = RunOptions(photos, tmp_path, device="cpu")
    TrainingSession(heat_config(iterations=9), options, events.append, clock=lambda: now[0]).run()
    # The time is that before the step.
    assert [event.step for event in events if event.kind == "step"] == [3, 5, 7, 9]
