"""Which models there are and which one is at work; lives on the GUI thread, reads the folders on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.viewer.picture import Picture
from app.viewer.trained_range import TrainedRange
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.tasks import RunningTasks, Task
from liif_core.checkpoint.card import ModelCard
from liif_core.library import (
    AUTO,
    BICUBIC,
    CPU,
    GPU,
    Defaults,
    InstalledModel,
    default_model,
    installed_models,
    kind_of,
)
from liif_core.library.defaults import BUILTIN, Kind


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person has chosen to enlarge by.

    Attributes:
        id: "auto", "bicubic", or the name or path of a model.
        path: Of the model, where it is asked for by its path and is none of those installed.
    """

    id: str = AUTO
    path: Path | None = None


class Models(QObject):
    """Owner of the choice of model, device and precision.

    "auto" is a choice like another: the default model of the device, whichever that is. Which device is the quickest
    only the worker's thread can find out; it takes the model that goes with it and tells (`note_device`).

    Args:
        picture: Uses the model.
        slot: Holds it for the picture's neural worker.
        selection: What to begin with.
        installed: The models, as far as they are known.
        defaults: What "auto" means.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        measured: The device that "auto" was found to mean at an earlier start, if any.

    Signals:
        changed: Another model, device or precision was chosen, or more is known of the models.
        given_up: A `LiifError`: the model chosen cannot work; the picture goes on without one.
        missed: The name of the model chosen, which is not installed any more; "auto" has taken its place.
        renamed: The old and the new name of a model, before `changed`.
    """

    changed = Signal()
    given_up = Signal(object)
    missed = Signal(str)
    renamed = Signal(str, str)

    def __init__(
        self,
        picture: Picture,
        slot: ModelSlot,
        selection: Selection,
        installed: Sequence[InstalledModel] = (),
        *,
        defaults: Defaults = BUILTIN,
        device: str = AUTO,
        precision: str = AUTO,
        measured: str | None = None,
    ) -> None:
        super().__init__()
        self._picture = picture
        self._slot = slot
        self._selection = selection
        self._installed = {model.name: model for model in installed}
        self._defaults = defaults
        self.device = device
        self.precision = precision
        # Until the device is known it is supposed.
        self._kind: Kind = kind_of(device if device != AUTO else measured or CPU)
        self._device_at_work: str | None = None
        self._fell_back = False
        self._choice: ModelChoice | None = None
        # Of a model that is asked for by its path: a card that can be read without torch only some files have.
        self._loaded: tuple[Path, ModelCard] | None = None
        self._scans = RunningTasks()
        # How often the installed models became others.
        self._news = 0
        picture.model_failed.connect(self._give_up)
        self._apply()

    # -- what is chosen

    @property
    def selected(self) -> str:
        """What is chosen: "auto", "bicubic", or the name or path of a model."""
        return self._selection.id

    @property
    def defaults(self) -> Defaults:
        """What "auto" means, by name."""
        return self._defaults

    @property
    def path(self) -> Path | None:
        """Of the model at work; None without one."""
        return None if self._choice is None else self._choice.path_on(self._kind)

    @property
    def name(self) -> str:
        """Of the model at work; "bicubic" without one."""
        return self.path.stem if self.path is not None else BICUBIC

    @property
    def shown_name(self) -> str:
        """What enlarges, as people know it: models are called the same in every language, and bicubic is not."""
        return self.name if self.path is not None else QCoreApplication.translate("CompareCommands", "Bicubic")

    @property
    def current(self) -> InstalledModel | None:
        """The model at work, if it is one of those installed."""
        found = self._installed.get(self.name)
        return found if found is not None and found.path == self.path else None

    @property
    def installed(self) -> Mapping[str, InstalledModel]:
        """The installed models by name, as far as they are known yet."""
        return self._installed

    @property
    def trained(self) -> TrainedRange | None:
        """The scales that the model at work was trained at; None without one, or before it is known."""
        card = self._card
        return TrainedRange(card.min_scale, card.max_scale) if card is not None else None

    @property
    def _card(self) -> ModelCard | None:
        """Of the model at work, as far as it is known."""
        if self.current is not None:
            return self.current.card
        return self._loaded[1] if self._loaded is not None and self._loaded[0] == self.path else None

    def default_on(self, kind: Kind) -> InstalledModel | None:
        """The model that "auto" means on a kind of device; None where none is installed."""
        return default_model(self._installed.values(), kind=kind, defaults=self._defaults)

    def automatic(self) -> InstalledModel | None:
        """The model that "auto" means on the device at work."""
        return self.default_on(self._kind)

    def choices(self) -> dict[str, ModelChoice]:
        """The installed models as they would run here, by name."""
        return {name: self._choice_of(model) for name, model in self._installed.items()}

    def device_to_measure_on(self) -> str:
        """Where the quality of a model is measured: on the device at work, if that is known yet."""
        return self._device_at_work or self.device

    # -- choosing

    def use(self, name: str) -> None:
        """Enlarge by an installed model, by "auto", or by "bicubic"."""
        if name in (AUTO, BICUBIC) or name in self._installed:
            self._selection = Selection(name)
            self._apply(anew=True)

    def set_defaults(self, defaults: Defaults) -> None:
        """Let "auto" mean something else."""
        self._defaults = defaults
        self._apply()

    def run_on(self, *, device: str | None = None, precision: str | None = None) -> None:
        """Compute on another device, or in another precision."""
        self.device = device or self.device
        self.precision = precision or self.precision
        self._device_at_work = None
        self._fell_back = False
        if self.device != AUTO:
            self._kind = kind_of(self.device)
        self._apply(anew=True)

    def measure_again(self) -> None:
        """Find out once more which device is the quickest, when the model is used next."""
        self._slot.forget_measurement()
        self._fell_back = False
        self._apply(anew=True)

    # -- what becomes known

    def scan(self) -> None:
        """Look for installed models."""
        news = self._news
        task = Task(lambda: (news, installed_models()), name="look for models")
        task.done.connect(self._take_scan)
        self._scans.start(task)

    def know(self, models: Sequence[InstalledModel]) -> None:
        """These are the installed models."""
        self._news += 1
        chosen = self.selected
        was_there = chosen in self._installed
        self._installed = {model.name: model for model in models}
        if was_there and chosen not in self._installed:
            self._selection = Selection(AUTO)
            self.missed.emit(chosen)
        self._apply()

    def note_renamed(self, name: str, model: InstalledModel) -> None:
        """An installed model has another name from now on."""
        self._news += 1
        self._installed = {model.name if key == name else key: each for key, each in self._installed.items()}
        self._installed[model.name] = model
        if self.selected == name:
            self._selection = Selection(model.name)
        self.renamed.emit(name, model.name)
        self._apply()

    def note_loaded(self, path: Path, card: ModelCard) -> None:
        """A model was loaded, and its card is known."""
        self._loaded = (path, card)
        self.changed.emit()

    def note_device(self, device: str) -> None:
        """A model was loaded for this device."""
        self._device_at_work = device
        self._kind = kind_of(device)
        self.changed.emit()

    def note_fallback(self) -> None:
        """The device was given up for the CPU; "auto" means the model for a CPU from now on."""
        self._fell_back = True
        self._kind = CPU
        if self.selected == AUTO:
            self._apply()

    def stop(self, *, timeout_s: float) -> bool:
        """End the thread, when the program ends; whether it ended in time."""
        return self._scans.stop(timeout_s=timeout_s)

    def _take_scan(self, found: tuple[int, list[InstalledModel]]) -> None:
        news, models = found
        if news == self._news:
            self.know(models)
        else:
            # The folders may have been read before the model came, or went, that is known of meanwhile.
            self.scan()

    def _apply(self, *, anew: bool = False) -> None:
        """Use what is chosen. A device that was given up is tried again only where a person asks for it (`anew`)."""
        before, self._choice = self._choice, self._chosen()
        if self._choice is None:
            self._picture.use_model(None)
        elif anew or self._choice != before:
            self._slot.choose(self._choice)
            self._picture.use_model(self._choice.model_id)
        self.changed.emit()

    def _chosen(self) -> ModelChoice | None:
        if self.selected == AUTO:
            return self._automatic_choice()
        model = self._installed.get(self.selected)
        if model is not None:
            return self._choice_of(model)
        path = self._selection.path
        return ModelChoice(path, self.device, self.precision) if path is not None else None

    def _choice_of(self, model: InstalledModel) -> ModelChoice:
        return ModelChoice(model.path, self.device, self.precision, stamp=model.stamp)

    def _automatic_choice(self) -> ModelChoice | None:
        on_cpu, on_gpu = self.default_on(CPU), self.default_on(GPU)
        if on_cpu is None or on_gpu is None:
            return None
        device = "cpu" if self._fell_back else self.device
        gpu_path = on_gpu.path if on_gpu.path != on_cpu.path else None
        stamp = on_cpu.stamp if gpu_path is None else f"{on_cpu.stamp} {on_gpu.stamp}"
        return ModelChoice(on_cpu.path, device, self.precision, gpu_path, stamp)

    def _give_up(self, error: object) -> None:
        self._selection = Selection(BICUBIC)
        self._apply()
        self.given_up.emit(error)
