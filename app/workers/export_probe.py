"""What the export dialog wants to know beforehand, found out on a thread of its own: newest question first.

For each question the disk is asked first, then a piece of the picture is made at 100 %, and then the whole is
estimated. A newer question ends the work on an older one between two chunks; answers carry the number of their
question, so that whoever asked can tell what is stale.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.display_colours import Display, conversion_for, usable_space
from app.export.checks import Look, look_at
from app.export.draft import Draft
from app.export.photo import ExportPhoto
from app.export.sample import take_sample
from app.qimage import to_qimage
from app.workers.mailbox import Mailbox
from app.workers.priority import yield_to_the_gui
from liif_core.errors import Cancelled, LiifError
from liif_core.export.control import JobControl
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.plan import ExportPlan
from liif_core.export.rendering import RectRenderer, RendererOf
from liif_core.geometry import Rect, Size
from liif_core.imaging.image import Image

logger = logging.getLogger(__name__)

# The viewer's own features are held beside these.
FEATURE_BYTES = 192_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """What is asked.

    Attributes:
        number: Larger than that of any question before.
        draft: What the dialog says.
        photo: Of what.
        choice: What enlarges.
        spot: Middle of the piece, as shares (y, x) of the photo as it lies in the file.
        pane: Size of the piece.
        display: The display's colours; see `display_colours.usable_space`.
        taken: Files that other exports are about to write.
    """

    number: int
    draft: Draft
    photo: ExportPhoto
    choice: EnlargerChoice
    spot: tuple[float, float]
    pane: Size
    display: Display = "srgb"
    taken: frozenset[Path] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """A piece of the picture, for the screen.

    Attributes:
        picture: In the display's colours.
        part: What of the photo it shows, in pixels of the photo as it lies in the file.
    """

    picture: QImage
    part: Rect


@dataclass(frozen=True, slots=True)
class Cost:
    """What an export takes.

    Attributes:
        file_bytes: Of the file.
        seconds: Until it is there.
        memory_bytes: At most at one time.
    """

    file_bytes: int
    seconds: float
    memory_bytes: int


class Measure(Protocol):
    """What estimates: `liif_core.export.estimate.estimate`, or anything like it."""

    def __call__(
        self,
        plan: ExportPlan,
        photo: ExportPhoto,
        renderer_of: RendererOf,
        *,
        control: JobControl,
        feature_bytes: int | None,
    ) -> Cost:
        """The cost of a plan whose features may take so many bytes; takes seconds."""
        ...


class ExportProbe(QObject):
    """Owner of the thread.

    Args:
        measure: Estimates.

    Signals:
        looked: Number of the question and its `Look`.
        sampled: Number of the question and a `Piece`.
        estimated: Number of the question and its `Cost`.
        failed: Number of the question and a `LiifError`: there is no piece or no cost.
    """

    looked = Signal(int, object)
    sampled = Signal(int, object)
    estimated = Signal(int, object)
    failed = Signal(int, object)

    def __init__(self, *, measure: Measure | None = None) -> None:
        super().__init__()
        self._measure = measure or measured_cost
        self._mailbox: Mailbox[Question | _Forget] = Mailbox()
        self._lock = threading.Lock()
        self._control: JobControl | None = None
        self._renderers: _Renderers | None = None
        self._last_cost: tuple[object, Cost] | None = None
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> None:
        """Answer this instead of whatever was asked before; from the GUI thread, returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="export probe", daemon=True)
            self._thread.start()
        self._put(question)

    def forget(self) -> None:
        """Nothing is asked any more, and the model's memory is given back."""
        if self._thread is not None:
            self._put(_Forget())

    def close(self) -> None:
        """Let the thread end after the chunk at hand, without waiting for it."""
        with self._lock:
            self._mailbox.close()
            self._cancel()

    def stop(self, *, timeout_s: float) -> bool:
        """End the thread, when the program ends; whether it ended in time."""
        self.close()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _put(self, item: Question | _Forget) -> None:
        with self._lock:
            # Under the lock: once the thread works on this item, it is too late to end what it did before.
            self._mailbox.put(item)
            self._cancel()

    def _cancel(self) -> None:
        """End the work at hand; the lock is held."""
        if self._control is not None:
            self._control.cancel()

    def _run(self) -> None:
        yield_to_the_gui()
        while (item := self._mailbox.take()) is not None:
            if isinstance(item, _Forget):
                self._renderers = self._last_cost = None
                continue
            control = JobControl()
            with self._lock:
                self._control = control
            if self._mailbox.has_item:
                continue
            try:
                self._answer(item, control)
            except Cancelled:
                continue
            except LiifError as exc:
                self.failed.emit(item.number, exc)
            except Exception:  # the thread's entry: a bug must not end it silently
                logger.exception("export probe")
                self.failed.emit(item.number, LiifError("an internal error; the log file has the details"))

    def _answer(self, question: Question, control: JobControl) -> None:
        look = look_at(question.draft, question.photo, taken=question.taken)
        control.check()
        self.looked.emit(question.number, look)
        if look.plan is None:
            return
        renderer_of = self._renderers_of(question.choice).renderer_of
        self.sampled.emit(question.number, _piece(question, look, renderer_of, control))
        self._estimate(question, look, renderer_of, control)

    def _estimate(self, question: Question, look: Look, renderer_of: RendererOf, control: JobControl) -> None:
        """The name of the file, and the spot that is looked at, change nothing of the cost."""
        assert look.plan is not None
        # The photo itself and not its `id`, which another one may have once this one is gone.
        plan = replace(look.plan, target=look.target.with_name(f"x{look.target.suffix}"))
        about = (question.photo, plan, question.choice)
        if self._last_cost is None or self._last_cost[0] != about:
            # What they may take in the export, and not here.
            feature_bytes = question.choice.feature_bytes
            cost = self._measure(look.plan, question.photo, renderer_of, control=control, feature_bytes=feature_bytes)
            self._last_cost = (about, cost)
            control.check()
        self.estimated.emit(question.number, self._last_cost[1])

    def _renderers_of(self, choice: EnlargerChoice) -> _Renderers:
        if self._renderers is None or self._renderers.choice != choice:
            # The old one first, or both models would need room.
            self._renderers = None
            self._renderers = _Renderers(choice)
        return self._renderers


class _Forget:
    """What is put instead of a question."""


class _Renderers:
    """The model, and the features of the photo that was asked about last."""

    def __init__(self, choice: EnlargerChoice) -> None:
        self.choice = choice
        self._enlarger = Enlarger(replace(choice, feature_bytes=FEATURE_BYTES))
        self._kept: tuple[Image, RectRenderer] | None = None

    def renderer_of(self, image: Image) -> RectRenderer:
        """See `RendererOf`."""
        if self._kept is None or self._kept[0] is not image:
            self._kept = (image, self._enlarger.renderer_of(image))
        return self._kept[1]


def _piece(question: Question, look: Look, renderer_of: RendererOf, control: JobControl) -> Piece:
    assert look.plan is not None
    sample = take_sample(
        look.plan, question.photo, renderer_of, spot=question.spot, pane=question.pane, control=control
    )
    image = sample.image
    pixels = image.region(image.size.rect)
    if image.coverage is not None:
        # As on a white page, which is what most programs show.
        pixels = pixels + (1 - image.coverage.region(image.size.rect))
    conversion = conversion_for(image.icc_profile, usable_space(question.display))
    return Piece(to_qimage(pixels, conversion), sample.part)


def measured_cost(
    plan: ExportPlan,
    photo: ExportPhoto,
    renderer_of: RendererOf,
    *,
    control: JobControl,
    feature_bytes: int | None = None,
) -> Cost:
    """The cost of a plan, measured at pieces of it; see `Measure`.

    Raises:
        LiifError: As `run_export`.
        Cancelled: `control` was set.
    """
    from liif_core.export.estimate import estimate

    found = estimate(plan, photo.image, renderer_of, cancel=control, feature_bytes=feature_bytes)
    return Cost(found.file_bytes, found.seconds, found.memory_bytes)
