"""The published figures that tables show beside what is measured, from `resources/published_psnr.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liif_core.errors import DatasetError
from liif_core.evaluation.protocol import BENCHMARK, PROTOCOLS
from liif_core.evaluation.scale import Scale
from liif_core.paths import resource_path


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A method's line in a table.

    Attributes:
        method: Encoder and decoder, or "Bicubic".
        source: Where the figures are from.
        psnr: Decibels by whole scale.
    """

    method: str
    source: str
    psnr: Mapping[int, float]

    def at(self, scale: Scale) -> float | None:
        """Decibels at a scale; None where nothing was published."""
        return self.psnr.get(int(scale.y)) if scale.is_whole else None


@dataclass(frozen=True, slots=True)
class PublishedDataset:
    """What was published about one dataset, and by which protocol."""

    name: str
    folders: tuple[str, ...]
    protocol: str
    lines: tuple[PublishedLine, ...]


def read_published(path: Path | None = None) -> list[PublishedDataset]:
    """All published figures.

    Raises:
        DatasetError: The file is missing or malformed.
    """
    source = path or resource_path("published_psnr.toml")
    try:
        return [_dataset(**table) for table in tomllib.loads(source.read_text(encoding="utf-8"))["dataset"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise DatasetError(f"{source}: the published figures cannot be read: {exc}") from exc


def published_of(folder: str) -> PublishedDataset | None:
    """The dataset that a folder of this name holds, whatever its case; None for other names.

    Raises:
        DatasetError: The file of published figures is missing or malformed.
    """
    return next((dataset for dataset in read_published() if folder.lower() in dataset.folders), None)


def usual_protocol(folder: str) -> str:
    """The protocol by which a dataset is published, `benchmark` for datasets that are not.

    Raises:
        DatasetError: The file of published figures is missing or malformed.
    """
    dataset = published_of(folder)
    return BENCHMARK if dataset is None else dataset.protocol


def _dataset(*, name: str, folders: list[str], protocol: str, scales: list[int], lines: list[Any]) -> PublishedDataset:
    if protocol not in PROTOCOLS:
        raise ValueError(f"unknown protocol '{protocol}' of {name}")
    parsed = tuple(_line(scales, **line) for line in lines)
    return PublishedDataset(name, tuple(folder.lower() for folder in folders), protocol, parsed)


def _line(scales: list[int], *, method: str, source: str, psnr: list[float]) -> PublishedLine:
    if len(psnr) > len(scales):
        raise ValueError(f"{method} has more figures than there are scales")
    return PublishedLine(method, source, dict(zip(scales, map(float, psnr), strict=False)))
