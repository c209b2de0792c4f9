"""Which device enlarges photos quickest, measured in a moment.

What the devices of a machine are called says little: a small GPU with slow memory loses against a good CPU, above all
where every view has to be fetched from it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from liif_core.device import use_bf16
from liif_core.errors import LiifError
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer

logger = logging.getLogger(__name__)

MEASURE_S = 2.0
"""For all devices together: what a person waits for once without noticing much."""

_PHOTO, _SCALE = Size(192, 256), 4.0
_FEATURE_BYTES = 1 << 30


def quickest(
    model: ImplicitModel,
    devices: Sequence[str],
    *,
    seconds: float = MEASURE_S,
    clock: Callable[[], float] = time.perf_counter,
) -> str:
    """The device that encodes and decodes the most views in a given time.

    Args:
        model: On the CPU; it is left there.
        devices: Names of devices that are there, at least one. One that fails counts as slow.
        seconds: For all measurements together, beside the first view of each device.
        clock: Seconds that pass.

    Returns:
        One of `devices`; the first of equal ones.
    """
    if len(devices) == 1:
        return devices[0]
    rates = [_views_per_s(model, name, seconds / len(devices), clock) for name in devices]
    for name, rate in zip(devices, rates, strict=True):
        logger.info("%s: %.2f views a second", name, rate)
    return devices[rates.index(max(rates))]


def _views_per_s(model: ImplicitModel, name: str, seconds: float, clock: Callable[[], float]) -> float:
    device = torch.device(name)
    try:
        own = model if device.type == "cpu" else model.copy_to(device)
        bf16 = use_bf16("auto", device)
        # The first view pays for memory and for the choice of kernels.
        _render(own, bf16)
        start, views = clock(), 0
        while clock() - start < seconds or views == 0:
            _render(own, bf16)
            views += 1
        return views / max(clock() - start, 1e-9)
    except (LiifError, RuntimeError, TypeError) as exc:
        # Kinds of numbers that a device does not have are TypeErrors.
        logger.warning("the device %s cannot run the model: %s", name, exc)
        return 0.0


def _render(model: ImplicitModel, bf16: bool) -> None:
    """A view of a photo that was never seen: encoding is a part of it."""
    photo = Image(np.random.default_rng(0).integers(0, 256, (_PHOTO.height, _PHOTO.width, 3), dtype=np.uint8))
    grid = OutputGrid(photo.size, photo.size.scaled(_SCALE))
    renderer = Renderer(photo, model, FeatureCache(_FEATURE_BYTES), key=0, bf16=bf16)
    renderer.render_display(grid, grid.output.rect)
