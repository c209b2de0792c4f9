"""Recipes as cards: what each is for, how long it takes here, and whether the photos are large enough."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from app.painter import painter_on
from app.windows.theme import colors
from app.wizard.page import faint_label, plain_label

_RADIUS = 8.0
_WIDTH, _HEIGHT = 190, 190


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What a card says.

    Attributes:
        title: Its name.
        sentence: What it is for.
        time: How long it takes here.
        caution: What to think of; empty if there is nothing.
    """

    title: str
    sentence: str
    time: str
    caution: str = ""


class PresetCard(QRadioButton):
    """One recipe; of several in a group, one is checked. To keys and screen readers it is the radio button it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._title, self._sentence = plain_label(), faint_label()
        self._time, self._caution = plain_label(), faint_label()
        font = self._title.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(6)
        for label in (self._title, self._sentence, self._time, self._caution):
            # The button takes the clicks.
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label)
        layout.insertStretch(2)

    def set_texts(self, texts: CardTexts) -> None:
        """Say this."""
        self._title.setText(texts.title)
        self._sentence.setText(texts.sentence)
        self._time.setText(texts.time)
        self._caution.setText(texts.caution)
        self._caution.setVisible(bool(texts.caution))
        self.setAccessibleName(texts.title)
        self.setAccessibleDescription(" ".join((texts.sentence, texts.time, texts.caution)))

    def sizeHint(self) -> QSize:
        """As wide as four beside each other can be."""
        return QSize(_WIDTH, max(_HEIGHT, self.layout().heightForWidth(_WIDTH)))  # type: ignore[union-attr]

    def minimumSizeHint(self) -> QSize:
        """Two beside each other in the narrowest window."""
        return QSize(_WIDTH - 30, _HEIGHT)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it, not only where other radio buttons have a circle."""
        return self.rect().contains(pos)

    def hasHeightForWidth(self) -> bool:
        """The texts wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """So that no text is cut off."""
        return max(_HEIGHT, self.layout().heightForWidth(width))  # type: ignore[union-attr]

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame in the accent's colour where it is chosen or has the focus."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chosen = self.isChecked()
            role = QPalette.ColorRole.Highlight if chosen or self.hasFocus() else QPalette.ColorRole.Mid
            width = 2.0 if chosen else 1.0
            pen = QPen(self.palette().color(role), width)
            if self.hasFocus() and not chosen:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            # Radio buttons have a palette of their own.
            painter.setBrush(QColor(colors().base if chosen else colors().window))
            inner = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.drawRoundedRect(inner, _RADIUS, _RADIUS)
            if chosen and self.hasFocus():
                painter.setPen(QPen(QColor(colors().faint), 1, Qt.PenStyle.DotLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(inner.adjusted(4, 4, -4, -4), _RADIUS - 3, _RADIUS - 3)

    def labels(self) -> list[QLabel]:
        """All its texts."""
        return [self._title, self._sentence, self._time, self._caution]
