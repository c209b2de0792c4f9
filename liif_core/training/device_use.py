"""How busy a run keeps its machine, for whoever watches."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import torch

_MB = 1024 * 1024


class DeviceUse:
    """Measures from one call to the next.

    Args:
        device: That trains.
        now: Seconds from any moment on.
        computed: Seconds that all threads of this process have computed.
    """

    def __init__(
        self,
        device: torch.device,
        *,
        now: Callable[[], float] = time.monotonic,
        computed: Callable[[], float] = time.process_time,
    ) -> None:
        self._device = device
        self._now, self._computed = now, computed
        self._before = (now(), computed())

    def values(self) -> dict[str, float]:
        """Numbers since the last call.

        Returns:
            "cpu_percent": share of all processors of the machine, in [0, 100]; "device_memory_mb": what torch holds of
            the memory of a device of its own, and "device_memory_total_mb", where these are known.
        """
        before, self._before = self._before, (self._now(), self._computed())
        wall_s, busy_s = (after - earlier for after, earlier in zip(self._before, before, strict=True))
        share = busy_s / (wall_s * (os.cpu_count() or 1)) if wall_s > 0 else 0.0
        return {"cpu_percent": round(100 * min(1.0, share), 1), **self._memory()}

    def _memory(self) -> dict[str, float]:
        if self._device.type == "cuda":
            total = torch.cuda.get_device_properties(self._device).total_memory
            held = torch.cuda.memory_reserved(self._device)
            return {"device_memory_mb": held / _MB, "device_memory_total_mb": total / _MB}
        if self._device.type == "mps":
            return {"device_memory_mb": torch.mps.current_allocated_memory() / _MB}
        return {}
