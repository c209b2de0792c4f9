"""The one in-memory form of a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.imaging.alpha import source_value
from liif_core.imaging.scratch import is_mapped

_BITS_OF = {"uint8": 8, "uint16": 16, "float32": 32}


class Regions(Protocol):
    """A photo as a model is shown it, piece by piece: an `Image`, or what stands in for one."""

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        ...

    def region(self, rect: Rect) -> NDArray[np.float32]:
        """See `Image.region`."""
        ...


@dataclass(frozen=True, eq=False)
class Image:
    """A photo: upright, three channels, at the depth of its file. Compared by identity, so it can key a cache.

    The pixels stay at source depth instead of being expanded to float: a 24-megapixel photo is 72 MB as uint8 and would
    be 288 MB as float32, of which a viewer ever needs a few tiles at a time. `region` gives those as float.

    A photo with alpha is premultiplied (see `alpha`), so that resampling and models never show the colours that its
    transparent parts hide; its samples have at least 16 bits. Most callers have no use for transparency: they get
    photos that were flattened over white at reading, `alpha * colour + (1 - alpha) * white`, and have no alpha.

    Attributes:
        pixels: (height, width, 3) uint8 in [0, 255], uint16 in [0, 65535], or float32 nominally in [0, 1]; read-only.
            C-contiguous, unless they are in a file (see `scratch`), where a copy would bring all of them into memory,
            or share an array with alpha. The `Image` takes the array over: whoever passed it must not write to it any
            more. A single channel is allowed, too: that of `coverage`.
        icc_profile: The RGB profile in whose space the values are, or None for sRGB. Conversion for a display happens
            elsewhere. With alpha, it is that of the colours before their multiplication.
        exif: The EXIF block, from its byte-order mark on, or None. Its orientation has been applied to the pixels and
            is 1 here.
        source_bits: Bits per sample of the file: 8, 16 or 32, those of `pixels` except that 8 bits with alpha are held
            in 16. 0 (the default) is replaced by the bits of `pixels`.
        alpha: (height, width) as the type of `pixels`, read-only; None where all is opaque. Floats are in [0, 1].
    """

    pixels: NDArray[Any]
    icc_profile: bytes | None = None
    exif: bytes | None = None
    source_bits: int = 0
    alpha: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        bits = _BITS_OF.get(self.pixels.dtype.name)
        if bits is None or self.pixels.ndim != 3 or self.pixels.shape[2] not in (1, 3) or self.pixels.size == 0:
            raise ValueError(
                "an Image needs pixels of shape (height, width, 3) as uint8, uint16 or float32, "
                f"not {self.pixels.shape} as {self.pixels.dtype}"
            )
        self._check_alpha()
        held_deeper = self.alpha is not None and (bits, self.source_bits) == (16, 8)
        if self.source_bits not in (0, bits) and not held_deeper:
            raise ValueError(f"{self.pixels.dtype} pixels have {bits} bits, not {self.source_bits}")
        in_place = self.alpha is not None or self.pixels.shape[2] == 1 or is_mapped(self.pixels)
        object.__setattr__(self, "pixels", _read_only(self.pixels if in_place else np.ascontiguousarray(self.pixels)))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _read_only(self.alpha))
        object.__setattr__(self, "source_bits", self.source_bits or bits)

    def _check_alpha(self) -> None:
        if self.alpha is None:
            return
        if self.alpha.shape != self.pixels.shape[:2] or self.alpha.dtype != self.pixels.dtype:
            raise ValueError(
                f"pixels of shape {self.pixels.shape} as {self.pixels.dtype} need an alpha of the same size and type, "
                f"not {self.alpha.shape} as {self.alpha.dtype}"
            )
        if self.alpha.dtype == np.uint8:
            raise ValueError("pixels with alpha need 16 bits or floats, since 8 bits would lose colours")

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

    @property
    def coverage(self) -> Image | None:
        """The alpha as a photo of one channel, for resampling it in the same way; None where all is opaque."""
        return None if self.alpha is None else Image(self.alpha[..., None])

    def value_at(self, y: int, x: int) -> tuple[int, ...] | tuple[float, ...]:
        """One pixel as in the file: red, green, blue, and alpha where there is one, not premultiplied.

        Whole numbers up to 255 or 65535 by `source_bits`, or floats. Of grey and CMYK photos, and of those whose
        profile was applied at reading, it is the RGB value that they became. How exact colours beneath alpha are: see
        `alpha.source_value`.

        Args:
            y: Row.
            x: Column.

        Raises:
            RequestError: That is outside the photo.
        """
        if not self.size.rect.contains(Rect(y, x, 1, 1)):
            raise RequestError(f"row {y}, column {x} is outside a photo of {self.size}")
        pixel = self.pixels[y, x]
        if self.alpha is not None:
            return source_value(pixel, self.alpha[y, x], self.source_bits)
        return tuple(pixel.tolist())


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view, so that the flag is set on ours and not on an array that the caller may still hold for reading."""
    view = array.view()
    view.flags.writeable = False
    return view


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
