"""Work that goes on elsewhere: what it does, how far it is, and a button that ends it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from app.windows.elided_label import ElidedLabel

_STEPS = 1000


class ProgressRow(QWidget):
    """Hidden while nothing is done; its room is kept, so that nothing jumps.

    Signals:
        cancel_asked: The person wants the work to end.
    """

    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = ElidedLabel()
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.cancel_button = QPushButton()
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.cancel_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.text, self.bar, self.cancel_button):
            layout.addWidget(widget)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._retranslate()
        self.hide()

    def start(self, text: str) -> None:
        """Something is begun; how long it takes is not known yet."""
        self.text.setText(text)
        self.bar.setAccessibleName(text)
        self.bar.setRange(0, 0)
        self.show()

    def set_share(self, share: float, text: str | None = None) -> None:
        """This much of it is done, from 0 to 1."""
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(share * _STEPS))
        if text is not None:
            self.text.setText(text)

    def finish(self) -> None:
        """It has ended, in whichever way."""
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.cancel_button.setText(self.tr("Cancel"))
