"""Reading many photos on several threads, each decoded once, into one cache.

Headers are read first: they tell which photos are large enough and how much room all take, so that a full disk is told
before any decoding. Then threads decode ahead of the calling thread, which puts the pixels into the cache in the order
of the files. The decoders work outside of Python's lock.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image, read_size
from liif_core.imaging.write import quantise
from liif_core.training.near_duplicates import Fingerprint, fingerprint
from liif_core.training.photo_cache import PhotoCache, Pixels, cached

# More threads than this wait for each other, or for the disk.
_MAX_THREADS = 16
# Decoded photos that wait for their turn, and those being decoded; one photo may be larger.
_AHEAD_BYTES = 512_000_000
_CHANNELS = 3


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is no whole photo.

    Attributes:
        path: The file.
        reason: One sentence, the path included.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class TooSmall:
    """A photo that no training patch fits in.

    Attributes:
        path: The file.
        height: In pixels.
        width: In pixels.
        min_side: What both should be at least, in pixels.
    """

    path: str
    height: int
    width: int
    min_side: int

    def __str__(self) -> str:
        return f"{self.path}: {self.width} x {self.height} pixels, at least {self.min_side} a side needed"


Refusal = Unreadable | TooSmall


@dataclass(frozen=True, slots=True)
class ReadPhotos:
    """What was made of some files.

    Attributes:
        photos: The usable ones.
        paths: Of each photo.
        fingerprints: Of each photo.
        refused: The other files, in their order.
    """

    photos: PhotoCache
    paths: Sequence[str]
    fingerprints: Sequence[Fingerprint]
    refused: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file whose header has been read, and its size or why it is refused."""

    path: Path
    found: Size | Refusal

    @property
    def nbytes(self) -> int:
        return self.found.area * _CHANNELS if isinstance(self.found, Size) else 0


def read_photos(
    files: Sequence[Path],
    *,
    min_side: int,
    cancel: CancelToken,
    memory_bytes: int | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ReadPhotos:
    """Read photos into a cache.

    Args:
        files: The photos, of any depth; deeper ones are rounded to 8 bits.
        min_side: Photos with a shorter side are refused.
        cancel: Asked all the time.
        memory_bytes: See `photo_cache.cached`.
        on_progress: Called on this thread with the number of files that are done, after each.

    Raises:
        ScratchError: The photos need a file, and there is no room for it.
        Cancelled: `cancel` was set.
    """
    paths: list[str] = []
    fingerprints: list[Fingerprint] = []
    refused: list[Refusal] = []

    def usable(candidates: Sequence[_Candidate]) -> Iterator[Pixels]:
        for done, (path, outcome) in enumerate(_decoded(candidates, pool, cancel), 1):
            if isinstance(outcome, Refusal):
                refused.append(outcome)
            else:
                pixels, mark = outcome
                paths.append(str(path))
                fingerprints.append(mark)
                yield pixels
            cancel.check()
            on_progress(done)

    pool = ThreadPoolExecutor(_threads(), thread_name_prefix="photos")
    try:
        candidates = list(pool.map(lambda path: _candidate(path, min_side, cancel), files))
        room_bytes = sum(candidate.nbytes for candidate in candidates)
        photos = cached(usable(candidates), room_bytes=room_bytes, memory_bytes=memory_bytes)
    finally:
        pool.shutdown(cancel_futures=True)
    return ReadPhotos(photos, paths, fingerprints, refused)


def _threads() -> int:
    """One for each processor that this program may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, _MAX_THREADS)


def _candidate(path: Path, min_side: int, cancel: CancelToken) -> _Candidate:
    cancel.check()
    try:
        size = read_size(path)
    except ImageReadError as exc:
        return _Candidate(path, Unreadable(str(path), str(exc)))
    if min(size.height, size.width) < min_side:
        return _Candidate(path, TooSmall(str(path), size.height, size.width, min_side))
    return _Candidate(path, size)


_Outcome = Refusal | tuple[Pixels, Fingerprint]


def _decoded(
    candidates: Sequence[_Candidate], pool: ThreadPoolExecutor, cancel: CancelToken
) -> Iterator[tuple[Path, _Outcome]]:
    """What becomes of each candidate, in their order; decoded ahead as far as `_AHEAD_BYTES` go."""
    waiting: deque[tuple[_Candidate, Future[_Outcome]]] = deque()
    ahead_bytes = 0
    for candidate in candidates:
        while waiting and ahead_bytes + candidate.nbytes > _AHEAD_BYTES:
            first, future = waiting.popleft()
            yield first.path, future.result()
            ahead_bytes -= first.nbytes
        waiting.append((candidate, pool.submit(_outcome, candidate, cancel)))
        ahead_bytes += candidate.nbytes
    while waiting:
        first, future = waiting.popleft()
        yield first.path, future.result()


def _outcome(candidate: _Candidate, cancel: CancelToken) -> _Outcome:
    if not isinstance(candidate.found, Size):
        return candidate.found
    path = str(candidate.path)
    try:
        photo = read_image(candidate.path, cancel=cancel)
    except ImageReadError as exc:
        return Unreadable(path, str(exc))
    if photo.size != candidate.found:
        return Unreadable(path, f"{path} has changed while it was read")
    pixels = _eight_bit(photo)
    return pixels, fingerprint(pixels)


def _eight_bit(photo: Image) -> Pixels:
    if photo.pixels.dtype == np.uint8:
        return photo.pixels
    pixels: Pixels = quantise(photo.region(photo.size.rect), 8)
    return pixels
