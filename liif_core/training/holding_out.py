"""Which photos of a folder are held out for validation: spread evenly over it, the same ones as long as a run lasts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

HELD_OUT_SHARE = 0.02
"""Part of the photos that is not learned from where no folder for validation is given."""
# One or two photos say little about a model, so a small folder gives more of them, if it has so many for each.
_FEW, _PHOTOS_FOR_EACH = 4, 8


def held_out(names: Sequence[str], before: Collection[str] = ()) -> Sequence[int]:
    """Indices of the photos that are held out.

    Args:
        names: Of all photos; see `name_in`.
        before: Of those that were held out when the run began. They are again, if there are still such and others to
            learn from: whatever else is held out may have been learned from.
    """
    before = frozenset(before)
    again = [index for index, name in enumerate(names) if name in before]
    return again if 0 < len(again) < len(names) else _spread(len(names))


def name_in(folder: Path, path: Path) -> str:
    """What a photo is called from one sitting to the next, wherever its folder may be then."""
    return path.relative_to(folder).as_posix()


def _spread(count: int) -> range:
    stride = round(1 / HELD_OUT_SHARE)
    if 2 * _PHOTOS_FOR_EACH <= count < _FEW * stride:
        stride = min(stride, max(_PHOTOS_FOR_EACH, count // _FEW))
    return range(stride // 2 if count > stride // 2 else 1, count, stride)
