"""How long recipes would take: the time that is spent on it, and what is told of it. The clock is played."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import PIL.Image
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, DatasetError, TrainingError
from liif_core.training import probe
from liif_core.training.config import TrainConfig
from liif_core.training.photo_reading import read_photos
from liif_core.training.probe import ProbePhotos, SharedTime
from liif_core.training.samples import Batch, QueryBatch
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.pictures import scene

pytestmark = pytest.mark.usefixtures("one_thread")

PATCH = 24
BATCH = 16


@dataclass
class Machine:
    """Takes so many seconds for a patch of 24 pixels a side, and ten times as many for the first step of a shape.

    Attributes:
        patch_s: Of one that is trained.
        most: Patches that its memory takes at once.
    """

    patch_s: float = 0.1
    most: int = 1000
    now: float = 0.0
    steps: list[tuple[int, ...]] = field(default_factory=list)

    def train_step(self, _trainer: Trainer, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
        shape = tuple(batches[0].inp.shape)
        if shape[0] > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        patches = sum(batch.inp[:, 0].numel() for batch in batches) / PATCH**2
        self.now += self.patch_s * patches * (1 if shape in self.steps else 10)
        self.steps.append(shape)
        return 0.1


@pytest.fixture(scope="module")
def large_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos of 100 x 100 pixels."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(3):
        PIL.Image.fromarray(scene(number, 100, 100)).save(folder / f"{number}.png")
    return folder


def told(
    machine: Machine, config: TrainConfig, folder: Path, seconds: float, cancel: CancelToken | None = None
) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "train_step", lambda *given, **named: machine.train_step(*given, **named))
        return probe.probe(
            config,
            ProbePhotos(folder),
            device="cpu",
            seconds=seconds,
            cancel=cancel or CancelToken(),
            now=lambda: machine.now,
        )


@pytest.mark.parametrize("seconds", [0.0, 1.0, 10.0, 100.0])
def test_part_that_fits_tells_the_time_of_the_whole(
    make_config: MakeConfig, large_photos: Path, seconds: float
) -> None:
    machine = Machine()
    config = make_config(patch=PATCH, batch=BATCH, iterations=1000)
    assert told(machine, config, large_photos, seconds) == pytest.approx(1000 * BATCH * machine.patch_s)
    largest = max(shape[0] * shape[-1] ** 2 for shape in machine.steps) / PATCH**2
    assert largest == {0.0: 0.25, 1.0: 2, 10.0: BATCH, 100.0: BATCH}[seconds]


def test_whole_steps_fill_the_time(heat_config: MakeConfig, large_photos: Path) -> None:
    machine = Machine()
    told(machine, heat_config(patch=PATCH, batch=BATCH), large_photos, 100.0)
    whole = [shape for shape in machine.steps if shape[0] == BATCH]
    assert 90.0 < machine.now <= 100.0
    assert len(whole) > 0.8 * (100 - 10 * BATCH * machine.patch_s) / (BATCH * machine.patch_s)
    # One scale: no step of another shape falls into the measurement.
    assert len(set(machine.steps)) <= 3


def test_steps_are_timed_at_the_scale_whose_area_is_the_mean(heat_config: MakeConfig, large_photos: Path) -> None:
    """At the smallest or the mean scale a run would be told to take less time than it does."""
    scales: set[Fraction] = set()

    class Noting(Machine):
        def train_step(self, _trainer: Trainer, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
            scales.update(batch.scale for batch in batches if isinstance(batch, Batch))
            return super().train_step(_trainer, batches, progress=progress)

    config = heat_config(max_scale=4.0)
    told(Noting(), config, large_photos, 1.0)
    mean_area = sum((scale * scale for scale in config.scales()), Fraction(0)) / len(config.scales())
    assert scales == {Fraction(8, 3)} and abs(Fraction(8, 3) ** 2 - mean_area) < Fraction(1, 100)


def test_memory_that_is_too_small_for_the_batch_is_no_obstacle(heat_config: MakeConfig, large_photos: Path) -> None:
    machine = Machine(most=4)
    config = heat_config(patch=PATCH, batch=BATCH, iterations=10)
    assert told(machine, config, large_photos, 100.0) == pytest.approx(10 * BATCH * machine.patch_s)
    with pytest.raises(TrainingError, match="memory is too small"):
        told(Machine(most=0), config, large_photos, 100.0)


def test_size_varied_targets_keep_their_sizes(liif_config: MakeConfig, large_photos: Path) -> None:
    from liif_core.training.size_varied import SizeVaried

    machine = Machine()
    config = liif_config(patch=PATCH, batch=4, iterations=10, size_varied=SizeVaried(min_scale=1.0))
    assert told(machine, config, large_photos, 0.0) == pytest.approx(10 * 4 * machine.patch_s)


def test_probe_can_be_cancelled(heat_config: MakeConfig, large_photos: Path) -> None:
    cancel = CancelToken()
    photos = ProbePhotos(large_photos)
    photos.of_side(48, cancel)
    cancel.cancel()
    machine = Machine()
    with pytest.raises(Cancelled):
        told(machine, heat_config(patch=PATCH), large_photos, 100.0, cancel)
    assert not machine.steps


@given(st.floats(0, 100), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_what_one_recipe_leaves_is_for_those_after_it(seconds: float, used: list[float]) -> None:
    now = 0.0
    shared = SharedTime(seconds, count=len(used), now=lambda: now)
    shares = []
    for part in used:
        shares.append(shared.next_share())
        now += part * shares[-1]
    assert now <= seconds * (1 + 1e-9)
    assert shares[0] == pytest.approx(seconds / len(used))
    # Nobody has less because another one took less.
    assert all(later >= earlier * (1 - 1e-9) for earlier, later in itertools.pairwise(shares))
    now = seconds + 1
    assert shared.next_share() == 0


def test_photos_are_read_once_for_all_recipes_that_can_use_them(
    large_photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def noted(*given: object, min_side: int, **named: object) -> object:
        asked.append(min_side)
        return read_photos(*given, min_side=min_side, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(probe, "read_photos", noted)
    photos = ProbePhotos(large_photos)
    first = photos.of_side(80, CancelToken())
    assert photos.of_side(60, CancelToken()) is first
    assert photos.of_side(80, CancelToken()) is first
    assert asked == [80]
    with pytest.raises(DatasetError, match="at least 101 pixels"):
        photos.of_side(101, CancelToken())


def test_few_photos_are_read_unless_they_are_too_small(tmp_path: Path) -> None:
    for number in range(9):
        side = 100 if number == 5 else 30
        PIL.Image.fromarray(scene(number, side, side)).save(tmp_path / f"{number}.png")
    photos = ProbePhotos(tmp_path)
    assert len(photos.of_side(20, CancelToken())) == probe.PROBE_PHOTOS
    assert len(photos.of_side(90, CancelToken())) == 1


def test_a_folder_is_not_read_as_a_whole_where_the_first_choice_is_too_small(tmp_path: Path) -> None:
    for number in range(60):
        # The two that would be taken from all over the folder.
        side = 30 if number in (0, 30) else 100
        PIL.Image.new("RGB", (side, side)).save(tmp_path / f"{number:02}.png")
    assert 1 <= len(ProbePhotos(tmp_path).of_side(90, CancelToken())) < 30
