"""Values of command-line options, checked while parsing."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
from typing import TYPE_CHECKING

from liif_core.errors import RequestError
from liif_core.evaluation.scale import Scale
from liif_core.geometry import Rect, Size

if TYPE_CHECKING:
    from liif_core.export.crops import Aspect


def size(text: str) -> Size:
    """`WxH` in pixels."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
        return Size(height, width)
    except (ValueError, RequestError):
        raise argparse.ArgumentTypeError(f"'{text}' is no size: expected WIDTHxHEIGHT, like 1920x1080") from None


def crop(text: str) -> Rect:
    """`X,Y,W,H` in pixels of the photo."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no crop: expected X,Y,WIDTH,HEIGHT in pixels") from None
    return Rect(y, x, height, width)


def point(text: str) -> tuple[float, float]:
    """`X,Y` in pixels of the photo, given back as (y, x)."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise argparse.ArgumentTypeError(f"'{text}' is no point: expected X,Y in pixels of the photo")
    return y, x


def positive(text: str) -> float:
    """A number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return value


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no count: expected 1 or more")
    return int(text)


def print_size(text: str) -> tuple[float | None, float | None]:
    """`WxH` in millimetres, one of which may be left out: (width, height)."""
    width, cross, height = text.lower().partition("x")
    if not cross or not (width or height):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no print: expected WIDTHxHEIGHT in mm, like 297x210, 300x or x200"
        )
    return positive(width) if width else None, positive(height) if height else None


def aspect(text: str) -> Aspect:
    """`W:H`."""
    from liif_core.export.crops import Aspect

    try:
        return Aspect.parse(text)
    except RequestError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from None


def scales(text: str) -> list[Scale]:
    """`2,2.5,2x3`: scales above 1, unequal ones WIDTHxHEIGHT."""
    try:
        return [Scale.parse(part) for part in text.split(",")]
    except RequestError:
        raise argparse.ArgumentTypeError(
            f"'{text}' are no scales: expected numbers above 1 or WIDTHxHEIGHT, like 2,2.5,2x3"
        ) from None


AUTO_PRECISION = "bf16 on a GPU that computes it, fp32 on a CPU"
THE_SETTINGS = "the settings'"


def add_model_options(
    parser: argparse.ArgumentParser, *, precision: str = "auto", follows_settings: bool = False
) -> None:
    """The options of every command that runs a model.

    Args:
        parser: Of the command.
        precision: Where none is asked for.
        follows_settings: Whether the window's settings say what the options leave open, which are None then.
    """
    default = "auto, the default model of the device; see `stepless models default`"
    parser.add_argument(
        "--model",
        metavar="NAME|PATH",
        help=f"an installed model, a model file, or bicubic (default: {THE_SETTINGS if follows_settings else default})",
    )
    add_device_options(parser, precision=precision, follows_settings=follows_settings)


def add_self_ensemble_option(parser: argparse.ArgumentParser) -> None:
    """The option of commands that may take their time for a picture."""
    parser.add_argument(
        "--self-ensemble",
        action="store_true",
        help="average what the model makes of the photo in all eight orientations (turned and mirrored): a little "
        "nearer to the truth, in eight times the time",
    )


def add_device_options(
    parser: argparse.ArgumentParser,
    *,
    precision: str = "auto",
    auto_precision: str = AUTO_PRECISION,
    follows_settings: bool = False,
) -> None:
    """Where and how precisely to compute.

    Args:
        parser: Of the command.
        precision: Where none is asked for.
        auto_precision: What "auto" means.
        follows_settings: See `add_model_options`.
    """
    usual = f"auto: {auto_precision}" if precision == "auto" else precision
    parser.add_argument(
        "--device",
        default=None if follows_settings else "auto",
        help=f"auto, cpu, cuda, mps or xpu (default: {THE_SETTINGS if follows_settings else 'auto'})",
    )
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16"),
        default=None if follows_settings else precision,
        help="fp32 is exact; bf16 is quicker where the device has it, and off by less than a level of 8 bits "
        f"(default: {THE_SETTINGS if follows_settings else usual})",
    )


def as_typed(text: str, *, system: str = sys.platform) -> str:
    """An argument in the quotes that a shell of this system takes: those of Windows know double ones only.

    Args:
        text: The argument.
        system: `sys.platform` of the machine.
    """
    if system == "win32":
        from subprocess import list2cmdline

        return list2cmdline([text])
    return shlex.quote(text)
