"""Puts together what trains models inside the program."""

from __future__ import annotations

from collections.abc import Callable

from app.commands.model_commands import ModelCommands
from app.commands.training_commands import TrainingCommands
from app.models import Models
from app.training.run_store import RunStore
from app.viewer.controller import ViewController
from app.windows.main_window import MainWindow
from app.workers.training_queue import TrainingQueue
from liif_core.paths import runs_folder


class Training:
    """The trainings and their commands.

    Attributes:
        queue: The trainings.
        commands: What people do with them.
    """

    def __init__(
        self,
        window: MainWindow,
        controller: ViewController,
        models: Models,
        model_commands: ModelCommands,
        *,
        notice: Callable[[str], object],
    ) -> None:
        self.queue = TrainingQueue(RunStore(runs_folder()))
        self.commands = TrainingCommands(
            window,
            self.queue,
            models,
            has_photo=lambda: controller.document is not None,
            use=model_commands.use,
        )
        self.commands.notice.connect(notice)

    def start(self) -> None:
        """Look for trainings that were interrupted."""
        self.queue.known.load()

    def stop(self, *, timeout_s: float) -> bool:
        """Save what trains, when the program ends; whether that was done in time."""
        return self.commands.stop(timeout_s=timeout_s)
