"""`stepless evaluate`: CSV, Markdown, and the layout of the papers' tables."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Stepless, files_in

pytestmark = pytest.mark.usefixtures("one_thread")


def csv_lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_csv_has_a_line_for_every_mean_and_photo(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.csv"
    asked = ("evaluate", dataset, "--model", "bicubic", "--scales", "2,2x3", "--csv", target)
    stepless(*asked)
    rows = csv_lines(target)
    assert [(row["model"], row["dataset"], row["scale"], row["photo"], row["images"]) for row in rows] == [
        ("bicubic", "Two photos", "2", "", "2"),
        ("bicubic", "Two photos", "2x3", "", "2"),
    ]
    means = {row["scale"]: row["psnr"] for row in rows}
    stepless(*asked, "--per-image")
    rows = csv_lines(target)
    assert [row["photo"] for row in rows] == ["a", "b", "", "a", "b", ""]
    assert {row["scale"]: row["psnr"] for row in rows if not row["photo"]} == means


def test_markdown_has_datasets_down_and_scales_across(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.md"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2,2.5", "--markdown", target)
    x2, fractional = (line.split() for line in outcome.out.splitlines()[1:])
    head, rule, line = target.read_text(encoding="utf-8").splitlines()
    assert head == "| bicubic: PSNR in dB / SSIM, protocol benchmark | x2 | x2.5 |"
    assert rule == "| --- | --- | --- |"
    assert line == f"| Two photos | {x2[-3]} / {x2[-2]} | {fractional[-3]} / {fractional[-2]} |"
    stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2", "--markdown", target, "--per-image")
    lines = target.read_text(encoding="utf-8").splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| Two photos, a", "| Two photos, b", "| Two photos"]


def test_all_files_are_written_at_once(stepless: Stepless, dataset: Path) -> None:
    outputs = [("--json", "a.json"), ("--csv", "a.csv"), ("--markdown", "a.md")]
    options = [part for option, name in outputs for part in (option, dataset / name)]
    assert stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2", *options).code == 0
    assert files_in(dataset) == {"HR", "a.json", "a.csv", "a.md"}


@pytest.mark.skipif(sys.platform != "linux", reason="names are always text there")
def test_names_that_are_no_text_are_escaped(stepless: Stepless, dataset: Path) -> None:
    odd = dataset / "HR" / os.fsdecode(b"caf\xe9.png")
    (dataset / "HR" / "a.png").rename(odd)
    outputs = {option: dataset / f"out.{option}" for option in ("json", "csv", "markdown")}
    options = [part for option, target in outputs.items() for part in (f"--{option}", target)]
    asked = ("evaluate", dataset, "--model", "bicubic", "--scales", "2", "--per-image")
    assert stepless(*asked, *options).code == 0
    (row,) = json.loads(outputs["json"].read_text(encoding="utf-8"))["rows"]
    assert [photo["name"] for photo in row["per_image"]] == ["b", odd.stem]
    assert [line["photo"] for line in csv_lines(outputs["csv"])] == ["b", r"caf\udce9", ""]
    assert r"| Two photos, caf\udce9 |" in outputs["markdown"].read_text(encoding="utf-8")


# The papers' layout.


@pytest.fixture
def set5(dataset: Path) -> Path:
    """Not Set5, but a folder of its name."""
    folder = dataset.with_name("set5")
    dataset.rename(folder)
    return folder


def test_table_has_measured_lines_above_published_ones(stepless: Stepless, set5: Path, tiny_model: Path) -> None:
    target = set5 / "out.json"
    outcome = stepless("evaluate", set5, "--table", "--model", tiny_model, "--scales", "2,5,8,2x3", "--json", target)
    head, scales, *lines = outcome.out.splitlines()
    assert head == "set5, PSNR in dB, protocol benchmark"
    assert scales.split() == ["x2", "x5", "x8", "2x3"]
    table = json.loads(target.read_text(encoding="utf-8"))
    assert [line.rsplit(maxsplit=5) for line in lines] == [
        ["  Bicubic", *(f"{row['psnr']:.2f}" for row in table["bicubic"]), "measured"],
        [f"  {tiny_model}", *(f"{row['psnr']:.2f}" for row in table["rows"]), "measured"],
        ["  Bicubic", "33.66", "-", "-", "-", "published"],
        ["  RDN MetaSR", "38.22", "-", "26.96", "-", "published"],
        ["  RDN LIIF", "38.17", "-", "27.14", "-", "published"],
    ]


def test_table_as_markdown_and_csv(stepless: Stepless, set5: Path, tiny_model: Path) -> None:
    markdown, data = set5 / "out.md", set5 / "out.csv"
    options = ("--scales", "4", "--markdown", markdown, "--csv", data)
    stepless("evaluate", set5, "--table", "--model", tiny_model, *options)
    head, _, bicubic, ours, *published = markdown.read_text(encoding="utf-8").splitlines()
    assert head == "| set5: PSNR in dB, protocol benchmark | x4 |"
    assert bicubic.startswith("| Bicubic | ") and ours.startswith(f"| {tiny_model} | ")
    assert published == [
        "| Bicubic (published) | 28.42 |",
        "| RDN MetaSR (published) | 32.38 |",
        "| RDN LIIF (published) | 32.50 |",
    ]
    rows = csv_lines(data)
    assert [row["model"] for row in rows] == ["bicubic", str(tiny_model)]


def test_table_of_bicubic_has_it_once(stepless: Stepless, set5: Path) -> None:
    target = set5 / "out.json"
    outcome = stepless("evaluate", set5, "--table", "--model", "bicubic", "--scales", "2", "--json", target)
    assert sum("measured" in line for line in outcome.out.splitlines()) == 1
    assert set(json.loads(target.read_text(encoding="utf-8"))) == {"model", "rows"}


def test_table_has_a_block_for_every_dataset(stepless: Stepless, dataset: Path) -> None:
    shutil.copytree(dataset, dataset.with_name("DIV2K_valid"))
    folders = (dataset, dataset.with_name("DIV2K_valid"))
    outcome = stepless("evaluate", *folders, "--table", "--model", "bicubic", "--scales", "2,4")
    plain, div2k = outcome.out.split("\n\n")
    assert "published" not in plain and "protocol benchmark" in plain
    assert "protocol div2k" in div2k
    assert ["EDSR-baseline", "LIIF", "34.67", "29.00", "published"] in [line.split() for line in div2k.splitlines()]


def test_published_figures_of_another_protocol_are_left_out(stepless: Stepless, set5: Path) -> None:
    outcome = stepless("evaluate", set5, "--table", "--model", "bicubic", "--scales", "2", "--protocol", "div2k")
    assert "protocol div2k" in outcome.out and "published" not in outcome.out


def test_table_and_photos_may_be_shown_together(stepless: Stepless, set5: Path) -> None:
    outcome = stepless("evaluate", set5, "--table", "--per-image", "--model", "bicubic", "--scales", "2")
    photos, block = outcome.out.split("\n\n")
    assert [line.split()[0] for line in photos.splitlines()] == ["dataset", "a", "b", "set5"]
    assert block.startswith("set5, PSNR in dB")
