"""Photos that show the same picture: copies that were resized, recompressed, brightened, mirrored or turned.

A photo is reduced to 32 x 32 grey pixels and described by their cosine transform. Two photos are near-duplicates when
both of these hold in one of the eight orientations, which training mixes as well:

- The *perceptual hash* agrees (after pHash, Zauner, "Implementation and Benchmarking of Perceptual Image Hash
  Functions", 2010): the signs of the 63 lowest frequencies, of which a new size, compression or brightness changes few.
  Unlike there, signs are taken against nearly zero and not against the median: mirroring and turning then only flip and
  swap them, and frequencies that are not in the picture do not become noise in the hash.
- The *detail* correlates: the small picture without what is the same along whole rows or whole columns. Skies have
  their gradients in common, and seascapes the horizon, but clouds and waves are their own.

Where there is no detail, as in a sky without clouds, only equal brightness at every place makes a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.training.photo_cache import Pixels

_SIDE = 32
_HASH_SIDE = 8
# Of a coefficient, in steps of 255: what rounding and compression make of nothing.
_NOISE = 2.0
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

MAX_HASH_DISTANCE = 12
"""Signs of 63 that may differ."""
MIN_CORRELATION = 0.75
MAX_ASPECT_RATIO = 1.05
"""Between the aspect ratios of two duplicates: a small photo's sides are rounded, a border may have been cut off."""
MIN_DETAIL = 1.0
"""Standard deviation of the detail, in steps of 255, below which it is noise of rounding and compression."""
MAX_PLAIN_DIFFERENCE = 0.75
"""Of two small pictures without detail, root mean square in steps of 255."""

_ROWS_AT_ONCE = 128


def _cosines(side: int) -> NDArray[np.float32]:
    """The orthonormal cosine transform (DCT-II) as a matrix (frequency, place)."""
    frequency, place = np.mgrid[0:side, 0:side]
    matrix: NDArray[np.float64] = np.cos(np.pi * (place + 0.5) * frequency / side) * np.sqrt(2 / side)
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


_TRANSFORM = _cosines(_SIDE)
_MIRROR_SIGNS = np.where(np.arange(_SIDE) % 2, np.float32(-1), np.float32(1))


@dataclass(frozen=True, eq=False, slots=True)
class Fingerprint:
    """What is kept of a photo to recognise it by.

    Attributes:
        coefficients: float32 (32, 32), the orthonormal cosine transform of its reduced grey picture in [0, 255];
            vertical frequency before horizontal.
        aspect: Width / height of the photo.
    """

    coefficients: NDArray[np.float32]
    aspect: float


def fingerprint(photo: Pixels) -> Fingerprint:
    """Describe a photo, uint8 (h, w, 3); 2 ms a megapixel."""
    # The box filter of Pillow is an area average, which no compression or other resampling changes much.
    small = PIL.Image.fromarray(photo).resize((_SIDE, _SIDE), PIL.Image.Resampling.BOX)
    grey = np.asarray(small, np.float32) @ _LUMA
    return Fingerprint(_TRANSFORM @ grey @ _TRANSFORM.T, photo.shape[1] / photo.shape[0])


def pairs_within(photos: Sequence[Fingerprint], *, cancel: CancelToken | None = None) -> list[tuple[int, int]]:
    """Near-duplicates among some photos: each that is one of an earlier photo, j, with the first of these, i.

    Of a hundred frames of a film there are 99, where all pairs of them would be thousands.

    Returns:
        Indices (i, j), in order.

    Raises:
        Cancelled: `cancel` was set.
    """
    firsts = _firsts(photos, photos, cancel or CancelToken(), before=True)
    return sorted((i, j) for j, i in firsts.items())


def pairs_between(
    first: Sequence[Fingerprint], second: Sequence[Fingerprint], *, cancel: CancelToken | None = None
) -> list[tuple[int, int]]:
    """Photos of `first` that are near-duplicates of some in `second`, with the first of these.

    Returns:
        Indices (i, j), in order, each i once.

    Raises:
        Cancelled: `cancel` was set.
    """
    return sorted(_firsts(first, second, cancel or CancelToken(), before=False).items())


def _firsts(
    first: Sequence[Fingerprint], second: Sequence[Fingerprint], cancel: CancelToken, *, before: bool
) -> dict[int, int]:
    """By index in `first`, the lowest in `second` of a near-duplicate; if `before`, only lower ones than its own."""
    firsts: dict[int, int] = {}
    if not first or not second:
        return firsts
    references = np.stack([photo.coefficients for photo in first])
    hashes = _hashes(references)
    for turn in range(8):
        turned = [_turned(photo, turn) for photo in second]
        other_hashes = _hashes(np.stack([photo.coefficients for photo in turned]))
        for top in range(0, len(first), _ROWS_AT_ONCE):
            cancel.check()
            distance = np.bitwise_count(hashes[top : top + _ROWS_AT_ONCE, None] ^ other_hashes)
            for row, column in np.argwhere(distance <= MAX_HASH_DISTANCE).tolist():
                index = top + row
                # Pictures are compared only where that could say something new.
                is_news = column < firsts.get(index, index if before else len(second))
                if is_news and _same_picture(first[index], turned[column]):
                    firsts[index] = column
    return firsts


def _turned(photo: Fingerprint, turn: int) -> Fingerprint:
    """The fingerprint of one of the eight orientations of a photo."""
    coefficients, aspect = photo.coefficients, photo.aspect
    if turn & 1:
        coefficients = coefficients * _MIRROR_SIGNS[:, None]
    if turn & 2:
        coefficients = coefficients * _MIRROR_SIGNS
    return Fingerprint(coefficients.T, 1 / aspect) if turn & 4 else Fingerprint(coefficients, aspect)


def _hashes(coefficients: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(n, 32, 32) to (n,): the signs of the lowest frequencies; that of the brightness, always positive, is there."""
    signs = coefficients[:, :_HASH_SIDE, :_HASH_SIDE].reshape(len(coefficients), -1) > -_NOISE
    packed: NDArray[Any] = np.packbits(signs, axis=1).view(np.uint64)
    return packed[:, 0]


def _same_picture(one: Fingerprint, other: Fingerprint) -> bool:
    ratio = one.aspect / other.aspect
    if not 1 / MAX_ASPECT_RATIO <= ratio <= MAX_ASPECT_RATIO:
        return False
    detail, other_detail = _detail(one), _detail(other)
    norm, other_norm = float(np.linalg.norm(detail)), float(np.linalg.norm(other_detail))
    if min(norm, other_norm) < MIN_DETAIL * _SIDE:
        return float(np.linalg.norm(one.coefficients - other.coefficients)) <= MAX_PLAIN_DIFFERENCE * _SIDE
    return float(detail @ other_detail) >= MIN_CORRELATION * norm * other_norm


def _detail(photo: Fingerprint) -> NDArray[np.float32]:
    """float32 (31 * 31,): the frequencies that change both downwards and to the right."""
    return photo.coefficients[1:, 1:].ravel()
