"""`stepless export`: a photo to a file of any size."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import Progress

from liif_core.cli import values
from liif_core.errors import RequestError
from liif_core.library import BICUBIC, find_model

if TYPE_CHECKING:
    from liif_core.export.sizes import Wish


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("export", help="write a photo at any size", description=__doc__)
    parser.add_argument("input", type=Path, metavar="IN", help="photo")
    parser.add_argument("output", type=Path, metavar="OUT", help="file to write; its extension is the format")
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--scale", type=values.positive, metavar="S", help="output pixels per photo pixel, any number")
    wish.add_argument("--size", type=values.size, metavar="WxH", help="output size in pixels")
    wish.add_argument("--long-side", type=int, metavar="N", help="longer side of the output in pixels")
    parser.add_argument("--crop", type=values.crop, metavar="X,Y,W,H", help="part of the photo, in its pixels")
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="bits a channel (default: 8)")
    values.add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export one photo."""
    from liif_core.export.control import Progress as ExportProgress
    from liif_core.export.enlarger import Enlarger, EnlargerChoice
    from liif_core.export.job import run_export
    from liif_core.export.plan import plan_export
    from liif_core.export.request import ExportRequest, Sized
    from liif_core.imaging.encoding import EncodingOptions
    from liif_core.imaging.metadata import read_metadata
    from liif_core.imaging.read import read_image

    started = time.perf_counter()
    image = read_image(arguments.input, keep_alpha=True)
    request = ExportRequest(
        arguments.output, Sized(_wish(arguments), arguments.crop), EncodingOptions(bits=arguments.bits)
    )
    plan = plan_export(image.size, request)
    if arguments.output.exists() and arguments.output.samefile(arguments.input):
        raise RequestError(f"{arguments.output}: the photo itself would be overwritten; choose another name")
    model_path = None if arguments.model == BICUBIC else find_model(arguments.model)
    enlarger = Enlarger(EnlargerChoice(model_path, arguments.device, arguments.precision))
    # In a file or a pipe a bar would leave an empty line; a name may hold brackets, which rich would take for styles.
    with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(escape(arguments.output.name), total=1.0)

        def show(done: ExportProgress) -> None:
            progress.update(task, completed=done.share)

        metadata = read_metadata(arguments.input, exif=image.exif)
        run_export(plan, image, enlarger.renderer_of, metadata=metadata, on_progress=show)
    seconds = time.perf_counter() - started
    print(f"{arguments.output}: {plan.size.width} x {plan.size.height} pixels in {seconds:.1f} s")
    return 0


def _wish(arguments: argparse.Namespace) -> Wish:
    from liif_core.export.sizes import Exact, LongSide, Scale

    if arguments.scale is not None:
        return Scale(arguments.scale)
    return Exact(arguments.size) if arguments.size is not None else LongSide(arguments.long_side)
