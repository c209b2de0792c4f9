"""The batches of a run, one step after the other, drawn ahead of the training."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import torch
from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.device import moved
from liif_core.errors import Cancelled, DatasetError, RequestError
from liif_core.training.config import TrainConfig
from liif_core.training.crops import Crops, HostCrops, crops_of
from liif_core.training.detail import DetailMap
from liif_core.training.draws import Draw, draw
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.samples import Batch, Pairs, QueryBatch, batch_of, pairs_of

# Steps that are drawn ahead: enough that none is waited for when one takes longer.
AHEAD = 3


class BatchSource:
    """Gives a run's batches step by step, and draws ahead on a thread, so that the device never waits.

    The thread draws, and where photos are not on the device, it cuts; for a processor it also resizes. What torch does
    is left to `next`: a device does it in the order of the training, and on a processor two threads that both spread
    their work over all cores would wait for each other. Use as a context manager.

    Args:
        photos: To learn from.
        config: Of the run.
        device: That trains.
        rank: Of this process, among
        world: processes that share a batch.
        first_step: To give, counted from 0.
        crops: Those of another source of the same photos for the same device, which need not be copied there again.

    Attributes:
        crops: Cut patches out of the photos.

    Raises:
        RequestError: The batch cannot be divided among processes and parts.
        DatasetError: A photo is smaller than a patch.
    """

    def __init__(
        self,
        photos: PhotoCache,
        config: TrainConfig,
        *,
        device: torch.device,
        rank: int = 0,
        world: int = 1,
        first_step: int = 0,
        crops: Crops | None = None,
    ) -> None:
        self._check(photos, config, world)
        self._photos, self._config, self._device = photos, config, device
        part = config.batch // (world * config.accumulate)
        first = rank * config.accumulate * part
        self._parts = [range(first + m * part, first + (m + 1) * part) for m in range(config.accumulate)]
        self._step = first_step
        self.crops = crops_of(photos, device) if crops is None else crops
        self._ready: queue.Queue[Sequence[_Prepared] | BaseException] = queue.Queue(maxsize=AHEAD)
        self._stop = CancelToken()
        self._has_begun = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="batches", daemon=True)

    @staticmethod
    def _check(photos: PhotoCache, config: TrainConfig, world: int) -> None:
        if config.batch % (world * config.accumulate):
            raise RequestError(
                f"a batch of {config.batch} patches cannot be divided among {world} processes with "
                f"{config.accumulate} parts each: expected a multiple of {world * config.accumulate}"
            )
        if int(min(photos.heights.min(), photos.widths.min())) < config.crop_side:
            raise DatasetError(f"a photo to learn from has a side of less than {config.crop_side} pixels")

    def __enter__(self) -> BatchSource:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.cancel()
        while self._thread.is_alive():
            try:
                self._ready.get_nowait()
            except queue.Empty:
                self._thread.join(timeout=0.05)

    def wait(self) -> None:
        """Until steps are drawn: before that, photos may be looked through for detail."""
        self._has_begun.wait()

    def next(self) -> Sequence[Batch | QueryBatch]:
        """The batches of this process for the next step, on the training device: as many as `accumulate` says.

        Raises:
            Exception: Whatever happened on the thread.
        """
        item = self._ready.get()
        if isinstance(item, BaseException):
            raise item
        return [self._finished(prepared) for prepared in item]

    def _draw(self) -> None:
        try:
            detail = DetailMap.of(self._photos, self._stop) if self._config.detail else None
            self._has_begun.set()
            while not self._stop.cancelled:
                self._ready.put([self._prepared(part, detail) for part in self._parts])
                self._step += 1
        except Cancelled:
            pass
        except Exception as exc:  # the thread's entry: handed to the trainer's thread by `next`
            self._ready.put(exc)
        finally:
            self._has_begun.set()

    def _prepared(self, slots: range, detail: DetailMap | None) -> _Prepared:
        """What the thread does for one batch."""
        drawn = draw(self._photos.heights, self._photos.widths, self._config, self._step, slots, detail)
        if not isinstance(self.crops, HostCrops):
            return _Prepared(drawn)
        crops = self.crops(drawn)
        if self._device.type == "cpu":
            return _Prepared(drawn, pairs=pairs_of(crops, drawn, self._config))
        return _Prepared(drawn, crops=crops.pin_memory() if self._device.type == "cuda" else crops)

    def _finished(self, prepared: _Prepared) -> Batch | QueryBatch:
        """The rest."""
        drawn, pairs = prepared.drawn, prepared.pairs
        if pairs is None:
            crops = prepared.crops
            crops = self.crops(drawn) if crops is None else moved(crops, self._device)
            pairs = pairs_of(crops, drawn, self._config)
        return batch_of(pairs, drawn)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A batch on its way: drawn, and then cut and resized as far as the thread does that."""

    drawn: Draw
    crops: Tensor | None = None
    pairs: Pairs | None = None
