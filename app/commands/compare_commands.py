"""Comparing two pictures of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.commands.wiring import ActionMap, connect, connect_switches
from app.session import ComparedBy
from app.viewer.comparison import CompareMode, Comparison
from app.viewer.controller import ViewController
from app.viewer.rivals import Rival, Rivals
from app.workers.model_slot import ModelChoice
from liif_core.imaging.resample import Kernel
from liif_core.view.split import Split

_MODES = {
    "compare_split": CompareMode.SPLIT,
    "compare_loupe": CompareMode.LOUPE,
    "compare_difference": CompareMode.DIFFERENCE,
}
Choice = tuple[str, str]
"""What stands for a rival in settings and menus, and its name for people."""


class CompareCommands(QObject):
    """Connects the actions of the menu Compare.

    Args:
        actions: Of the window.
        controller: Of the view.
        rivals: Makes the pictures to compare with.
        models: Tells the models that can be compared with, by name.
        rival_id: Which one to begin with.
        parent: Whose actions they are.

    Signals:
        rival_chosen: The id of another rival.
        choices_changed: The `choices` and which of them is chosen.
    """

    rival_chosen = Signal(str)
    choices_changed = Signal(object, str)

    def __init__(
        self,
        actions: ActionMap,
        controller: ViewController,
        rivals: Rivals,
        models: Callable[[], Mapping[str, ModelChoice]],
        *,
        rival_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._controller = controller
        self._rivals = rivals
        self._models = models
        self._rival_id = rival_id
        self._mode = CompareMode.SPLIT
        self._split = Split()
        connect_switches(actions, {"compare": self.set_comparing})
        connect(actions, {name: lambda mode=mode: self.set_mode(mode) for name, mode in _MODES.items()})  # type: ignore[misc]
        connect(actions, {"compare_direction": self.turn_line})
        controller.comparison_changed.connect(self._show)
        controller.rival_failed.connect(self._go_on_with_bicubic)
        self._show(controller.comparison)

    @property
    def rival_id(self) -> str:
        """The rival that is or would be compared with: a kernel's or a model's name."""
        return self._rival_id

    @property
    def comparison(self) -> Comparison | None:
        """How pictures are compared now, if at all."""
        return self._controller.comparison

    @property
    def compared_by(self) -> ComparedBy | None:
        """How pictures are compared now, for the next run."""
        comparison = self._controller.comparison
        return ComparedBy(comparison.mode, comparison.split) if comparison is not None else None

    def compare_by(self, compared: ComparedBy) -> None:
        """Compare as in the last run."""
        self._mode, self._split = compared.mode, compared.split
        self.set_comparing(True)

    def choices(self) -> list[Choice]:
        """All that can be compared with."""
        kernels = [(kernel.value, kernel_name(kernel)) for kernel in Kernel]
        return kernels + [(name, name) for name in self._models()]

    def set_comparing(self, comparing: bool) -> None:
        """Begin or end; begun without a photo, it is the next one that is compared."""
        if comparing:
            picture = self._rivals.picture(self._rival())
            self._controller.compare(self._comparison(), picture)
        else:
            self._controller.compare(None)
            self._rivals.end()

    def set_mode(self, mode: CompareMode) -> None:
        """Compare in another way, from now on or at once."""
        self._mode = mode
        self.set_comparing(True)

    def set_rival(self, rival_id: str) -> None:
        """Compare with another one."""
        self._rival_id = rival_id
        self.rival_chosen.emit(rival_id)
        self.set_comparing(True)

    def turn_line(self) -> None:
        """Split side by side, or one above the other."""
        self._split = replace(self._split, vertical=not self._split.vertical)
        self._mode = CompareMode.SPLIT
        self.set_comparing(True)

    def flip(self, flipped: bool) -> None:
        """Show the rival all over while a key is held; begins to compare if need be."""
        comparison = self._controller.comparison
        if comparison is None and flipped and self._controller.document is not None:
            self.set_comparing(True)
            comparison = self._controller.comparison
        if comparison is not None and comparison.flipped != flipped:
            self._controller.compare(replace(comparison, flipped=flipped))

    def refresh(self) -> None:
        """The models are other ones now, or the language."""
        comparison = self._controller.comparison
        if comparison is not None:
            picture = self._rivals.picture(self._rival())
            self._controller.compare(replace(comparison, rival=self._name()), picture)
        self.choices_changed.emit(self.choices(), self._rival_id)

    def note_renamed(self, name: str, new_name: str) -> None:
        """A model has another name; `refresh` follows."""
        if self._rival_id == name:
            self._rival_id = new_name

    def _go_on_with_bicubic(self) -> None:
        """Nothing is called by the name of a model that did not make it, and one that is mended can be chosen again."""
        self._rival_id = Kernel.BICUBIC.value
        self.refresh()

    def _rival(self) -> Rival:
        """The rival chosen; a model that is gone gives way to bicubic."""
        if self._rival_id in {kernel.value for kernel in Kernel}:
            return Kernel(self._rival_id)
        choice = self._models().get(self._rival_id)
        if choice is None:
            self._rival_id = Kernel.BICUBIC.value
            self.choices_changed.emit(self.choices(), self._rival_id)
            return Kernel.BICUBIC
        return choice

    def _comparison(self) -> Comparison:
        return Comparison(self._name(), self._mode, self._split)

    def _name(self) -> str:
        """The rival as people know it."""
        return dict(self.choices())[self._rival_id]

    def _show(self, comparison: Comparison | None) -> None:
        self._actions["compare"].setChecked(comparison is not None)
        if comparison is not None:
            self._split = comparison.split
        for name, mode in _MODES.items():
            self._actions[name].setChecked(mode is self._mode)


def kernel_name(kernel: Kernel) -> str:
    """A conventional enlargement as people know it."""
    return {
        Kernel.NEAREST: QCoreApplication.translate("CompareCommands", "Nearest neighbour"),
        Kernel.BILINEAR: QCoreApplication.translate("CompareCommands", "Bilinear"),
        Kernel.BICUBIC: QCoreApplication.translate("CompareCommands", "Bicubic"),
        Kernel.LANCZOS: QCoreApplication.translate("CompareCommands", "Lanczos"),
    }[kernel]
