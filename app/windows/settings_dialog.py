"""The settings, in pages; every change applies at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from app.settings import Settings
from app.windows.first_size import take_room
from app.windows.scrolled import scrolled
from app.windows.settings_pages import ColoursPage, GeneralPage, MemoryPage, ModelPage, ShortcutsPage
from liif_core.memory import Budgets


class SettingsDialog(QDialog):
    """Shows and changes what `Settings` owns. Opened with `open` or `show`: nothing waits for it.

    Args:
        settings: Owner of the values.
        automatic: The budgets that the program takes by itself on this machine.
        parent: As for every dialog.

    Signals:
        shortcuts_asked: The editor of shortcuts is to be opened.
        measure_asked: The quickest device and precision are to be measured again.
    """

    shortcuts_asked = Signal()
    measure_asked = Signal()

    def __init__(self, settings: Settings, *, automatic: Budgets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_page = ModelPage(settings)
        shortcuts_page = ShortcutsPage(settings)
        self.pages = [
            GeneralPage(settings),
            self._model_page,
            MemoryPage(settings, automatic),
            ColoursPage(settings),
            shortcuts_page,
        ]
        self._model_page.measure_asked.connect(self.measure_asked)
        shortcuts_page.edit_asked.connect(self.shortcuts_asked)
        self._tabs = QTabWidget()
        for page in self.pages:
            self._tabs.addTab(scrolled(page), page.title())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._tabs)
        layout.addWidget(buttons)
        self._retranslate()
        take_room(self)

    def set_devices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these devices: what settings call them, and what people do; "auto" is one of them."""
        self._model_page.set_devices(choices)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        for index, page in enumerate(self.pages):
            self._tabs.setTabText(index, page.title())
