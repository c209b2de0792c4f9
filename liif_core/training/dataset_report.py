"""What is known about the photos of a run before it begins: how many, how large, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from liif_core.training.photo_cache import PhotoCache
from liif_core.training.photo_reading import TooSmall, Unreadable
from liif_core.training.validation import MAX_PHOTOS

# With fewer photos than this, more of them help; the bundled models learned from some hundreds.
PLENTY = 200
# Of a list with more entries, so many are shown in a terminal.
_SHOWN = 5
_MEGA = 1_000_000
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many photos there are, and how large.

    Attributes:
        count: Photos.
        megapixels: All together.
        smallest_side: Of any photo, in pixels; 0 where there is none, as for the other two.
        median_side: Of all heights and widths.
        largest_side: Of any photo.
    """

    count: int
    megapixels: float
    smallest_side: int
    median_side: int
    largest_side: int

    @staticmethod
    def of(photos: PhotoCache) -> Sizes:
        """Those of a cache."""
        sides = np.concatenate([photos.heights, photos.widths]) if len(photos) else np.zeros(1, np.int64)
        megapixels = float((photos.heights * photos.widths).sum()) / _MEGA
        return Sizes(len(photos), megapixels, int(sides.min()), int(np.median(sides)), int(sides.max()))

    def __str__(self) -> str:
        if not self.count:
            return "none"
        return (
            f"{counted(self.count, 'photo')}, {self.megapixels:.1f} megapixels, "
            f"sides of {self.smallest_side} to {self.largest_side} pixels (median {self.median_side})"
        )


@dataclass(frozen=True, slots=True)
class Leak:
    """A photo that was left out of training, since the validation would measure how well it was memorised.

    Attributes:
        path: What was left out.
        validation: The photo for validation that shows the same picture.
    """

    path: str
    validation: str

    def __str__(self) -> str:
        return f"{self.path}: left out of training, shows the same picture as {self.validation}, which validates"


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """The photos of a run.

    Attributes:
        folder: Where they are.
        validation_folder: Where those for validation are; None where they were held out of `folder`.
        train: Photos that are learned from.
        validation: Photos that are not.
        held_in_file: Whether the pixels to learn from were too many for the memory, and are read from a file.
        unreadable: Files that are no whole photos.
        too_small: Photos that no patch fits in.
        near_duplicates: Photos to learn from that show the same picture, each with the first of them; they count twice.
        leaks: Photos that were left out of training.
        expected_s: Seconds that the training will take, once they are known.
    """

    folder: str
    validation_folder: str | None
    train: Sizes
    validation: Sizes
    held_in_file: bool
    unreadable: tuple[Unreadable, ...] = ()
    too_small: tuple[TooSmall, ...] = ()
    near_duplicates: tuple[tuple[str, str], ...] = ()
    leaks: tuple[Leak, ...] = ()
    expected_s: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)

    @property
    def more_would_help(self) -> int:
        """How many more photos to learn from would help; 0 where there are plenty."""
        return max(0, PLENTY - self.train.count)

    @property
    def skipped(self) -> tuple[str, ...]:
        """One sentence for each file that is neither learned from nor validated on."""
        return tuple(map(str, (*self.unreadable, *self.too_small, *self.leaks)))

    def lines(self) -> list[str]:
        """All of it for a terminal: numbers first, then what is wrong; long lists are cut."""
        place = f"in {self.validation_folder}" if self.validation_folder else "held out"
        lines = [f"to learn from: {self.train}", f"for validation, {place}: {self.validation}"]
        if self.validation.count > MAX_PHOTOS:
            lines[-1] += f"; {MAX_PHOTOS} from all over them are measured"
        if self.held_in_file:
            lines.append("the pixels are more than fits into memory, and are read from a file")
        if self.expected_s is not None:
            lines.append(f"expected time: {duration_text(self.expected_s)}")
        return lines + self.warnings()

    def warnings(self) -> list[str]:
        """What somebody who starts a run should know, for a terminal; empty if nothing is wrong."""
        lines: list[str] = []
        if self.unreadable:
            lines += _listed(f"{counted(len(self.unreadable), 'file')} skipped, unreadable", self.unreadable)
        if self.too_small:
            lines += _listed(f"{counted(len(self.too_small), 'photo')} skipped, too small", self.too_small)
        if self.near_duplicates:
            pairs = [f"{one} and {other}" for one, other in self.near_duplicates]
            lines += _listed(f"{counted(len(pairs), 'pair')} of photos to learn from show the same picture", pairs)
        if self.leaks:
            lines += _listed(f"{counted(len(self.leaks), 'photo')} left out of training", self.leaks)
        if not self.validation.count:
            lines.append("there is no photo for validation: nothing will tell how good the model is")
        return lines


def _listed(heading: str, entries: Sequence[object]) -> Iterator[str]:
    """A heading and the first entries beneath it."""
    yield f"{heading}:"
    yield from (f"  {entry}" for entry in entries[:_SHOWN])
    if len(entries) > _SHOWN:
        yield f"  and {len(entries) - _SHOWN} more"


def counted(count: int, noun: str) -> str:
    """A number of things in words: "1 photo", "2 photos"."""
    return f"{count} {noun}{'s' * (count != 1)}"


def duration_text(seconds: float) -> str:
    """In the unit that fits: "40 s", "12 min", "5.2 h", "3.5 days"."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.1f} days"
