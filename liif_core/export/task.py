"""One photo's file to one export's file: everything that a queue or a command line has to know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from liif_core.errors import DeviceLost, ImageReadError, RequestError, system_errors_as
from liif_core.export.control import JobControl, OnProgress, Phase, Progress
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import ExportResult, Note, run_export
from liif_core.export.plan import ExportPlan, plan_export
from liif_core.export.request import ExportRequest
from liif_core.imaging.image import Image
from liif_core.imaging.metadata import read_metadata
from liif_core.imaging.read import page_count, read_image, read_size
from liif_core.memory import budgets


@dataclass(frozen=True, slots=True)
class ExportTask:
    """A photo, what is to become of it, and what does it.

    Attributes:
        source: The photo's file.
        request: What to export and where to.
        choice: What enlarges.
        page: Which page of the file; None is the first one, where nobody has chosen.
        replaces: Whether a file of the target's name may be replaced; otherwise a queue looks for another name when it
            begins, since files may have come while the task waited.
    """

    source: Path
    request: ExportRequest
    choice: EnlargerChoice = field(default_factory=EnlargerChoice)
    page: int | None = None
    replaces: bool = True

    @property
    def page_read(self) -> int:
        """The page that is exported, counted from 0."""
        return self.page or 0


def check_task(task: ExportTask, *, needs_place: bool = True) -> ExportPlan:
    """Refuse what cannot be done, by the photo's header alone.

    Args:
        task: What is to be done.
        needs_place: As for `plan_export`.

    Returns:
        The plan that `run_task` will carry out.

    Raises:
        ImageReadError: The photo cannot be opened.
        RequestError: The sizes make no picture, or the photo itself would be overwritten.
        ImageWriteError: The target cannot be written.
    """
    plan = plan_export(read_size(task.source, page=task.page_read), task.request, needs_place=needs_place)
    _check_not_the_photo(task)
    return plan


def run_task(
    task: ExportTask,
    enlarger: Enlarger,
    *,
    control: JobControl | None = None,
    on_progress: OnProgress = lambda progress: None,
    image: Image | None = None,
) -> ExportResult:
    """Read, render and write. A device that fails at work is left for the CPU.

    Args:
        task: What to do.
        enlarger: Of the task's choice; shared by tasks of equal choices, so that the model is loaded once.
        control: Pauses and cancels.
        on_progress: Called on this thread.
        image: The photo where it is open already, with its alpha; None reads it.

    Raises:
        LiifError: As `check_task` and `run_export`.
        Cancelled: Nothing was written.
    """
    control = control or JobControl()
    control.check()
    _check_not_the_photo(task)
    if image is None:
        # The header first: what cannot be done is refused before a large photo is decoded.
        plan = check_task(task)
        on_progress(Progress(Phase.READING, 0, plan.rect.area, 0.0))
        image = read_image(
            task.source,
            page=task.page_read,
            keep_alpha=True,
            cancel=control,
            max_memory_bytes=budgets().photo_bytes,
        )
    plan = plan_export(image.size, task.request)
    metadata = read_metadata(task.source, exif=image.exif, page=task.page_read)

    notes = _notes(task)

    def run(with_enlarger: Enlarger) -> ExportResult:
        result = run_export(
            plan, image, with_enlarger.renderer_of, metadata=metadata, control=control, on_progress=on_progress
        )
        return replace(result, notes=(*notes, *result.notes))

    enlarger.forget_fallback()
    try:
        result = run(enlarger)
    except DeviceLost:
        if enlarger.choice.device == "cpu":
            raise
        result = run(Enlarger(replace(enlarger.choice, device="cpu", precision="auto")))
        return replace(result, notes=(*result.notes, Note.MADE_ON_CPU))
    return replace(result, notes=(*result.notes, Note.MADE_ON_CPU)) if enlarger.fell_back else result


def _notes(task: ExportTask) -> tuple[Note, ...]:
    # Whoever asks for a page knows that there are several.
    return (Note.FIRST_PAGE,) if task.page is None and page_count(task.source) > 1 else ()


def _check_not_the_photo(task: ExportTask) -> None:
    target = task.request.target
    with system_errors_as(ImageReadError, f"{task.source} cannot be read"):
        same = target.exists() and target.samefile(task.source)
    if same:
        raise RequestError(f"{target}: the photo itself would be overwritten; choose another name")
