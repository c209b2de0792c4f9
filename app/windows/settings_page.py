"""A page of the settings dialog: controls bound to values of the settings, applied at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.settings import Settings
from app.windows.settings_fields import SettingField, SwitchField


@dataclass(frozen=True, slots=True)
class FieldText:
    """What the page says of a setting, in the language chosen.

    Attributes:
        name: Of the setting, with a mnemonic.
        sentence: What it does.
        choices: What its values are called, in the control's order.
    """

    name: str
    sentence: str
    choices: tuple[str, ...] = ()


class SettingsPage(QWidget):
    """Some settings, one beneath the other, and a button that restores their defaults.

    Args:
        settings: Owner of the values.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.fields: dict[str, SettingField] = {}
        self._labels: dict[str, tuple[QLabel | None, QLabel]] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.restore_button = QPushButton()
        self.restore_button.setAutoDefault(False)
        self.restore_button.clicked.connect(self.restore)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.restore_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addLayout(self._rows)
        layout.addStretch()
        layout.addLayout(buttons)
        settings.changed.connect(self._on_changed)

    def title(self) -> str:
        """What the page is called."""
        raise NotImplementedError

    def texts(self) -> Mapping[str, FieldText]:
        """What is said of each setting, by its name in `Settings.changed`."""
        raise NotImplementedError

    def add_field(self, key: str, field: SettingField) -> None:
        """Put a control for the setting of this name beneath the others."""
        name = None if isinstance(field, SwitchField) else QLabel()
        sentence = self.new_sentence()
        if name is not None:
            name.setBuddy(field)
            self._rows.addWidget(name)
        self._rows.addWidget(field)
        self._rows.addWidget(sentence)
        self._rows.addSpacing(12)
        self.fields[key] = field
        self._labels[key] = (name, sentence)
        field.set_value(self._value(key))
        field.chosen.connect(lambda value: self._apply(key, value))

    def add_widget(self, widget: QWidget) -> None:
        """Put something else beneath the others."""
        self._rows.addWidget(widget)

    def new_sentence(self) -> QLabel:
        """A label for what something does."""
        sentence = QLabel()
        sentence.setWordWrap(True)
        sentence.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        return sentence

    def restore(self) -> None:
        """Give all settings of this page their defaults."""
        for key in self.fields:
            table, name = key.split(".")
            default = type(getattr(self._settings, table))()
            self._apply(key, getattr(default, name))

    def retranslate(self) -> None:
        """Write all texts in the language chosen."""
        self.restore_button.setText(self.tr("&Restore defaults"))
        for key, text in self.texts().items():
            name, sentence = self._labels[key]
            if name is not None:
                name.setText(text.name)
            self.fields[key].set_name(text.name if name is None else text.name.replace("&", ""))
            self.fields[key].set_choices(text.choices)
            sentence.setText(text.sentence)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _value(self, key: str) -> Any:
        table, name = key.split(".")
        return getattr(getattr(self._settings, table), name)

    def _apply(self, key: str, value: Any) -> None:
        table, name = key.split(".")
        self._settings.set(replace(getattr(self._settings, table), **{name: value}))

    def _on_changed(self, key: str) -> None:
        if key in self.fields:
            self.fields[key].set_value(self._value(key))
