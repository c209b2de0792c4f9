"""Choosing the model, and what it runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast, get_args

from PySide6.QtCore import QCoreApplication, QObject

from app.models import Models
from app.settings import Settings
from app.settings_values import Precision
from app.windows.menus import Menus
from liif_core.library import AUTO, BICUBIC
from liif_core.library.defaults import KINDS


class ModelCommands(QObject):
    """Fills the menu Model, and keeps what is chosen in it.

    Args:
        menus: Of the window.
        models: Knows the models.
        settings: Keeps the choice.
    """

    def __init__(self, menus: Menus, models: Models, settings: Settings) -> None:
        super().__init__(menus)
        self._menus = menus
        self._models = models
        self._settings = settings
        self._devices = ["auto", "cpu"]
        menus.models.chosen.connect(self.use)
        menus.devices.chosen.connect(self.run_on)
        menus.precisions.chosen.connect(self.compute_in)
        models.changed.connect(self.refresh)
        settings.changed.connect(self._follow)
        self.refresh()

    def use(self, name: str) -> None:
        """Enlarge by a model from now on, by "auto", or by "bicubic"."""
        self._settings.set(replace(self._settings.model, name=name))
        self._models.use(name)

    def run_on(self, device: str) -> None:
        """Compute on another device."""
        self._settings.set(replace(self._settings.model, device=device))

    def compute_in(self, precision: str) -> None:
        """Compute in another precision."""
        self._settings.set(replace(self._settings.model, precision=cast(Precision, precision)))

    def set_devices(self, devices: list[str]) -> None:
        """What this machine has, once that is known."""
        self._devices = ["auto", *devices]
        self.refresh()

    def devices(self) -> list[tuple[str, str]]:
        """Ids and texts of the devices."""
        return [(device, device_name(device)) for device in self._devices]

    def refresh(self) -> None:
        """The models are other ones now, or the language."""
        installed = [(model.name, model.name, model.card.description) for model in self._models.installed.values()]
        default = self._models.automatic()
        automatic = QCoreApplication.translate("ModelCommands", "Automatic")
        on_each = QCoreApplication.translate("ModelCommands", "{0} on a processor, {1} on a graphics card.")
        names = [model.name if model is not None else BICUBIC for model in map(self._models.default_on, KINDS)]
        auto = (AUTO, f"{automatic} ({default.name})" if default is not None else automatic, on_each.format(*names))
        none = (
            BICUBIC,
            QCoreApplication.translate("ModelCommands", "Bicubic (no model)"),
            QCoreApplication.translate("ModelCommands", "Conventional enlargement, for comparison."),
        )
        self._menus.models.set_choices([auto, *installed, none], self._models.selected)
        self._menus.devices.set_choices([(*device, "") for device in self.devices()], self._models.device)
        precisions: list[tuple[str, str, str]] = [(name, precision_name(name), "") for name in get_args(Precision)]
        self._menus.precisions.set_choices(precisions, self._models.precision)

    def _follow(self, name: str) -> None:
        """The settings may be changed elsewhere, too."""
        if name in ("model.device", "model.precision"):
            self._models.run_on(device=self._settings.model.device, precision=self._settings.model.precision)
        elif name in ("model.default_cpu", "model.default_gpu"):
            self._models.set_defaults(self._settings.model.defaults)


def device_name(device: str) -> str:
    """What people call a device."""
    names: dict[str, Callable[[], str]] = {
        "auto": lambda: QCoreApplication.translate("ModelCommands", "Automatic"),
        "cpu": lambda: QCoreApplication.translate("ModelCommands", "Processor (CPU)"),
        "cuda": lambda: QCoreApplication.translate("ModelCommands", "NVIDIA graphics card (CUDA)"),
        "mps": lambda: QCoreApplication.translate("ModelCommands", "Apple graphics (MPS)"),
        "xpu": lambda: QCoreApplication.translate("ModelCommands", "Intel graphics (XPU)"),
    }
    return names[device]() if device in names else device


def precision_name(precision: str) -> str:
    """What people call a precision."""
    return QCoreApplication.translate("ModelCommands", "Automatic") if precision == "auto" else precision
