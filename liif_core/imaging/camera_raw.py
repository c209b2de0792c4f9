"""Raw files of cameras, by rawpy (LibRaw), which is optional: its wheel is large, and few people have such files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.opened import DecodeError, OpenedPhoto, vips_image

# sRGB's own curve: its power, and the slope of its straight part.
_SRGB_GAMMA = (2.4, 12.92)


def open_raw(path: str | os.PathLike[str], *, half_size: bool = False) -> OpenedPhoto:
    """Read the header of a camera raw file, which becomes 16-bit sRGB with the camera's white balance, upright.

    Args:
        path: The file.
        half_size: Make one pixel of each 2 x 2 of the sensor, which is many times quicker.

    Raises:
        ImageReadError: rawpy is not installed.
        DecodeError: The file is damaged, or of a camera that LibRaw does not know.
        OSError: It cannot be read.
    """
    rawpy = _load_rawpy(path)
    # Opened by ourselves, for the system's own errors and for names of any kind; the file is read once more for pixels.
    with Path(path).open("rb") as file:
        try:
            with rawpy.imread(file) as raw:
                sizes = raw.sizes
        except rawpy.LibRawError as exc:
            raise DecodeError(_reason(exc)) from exc
    height, width = sizes.height, sizes.width
    if sizes.flip in (5, 6):  # LibRaw's quarter turns
        height, width = width, height
    if half_size:
        height, width = (height + 1) // 2, (width + 1) // 2

    def load() -> Any:
        with Path(path).open("rb") as file:
            try:
                with rawpy.imread(file) as raw:
                    rgb = raw.postprocess(
                        use_camera_wb=True,
                        output_color=rawpy.ColorSpace.sRGB,
                        output_bps=16,
                        gamma=_SRGB_GAMMA,
                        half_size=half_size,
                    )
            except rawpy.LibRawError as exc:
                raise DecodeError(_reason(exc)) from exc
        return vips_image(np.asarray(rgb))

    return OpenedPhoto(size=Size(height, width), load=load, orientation=1)


def _load_rawpy(path: str | os.PathLike[str]) -> Any:
    try:
        import rawpy
    except ImportError as exc:
        raise ImageReadError(
            f"{os.fspath(path)} is a camera raw file, and the package that reads those is not installed "
            "(pip install rawpy)"
        ) from exc
    return rawpy


def _reason(exc: BaseException) -> str:
    """LibRaw's words, which rawpy hands on as bytes."""
    words = exc.args[0] if exc.args else b""
    return (words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)) or type(exc).__name__
