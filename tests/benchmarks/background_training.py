"""A training as the window runs it, while something else is measured or watched.

Measured with it: `stepless bench interactive --while-training`. As a program of its own it makes a model by the
wizard's own way, without the wizard:

    python -m tests.benchmarks.background_training PHOTOS --preset standard --minutes 30 [--name NAME] [--install]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import PIL.Image
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.training.progress import TRAINING
from app.training.recipe import CARDS, QUICK
from app.training.run_record import FINISHED
from app.training.run_store import RunStore
from app.wizard.draft import BY_TIME, Draft
from app.workers.training_queue import TrainingQueue
from liif_core.library import install_model
from liif_core.paths import runs_folder, sample_photo
from liif_core.training.events import TrainEvent
from liif_core.training.photo_folder import recognised
from liif_core.training.run_files import MODEL_FILE

# Longer than any measurement.
ENDLESS_MINUTES = 24 * 60
START_TIMEOUT_MS = 300_000
# The first steps warm up.
LEAST_STEPS = 5
PIECE = 224


class BackgroundTraining:
    """A quick training on pieces of the sample photo that goes on until it is stopped."""

    def __init__(self) -> None:
        self._application = QApplication.instance() or QApplication(["stepless"])
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        root = Path(self._folder.name)
        self._queue = TrainingQueue(RunStore(root / "runs"))
        photos = root / "photos"
        photos.mkdir()
        _cut_sample(photos)
        draft = Draft(photos=recognised(photos), card=QUICK, name="bench", budget=BY_TIME, minutes=ENDLESS_MINUTES)
        self._queue.plan(draft.record(), draft.own_recipe())
        self._until_it_trains()

    @property
    def steps(self) -> int:
        """Taken so far, as far as it has told."""
        id_ = self._queue.current
        return 0 if id_ is None else self._queue.known.progress(id_).step

    def stop(self) -> None:
        """End it, and forget it."""
        self._queue.stop(timeout_s=60)
        QCoreApplication.processEvents()
        self._folder.cleanup()

    def _until_it_trains(self) -> None:
        loop = QEventLoop()

        def look(_id: str, event: TrainEvent) -> None:
            if event.kind == "step" and event.step >= LEAST_STEPS:
                loop.quit()

        self._queue.happened.connect(look)
        self._queue.known.ended.connect(loop.quit)
        QTimer.singleShot(START_TIMEOUT_MS, loop.quit)
        loop.exec()
        self._queue.happened.disconnect(look)
        id_ = self._queue.current
        if id_ is None or self._queue.known.progress(id_).phase != TRAINING:
            raise RuntimeError(f"the training to measure beside did not begin: {self._queue.known.runs}")


def _cut_sample(folder: Path) -> None:
    with PIL.Image.open(sample_photo()) as opened:
        sample = opened.convert("RGB")
    for y in range(0, sample.height - PIECE, PIECE):
        for x in range(0, sample.width - PIECE, PIECE):
            sample.crop((x, y, x + PIECE, y + PIECE)).save(folder / f"{y}-{x}.png")


def train(arguments: Sequence[str]) -> int:
    """A model from the command line, by the wizard's own way; prints what happens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--preset", choices=CARDS, default=QUICK, help="card of the wizard")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--name", default="wizard")
    parser.add_argument("--install", action="store_true", help="put the model into the library")
    given = parser.parse_args(arguments)
    # Kept alive for as long as the loop below.
    application = QCoreApplication(["stepless"])
    queue, loop = TrainingQueue(RunStore(runs_folder())), QEventLoop()
    queue.happened.connect(_print)
    queue.known.failed.connect(lambda error: print(error, file=sys.stderr))
    queue.known.failed.connect(loop.quit)
    queue.known.ended.connect(loop.quit)
    draft = Draft(
        photos=recognised(given.photos.absolute()),
        card=given.preset,
        name=given.name,
        device=given.device,
        budget=BY_TIME,
        minutes=given.minutes,
    )
    queue.plan(draft.record(), draft.own_recipe())
    loop.exec()
    queue.stop(timeout_s=60)
    application.processEvents()
    runs = list(queue.known.runs.values())
    if not runs or runs[-1].record.status != FINISHED:
        print(runs[-1].record.last_words if runs else "nothing was trained", file=sys.stderr)
        return 1
    model = runs[-1].folder / MODEL_FILE
    print(install_model(model, name=given.name).path if given.install else model)
    return 0


def _print(_id: str, event: TrainEvent) -> None:
    if event.kind == "reading":
        return
    numbers = "  ".join(f"{name} {value:.4g}" for name, value in event.values.items())
    print(f"{event.elapsed_s:8.1f} s  step {event.step:7d}  {event.kind:10} {numbers} {event.text}", flush=True)


if __name__ == "__main__":
    sys.exit(train(sys.argv[1:]))
