"""Measuring a model on a folder, beside bicubic enlargement. Runs on a worker thread, and imports torch there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.cancel import CancelToken
from liif_core.errors import RequestError
from liif_core.evaluation.scale import Scale
from liif_core.library import BICUBIC
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.evaluation.enlarge import Enlarge
    from liif_core.evaluation.evaluate import EvaluationRow, LeftOut, PhotoResult


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to measure.

    Attributes:
        name: Of the model, for tables.
        path: Its file.
        folder: Holds photos, or `HR/` and, for inputs that are given, `LR_bicubic/X2/` ...
        scales: In the order of the table.
        protocol: One of `liif_core.evaluation.protocol.PROTOCOLS`; None for the one that the folder's name suggests.
        device: See `liif_core.device.choose_device`.
    """

    name: str
    path: Path
    folder: Path
    scales: tuple[Scale, ...]
    protocol: str | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class EvaluationStep:
    """How far it is: photos at a scale, by both methods."""

    done: int
    total: int
    photo: str
    scale: str


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """One scale: means over the photos, PSNR in decibels; SSIM is None where a photo is too small for it."""

    scale: str
    photos: int
    psnr: float
    bicubic_psnr: float
    ssim: float | None
    bicubic_ssim: float | None


@dataclass(frozen=True, slots=True)
class EvaluationOutcome:
    """What was measured.

    Attributes:
        request: What was asked for.
        protocol: By which it was measured.
        lines: In the order of the scales.
        left_out: Why photos were left out, a sentence that names it for each.
        markdown: The papers' layout, with published figures where there are any.
        csv: For programs.
    """

    request: EvaluationRequest
    protocol: str
    lines: tuple[EvaluationLine, ...]
    left_out: tuple[str, ...]
    markdown: str
    csv: str


def scales_of(text: str) -> tuple[Scale, ...]:
    """Scales from "2, 3, 4", "2.5" or "2x3"; also with the commas that Chinese is typed with.

    Raises:
        RequestError: The text has none, or something else in it.
    """
    parts = [part.strip() for part in re.split("[,;，、；]", text) if part.strip()]
    if not parts:
        raise RequestError("no scale is given: expected numbers above 1, like 2, 3, 4")
    return tuple(Scale.parse(part) for part in parts)


def measure(
    request: EvaluationRequest, *, cancel: CancelToken, on_step: Callable[[EvaluationStep], None]
) -> EvaluationOutcome:
    """Measure a model and bicubic enlargement on the photos of a folder.

    Raises:
        DatasetError: See `liif_core.evaluation.evaluate.evaluate`; or the photos changed meanwhile.
        ImageReadError: A photo of a dataset cannot be read.
        CheckpointError: The model cannot be read.
        DeviceError: The device cannot be used.
        Cancelled: `cancel` was set.
    """
    load_torch()
    from liif_core.evaluation import report
    from liif_core.evaluation.dataset import truth_paths
    from liif_core.evaluation.enlarge import enlarge_bicubic
    from liif_core.evaluation.evaluate import evaluate
    from liif_core.evaluation.paper_table import table_blocks
    from liif_core.evaluation.published import usual_protocol

    cancel.check()
    protocol = request.protocol or usual_protocol(request.folder.name)
    total = 2 * len(truth_paths(request.folder)) * len(request.scales)
    done = 0

    def note(scale: Scale, result: PhotoResult | LeftOut) -> None:
        nonlocal done
        done += 1
        on_step(EvaluationStep(done, total, result.name, str(scale)))

    def rows_by(enlarge: Enlarge) -> list[EvaluationRow]:
        return evaluate(enlarge, request.folder, scales=request.scales, protocol=protocol, cancel=cancel, on_image=note)

    # The model first: what it cannot do is told before the rest is waited for.
    by_model = rows_by(_enlarger(request, cancel))
    by_name = {BICUBIC: rows_by(enlarge_bicubic), request.name: by_model}
    # It refuses rows of different photos, which have no gain.
    blocks = table_blocks({name: [rows] for name, rows in by_name.items()})
    lines = tuple(
        EvaluationLine(str(row.scale), row.images, row.psnr, rival.psnr, row.ssim, rival.ssim)
        for row, rival in zip(by_model, by_name[BICUBIC], strict=True)
    )
    left_out = tuple(report.left_out_sentences(by_model))
    markdown, csv = report.blocks_markdown(blocks), report.rows_csv(by_name.items())
    return EvaluationOutcome(request, protocol, lines, left_out, markdown, csv)


def _enlarger(request: EvaluationRequest, cancel: CancelToken) -> Enlarge:
    from liif_core.checkpoint.load import load_model
    from liif_core.device import choose_device, held_by
    from liif_core.evaluation.enlarge import enlarge_by

    device = choose_device(request.device)
    model, _ = load_model(request.path)
    # In float32: figures are compared to the hundredth of a decibel, on any device.
    return enlarge_by(held_by(device, model), cancel=cancel)
