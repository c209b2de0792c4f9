"""Between the export dialog and the probe: asks when a draft has changed, and hands on what is not stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.display_colours import Display
from app.export.checks import Look
from app.export.draft import Draft
from app.export.photo import ExportPhoto
from app.workers.export_probe import Cost, ExportProbe, Piece, Question
from liif_core.export.enlarger import EnlargerChoice
from liif_core.geometry import Size

# Typing "7680" is one question, not four; a drag asks as it goes.
ASK_AFTER_MS = 120

_numbers = iter(range(1, 2**62))


class ExportInquiry(QObject):
    """About one photo; lives on the GUI thread.

    Args:
        probe: Finds out.
        photo: About it.
        choice_of: What enlarges, from a draft.
        taken: Tells which files other exports are about to write.
        display: The display's colours.

    Attributes:
        look: What the disk says of the newest draft; None while that is not known.
        cost: What it takes; None while that is not known.
        error: Why there is no piece or no cost, if so.

    Signals:
        changed: One of the attributes is another one.
        sampled: A `Piece` of the newest draft.
    """

    changed = Signal()
    sampled = Signal(object)

    def __init__(
        self,
        probe: ExportProbe,
        photo: ExportPhoto,
        *,
        choice_of: Callable[[Draft], EnlargerChoice],
        taken: Callable[[], frozenset[Path]] = frozenset,
        display: Display = "srgb",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._probe = probe
        self._photo = photo
        self._choice_of = choice_of
        self._taken = taken
        self._display = display
        self._number = 0
        self._next: tuple[Draft, tuple[float, float], Size] | None = None
        self.look: Look | None = None
        self.cost: Cost | None = None
        self.error: object = None
        self._timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        probe.looked.connect(self._take_look)
        probe.sampled.connect(self._take_piece)
        probe.estimated.connect(self._take_cost)
        probe.failed.connect(self._take_failure)

    @property
    def is_waiting(self) -> bool:
        """Whether the cost of the newest draft is still being found out."""
        stands = self.look is not None and self.look.problem is not None
        return self.cost is None and self.error is None and not stands

    def ask(self, draft: Draft, spot: tuple[float, float], pane: Size, *, is_same_export: bool = False) -> None:
        """Find out about a draft soon; what was known of the one before is forgotten at once.

        Args:
            draft: It.
            spot: Of the piece.
            pane: Of the piece.
            is_same_export: Whether only the piece is another one.
        """
        self._next = (draft, spot, pane)
        self._number = next(_numbers)
        if not is_same_export:
            self.look = self.cost = self.error = None
            self.changed.emit()
        self._timer.start()

    def end(self) -> None:
        """Hear of nothing any more, and let the probe give the model's memory back."""
        self._timer.stop()
        self._number = -1
        self._probe.forget()

    def _ask(self) -> None:
        if self._next is None:
            return
        draft, spot, pane = self._next
        choice = self._choice_of(draft)
        taken = self._taken()
        question = Question(self._number, draft, self._photo, choice, spot, pane, self._display, taken)
        self._probe.ask(question)

    def _take_look(self, number: int, look: Look) -> None:
        if number == self._number:
            self.look = look
            self.changed.emit()

    def _take_piece(self, number: int, piece: Piece) -> None:
        if number == self._number:
            self.sampled.emit(piece)

    def _take_cost(self, number: int, cost: Cost) -> None:
        if number == self._number:
            self.cost, self.error = cost, None
            self.changed.emit()

    def _take_failure(self, number: int, error: object) -> None:
        if number == self._number:
            self.error = error
            self.changed.emit()
