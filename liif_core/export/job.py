"""One export: rows are made on this thread and encoded on another, and the file appears when it is whole."""

from __future__ import annotations

import enum
import functools
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

from liif_core.atomic import remove_stale
from liif_core.errors import DeviceLost, OutOfMemory, first_line
from liif_core.export.control import JobControl, OnProgress, Phase, Progress
from liif_core.export.plan import ExportPlan
from liif_core.export.rendering import BlockMaker, RendererOf, strips
from liif_core.geometry import Size
from liif_core.imaging.encoders import Picture
from liif_core.imaging.encoding import WriteFormat
from liif_core.imaging.image import Image
from liif_core.imaging.metadata import Metadata
from liif_core.imaging.streamed import MAX_JPEG_BLOCK, MAX_JPEG_IPTC, MAX_JPEG_XMP
from liif_core.imaging.write import written_file

logger = logging.getLogger(__name__)

# Samples of exports are made in a new folder each, thousands of them in a long run.
_CLEANED_FOLDERS = 64


class Note(enum.Enum):
    """What a person should know about a file beside that it is there."""

    FIRST_PAGE = "first page"
    """The photo's file has several pages, and this is the first one, as nobody has chosen."""
    FLATTENED = "flattened"
    """The photo has transparency and the file none: it was flattened over white."""
    EXIF_TOO_LONG = "exif too long"
    """The EXIF block is longer than the format can hold, and was left out."""
    XMP_TOO_LONG = "xmp too long"
    """The XMP packet is longer than the format can hold, and was left out."""
    IPTC_LEFT_OUT = "iptc left out"
    """The format has no place for IPTC records, or for so many."""
    MADE_ON_CPU = "made on the CPU"
    """The device ran out of memory, and the CPU took over."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A finished file.

    Attributes:
        path: The file.
        size: Of its picture.
        file_bytes: Of the file.
        elapsed_s: Seconds that it took, pauses left out.
        notes: What else to tell.
    """

    path: Path
    size: Size
    file_bytes: int
    elapsed_s: float
    notes: tuple[Note, ...] = ()


def run_export(
    plan: ExportPlan,
    image: Image,
    renderer_of: RendererOf,
    *,
    metadata: Metadata | None = None,
    control: JobControl | None = None,
    on_progress: OnProgress = lambda progress: None,
) -> ExportResult:
    """Render and write.

    Args:
        plan: What and where to.
        image: The photo, with its alpha where it is to be kept.
        renderer_of: Makes the renderer of a photo. Not called for a plan that reduces, which is made as on screen.
        metadata: What is written beside the pixels as far as the plan's options say so; None is the photo's EXIF.
        control: Asked between blocks, and between chunks of a block.
        on_progress: Called after each block, on this thread.

    Raises:
        Cancelled: The old file, or none, is as it was.
        ImageWriteError: The file cannot be written; an old one is intact.
        OutOfMemory: The smallest piece of the work does not fit into memory.
        DeviceError: The device or precision cannot be used, or the model does not fit onto it; `DeviceLost` where the
            device failed at work.
        CheckpointError: The model's file cannot be used.
    """
    control = control or JobControl()
    control.check()
    form = plan.format
    keep_alpha = image.alpha is not None and form.has_alpha and plan.options.keep_alpha
    blocks = _metadata_for(plan, metadata or Metadata(image.exif))
    picture = Picture(
        plan.size,
        has_alpha=keep_alpha,
        icc_profile=image.icc_profile,
        metadata=blocks,
        options=plan.options,
    )
    _clean(plan.target.absolute().parent)
    told = _Told(plan.rect.area, control, on_progress)
    with written_file(
        plan.target,
        picture,
        cancel=control,
        on_finishing=lambda: told.phase(Phase.FINISHING),
        on_checking=lambda: told.phase(Phase.CHECKING),
    ) as stream:
        try:
            maker = BlockMaker(plan, image, renderer_of, keep_alpha=keep_alpha, cancel=control)
            told.phase(Phase.RENDERING)
            for rows in strips(maker, told.block):
                stream.write(rows)
        except MemoryError as exc:
            raise OutOfMemory(f"{plan.size.width} x {plan.size.height} pixels do not fit into memory") from exc
        except RuntimeError as exc:
            # torch has no other way to tell that a device is gone.
            raise DeviceLost(f"the device failed while the picture was computed: {first_line(exc)}") from exc
    return ExportResult(
        plan.target, plan.size, plan.target.stat().st_size, told.elapsed_s, _notes(image, form, blocks, plan)
    )


@functools.lru_cache(maxsize=_CLEANED_FOLDERS)
def _clean(folder: Path) -> None:
    """Remove what killed programs have left where this one writes; once, since a folder may hold very many files."""
    for path in remove_stale(folder):
        logger.info("removed %s, which an export that was killed has left", path)


def _metadata_for(plan: ExportPlan, metadata: Metadata) -> Metadata:
    if not plan.options.keep_metadata:
        return Metadata()
    adapted = metadata.for_size(plan.size, dpi=plan.options.dpi)
    return adapted if plan.options.keep_location else adapted.without_location()


def _notes(image: Image, form: WriteFormat, metadata: Metadata, plan: ExportPlan) -> tuple[Note, ...]:
    notes = []
    if image.alpha is not None and not (form.has_alpha and plan.options.keep_alpha):
        notes.append(Note.FLATTENED)
    if form.name == "JPEG" and len(metadata.exif or b"") > MAX_JPEG_BLOCK:
        notes.append(Note.EXIF_TOO_LONG)
    if form.name == "JPEG" and len(metadata.xmp or b"") > MAX_JPEG_XMP:
        notes.append(Note.XMP_TOO_LONG)
    iptc_bytes = {"TIFF": math.inf, "JPEG": MAX_JPEG_IPTC}.get(form.name, 0)
    if len(metadata.iptc or b"") > iptc_bytes:
        notes.append(Note.IPTC_LEFT_OUT)
    return tuple(notes)


class _Told:
    """Tells how far the work is."""

    def __init__(self, total_pixels: int, control: JobControl, on_progress: OnProgress) -> None:
        self._total = total_pixels
        self._control = control
        self._on_progress = on_progress
        self._started = time.monotonic() - control.paused_s
        self._rendering_since = 0.0
        self._done = 0
        self._phase = Phase.RENDERING

    @property
    def elapsed_s(self) -> float:
        """Since the beginning, pauses left out."""
        return time.monotonic() - self._control.paused_s - self._started

    def phase(self, phase: Phase) -> None:
        if phase is Phase.RENDERING:
            self._rendering_since = self.elapsed_s
        self._phase = phase
        self._tell(None)

    def block(self, pixels: int) -> None:
        self._done += pixels
        elapsed_s = self.elapsed_s - self._rendering_since
        self._tell(elapsed_s / self._done * (self._total - self._done))

    def _tell(self, left_s: float | None) -> None:
        self._on_progress(Progress(self._phase, self._done, self._total, self.elapsed_s, left_s))
