"""Which models there are and which one is at work; lives on the GUI thread, reads the folders on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.viewer.picture import Picture
from app.viewer.trained_range import TrainedRange
from app.workers.model_slot import AUTO, ModelChoice, ModelSlot
from app.workers.tasks import Task
from liif_core.library import BICUBIC, InstalledModel, installed_models


class Models(QObject):
    """Owner of the choice of model, device and precision.

    Args:
        picture: Uses the model.
        slot: Holds it for the picture's neural worker.
        path: Of the model to begin with; None for bicubic enlargement.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".

    Signals:
        changed: Another model, device or precision was chosen, or more is known of the models.
        given_up: A `LiifError`: the model chosen cannot work; the picture goes on without one.
    """

    changed = Signal()
    given_up = Signal(object)

    def __init__(
        self, picture: Picture, slot: ModelSlot, path: Path | None, *, device: str = AUTO, precision: str = AUTO
    ) -> None:
        super().__init__()
        self._picture = picture
        self._slot = slot
        self._path = path
        self.device = device
        self.precision = precision
        self._installed: dict[str, InstalledModel] = {}
        self._scan: Task | None = None
        picture.model_failed.connect(self._give_up)
        self._apply()

    @property
    def name(self) -> str:
        """Of the model at work; "bicubic" without one."""
        return self._path.stem if self._path is not None else BICUBIC

    @property
    def path(self) -> Path | None:
        """The file of the model at work; None without one."""
        return self._path

    @property
    def current(self) -> InstalledModel | None:
        """The model at work, if it is one of those installed."""
        found = self._installed.get(self.name)
        return found if found is not None and found.path == self._path else None

    @property
    def installed(self) -> Mapping[str, InstalledModel]:
        """The installed models by name, as far as they are known yet."""
        return self._installed

    @property
    def trained(self) -> TrainedRange | None:
        """The scales that the model at work was trained at; None without one."""
        model = self.current
        return TrainedRange(model.card.min_scale, model.card.max_scale) if model is not None else None

    def scan(self) -> None:
        """Look for installed models."""
        self._scan = Task(installed_models, name="look for models")
        self._scan.done.connect(self.know)
        self._scan.start()

    def know(self, models: Sequence[InstalledModel]) -> None:
        """These are the installed models."""
        self._installed = {model.name: model for model in models}
        self.changed.emit()

    def use(self, name: str) -> None:
        """Enlarge by an installed model, or by "bicubic"."""
        if name == BICUBIC:
            self._path = None
        elif name in self._installed:
            self._path = self._installed[name].path
        self._apply()

    def run_on(self, *, device: str | None = None, precision: str | None = None) -> None:
        """Compute on another device, or in another precision."""
        self.device = device or self.device
        self.precision = precision or self.precision
        self._apply()

    def measure_again(self) -> None:
        """Find out once more which device is the quickest, when the model is used next."""
        self._slot.forget_measurement()
        self._apply()

    def choices(self) -> dict[str, ModelChoice]:
        """The installed models as they would run here, by name."""
        return {name: ModelChoice(model.path, self.device, self.precision) for name, model in self._installed.items()}

    def stop(self, *, timeout_s: float) -> bool:
        """End the thread, when the program ends; whether it ended in time."""
        return self._scan is None or self._scan.wait(timeout_s=timeout_s)

    def _apply(self) -> None:
        if self._path is None:
            self._picture.use_model(None)
        else:
            choice = ModelChoice(self._path, self.device, self.precision)
            self._slot.choose(choice)
            self._picture.use_model(choice.model_id)
        self.changed.emit()

    def _give_up(self, error: object) -> None:
        self._path = None
        self.changed.emit()
        self.given_up.emit(error)
