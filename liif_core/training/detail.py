"""Where photos hold detail that a reduction loses, so that patches can be cut there more often than anywhere.

An idea that has not paid so far (see `resources/readme/experiments.md`), kept as the shipped weights were made with it.
After Wang et al., "SamplingAug" (BMVC 2021, arXiv 2111.15185, section 3): how much a patch can teach is told by
the error of a linear enlargement of its reduction. They learn from the patches of each photo where it is largest; here
any place of any photo may be drawn, with a probability proportional to its square, so that nothing is left out.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from liif_core.cancel import CancelToken
from liif_core.training.photo_cache import PhotoCache, Pixels

# Side in pixels of the squares that the error is averaged over.
BLOCK = 32
# Of the reduction; its factor hardly matters, as edges and textures are lost by any.
_REDUCTION = 2


@dataclass(frozen=True, eq=False, slots=True)
class DetailMap:
    """Blocks of all photos, and how often each is drawn. Blocks at a photo's right and lower border may be smaller.

    Attributes:
        photo: int64 (n,), whose block it is.
        top: int64 (n,), its first row, in pixels.
        left: int64 (n,), its first column.
        until: float64 (n,), the sum of the probabilities of it and the blocks before; the last is 1.
    """

    photo: NDArray[np.int64]
    top: NDArray[np.int64]
    left: NDArray[np.int64]
    until: NDArray[np.float64]

    @staticmethod
    def of(photos: PhotoCache, cancel: CancelToken) -> DetailMap:
        """Look through photos, on all processors.

        Raises:
            Cancelled: `cancel` was set.
        """

        def detail(photo: Pixels) -> NDArray[np.float64]:
            cancel.check()
            return lost_detail(photo)

        with ThreadPoolExecutor(thread_name_prefix="detail") as pool:
            blocks = list(pool.map(detail, photos))
        top, left = np.concatenate([np.indices(block.shape).reshape(2, -1) * BLOCK for block in blocks], axis=1)
        photo = np.repeat(np.arange(len(blocks)), [block.size for block in blocks])
        # Where no photo has any detail, all places are as good as each other.
        weight = np.concatenate([block.reshape(-1) for block in blocks]) ** 2 + np.finfo(np.float32).tiny
        until = np.cumsum(weight)
        return DetailMap(photo, top, left, until / until[-1])

    def blocks(self, share: NDArray[np.float64]) -> NDArray[np.int64]:
        """The numbers of the blocks that shares in [0, 1) fall on: even shares are drawn as `until` says."""
        return np.searchsorted(self.until, share, side="right")


def lost_detail(photo: Pixels) -> NDArray[np.float64]:
    """Mean absolute error of the bilinear enlargement of a photo's reduction by two.

    Args:
        photo: uint8 (h, w, 3).

    Returns:
        float64 (ceil(h / BLOCK), ceil(w / BLOCK)), in [0, 255], of each block's pixels and colours.
    """
    image = Image.fromarray(photo)
    enlarged = image.reduce(_REDUCTION).resize(image.size, Image.Resampling.BILINEAR)
    error: NDArray[np.float64] = np.asarray(ImageChops.difference(image, enlarged).reduce(BLOCK)).mean(-1)
    return error
