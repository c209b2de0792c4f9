"""From the core's errors to what a person reads: a title and what to do, in the person's language.

The core's own sentence, the fact, is in English and is shown below these.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from liif_core.errors import (
    CheckpointError,
    CorruptCheckpoint,
    DatasetError,
    DeviceError,
    DeviceLost,
    ImageReadError,
    ImageWriteError,
    ModelWriteError,
    OutOfMemory,
    RequestError,
    TorchNotLoaded,
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
        ModelWriteError: QCoreApplication.translate("messages", "This model file cannot be written"),
        OutOfMemory: QCoreApplication.translate("messages", "There is too little memory"),
        DeviceLost: QCoreApplication.translate("messages", "The device failed at work"),
        TorchNotLoaded: QCoreApplication.translate("messages", "PyTorch cannot be loaded"),
        DeviceError: QCoreApplication.translate("messages", "The model cannot run here"),
        DatasetError: QCoreApplication.translate("messages", "These photos cannot be used for training"),
        TrainingError: QCoreApplication.translate("messages", "The training has stopped"),
    }
    for kind, title in titles.items():
        if isinstance(error, kind):
            return title
    return QCoreApplication.translate("messages", "Something went wrong")


def advice_of(error: object) -> str:
    """What a person can do about an error, in one sentence or two."""
    # As for the titles.
    advice = {
        ImageReadError: QCoreApplication.translate(
            "messages", "Check that the file is still there, whole, and a photo."
        ),
        ImageWriteError: QCoreApplication.translate(
            "messages", "Nothing was changed. Choose another folder or name, or make room on the disk."
        ),
        RequestError: QCoreApplication.translate("messages", "Nothing was done. Choose other values."),
        UnsupportedModel: QCoreApplication.translate(
            "messages", "It may be of a newer Stepless or of another program. Choose another model."
        ),
        CorruptCheckpoint: QCoreApplication.translate(
            "messages", "Copy or download the file again, or choose another model."
        ),
        CheckpointError: QCoreApplication.translate(
            "messages", "Choose another model. Until then photos are enlarged without one."
        ),
        ModelWriteError: QCoreApplication.translate(
            "messages", "Nothing was changed. Make room on the disk, or allow writing in the folder of models."
        ),
        OutOfMemory: QCoreApplication.translate(
            "messages", "Close other programs, or choose the processor as the device in the settings."
        ),
        DeviceLost: QCoreApplication.translate(
            "messages", "Start Stepless again, or choose the processor as the device in the settings."
        ),
        TorchNotLoaded: QCoreApplication.translate(
            "messages", "Until PyTorch can be loaded, photos are enlarged without a model."
        ),
        DeviceError: QCoreApplication.translate("messages", "Choose another device or precision in the settings."),
        DatasetError: QCoreApplication.translate("messages", "Choose another folder, or put photos into it."),
        TrainingError: QCoreApplication.translate("messages", "The run can go on from its last good state."),
    }
    for kind, text in advice.items():
        if isinstance(error, kind):
            return text
    return QCoreApplication.translate("messages", "Try again. The log has the details, and the menu Help copies it.")
