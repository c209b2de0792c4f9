"""Measured figures in the layout of the papers' tables: a block for each dataset, methods down, scales across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liif_core.evaluation.evaluate import EvaluationRow, check_same_photos
from liif_core.evaluation.published import published_of
from liif_core.evaluation.scale import Scale

# How tables write what the program calls otherwise.
METHOD_NAMES = {"bicubic": "Bicubic"}


@dataclass(frozen=True, slots=True)
class TableLine:
    """A method's PSNR in dB at the scales of its block; None where there is none."""

    method: str
    published: bool
    psnr: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """One dataset's part of a table."""

    dataset: str
    protocol: str
    scales: tuple[Scale, ...]
    lines: tuple[TableLine, ...]


def table_blocks(measured: Mapping[str, Sequence[Sequence[EvaluationRow]]]) -> list[TableBlock]:
    """What was measured on each dataset, above what was published about it.

    Published figures are left out where they are by another protocol than the measured ones.

    Args:
        measured: The rows of every dataset by name of the method, in the order of the lines; each method on the same
            datasets, by the same protocols and at the same scales.

    Raises:
        DatasetError: The methods were measured on different photos, or the file of published figures is missing or
            malformed.
    """
    check_same_photos({name: [row for rows in own for row in rows] for name, own in measured.items()})
    datasets = zip(*measured.values(), strict=True)
    return [_block(dict(zip(measured, rows, strict=True))) for rows in datasets]


def _block(measured: Mapping[str, Sequence[EvaluationRow]]) -> TableBlock:
    rows = next(iter(measured.values()))
    dataset, protocol = rows[0].dataset, rows[0].protocol
    scales = tuple(row.scale for row in rows)
    lines = [
        TableLine(METHOD_NAMES.get(name, name), False, tuple(row.psnr for row in own)) for name, own in measured.items()
    ]
    published = published_of(dataset)
    if published is not None and published.protocol == protocol:
        lines += [TableLine(line.method, True, tuple(map(line.at, scales))) for line in published.lines]
    return TableBlock(dataset, protocol, scales, tuple(lines))
