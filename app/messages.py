"""From the core's errors to what a person reads: a title and one sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from liif_core.errors import (
    CheckpointError,
    DatasetError,
    DeviceError,
    DeviceLost,
    ImageReadError,
    ImageWriteError,
    OutOfMemory,
    RequestError,
    TrainingError,
    UnsupportedModel,
)


def title_of(error: object) -> str:
    """The title of a dialog about an error."""
    # The first that fits: a special kind is before what it is a kind of.
    titles = {
        ImageReadError: QCoreApplication.translate("messages", "This photo cannot be opened"),
        ImageWriteError: QCoreApplication.translate("messages", "This file cannot be written"),
        RequestError: QCoreApplication.translate("messages", "This is not possible"),
        UnsupportedModel: QCoreApplication.translate("messages", "This model is unknown here"),
        CheckpointError: QCoreApplication.translate("messages", "This model cannot be used"),
        OutOfMemory: QCoreApplication.translate("messages", "There is too little memory"),
        DeviceLost: QCoreApplication.translate("messages", "The device failed at work"),
        DeviceError: QCoreApplication.translate("messages", "The model cannot run here"),
        DatasetError: QCoreApplication.translate("messages", "These photos cannot be used for training"),
        TrainingError: QCoreApplication.translate("messages", "The training has stopped"),
    }
    for kind, title in titles.items():
        if isinstance(error, kind):
            return title
    return QCoreApplication.translate("messages", "Something went wrong")
