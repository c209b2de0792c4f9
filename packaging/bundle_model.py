"""Puts a trained model among the bundled ones: measures it, completes its card, writes manifest and README table.

    .venv/bin/python packaging/bundle_model.py RUN/model.safetensors --name fast --benchmarks FOLDER --card CARD.toml

`FOLDER` holds `Set5/` and `Set14/` in the EDSR layout. `CARD.toml` has `description`, `training_data`, `licence`, and
what the run's own card does not know, as of several runs after one another: `recipe`, `iterations`, `hours`.
A test holds the README's table to the manifest.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bootstrap import ROOT

from liif_core.atomic import atomic_path
from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.native import save_native
from liif_core.evaluation.enlarge import Enlarge, enlarge_bicubic, enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.metrics import psnr
from liif_core.evaluation.published import published_of
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.models.implicit import ImplicitModel
from liif_core.paths import sample_photo

DATASETS = ("Set5", "Set14")
SCALES = (2, 3, 4, 6, 8)
# Two pictures that differ by less are the same: rounding to 8 bits makes more than ten times that error.
SAME_DB = 70.0
# Of the sample photo, enlarged to compare.
SAMPLE = Size(96, 96)
BEGIN, END = "<!-- psnr: begin -->", "<!-- psnr: end -->"
MODELS = ROOT / "resources" / "models"


def measured(enlarge: Enlarge, benchmarks: Path) -> dict[str, float]:
    """PSNR in dB by "DATASET xSCALE", to the hundredth."""
    rows = [
        row
        for dataset in DATASETS
        for row in evaluate(enlarge, benchmarks / dataset, scales=SCALES, protocol="benchmark")
    ]
    return {f"{row.dataset} {row.scale}": round(row.psnr, 2) for row in rows}


def as_stored(model: ImplicitModel) -> tuple[ImplicitModel, torch.dtype]:
    """The model as it ships, which is what is measured: in half precision where no picture shows that."""
    halved = copy.deepcopy(model)
    with torch.no_grad():
        for weights in halved.state_dict().values():
            weights.copy_(weights.half())
    photo = read_image(sample_photo())
    detail = Image(np.ascontiguousarray(photo.pixels[: SAMPLE.height, : SAMPLE.width]))
    grid = OutputGrid(detail.size, detail.size.scaled(4))
    one, other = (torch.from_numpy(enlarge_by(each)(detail, grid)) for each in (model, halved))
    is_same = psnr(one, other) >= SAME_DB
    return (halved, torch.float16) if is_same else (model, torch.float32)


def main() -> None:
    """Measure, write the model, write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--benchmarks", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True)
    arguments = parser.parse_args()

    model, card = load_model(arguments.model)
    model, storage = as_stored(model)
    figures = measured(enlarge_by(model), arguments.benchmarks)
    card = replace(card, **tomllib.loads(arguments.card.read_text(encoding="utf-8")), psnr=figures)
    target = MODELS / f"{arguments.name}.safetensors"
    save_native(target, model, card, storage=storage)
    entry = {
        "name": arguments.name,
        "file": target.name,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "licence": card.licence,
        "training_data": card.training_data,
        "recipe": card.recipe,
        "iterations": card.iterations,
        "hours": card.hours,
        "device": card.device,
        "psnr": figures,
    }
    bicubic = measured(enlarge_bicubic, arguments.benchmarks)
    write_manifest(entry, bicubic)
    print(f"stored as {storage}, {target.stat().st_size} bytes")
    for key, value in figures.items():
        print(f"{key:<10} {value:.2f}   bicubic {bicubic[key]:.2f}")


def published() -> dict[str, dict[str, float]]:
    """PSNR in dB by method and "DATASET xSCALE" as papers give it, where they give it for all of these scales."""
    found: dict[str, dict[str, float]] = {}
    for dataset in DATASETS:
        table = published_of(dataset)
        for line in table.lines if table is not None else ():
            if line.psnr.keys() >= set(SCALES):
                found.setdefault(line.method, {}).update({f"{dataset} x{s}": line.psnr[s] for s in SCALES})
    return found


def write_manifest(entry: dict[str, Any], bicubic: dict[str, float]) -> None:
    """Replace or add one entry; the others stay."""
    manifest = MODELS / "manifest.json"
    known = json.loads(manifest.read_text(encoding="utf-8"))["models"] if manifest.exists() else []
    models: list[dict[str, Any]] = [other for other in known if other["name"] != entry["name"]] + [entry]
    models.sort(key=lambda model: str(model["name"]))
    literature = published()
    content = {"models": models, "bicubic": bicubic, "published": literature}
    with atomic_path(manifest) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = {"bicubic": bicubic} | {model["name"]: model["psnr"] for model in models}
    write_readme_table(lines | {f"{method}, as published": psnr for method, psnr in literature.items()})


def write_readme_table(lines: dict[str, dict[str, float]]) -> None:
    """Put PSNR by name and "DATASET xSCALE" between the README's markers."""
    rows = ["| | " + " | ".join(f"x{scale}" for scale in SCALES) + " |", "|---" * (len(SCALES) + 1) + "|"]
    for dataset in DATASETS:
        for name, figures in lines.items():
            cells = " | ".join(f"{figures[f'{dataset} x{scale}']:.2f}" for scale in SCALES)
            rows.append(f"| {dataset}, {name} | {cells} |")
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    with atomic_path(readme) as temporary:
        temporary.write_text(before + BEGIN + "\n\n" + "\n".join(rows) + "\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
