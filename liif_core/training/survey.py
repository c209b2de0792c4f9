"""What is known before a training begins: what a folder of photos holds, and how long recipes would take here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from liif_core.cancel import CancelToken
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import DatasetError
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.dataset_report import DatasetReport
from liif_core.training.datasets import PhotoSet, load_photos, photo_files
from liif_core.training.distributed import Team
from liif_core.training.expected_time import Effort, expected_time_s
from liif_core.training.photo_cache import PhotoCache, memory_budget
from liif_core.training.photo_reading import read_photos
from liif_core.training.trainer import Trainer

# All recipes together.
PROBE_S = 10.0
PROBE_WARM_UP_STEPS, PROBE_LEAST_STEPS = 1, 2
# Steps cost the same whatever photos they are drawn from.
PROBE_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Survey:
    """A folder of photos as several recipes see it.

    Attributes:
        report: As the recipe sees it that takes the smallest photos.
        usable: Photos, learned from or held out, that are large enough, by the recipe's name.
    """

    report: DatasetReport
    usable: Mapping[str, int]


def survey_photos(
    folder: Path,
    recipes: Mapping[str, TrainConfig],
    *,
    validation: Path | None,
    cancel: CancelToken,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Survey:
    """Read all photos, as a run would.

    Args:
        folder: Where they are.
        recipes: By their names; at least one.
        validation: See `datasets.load_photos`.
        cancel: Checked all the time.
        on_progress: Called with the number of files read and of all.

    Raises:
        DatasetError: No recipe can use them.
        Cancelled: `cancel` was set.
    """
    photos = load_photos(
        folder,
        min_side=min(config.crop_side for config in recipes.values()),
        cancel=cancel,
        validation=validation,
        memory_bytes=memory_budget(),
        on_progress=on_progress,
    )
    usable = {name: _large_enough(photos, config.crop_side) for name, config in recipes.items()}
    return Survey(photos.report, usable)


def probe(config: TrainConfig, folder: Path, *, device: str, seconds: float, cancel: CancelToken) -> float:
    """Seconds that a recipe would take here, from a few steps on a few of the photos.

    Args:
        config: The recipe.
        folder: Of photos.
        device: See `device.choose_device`.
        seconds: To measure for; slow recipes take longer.
        cancel: Asked before each step.

    Raises:
        LiifError: It cannot be trained here, or not with these photos.
        Cancelled: `cancel` was set.
    """
    on = choose_device(device)
    photos = _few(folder, config.crop_side, cancel)
    bf16 = computes_bf16(on) if config.bf16 == "auto" else bool(config.bf16)
    trainer = Trainer(config, device=on, bf16=bf16)
    effort = Effort(PROBE_WARM_UP_STEPS, PROBE_LEAST_STEPS, seconds)
    with BatchSource(photos, config, device=torch.device(on)) as source:
        return expected_time_s(trainer, source, photos, minutes=None, cancel=cancel, team=Team(), effort=effort)


def _few(folder: Path, min_side: int, cancel: CancelToken) -> PhotoCache:
    """Some of the photos that are large enough, from all over the folder."""
    files = photo_files(folder)
    for stride in sorted({max(1, len(files) // PROBE_PHOTOS), 1}, reverse=True):
        # Where the first choice has none, all are looked at.
        chosen: Sequence[Path] = files[::stride][:PROBE_PHOTOS] if stride > 1 else files
        read = read_photos(chosen, min_side=min_side, cancel=cancel)
        if read.paths:
            return read.photos
    raise DatasetError(f"{folder}: no photo of at least {min_side} pixels a side")


def _large_enough(photos: PhotoSet, side: int) -> int:
    return sum(
        int(((part.heights >= side) & (part.widths >= side)).sum()) for part in (photos.train, photos.validation)
    )
