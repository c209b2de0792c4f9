"""From the core's errors to what a person reads: a title and one sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from liif_core.errors import CheckpointError, DeviceError, ImageReadError, ImageWriteError


def title_of(error: object) -> str:
    """The title of a dialog about an error."""
    titles = {
        ImageReadError: QCoreApplication.translate("messages", "This photo cannot be opened"),
        ImageWriteError: QCoreApplication.translate("messages", "This file cannot be written"),
        CheckpointError: QCoreApplication.translate("messages", "This model cannot be used"),
        DeviceError: QCoreApplication.translate("messages", "The model cannot run here"),
    }
    for kind, title in titles.items():
        if isinstance(error, kind):
            return title
    return QCoreApplication.translate("messages", "Something went wrong")
