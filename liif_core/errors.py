"""The exceptions of the core.

::

    LiifError
    |-- ImageReadError        a photo cannot be opened
    |-- ImageWriteError       a photo cannot be written
    |-- RequestError          a size, crop, scale or name that cannot be had
    |-- CheckpointError       a model file cannot be used
    |   |-- UnsupportedModel    it is whole, but holds a model unknown here
    |   `-- CorruptCheckpoint   it is damaged, cut off or not a model file
    |-- ModelWriteError       a model file cannot be written, renamed or removed
    |-- DeviceError           a device or precision cannot be used
    |   |-- OutOfMemory
    |   |-- DeviceLost          it was there, and failed at work
    |   `-- TorchNotLoaded      there is no torch, or a library that it needs is missing
    |-- DatasetError          a folder of photos cannot be trained or evaluated on
    `-- TrainingError         a run cannot go on: it diverged, or its folder cannot be written

    Cancelled                 not an error: the caller asked to stop

The core raises facts (path, found, expected); `app.messages` and `liif_core.cli` turn them into advice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


class LiifError(Exception):
    """Base class of every failure that a user can cause; `str(error)` is one clear sentence."""


class ImageReadError(LiifError):
    """A photo cannot be opened."""


class ImageWriteError(LiifError):
    """A photo cannot be written; the old file, if there was one, is untouched."""


class RequestError(LiifError):
    """A size, crop, scale or name that cannot be had; raised before any work is done."""


class CheckpointError(LiifError):
    """A model file cannot be used."""


class UnsupportedModel(CheckpointError):
    """A model file is whole, but holds a model that is unknown here."""


class CorruptCheckpoint(CheckpointError):
    """A model file is damaged, cut off or not a model file."""


class ModelWriteError(LiifError):
    """A model file, or what is kept about models, cannot be written; what was there is untouched."""


class DeviceError(LiifError):
    """A device or a precision cannot be used on this machine."""


class OutOfMemory(DeviceError):
    """A device has too little memory for the smallest piece of the work."""


class DeviceLost(DeviceError):
    """A device failed at work: it was unplugged, reset or broken."""


class TorchNotLoaded(DeviceError):
    """Nothing can be computed: torch is not installed, or the system lacks a library that it needs."""


class DatasetError(LiifError):
    """A folder of photos cannot be trained or evaluated on."""


class TrainingError(LiifError):
    """A training run cannot go on; the message says where its last good state is."""


class Cancelled(Exception):
    """Raised by `CancelToken.check` in work that its owner no longer wants."""


@contextlib.contextmanager
def system_errors_as(kind: type[LiifError], fact: str) -> Iterator[None]:
    """Raises what the system refuses as an error of ours.

    Args:
        kind: Of error.
        fact: What cannot be done, and with which file; the system's reason is put behind it.

    Raises:
        LiifError: Of this kind.
    """
    try:
        yield
    except OSError as exc:
        raise kind(f"{fact}: {exc.strerror or exc}") from exc


def first_line(error: BaseException) -> str:
    """What an error of a library says, without the pages that some add; its kind where it says nothing."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
