"""What all pages of the wizard have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from app.windows.theme import colors


class WizardPage(QWidget):
    """A page: a title, one sentence on what is asked for, and the rest.

    Signals:
        complete_changed: `is_complete` may be another.
    """

    complete_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title, self.sentence = QLabel(), faint_label()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(24, 18, 24, 12)
        self.body.setSpacing(8)
        self.body.addWidget(self.title)
        self.body.addWidget(self.sentence)
        self.body.addSpacing(6)

    @property
    def is_complete(self) -> bool:
        """Whether the next page can be shown."""
        return True

    def retranslate(self) -> None:
        """Write all texts in the language chosen."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def faint_label(text: str = "") -> QLabel:
    """A label for what explains."""
    label = plain_label(text)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def plain_label(text: str = "") -> QLabel:
    """A label that wraps; names of files in it are shown as they are."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def show_choices(box: QComboBox, choices: Sequence[tuple[str, Any]], index: int) -> None:
    """Offer choices, texts and ids, and show one of them; a list that is open stays as it is if they are the same."""
    if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != list(choices):
        box.clear()
        for text, id_ in choices:
            box.addItem(text, id_)
    if box.currentIndex() != index:
        box.setCurrentIndex(index)


def show_number(field: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Show a number in a field that tells of one when it is typed whole; what is being typed stays until then."""
    if field.value() == value:
        return
    if isinstance(field, QSpinBox):
        field.setValue(int(value))
    else:
        field.setValue(value)


class WarningLabel(QLabel):
    """A sentence on something to correct; not there while it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._paint()
        self.hide()

    def say(self, text: str) -> None:
        """Show this."""
        self.setText(text)
        self.setAccessibleName(text)
        # What cannot be seen must not take the focus.
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextSelectableByMouse if text else flag.NoTextInteraction)
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._paint()

    def _paint(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colors().warning)
        self.setPalette(palette)
