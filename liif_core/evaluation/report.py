"""Results as text: aligned for a terminal, Markdown for a README, CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from liif_core.evaluation.evaluate import EvaluationRow, PhotoResult
from liif_core.evaluation.paper_table import TableBlock, TableLine

NONE = "-"
CSV_HEADER = ("model", "dataset", "protocol", "scale", "photo", "psnr", "ssim", "images")


def rows_text(rows: Sequence[EvaluationRow], *, model: str, per_image: bool = False) -> str:
    """A line for every row, after those of its photos if wanted."""
    protocols = ", ".join(dict.fromkeys(row.protocol for row in rows))
    names = [row.dataset for row in rows]
    if per_image:
        names += [photo.name for row in rows for photo in row.per_image]
    width = max(12, *map(len, names))
    lines = [
        f"{'dataset':<{width}} {'scale':>5} {'PSNR dB':>8} {'SSIM':>7} {'images':>6}   {model}, protocol {protocols}"
    ]
    for row in rows:
        if per_image:
            lines += [_columns(photo.name, row, photo, width) for photo in row.per_image]
        lines.append(f"{_columns(row.dataset, row, row, width)} {row.images:>6}")
    return "\n".join(lines)


def blocks_text(blocks: Sequence[TableBlock]) -> str:
    """The papers' layout."""
    return "\n\n".join("\n".join(_block_lines(block)) for block in blocks)


def rows_markdown(datasets: Sequence[Sequence[EvaluationRow]], *, model: str, per_image: bool = False) -> str:
    """Datasets (and photos) down, scales across, "PSNR / SSIM" in the cells; one table for each protocol.

    Args:
        datasets: The rows of each dataset, all at the same scales.
        model: What was measured.
        per_image: Whether every photo has a line, above that of its dataset.
    """
    tables = []
    for protocol in dict.fromkeys(rows[0].protocol for rows in datasets):
        own = [rows for rows in datasets if rows[0].protocol == protocol]
        body: list[list[str]] = []
        for rows in own:
            body += _photo_lines(rows) if per_image else ()
            body.append([rows[0].dataset, *map(_pair, rows)])
        scales = [str(row.scale) for row in own[0]]
        tables.append(_markdown([f"{model}: PSNR in dB / SSIM, protocol {protocol}", *scales], body))
    return "\n".join(tables)


def blocks_markdown(blocks: Sequence[TableBlock]) -> str:
    """The papers' layout as one table for each dataset."""
    return "\n".join(
        _markdown(
            [f"{block.dataset}: PSNR in dB, protocol {block.protocol}", *map(str, block.scales)],
            [[_method(line), *map(_decibels, line.psnr)] for line in block.lines],
        )
        for block in blocks
    )


def rows_csv(rows_by_model: Iterable[tuple[str, Sequence[EvaluationRow]]], *, per_image: bool = False) -> str:
    """A line for every row, after those of its photos if wanted.

    The photo is empty in lines of means, SSIM where there is none; the PSNR of equal pictures is "inf".
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for model, rows in rows_by_model:
        for row in rows:
            start = (model, row.dataset, row.protocol, row.scale.value)
            for photo in row.per_image if per_image else ():
                writer.writerow((*start, photo.name, photo.psnr, photo.ssim, 1))
            writer.writerow((*start, "", row.psnr, row.ssim, row.images))
    return out.getvalue()


def json_row(row: EvaluationRow) -> dict[str, Any]:
    """A row for JSON, which has no infinity: equal pictures have the PSNR null."""
    return {
        "dataset": row.dataset,
        "scale": row.scale.value,
        "psnr": _finite(row.psnr),
        "images": row.images,
        "ssim": row.ssim,
        "protocol": row.protocol,
        "per_image": [{"name": photo.name, "psnr": _finite(photo.psnr), "ssim": photo.ssim} for photo in row.per_image],
        "left_out": [{"name": photo.name, "reason": photo.reason} for photo in row.left_out],
    }


def rows_json(rows: Sequence[EvaluationRow], *, model: str, bicubic: Sequence[EvaluationRow] = ()) -> str:
    """`{"model": ..., "rows": [...]}`, and `"bicubic": [...]` where it was measured beside the model."""
    table: dict[str, Any] = {"model": model, "rows": [json_row(row) for row in rows]}
    if bicubic:
        table["bicubic"] = [json_row(row) for row in bicubic]
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def left_out_sentences(rows: Iterable[EvaluationRow]) -> list[str]:
    """Why photos were left out: the first reason for each, in one sentence that names it."""
    reasons: dict[Path, str] = {}
    for photo in (photo for row in rows for photo in row.left_out):
        reasons.setdefault(photo.path, photo.reason)
    return list(reasons.values())


def _photo_lines(rows: Sequence[EvaluationRow]) -> Iterator[list[str]]:
    """A line for every photo that was measured at any of the scales."""
    by_scale = [_photos_by_key(row) for row in rows]
    for key in dict.fromkeys(key for photos in by_scale for key in photos):
        cells = [_pair(photos[key]) if key in photos else NONE for photos in by_scale]
        yield [f"{rows[0].dataset}, {key[0]}", *cells]


def _photos_by_key(row: EvaluationRow) -> dict[tuple[str, int], PhotoResult]:
    """By name, and by number where files that differ in their extensions have the same."""
    seen: Counter[str] = Counter()
    photos = {}
    for photo in row.per_image:
        photos[photo.name, seen[photo.name]] = photo
        seen[photo.name] += 1
    return photos


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _decibels(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _similarity(value: float | None) -> str:
    return NONE if value is None else f"{value:.4f}"


def _pair(result: EvaluationRow | PhotoResult) -> str:
    return f"{_decibels(result.psnr)} / {_similarity(result.ssim)}"


def _columns(name: str, row: EvaluationRow, result: EvaluationRow | PhotoResult, width: int) -> str:
    return f"{name:<{width}} {row.scale!s:>5} {_decibels(result.psnr):>8} {_similarity(result.ssim):>7}"


def _method(line: TableLine) -> str:
    return f"{line.method} (published)" if line.published else line.method


def _block_lines(block: TableBlock) -> Iterator[str]:
    width = max(len(line.method) for line in block.lines)
    yield f"{block.dataset}, PSNR in dB, protocol {block.protocol}"
    yield f"  {'':<{width}}" + "".join(f" {scale!s:>7}" for scale in block.scales)
    for line in block.lines:
        cells = "".join(f" {_decibels(value):>7}" for value in line.psnr)
        yield f"  {line.method:<{width}}{cells}   {'published' if line.published else 'measured'}"


def _markdown(head: list[str], body: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
