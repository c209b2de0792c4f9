"""The model that a source decodes with: chosen on the GUI thread, loaded on the worker's when it is needed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from liif_core.errors import DeviceError, RequestError
from liif_core.library import AUTO, CPU, GPU, kind_of
from liif_core.library.defaults import Kind
from liif_core.memory import budgets
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    import torch

    from liif_core.checkpoint.card import ModelCard
    from liif_core.models.implicit import ImplicitModel
    from liif_core.render.feature_cache import FeatureCache


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model and what it runs on; or two, of which the device decides.

    Attributes:
        path: Its file; of the model for a CPU, if there is another for a GPU.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        gpu_path: The file of the model for a GPU; None if it is the same.
        stamp: Tells files from others of the same names; "" where nobody looks for others.
    """

    path: Path
    device: str = AUTO
    precision: str = AUTO
    gpu_path: Path | None = None
    stamp: str = ""

    @property
    def model_id(self) -> str:
        """Tiles of equal ids have equal pixels."""
        return f"{self.path}|{self.gpu_path or ''}|{self.device}|{self.precision}|{self.stamp}"

    def path_on(self, kind: Kind) -> Path:
        """The file of the model for a kind of device."""
        return self.path if kind == CPU or self.gpu_path is None else self.gpu_path


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """A model in memory. Compared by identity.

    Attributes:
        choice: What was asked for.
        path: Its file.
        card: What the file says of it.
        model: On its device.
        device: That device.
        bf16: Whether the encoder's convolutions run in bfloat16.
        features: Encoded by it.
    """

    choice: ModelChoice
    path: Path
    card: ModelCard
    model: ImplicitModel
    device: torch.device
    bf16: bool
    features: FeatureCache


class ModelSlot:
    """Holds one model at a time.

    Args:
        choice: The model to begin with; `get` is not called before there is one.
        feature_bytes: How much the features of photos may take; None for what suits the machine.
        measured: Which device was found to be the quickest at an earlier start; None to find out, where there is more
            than one.
        on_measured: Called with the device that was found; on the worker's thread.
        on_devices: Called with the devices of this machine, once torch is there to ask; on the worker's thread.
        on_loaded: Called with the file and the card of a model that was loaded; on the worker's thread.
        on_ready: Called with the device's name once a model is loaded; on the worker's thread.
        on_notice: Called with a sentence for the user, when a device was given up; on the worker's thread.
        on_fallback: Called when a device was given up for the CPU; on the worker's thread.
    """

    def __init__(
        self,
        choice: ModelChoice | None = None,
        *,
        feature_bytes: int | None = None,
        measured: str | None = None,
        on_measured: Callable[[str], None] = lambda device: None,
        on_devices: Callable[[list[str]], None] = lambda devices: None,
        on_loaded: Callable[[Path, ModelCard], None] = lambda path, card: None,
        on_ready: Callable[[str], None] = lambda device: None,
        on_notice: Callable[[str], None] = lambda text: None,
        on_fallback: Callable[[], None] = lambda: None,
    ) -> None:
        self._lock = threading.Lock()
        self._choice = choice
        self._feature_bytes = feature_bytes
        self._measured = measured
        self._on_measured = on_measured
        self._on_devices = on_devices
        self._on_loaded = on_loaded
        self._on_ready = on_ready
        self._on_notice = on_notice
        self._on_fallback = on_fallback
        self._loaded: LoadedModel | None = None
        self._stale = False

    def choose(self, choice: ModelChoice) -> None:
        """Load another model at the next need; from the GUI thread, returns at once."""
        with self._lock:
            self._choice = choice

    def forget_measurement(self) -> None:
        """Find out once more which device is the quickest; from the GUI thread, returns at once."""
        with self._lock:
            self._measured = None
            self._stale = True

    def has(self, loaded: LoadedModel) -> bool:
        """Whether a model that was loaded is the chosen one still; from the worker's thread."""
        with self._lock:
            return loaded is self._loaded and loaded.choice == self._choice and not self._stale

    def get(self) -> LoadedModel:
        """The chosen model; from the worker's thread.

        Raises:
            CheckpointError: The model's file cannot be used.
            DeviceError: The device or precision cannot be used.
        """
        with self._lock:
            choice, stale, self._stale = self._choice, self._stale, False
        if choice is None:
            raise RequestError("no model was chosen")
        if self._loaded is None or self._loaded.choice != choice or stale:
            # The old one first, or both would need room.
            self._loaded = None
            self._loaded = self._load(choice)
            self._on_loaded(self._loaded.path, self._loaded.card)
            device = self._loaded.device.type
            self._on_ready(f"{device} bf16" if self._loaded.bf16 else device)
        return self._loaded

    def fall_back(self, reason: DeviceError) -> None:
        """The device is given up: whoever comes next gets the same model on the CPU.

        If another one was chosen meanwhile, that one is next, and tells by itself whether it runs.
        """
        loaded, self._loaded = self._loaded, None
        with self._lock:
            if loaded is not None and loaded.choice != self._choice:
                return
            if self._choice is not None:
                path = self._choice.path_on(GPU) if loaded is None else loaded.path
                self._choice = ModelChoice(path, "cpu", stamp=self._choice.stamp)
        self._on_ready("cpu")
        self._on_fallback()
        text = QCoreApplication.translate("ModelSlot", "The model runs on the CPU from now on: {0}.")
        self._on_notice(text.format(reason))

    def _load(self, choice: ModelChoice) -> LoadedModel:
        load_torch()
        from liif_core.checkpoint.load import load_model
        from liif_core.device import available_devices, choose_device, held_by, use_bf16
        from liif_core.render.feature_cache import FeatureCache

        devices = available_devices()
        self._on_devices(devices)
        timed = self._measure(choice.path, devices) if choice.device == AUTO else None
        device = choose_device(self._measured if choice.device == AUTO and self._measured else choice.device)
        path = choice.path_on(kind_of(device.type))
        model, card = timed if timed is not None and path == choice.path else load_model(path)
        bf16 = use_bf16(choice.precision, device)
        model = held_by(device, model)
        features = FeatureCache(self._feature_bytes or budgets().feature_bytes)
        return LoadedModel(choice, path, card, model, device, bf16, features)

    def _measure(self, path: Path, devices: list[str]) -> tuple[ImplicitModel, ModelCard] | None:
        """Find out which device is the quickest, unless that is known; the model that was timed, and its card.

        It is the model for a CPU, where there are two: what to compare is the devices, and it takes the least time.
        """
        from liif_core.checkpoint.load import load_model
        from liif_core.device import choose_device
        from liif_core.render.speed import quickest

        if self._measured in devices:
            # A card may compute no more, after an update of torch, say.
            with contextlib.suppress(DeviceError):
                choose_device(self._measured)
                return None
        if len(devices) == 1:
            self._measured = devices[0]
            return None
        model, card = load_model(path)
        self._measured = quickest(model, devices)
        self._on_measured(self._measured)
        return model, card
