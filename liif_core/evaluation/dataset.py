"""Folders in the EDSR layout, and the pairs that they give at any scale.

`HR/NAME.png` is the truth. At a whole scale s for which there is a folder `LR_bicubic/Xs` (published ones are X2, X3
and X4), `LR_bicubic/Xs/NAMExs.png` is the input, and the truth is cut at its lower right to the input's size times s.

A folder of photos without `HR` is one of truths alone: the inputs of all its scales are made.

At other scales h = floor(H / s + 1e-9), the truth is cut to round(h s), and the input is its reduction by Pillow's
bicubic on 8 bits; each direction has its own s.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import PIL.Image

from liif_core.errors import DatasetError, system_errors_as
from liif_core.evaluation.enlarge import eight_bit
from liif_core.evaluation.scale import Scale
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import READABLE_EXTENSIONS, read_image

# Published truths are cut to a multiple of the scale, or of 12 for several scales at once.
MAX_CUT = 12
TRUTHS, INPUTS = "HR", "LR_bicubic"


def truth_paths(folder: Path) -> list[Path]:
    """The truths of a dataset in this layout, or else the photos of a folder, by name.

    Raises:
        DatasetError: The folder has neither this layout nor a photo in it, or cannot be looked at.
    """
    hr = folder / TRUTHS
    with system_errors_as(DatasetError, f"{folder}: cannot be read"):
        place = hr if hr.is_dir() else folder
    with system_errors_as(DatasetError, f"{place}: cannot be read"):
        truths = sorted(path for path in place.iterdir() if _is_photo(path)) if place.is_dir() else []
    if not truths and place == hr:
        raise DatasetError(f"{hr}: no photo in this folder")
    if not truths:
        layout = f"{TRUTHS}/NAME.png and {INPUTS}/X2/NAMEx2.png"
        raise DatasetError(f"{folder}: no photo and no folder {TRUTHS} in it; expected photos, or {layout}")
    return truths


def input_paths(folder: Path) -> list[Path]:
    """The inputs that a dataset gives, of every scale.

    Raises:
        DatasetError: Their folder cannot be looked at.
    """
    place = folder / INPUTS
    with system_errors_as(DatasetError, f"{place}: cannot be read"):
        return sorted(path for path in place.glob("X*/*") if _is_photo(path))


def _is_photo(path: Path) -> bool:
    # Hidden files are left-overs of other systems ("._photo.png").
    return path.suffix.lower() in READABLE_EXTENSIONS and not path.name.startswith(".") and path.is_file()


def input_of(truth: Image, path: Path, *, scale: Scale) -> tuple[Image, OutputGrid]:
    """The input of a truth, and the grid on which it is enlarged: `grid.output` is the size the truth is cut to.

    Args:
        truth: The photo read from `path`.
        path: `FOLDER/HR/NAME.png`, or `FOLDER/NAME.png` without given inputs.
        scale: How much smaller the input is.

    Raises:
        DatasetError: The input's file is missing or of the wrong size, or the truth is too small.
        ImageReadError: The input cannot be read.
    """
    reduced = _reduced_side(truth.size.height, scale.y), _reduced_side(truth.size.width, scale.x)
    if min(reduced) < 1:
        raise DatasetError(f"{path}: too small to be reduced {str(scale).removeprefix('x')} times")
    paired = path.parent.parent / INPUTS / f"X{scale.value}"
    if scale.is_whole and path.parent.name == TRUTHS and paired.is_dir():
        return _paired(truth, path, paired / f"{path.stem}x{scale.value}{path.suffix}", int(scale.y))
    return _reduced(truth, Size(*reduced), scale)


def _paired(truth: Image, path: Path, lr_path: Path, scale: int) -> tuple[Image, OutputGrid]:
    if not lr_path.is_file():
        raise DatasetError(f"{lr_path}: missing; expected the input of {path.name} at x{scale}")
    lr = read_image(lr_path)
    height, width = lr.size.height * scale, lr.size.width * scale
    left_over = max(truth.size.height - height, truth.size.width - width)
    if height > truth.size.height or width > truth.size.width or left_over > max(MAX_CUT, 2 * scale):
        raise DatasetError(f"{lr_path}: {width} x {height} pixels at x{scale} do not fit those of {path.name}")
    return lr, OutputGrid(lr.size, Size(height, width))


def _reduced(truth: Image, size: Size, scale: Scale) -> tuple[Image, OutputGrid]:
    cut = Size(round(size.height * scale.y), round(size.width * scale.x))
    photo = PIL.Image.fromarray(eight_bit(truth, cut.rect))
    lr = Image(np.asarray(photo.resize((size.width, size.height), PIL.Image.Resampling.BICUBIC)))
    return lr, OutputGrid(size, cut)


def _reduced_side(side: int, scale: float) -> int:
    return math.floor(side / scale + 1e-9)
