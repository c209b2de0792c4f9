"""A line to type a model's name into, which says at once what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.windows.theme import colors
from liif_core.errors import RequestError
from liif_core.library.names import MAX_LENGTH, checked_name


class ModelNameField(QWidget):
    """The name, and beneath it a sentence while it cannot be had.

    Signals:
        changed: Another name; whether it can be had.
    """

    changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._taken: Collection[str] = ()
        self.label = QLabel()
        self.entry = QLineEdit()
        self.entry.setMaxLength(MAX_LENGTH + 1)
        self.label.setBuddy(self.entry)
        self.problem = QLabel(" ")
        self.problem.setWordWrap(True)
        self.entry.textChanged.connect(self._check)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.label, self.entry, self.problem):
            layout.addWidget(widget)
        self.setFocusProxy(self.entry)
        self._retranslate()

    @property
    def name(self) -> str:
        """What is typed, without spaces around it."""
        return self.entry.text().strip()

    @property
    def is_free(self) -> bool:
        """Whether a model can be called so."""
        return self._problem_text() == ""

    def set_name(self, name: str, *, taken: Collection[str]) -> None:
        """Suggest a name; those taken cannot be had."""
        self._taken = taken
        self.entry.setText(name)
        self.entry.selectAll()
        self._check()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, in the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_problem()

    def _check(self) -> None:
        self._show_problem()
        self.changed.emit(self.is_free)

    def _show_problem(self) -> None:
        text = self._problem_text()
        # An empty line keeps its room.
        self.problem.setText(text or " ")
        self.entry.setAccessibleDescription(text)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colors().warning))
        if self.problem.palette() != palette:
            self.problem.setPalette(palette)

    def _problem_text(self) -> str:
        """In the language of the person, unlike the core's sentences, since it comes with every letter."""
        try:
            checked_name(self.name)
        except RequestError:
            return self.tr("Letters, digits, “.”, “_” and “-” make a name; a few words are reserved.")
        try:
            checked_name(self.name, taken=self._taken)
        except RequestError:
            return self.tr("There is a model of this name already.")
        return ""

    def _retranslate(self) -> None:
        self.label.setText(self.tr("&Name of the model"))
        self.entry.setAccessibleName(self.tr("Name of the model"))
        self._show_problem()
