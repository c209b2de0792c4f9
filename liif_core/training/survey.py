"""What a folder of photos holds, as several recipes see it, before a training begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.training.config import TrainConfig
from liif_core.training.dataset_report import DatasetReport
from liif_core.training.datasets import PhotoSet, load_photos
from liif_core.training.photo_cache import memory_budget


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


def _large_enough(photos: PhotoSet, side: int) -> int:
    return sum(
        int(((part.heights >= side) & (part.widths >= side)).sum()) for part in (photos.train, photos.validation)
    )
