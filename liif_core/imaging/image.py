"""The one in-memory form of a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.imaging.scratch import is_mapped

_BITS_OF = {"uint8": 8, "uint16": 16, "float32": 32}


@dataclass(frozen=True, eq=False)
class Image:
    """A photo: upright, three channels, at the depth of its file. Compared by identity, so it can key a cache.

    The pixels stay at source depth instead of being expanded to float: a 24-megapixel photo is 72 MB as uint8 and would
    be 288 MB as float32, of which a viewer ever needs a few tiles at a time. `region` gives those as float.

    There is no alpha channel. In this version transparent photos are flattened over white at reading, by
    `alpha * colour + (1 - alpha) * white` (the premultiplied arithmetic: colours hidden under zero alpha never show).

    Attributes:
        pixels: (height, width, 3) uint8 in [0, 255], uint16 in [0, 65535], or float32 nominally in [0, 1]; read-only.
            C-contiguous, unless they are in a file (see `scratch`): a copy would bring all of them into memory. The
            `Image` takes the array over: whoever passed it must not write to it any more.
        icc_profile: The RGB profile in whose space the values are, or None for sRGB. Conversion for a display happens
            elsewhere.
        exif: The EXIF block, from its byte-order mark on, or None. Its orientation has been applied to the pixels and
            is 1 here.
        source_bits: Bits per sample as held: 8, 16 or 32. 0 (the default) is replaced by the bits of `pixels`.
    """

    pixels: NDArray[Any]
    icc_profile: bytes | None = None
    exif: bytes | None = None
    source_bits: int = 0

    def __post_init__(self) -> None:
        bits = _BITS_OF.get(self.pixels.dtype.name)
        if bits is None or self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.size == 0:
            raise ValueError(
                "an Image needs pixels of shape (height, width, 3) as uint8, uint16 or float32, "
                f"not {self.pixels.shape} as {self.pixels.dtype}"
            )
        if self.source_bits not in (0, bits):
            raise ValueError(f"{self.pixels.dtype} pixels have {bits} bits, not {self.source_bits}")
        # A view, so that the flag is set on ours and not on an array that the caller may still hold for reading.
        pixels = (self.pixels if is_mapped(self.pixels) else np.ascontiguousarray(self.pixels)).view()
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)
        object.__setattr__(self, "source_bits", bits)

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return Size(self.pixels.shape[0], self.pixels.shape[1])

    def region(self, rect: Rect) -> NDArray[np.float32]:
        """The pixels of a rectangle as float.

        Args:
            rect: Rows and columns inside the photo.

        Returns:
            (rect.height, rect.width, 3) float32 in [0, 1], contiguous, a copy of its own. Float photos are clipped.

        Raises:
            RequestError: `rect` reaches outside the photo.
        """
        if not self.size.rect.contains(rect):
            raise RequestError(f"{rect} reaches outside a photo of {self.size}")
        return to_unit_range(self.pixels[rect.slices])


def to_unit_range(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Samples of any depth as float.

    Args:
        pixels: Any shape, uint8, uint16 or float32.

    Returns:
        The same shape, float32 in [0, 1], contiguous, a copy: integers divided by their maximum, floats clipped.
    """
    unit = np.empty(pixels.shape, np.float32)
    if pixels.dtype == np.float32:
        np.clip(pixels, 0, 1, out=unit)
        return unit
    full = np.float32(np.iinfo(pixels.dtype).max)
    # A division and not a product with the reciprocal: the maximum must become 1 exactly.
    np.divide(pixels, full, out=unit, dtype=np.float32)
    return unit
