"""Builds and wires every object that lives as long as the program, and takes them down in order."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.viewer.controller import ViewController
from app.windows.main_window import MainWindow
from app.workers.sources import BaseSource, NeuralSource
from app.workers.tasks import Task
from app.workers.tile_worker import TileWorker
from liif_core.errors import LiifError
from liif_core.library import BICUBIC, find_model
from liif_core.memory import budgets, keep_freed_memory, release_free_memory
from liif_core.view.store import TileStore

logger = logging.getLogger(__name__)

# After the last tile or frame: longer than the pauses within a gesture.
IDLE_MS = 500


@dataclass(frozen=True, slots=True)
class ViewerOptions:
    """How the viewer is started.

    Attributes:
        model: Name or path; "bicubic" for no model; None for the default.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        show_errors: Whether failures open a dialog.
    """

    model: str | None = None
    device: str = "auto"
    precision: str = "auto"
    show_errors: bool = True


class _ModelNews(QObject):
    """Carries the model's news from its thread to the GUI's."""

    ready = Signal(str)
    notice = Signal(str)


class Viewer:
    """The running program.

    Raises:
        CorruptCheckpoint: The model asked for is not there.
    """

    def __init__(self, options: ViewerOptions) -> None:
        keep_freed_memory()
        self._news = _ModelNews()
        model_path, self._model_error = _model_path(options)
        self.base_worker = TileWorker(BaseSource(), name="conventional tiles")
        self.neural_worker: TileWorker | None = None
        if model_path is not None:
            source = NeuralSource(
                model_path,
                device=options.device,
                precision=options.precision,
                on_ready=self._news.ready.emit,
                on_notice=self._news.notice.emit,
            )
            self.neural_worker = TileWorker(source, name="neural tiles")
        model_name = model_path.stem if model_path is not None else BICUBIC
        store: TileStore[QImage] = TileStore(budgets().tile_bytes)
        self.controller = ViewController(store, self.base_worker, self.neural_worker, model_id=model_name)
        self.window = MainWindow(self.controller, model_name=model_name, show_errors=options.show_errors)
        self._news.ready.connect(self.window.set_device)
        self._news.notice.connect(self.window.show_notice)
        self._releasing: Task | None = None
        self._stopped = False
        self._idle = QTimer(singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._release_memory)
        for worker in (self.base_worker, self.neural_worker):
            if worker is not None:
                worker.tile_ready.connect(self._note_work)
                worker.frame_ready.connect(self._note_work)

    def start(self, photo: Path | None) -> None:
        """Show the window and open a photo."""
        self.window.show()
        if photo is not None:
            self.controller.open(photo)
        if self._model_error is not None:
            self.controller.failed.emit(self._model_error)

    def stop(self) -> None:
        """End the threads; they are given time for the chunk at hand."""
        self._stopped = True
        self._idle.stop()
        ended = [self.controller.wait_for_reading(timeout_s=30)]
        ended += [self._releasing.wait(timeout_s=30)] if self._releasing is not None else []
        ended += [worker.stop() for worker in (self.neural_worker, self.base_worker) if worker is not None]
        if not all(ended):
            logger.warning("a worker thread did not end in time")

    def _note_work(self, _result: object) -> None:
        # The last results of a stopped worker may arrive later.
        if not self._stopped:
            self._idle.start()

    def _release_memory(self) -> None:
        """Freed memory goes back to the system when nothing was made for a moment; not on this thread."""
        if self._releasing is not None and not self._releasing.wait(timeout_s=0):
            return
        self._releasing = Task(release_free_memory, name="release memory")
        self._releasing.start()


def _model_path(options: ViewerOptions) -> tuple[Path | None, LiifError | None]:
    """The model's file; without one the viewer still opens, shows photos and says what is missing."""
    if options.model == BICUBIC:
        return None, None
    try:
        return find_model(options.model), None
    except LiifError as exc:
        if options.model is not None:
            raise
        return None, exc
