"""`stepless export`: a photo to a file of any size."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import Progress

from liif_core.cancel import CancelToken
from liif_core.cli import values
from liif_core.errors import RequestError
from liif_core.library import AUTO, BICUBIC, find_model, kind_of

if TYPE_CHECKING:
    from liif_core.export.job import RectRenderer
    from liif_core.imaging.image import Image


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
    from liif_core.export.job import run_export
    from liif_core.export.plan import ExportRequest, plan_export
    from liif_core.imaging.read import read_image

    started = time.perf_counter()
    image = read_image(arguments.input)
    request = ExportRequest(
        arguments.output,
        scale=arguments.scale,
        size=arguments.size,
        long_side=arguments.long_side,
        crop=arguments.crop,
        bits=arguments.bits,
    )
    plan = plan_export(image.size, request)
    if arguments.output.exists() and arguments.output.samefile(arguments.input):
        raise RequestError(f"{arguments.output}: the photo itself would be overwritten; choose another name")
    # Which one "auto" means is known when the device is.
    if arguments.model not in (None, AUTO, BICUBIC):
        find_model(arguments.model)
    # In a file or a pipe a bar would leave an empty line; a name may hold brackets, which rich would take for styles.
    with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(escape(arguments.output.name), total=1.0)
        run_export(
            plan,
            image,
            lambda source: _renderer(source, arguments),
            cancel=CancelToken(),
            on_progress=lambda share: progress.update(task, completed=share),
        )
    seconds = time.perf_counter() - started
    print(f"{arguments.output}: {plan.rect.width} x {plan.rect.height} pixels in {seconds:.1f} s")
    return 0


def _renderer(image: Image, arguments: argparse.Namespace) -> RectRenderer:
    """A model's view of a photo. torch comes in here: after all that can be refused was, and only to enlarge."""
    if arguments.model == BICUBIC:
        from liif_core.render.bicubic import BicubicRenderer

        return BicubicRenderer(image)
    from liif_core.checkpoint.load import load_model
    from liif_core.device import choose_device, use_bf16
    from liif_core.render.feature_cache import FeatureCache
    from liif_core.render.renderer import Renderer

    device = choose_device(arguments.device)
    bf16 = use_bf16(arguments.precision, device)
    model, _ = load_model(find_model(arguments.model, kind=kind_of(device.type)))
    return Renderer(image, model.to(device), FeatureCache(1 << 29), bf16=bf16)
