"""The part of the shortcut editor that shows the keys of one action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QVBoxLayout, QWidget

from app.windows.actions import native_keys


class KeysOfAction(QWidget):
    """Each key with a button that takes it away, a field that records one more, and a sentence where one is needed.

    It changes nothing itself.

    Signals:
        add_asked: A key was recorded, as portable text.
        remove_asked: A key is to go.
        take_over_asked: A key that another action has, too, is to be this one's alone.
        reset_asked: The default keys are wanted.
    """

    add_asked = Signal(str)
    remove_asked = Signal(str)
    take_over_asked = Signal(str)
    reset_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._contested_key = ""
        self._title = QLabel()
        self._removers = QHBoxLayout()
        self._removers.addStretch()
        self._shown: list[QPushButton] = []
        self._record_label = QLabel()
        self.recorder = QKeySequenceEdit()
        self._record_label.setBuddy(self.recorder)
        # One chord, and the field is done.
        self.recorder.setMaximumSequenceLength(1)
        self.recorder.editingFinished.connect(self._hand_over)
        self.reset_button = QPushButton()
        self.reset_button.clicked.connect(self.reset_asked)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.take_over_button = QPushButton()
        self.take_over_button.clicked.connect(lambda: self.take_over_asked.emit(self._contested_key))
        for button in (self.reset_button, self.take_over_button):
            button.setAutoDefault(False)
        self._lay_out()
        self._set_texts()

    def show_keys(self, action_text: str, keys: tuple[str, ...], *, can_reset: bool) -> None:
        """Show an action's keys, and no sentence."""
        self._title.setText(action_text)
        for button in self._shown:
            self._removers.removeWidget(button)
            # At once: a button that still has the focus would take the next key.
            button.hide()
            button.deleteLater()
        self._shown = [self._remover(key) for key in keys]
        for place, button in enumerate(self._shown):
            self._removers.insertWidget(place, button)
        self.reset_button.setEnabled(can_reset)
        self.say("")

    def say(self, sentence: str, *, contested_key: str = "") -> None:
        """Show a sentence, and with a key that another action has, too, the button that decides."""
        self._contested_key = contested_key
        self.sentence.setText(sentence)
        self.take_over_button.setVisible(bool(contested_key))

    def removers(self) -> list[QPushButton]:
        """The buttons of the keys shown, in their order."""
        return list(self._shown)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        # The sentence comes and goes; what is above it stays where it is.
        self.sentence.setMinimumHeight(self.take_over_button.sizeHint().height())
        keys, recording, deciding = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        keys.addWidget(self._title)
        keys.addSpacing(12)
        keys.addLayout(self._removers, 1)
        recording.addWidget(self._record_label)
        recording.addWidget(self.recorder, 1)
        recording.addWidget(self.reset_button)
        deciding.addWidget(self.sentence, 1)
        deciding.addWidget(self.take_over_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for line in (keys, recording, deciding):
            layout.addLayout(line)

    def _remover(self, key: str) -> QPushButton:
        shown = native_keys((key,))[0]
        button = QPushButton(f"{shown.replace('&', '&&')}  ×")
        button.setAutoDefault(False)
        button.setToolTip(self.tr("Take {0} away").format(shown))
        button.setAccessibleName(self.tr("Take {0} away").format(shown))
        button.clicked.connect(lambda: self.remove_asked.emit(key))
        return button

    def _hand_over(self) -> None:
        key = self.recorder.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self.recorder.clear()
        if key:
            self.add_asked.emit(key)

    def _set_texts(self) -> None:
        self._record_label.setText(self.tr("A&dd a key:"))
        self.recorder.setAccessibleName(self.tr("Press the key to add"))
        self.reset_button.setText(self.tr("&Reset"))
        self.reset_button.setToolTip(self.tr("Give this action its default keys"))
        self.take_over_button.setText(self.tr("&Use it here instead"))
