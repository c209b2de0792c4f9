"""Another name for a model."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from app.windows.model_name_field import ModelNameField


class RenameDialog(QDialog):
    """Asks for a name.

    Args:
        name: Of the model so far.
        taken: Names of all models.
        parent: As for every dialog.

    Signals:
        chosen: The old name and the new one.
    """

    chosen = Signal(str, str)

    def __init__(self, name: str, *, taken: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._old = name
        self.field = ModelNameField()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.field.changed.connect(self._update)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(420)
        self._retranslate()
        self.field.set_name(name, taken=set(taken) - {name})
        self.field.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _accept(self) -> None:
        self.chosen.emit(self._old, self.field.name)
        self.accept()

    def _update(self) -> None:
        is_new = self.field.is_free and self.field.name != self._old
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(is_new)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Rename model"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("&Rename"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
