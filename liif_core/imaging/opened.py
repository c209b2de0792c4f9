"""What a decoder gives before it has decoded anything, and what it raises."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import Size
from liif_core.imaging.vips import load_pyvips

_DECODER_ERRORS = (
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    struct.error,
)


class DecodeError(Exception):
    """A decoder refused the file; the message is the decoder's reason in a few words."""


@dataclass(frozen=True)
class OpenedPhoto:
    """A photo whose header has been read and whose pixels have not.

    Attributes:
        size: Height and width as stored, before any orientation is applied.
        load: Gives the pyvips image ("uchar", "ushort", "float" or rarer samples) that decodes when it is written.
        icc_profile: As found in the file, unchecked.
        exif: As found in the file, unchecked.
        orientation: 1 to 8 where the container says it, None where the EXIF block decides.
        bits: Significant bits per sample; below 16 in 16-bit samples they are the upper ones.
        is_progressive: Whether it is a JPEG whose pixels get exact in several passes, so that none is quick to decode.
    """

    size: Size
    load: Callable[[], Any]
    icc_profile: bytes | None = None
    exif: bytes | None = None
    orientation: int | None = None
    bits: int | None = None
    is_progressive: bool = False


@contextlib.contextmanager
def decoder_errors() -> Iterator[None]:
    """Turns what decoders in Python raise on damaged files into `DecodeError`; a missing file stays an OSError."""
    try:
        yield
    except _DECODER_ERRORS as exc:
        raise DecodeError(str(exc).strip() or type(exc).__name__) from exc
    except OSError as exc:
        # Pillow reports truncated data as an OSError without a number; the system's own errors have one.
        if exc.errno is not None:
            raise
        raise DecodeError(str(exc)) from exc


def vips_image(pixels: NDArray[Any], meaning: str | None = None) -> Any:
    """A pyvips image over an array.

    Args:
        pixels: (height, width[, bands]) uint8 or uint16.
        meaning: The interpretation of its bands as libvips calls it; None for grey and RGB, with alpha or without.
    """
    pixels = np.ascontiguousarray(pixels)
    grey = pixels.ndim == 2 or pixels.shape[2] < 3
    deep = pixels.dtype == np.uint16
    usual = ("grey16" if deep else "b-w") if grey else ("rgb16" if deep else "srgb")
    return load_pyvips().Image.new_from_array(pixels, interpretation=meaning or usual)
