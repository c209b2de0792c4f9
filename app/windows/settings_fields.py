"""The controls of the settings dialog: each shows one value and tells when a person chose another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QSpinBox, QWidget

from app.settings_values import COLOR_SPACES, MAX_BUDGET_BYTES, MIN_BUDGET_BYTES

MB = 1024 * 1024


class SettingField(QWidget):
    """One control.

    Signals:
        chosen: The value that a person has just chosen; setting one in the program tells nothing.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)

    def set_value(self, value: Any) -> None:
        """Show this value."""
        raise NotImplementedError

    def set_name(self, name: str) -> None:
        """Say what screen readers call it."""
        raise NotImplementedError

    def set_choices(self, texts: Sequence[str]) -> None:
        """Say what the values are called, in their order."""


class ChoiceField(SettingField):
    """One of several values.

    Args:
        values: In the order shown.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__()
        self._values = list(values)
        self.box = QComboBox()
        self.box.addItems([str(value) for value in self._values])
        self.box.activated.connect(lambda index: self.chosen.emit(self._values[index]))
        self.row.addWidget(self.box)
        self.row.addStretch()
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        """See `SettingField`; a value that is not on the list is added to it by its own name."""
        if value not in self._values:
            self._values.append(value)
            self.box.addItem(str(value))
        self.box.setCurrentIndex(self._values.index(value))

    def set_values(self, values: Sequence[Any], texts: Sequence[str]) -> None:
        """Offer other values; the one that is shown stays."""
        current = self._values[self.box.currentIndex()]
        self._values = list(values)
        self.box.clear()
        self.box.addItems(list(texts))
        self.set_value(current)

    def set_name(self, name: str) -> None:
        """See `SettingField`."""
        self.box.setAccessibleName(name)

    def set_choices(self, texts: Sequence[str]) -> None:
        """See `SettingField`."""
        for index, text in enumerate(texts):
            self.box.setItemText(index, text)


class SwitchField(SettingField):
    """On or off; its text is the setting's name."""

    def __init__(self) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.box.clicked.connect(lambda checked: self.chosen.emit(checked))
        self.row.addWidget(self.box)
        self.row.addStretch()
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        """See `SettingField`."""
        self.box.setChecked(value)

    def set_name(self, name: str) -> None:
        """See `SettingField`."""
        self.box.setText(name)


class BudgetField(SettingField):
    """Memory: left to the program, or so many megabytes.

    Args:
        automatic_bytes: What the program takes on this machine.
    """

    def __init__(self, automatic_bytes: int) -> None:
        super().__init__()
        self._automatic_bytes = automatic_bytes
        self.automatic, self.megabytes = QCheckBox(), QSpinBox()
        self.megabytes.setRange(MIN_BUDGET_BYTES // MB, min(MAX_BUDGET_BYTES // MB, 2**31 - 1))
        self.megabytes.setSingleStep(64)
        self.megabytes.setSuffix(" MB")
        # Typing 2048 is one change, not four.
        self.megabytes.setKeyboardTracking(False)
        self.automatic.clicked.connect(self._choose)
        self.megabytes.valueChanged.connect(self._choose)
        self.row.addWidget(self.automatic)
        self.row.addWidget(self.megabytes)
        self.row.addStretch()
        self.setFocusProxy(self.automatic)
        self._retranslate()

    def set_value(self, value: Any) -> None:
        """See `SettingField`."""
        with QSignalBlocker(self.megabytes):
            self.megabytes.setValue((self._automatic_bytes if value is None else value) // MB)
        self.automatic.setChecked(value is None)
        self.megabytes.setEnabled(value is not None)

    def set_name(self, name: str) -> None:
        """See `SettingField`."""
        self.automatic.setAccessibleDescription(name)
        self.megabytes.setAccessibleName(name)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _choose(self) -> None:
        self.chosen.emit(None if self.automatic.isChecked() else self.megabytes.value() * MB)

    def _retranslate(self) -> None:
        self.automatic.setText(self.tr("Automatic ({0} MB here)").format(self._automatic_bytes // MB))


class ColorSpaceField(SettingField):
    """A named colour space, or the ICC profile of a file."""

    def __init__(self) -> None:
        super().__init__()
        self._value = COLOR_SPACES[0]
        self.box = QComboBox()
        self.box.addItems([*COLOR_SPACES, ""])
        self.box.activated.connect(self._choose)
        self.row.addWidget(self.box)
        self.row.addStretch()
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        """See `SettingField`."""
        self._value = value
        while self.box.count() > len(COLOR_SPACES) + 1:
            self.box.removeItem(self.box.count() - 1)
        if value in COLOR_SPACES:
            self.box.setCurrentIndex(COLOR_SPACES.index(value))
        else:
            self.box.addItem(Path(value).name)
            self.box.setCurrentIndex(self.box.count() - 1)
            self.box.setItemData(self.box.currentIndex(), value, Qt.ItemDataRole.ToolTipRole)

    def set_name(self, name: str) -> None:
        """See `SettingField`."""
        self.box.setAccessibleName(name)

    def set_choices(self, texts: Sequence[str]) -> None:
        """See `SettingField`; the last text is that of choosing a file."""
        for index, text in enumerate(texts):
            self.box.setItemText(index, text)

    def _choose(self, index: int) -> None:
        if index < len(COLOR_SPACES):
            self.chosen.emit(COLOR_SPACES[index])
        elif index == len(COLOR_SPACES):
            filters = self.tr("ICC profiles") + " (*.icc *.icm);;" + self.tr("All files") + " (*)"
            path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose the profile of the display"), filter=filters)
            if path:
                self.chosen.emit(str(Path(path).absolute()))
            else:
                self.set_value(self._value)
