"""How a run tells what happens: events for whoever watches, and the same in its log."""

from __future__ import annotations

from collections.abc import Mapping

from liif_core.training.clock import RunClock
from liif_core.training.distributed import Team
from liif_core.training.events import OnEvent, TrainEvent
from liif_core.training.run_folder import RunFolder


class Teller:
    """Makes the events of a run.

    Args:
        on_event: Called on this thread; of several processes, only in the first.
        folder: Where the log is.
        clock: Of the run.
        team: The processes that train together.
    """

    def __init__(self, on_event: OnEvent, *, folder: RunFolder, clock: RunClock, team: Team) -> None:
        self._on_event = on_event
        self._folder = folder
        self._clock = clock
        self._team = team

    def tell(self, event: TrainEvent) -> None:
        """Tell it without writing it down."""
        if self._team.is_main:
            self._on_event(event)

    def emit(
        self,
        kind: str,
        step: int,
        values: Mapping[str, float] | None = None,
        *,
        text: str = "",
        elapsed_s: float | None = None,
    ) -> None:
        """Tell what happened at a step, and write it down.

        Raises:
            TrainingError: The log cannot be written.
        """
        elapsed_s = self._clock.elapsed_s() if elapsed_s is None else elapsed_s
        progress = min(1.0, self._clock.progress(step, elapsed_s))
        event = TrainEvent(kind, step, progress, elapsed_s, values or {}, text)
        self._team.of_main(lambda: self._folder.log(event))
        self.tell(event)
