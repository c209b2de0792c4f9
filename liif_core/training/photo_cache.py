"""Decoded photos behind one another in one array of bytes, in memory or in a file that the system caches.

One array and three columns of numbers instead of a list of pictures: the whole can be put on a device in one copy, and
a batch of crops from any photos is then a single gather, whose indices are `offsets` plus row and column arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from liif_core.imaging.scratch import stored
from liif_core.memory import PhysicalMemory, physical_memory

Pixels = NDArray[np.uint8]
"""A photo: (h, w, 3), RGB in [0, 255]."""

_CHANNELS = 3
# Of the memory that programs can take now: the model, its optimiser and the batches need the rest.
_MEMORY_SHARE = 3
_PADDING_BYTES = 16_000_000


@dataclass(frozen=True, eq=False, slots=True)
class PhotoCache(Sequence[Pixels]):
    """Photos of any sizes; read-only. An item is a view of its pixels, a slice is a cache of the same bytes.

    Attributes:
        flat: uint8 (bytes,): each photo's rows, C-contiguous, RGB. May hold photos, too, that are not in this cache.
        offsets: int64 (n,): where in `flat` each photo begins.
        heights: int64 (n,), in pixels.
        widths: int64 (n,), in pixels.
    """

    flat: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    heights: NDArray[np.int64]
    widths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets)

    @overload
    def __getitem__(self, index: int) -> Pixels: ...

    @overload
    def __getitem__(self, index: slice) -> PhotoCache: ...

    def __getitem__(self, index: int | slice) -> Pixels | PhotoCache:
        if isinstance(index, slice):
            return self.subset(range(len(self))[index])
        begin, height, width = (int(column[index]) for column in (self.offsets, self.heights, self.widths))
        return self.flat[begin : begin + height * width * _CHANNELS].reshape(height, width, _CHANNELS)

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels of this cache's photos, which may be fewer than those of `flat`."""
        return int((self.heights * self.widths).sum()) * _CHANNELS

    def subset(self, indices: Iterable[int]) -> PhotoCache:
        """Some of the photos, in the order of their indices; the bytes are shared."""
        chosen = np.fromiter(indices, np.int64)
        return PhotoCache(self.flat, self.offsets[chosen], self.heights[chosen], self.widths[chosen])

    @staticmethod
    def of(photos: Sequence[Pixels]) -> PhotoCache:
        """Copies of photos that are in memory already."""
        return cached(photos, room_bytes=sum(photo.nbytes for photo in photos))


def cached(photos: Iterable[Pixels], *, room_bytes: int, memory_bytes: int | None = None) -> PhotoCache:
    """Put photos behind one another as they come.

    Args:
        photos: Each uint8 (h, w, 3). Only one at a time is asked for.
        room_bytes: What all of them take at most.
        memory_bytes: Where `room_bytes` is more than this, they are put into a file (see `imaging.scratch`); None: what
            `memory_budget` gives.

    Raises:
        ScratchError: They do not fit into memory, and the file found no room; told before the first photo is asked for
            where that can be seen.
    """
    sides: list[tuple[int, int]] = []
    if room_bytes <= (memory_budget() if memory_bytes is None else memory_bytes):
        flat, used = np.empty(room_bytes, np.uint8), 0
        for strip in _flattened(photos, sides):
            flat[used : used + len(strip)] = strip
            used += len(strip)
    else:
        flat = stored(_padded(_flattened(photos, sides), room_bytes), (room_bytes,), np.dtype(np.uint8))
    heights, widths = np.array(sides, np.int64).reshape(-1, 2).T.copy()
    ends = np.cumsum(heights * widths * _CHANNELS)
    flat = flat[: int(ends[-1]) if len(ends) else 0]
    flat.flags.writeable = False
    return PhotoCache(flat, ends - heights * widths * _CHANNELS, heights, widths)


def memory_budget(memory: PhysicalMemory | None = None) -> int:
    """Bytes of photos that are held in memory, for a machine, by default this one as it is now."""
    return (memory or physical_memory()).available // _MEMORY_SHARE


def _flattened(photos: Iterable[Pixels], sides: list[tuple[int, int]]) -> Iterator[NDArray[np.uint8]]:
    """The bytes of each photo; its height and width go to `sides`."""
    for photo in photos:
        sides.append((photo.shape[0], photo.shape[1]))
        yield photo.reshape(-1)


def _padded(strips: Iterable[NDArray[np.uint8]], nbytes: int) -> Iterator[NDArray[np.uint8]]:
    """The strips, and zeros up to `nbytes`: a file is mapped in the length that room was asked for."""
    rest = nbytes
    for strip in strips:
        rest -= len(strip)
        yield strip
    for begin in range(0, rest, _PADDING_BYTES):
        yield np.zeros(min(rest - begin, _PADDING_BYTES), np.uint8)
