"""One of several processes of a run, with something that happens to it.

`python -m tests.training.rank EVENT FOLDER train ...` trains, makes the event happen before the sixth step, or before
all where it is one of the start, and writes the weights into FOLDER after each step.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import torch

from app.main import main
from liif_core.errors import DeviceError
from liif_core.training import run_folder, trainer
from liif_core.training.samples import Batch, QueryBatch
from liif_core.training.trainer import Trainer

RANK = os.environ["RANK"]
FIRST_LAUNCH = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") == "0"
EVENT_STEP = 5


def nothing(trainer: Trainer) -> None:
    """For comparison."""


def told_to_stop(trainer: Trainer) -> None:
    """Only the second one is."""
    if RANK == "1":
        os.kill(os.getpid(), signal.SIGTERM)


def killed(trainer: Trainer) -> None:
    """The second one, but not when it is started again."""
    if RANK == "1" and FIRST_LAUNCH:
        os.kill(os.getpid(), signal.SIGKILL)


def full_disk(trainer: Trainer) -> None:
    """For the one that writes."""

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    mock.patch.object(run_folder, "save_state", no_space).start()


def diverging(trainer: Trainer) -> None:
    """In the second one."""
    if RANK == "1":
        with torch.no_grad():
            next(trainer.model.parameters()).fill_(float("nan"))


def no_room_for_the_model() -> None:
    """On the device of the second one."""

    def full(*_: object) -> None:
        raise DeviceError("the device 'cpu' cannot hold the model: out of memory")

    if RANK == "1":
        mock.patch.object(trainer, "held_by", full).start()


EVENTS_OF_THE_START = {event.__name__: event for event in (no_room_for_the_model,)}
EVENTS = {event.__name__: event for event in (nothing, told_to_stop, killed, full_disk, diverging)}


def let_happen(name: str, weights: Path) -> None:
    train_step = Trainer.train_step
    if name in EVENTS_OF_THE_START:
        EVENTS_OF_THE_START[name]()

    def watched(trainer: Trainer, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
        if trainer.step == EVENT_STEP and name in EVENTS:
            EVENTS[name](trainer)
        loss = train_step(trainer, batches, progress=progress)
        torch.save(trainer.model.state_dict(), weights)
        return loss

    mock.patch.object(Trainer, "train_step", watched).start()


if __name__ == "__main__":
    torch.set_num_threads(1)
    let_happen(sys.argv[1], Path(sys.argv[2]) / f"rank{RANK}.pt")
    code = main(sys.argv[3:])
    sys.stdout.flush()
    sys.stderr.flush()
    # At the interpreter's own end a thread of gloo sometimes aborts the process, after all that is tested here.
    os._exit(code)
