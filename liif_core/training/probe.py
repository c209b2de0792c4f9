"""How long recipes would take here, from a few seconds for all of them together.

A step of a large model can take longer than there is time for. Its time is nearly proportional to its patches, their
area and their queries; so a small part of a step is timed first, and then larger ones, as long as they fit. All patches
have the same scale, so that what a process does at the first step of each shape can be left out of the measurement.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import DatasetError
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.datasets import photo_files
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.photo_reading import read_photos
from liif_core.training.trainer import BatchTooLarge, Trainer, within_memory

# Steps cost the same whatever photos they are drawn from.
PROBE_PHOTOS = 2
# Photos that are read together where the first ones are of no use.
_AT_ONCE = 16
# A part of a step is timed after a first one like it, which chooses algorithms and fills caches.
_STEPS_A_PART = 2
_SMALLEST_PATCH = 12
_PATCH_UNIT = 6


class SharedTime:
    """Seconds for several recipes, one after the other; what one leaves is for those after it.

    Args:
        seconds: For all of them.
        count: Of the recipes.
        now: Seconds from any moment on.
    """

    def __init__(self, seconds: float, *, count: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds
        self._count = count

    def next_share(self) -> float:
        """Seconds that the next recipe has; 0 where nothing is left."""
        share = max(0.0, self._end - self._now()) / max(1, self._count)
        self._count -= 1
        return share


class ProbePhotos:
    """Some photos of a folder, read once for all recipes that can use them.

    Args:
        folder: Of photos.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[int, PhotoCache] = {}

    def of_side(self, side: int, cancel: CancelToken) -> PhotoCache:
        """Photos of at least so many pixels a side.

        Raises:
            DatasetError: There is none.
            Cancelled: `cancel` was set.
        """
        for known, photos in self._read.items():
            if known >= side:
                return photos
        self._read[side] = self._found(side, cancel)
        return self._read[side]

    def _found(self, side: int, cancel: CancelToken) -> PhotoCache:
        files = photo_files(self._folder)
        # From all over the folder; where these are of no use, the others until some are.
        first = files[:: max(1, len(files) // PROBE_PHOTOS)][:PROBE_PHOTOS]
        others = sorted(set(files) - set(first))
        for chosen in (first, *(others[begin : begin + _AT_ONCE] for begin in range(0, len(others), _AT_ONCE))):
            read = read_photos(chosen, min_side=side, cancel=cancel)
            if read.paths:
                return read.photos
        raise DatasetError(f"{self._folder}: no photo of at least {side} pixels a side")


def probe(
    config: TrainConfig,
    photos: ProbePhotos,
    *,
    device: str,
    seconds: float,
    cancel: CancelToken,
    now: Callable[[], float] = time.monotonic,
) -> float:
    """Seconds that a recipe would take here, without its validations.

    Args:
        config: The recipe.
        photos: To try it on.
        device: See `device.choose_device`.
        seconds: To measure for; the smallest part of a step is always measured.
        cancel: Asked before each step.
        now: Seconds from any moment on.

    Raises:
        LiifError: It cannot be trained here, or not with these photos.
        Cancelled: `cancel` was set.
    """
    on = choose_device(device)
    bf16 = computes_bf16(on) if config.bf16 == "auto" else bool(config.bf16)
    found = photos.of_side(config.crop_side, cancel)
    trainer = Trainer(config, device=on, bf16=bf16)
    end = now() + seconds
    step_s = _step_time_s(trainer, found, cancel, end, now)
    return config.iterations * step_s


def _step_time_s(
    trainer: Trainer, photos: PhotoCache, cancel: CancelToken, end: float, now: Callable[[], float]
) -> float:
    """Time of a whole step, from the largest part of it that there was time for."""
    parts = list(_parts(trainer.config))
    reached, step_s = 0, _time_s(trainer, photos, parts[0][0], cancel, end, now) / parts[0][1]
    while True:
        left_s = end - now()
        fitting = [
            index for index in range(reached + 1, len(parts)) if _STEPS_A_PART * step_s * parts[index][1] < left_s
        ]
        if not fitting:
            return step_s
        reached = fitting[-1]
        part, share = parts[reached]
        try:
            step_s = _time_s(trainer, photos, part, cancel, end, now) / share
        except BatchTooLarge:
            # A run computes such a batch in parts.
            return step_s


def _time_s(
    trainer: Trainer, photos: PhotoCache, part: TrainConfig, cancel: CancelToken, end: float, now: Callable[[], float]
) -> float:
    """Median time of a step of a part: of the second one, and of more as long as there is time."""
    times: list[float] = []
    with BatchSource(photos, part, device=trainer.device) as source:
        while len(times) < _STEPS_A_PART or now() + times[-1] < end:
            cancel.check()
            begun = now()
            with within_memory():
                trainer.train_step(source.next(), progress=0.0)
            times.append(now() - begun)
            if part.batch < trainer.config.batch and len(times) == _STEPS_A_PART:
                # A larger part measures better than more of this one.
                break
    return statistics.median(times[1:])


def _parts(config: TrainConfig) -> Iterator[tuple[TrainConfig, float]]:
    """Smaller forms of a step, and which share of its work each is; the whole step last."""
    least, most = _one_scale(config)
    whole = replace(config, accumulate=1, min_scale=least, max_scale=most)
    small_patch = config.patch // 2 // _PATCH_UNIT * _PATCH_UNIT
    if small_patch >= _SMALLEST_PATCH and config.size_varied is None:
        share = (small_patch / config.patch) ** 2
        yield (
            replace(whole, patch=small_patch, queries=max(1, round(share * config.queries)), batch=1),
            (share / config.batch),
        )
    patches = 1
    while patches < config.batch:
        yield replace(whole, batch=patches), patches / config.batch
        patches *= 2
    yield replace(whole, accumulate=config.accumulate), 1.0


def _one_scale(config: TrainConfig) -> tuple[float, float]:
    """The scale whose targets are nearest to the mean area, twice; all where targets depend on the photo."""
    if config.size_varied is not None:
        return config.min_scale, config.max_scale
    scales = [Fraction(config.min_scale), Fraction(config.max_scale)]
    if not config.continuous_scales:
        scales = config.scales()
    mean_area = float(sum(scale * scale for scale in scales)) / len(scales)
    middle = min(map(float, scales), key=lambda scale: abs(scale * scale - mean_area))
    return middle, middle
