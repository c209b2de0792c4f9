"""The bundled models are those that the manifest and the README tell of."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest

from liif_core.checkpoint.card import read_card
from liif_core.checkpoint.load import load_model
from liif_core.evaluation.enlarge import enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.published import published_of
from liif_core.library import DEFAULT_MODEL, ManifestEntry, read_manifest
from liif_core.paths import resource_path

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def entries() -> dict[str, ManifestEntry]:
    return {entry.name: entry for entry in read_manifest()}


def test_every_bundled_model_is_in_the_manifest_with_its_hash(entries: dict[str, ManifestEntry]) -> None:
    files = {path.name for path in resource_path("models").glob("*.safetensors")}
    assert files == {entry.file for entry in entries.values()}
    for entry in entries.values():
        content = resource_path("models", entry.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry.sha256


def test_bundled_models_are_small(entries: dict[str, ManifestEntry]) -> None:
    for entry in entries.values():
        assert resource_path("models", entry.file).stat().st_size < 8_000_000, entry.name


@pytest.mark.slow
@pytest.mark.parametrize("name", [entry.name for entry in read_manifest()])
def test_bundled_models_reach_what_the_manifest_says(
    entries: dict[str, ManifestEntry], shared: Path, name: str
) -> None:
    enlarge = enlarge_by(load_model(resource_path("models", entries[name].file))[0])
    (row,) = evaluate(enlarge, shared / "data" / "benchmark" / "Set5", scales=[4], protocol="benchmark")
    # Another processor rounds differently.
    assert row.psnr == pytest.approx(entries[name].psnr["Set5 x4"], abs=0.01)


def test_the_photos_learned_from_are_listed(entries: dict[str, ManifestEntry]) -> None:
    with resource_path("models", "photographs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    learned = [row for row in rows if row["use"] == "training"]
    assert {row["use"] for row in rows} == {"training", "validation"}
    assert all(row[column] for row in rows for column in ("source", "version", "path", "licence"))
    for entry in entries.values():
        assert entry.training_data.startswith(f"{len(learned)} photographs"), entry.name
        assert "photographs.csv" in entry.training_data, entry.name


def test_the_default_model_is_bundled(entries: dict[str, ManifestEntry]) -> None:
    assert DEFAULT_MODEL in entries


def test_cards_and_manifest_say_the_same(entries: dict[str, ManifestEntry]) -> None:
    for entry in entries.values():
        _, card = read_card(resource_path("models", entry.file))
        assert card.licence == entry.licence
        assert card.training_data == entry.training_data
        assert (card.recipe, card.iterations, card.hours) == (entry.recipe, entry.iterations, entry.hours)
        assert card.device == entry.device
        assert "unknown" not in (card.recipe, card.device, card.training_data, card.licence)
        assert min(card.iterations, card.hours) > 0
        assert dict(card.psnr) == entry.psnr


def test_the_readme_quotes_the_manifest(entries: dict[str, ManifestEntry]) -> None:
    manifest = json.loads(resource_path("models", "manifest.json").read_text(encoding="utf-8"))
    psnr_of = {"bicubic": manifest["bicubic"], **{name: entry.psnr for name, entry in entries.items()}}
    psnr_of |= {f"{method}, as published": psnr for method, psnr in manifest["published"].items()}
    rows = re.findall(r"^\| (Set5|Set14), ([^|]+) \|(.+)\|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert {(dataset, name) for dataset, name, _ in rows} == {(d, n) for d in ("Set5", "Set14") for n in psnr_of}
    for dataset, name, cells in rows:
        quoted = [float(cell) for cell in cells.split("|")]
        assert quoted == [psnr_of[name][f"{dataset} x{scale}"] for scale in (2, 3, 4, 6, 8)]


def test_published_figures_are_those_of_the_tables() -> None:
    manifest = json.loads(resource_path("models", "manifest.json").read_text(encoding="utf-8"))
    assert manifest["published"]
    for method, psnr in manifest["published"].items():
        for name, value in psnr.items():
            dataset, _, scale = name.partition(" x")
            table = published_of(dataset)
            assert table is not None
            (line,) = [line for line in table.lines if line.method == method]
            assert value == line.psnr[int(scale)]
