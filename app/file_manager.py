"""The system's program for files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def show_folder_of(path: Path) -> bool:
    """Open the folder that a file lies in; whether something was found that opens folders."""
    # By its bytes: a name need not be Unicode, and Qt's strings would drop what is not.
    return QDesktopServices.openUrl(QUrl.fromEncoded(path.parent.absolute().as_uri().encode()))
