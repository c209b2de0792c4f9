"""A person's own sizes: kept under a name, and removed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog

from app.windows.export_size import SizeGroup
from liif_core.export.presets import SizePreset


class ExportPresets(QObject):
    """Owner of the presets while the dialog is open.

    Args:
        group: Shows them, and asks.
        presets: To begin with.
        named: Makes a preset of what is chosen, if it can be one.

    Signals:
        changed: The presets are these now.
    """

    changed = Signal(object)

    def __init__(
        self, group: SizeGroup, presets: Sequence[SizePreset], named: Callable[[str], SizePreset | None]
    ) -> None:
        super().__init__(group)
        self._group, self._named = group, named
        self._presets = tuple(presets)
        group.set_own_presets(self._presets)
        group.keep_asked.connect(self._ask_name)
        group.remove_asked.connect(self._remove)

    def _ask_name(self) -> None:
        asking = QInputDialog(self._group)
        asking.setWindowTitle(self.tr("Keep as a preset"))
        asking.setLabelText(self.tr("Name of the preset"))
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.textValueSelected.connect(self._keep)
        asking.open()

    def _keep(self, name: str) -> None:
        kept = self._named(name.strip()) if name.strip() else None
        if kept is not None:
            self._set([*(preset for preset in self._presets if preset.name != kept.name), kept])

    def _remove(self, preset: SizePreset) -> None:
        self._set([other for other in self._presets if other != preset])

    def _set(self, presets: Sequence[SizePreset]) -> None:
        self._presets = tuple(presets)
        self._group.set_own_presets(self._presets)
        self.changed.emit(self._presets)
