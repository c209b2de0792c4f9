"""A label that shortens its text where there is too little room."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.painter import painter_on


class ElidedLabel(QLabel):
    """One line of plain text that never asks its window to grow.

    Screen readers and, where it is cut, the tooltip have all of it.

    Args:
        mode: Which part gives way.
        parent: As for every widget.
    """

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode = mode
        self._meaning = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show this instead."""
        super().setText(text)
        self.updateGeometry()
        self._offer_whole_text()

    def set_meaning(self, meaning: str) -> None:
        """What the text is, for the tooltip."""
        self._meaning = meaning
        self._offer_whole_text()

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        wanted = super().sizeHint()
        return QSize(min(wanted.width(), self.fontMetrics().averageCharWidth() * 6), wanted.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whether the text is cut changes with the room."""
        super().resizeEvent(event)
        self._offer_whole_text()

    def changeEvent(self, event: QEvent) -> None:
        """And with the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._offer_whole_text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        with painter_on(self) as painter:
            role = self.foregroundRole()
            alignment = self.style().visualAlignment(self.layoutDirection(), self.alignment())
            text = self._shown_text()
            self.style().drawItemText(
                painter, self.contentsRect(), alignment, self.palette(), self.isEnabled(), text, role
            )

    def _shown_text(self) -> str:
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def _offer_whole_text(self) -> None:
        whole = self.text() if self._shown_text() != self.text() else ""
        self.setToolTip(plain_tooltip("\n".join(filter(None, (whole, self._meaning)))))


def plain_tooltip(text: str) -> str:
    """A tooltip that shows names of files as they are: Qt would take some of them for HTML."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text
