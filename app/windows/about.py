"""What the program is, in which version, and on what it stands."""

from __future__ import annotations

import platform
import sys

from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.windows.fact_table import FactTable
from liif_core import __version__

PAPER = "https://arxiv.org/abs/2012.09161"
_TITLE_SCALE = 1.8


class AboutDialog(QDialog):
    """Name, version, licence and the paper; made anew each time it is asked for.

    Signals:
        licences_asked: The person wants to see the licences of other software.
    """

    licences_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Stepless"))
        title = QLabel(self.tr("Stepless"))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * _TITLE_SCALE)
        title.setFont(font)
        purpose = QLabel(self.tr("A photo viewer whose zoom never runs out of pixels."))
        paper = QLabel(
            self.tr("The idea: Chen, Liu and Wang, {0}, 2021.").format(
                f'<a href="{PAPER}">Learning Continuous Image Representation with Local Implicit Image Function</a>'
            )
        )
        paper.setTextFormat(Qt.TextFormat.RichText)
        paper.setOpenExternalLinks(True)
        paper.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        for label in (purpose, paper):
            label.setWordWrap(True)
        self.versions = FactTable()
        self.versions.set_rows(
            [
                (self.tr("Version"), __version__),
                (self.tr("Licence"), "BSD-3-Clause"),
                ("Python", platform.python_version()),
                ("Qt", qVersion()),
                ("PyTorch", torch_version() or self.tr("not loaded yet")),
            ]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.licences = buttons.addButton(self.tr("Other licences"), QDialogButtonBox.ButtonRole.HelpRole)
        self.licences.setAccessibleDescription(self.tr("Shows the licences of the software that Stepless uses."))
        self.licences.setAutoDefault(False)
        self.licences.clicked.connect(self.licences_asked)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (title, purpose, paper, self.versions, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)


def torch_version() -> str:
    """The version of torch if it is loaded, else "": importing it here would make the window wait."""
    return str(getattr(sys.modules.get("torch"), "__version__", ""))
