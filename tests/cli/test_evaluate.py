"""`stepless evaluate`: the table on stdout, the same in JSON, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.imaging.write import write_image
from tests.cli.terminal import Stepless, assert_refused, files_in

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def dataset(tmp_path: Path, pixels: NDArray[np.uint8]) -> Path:
    """Two photos and no inputs."""
    folder = tmp_path / "Two photos"
    (folder / "HR").mkdir(parents=True)
    write_image(folder / "HR" / "a.png", pixels)
    write_image(folder / "HR" / "b.png", pixels[::-1, ::-1])
    return folder


def test_json_has_exactly_the_promised_form(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.json"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2,3", "--json", target)
    assert (outcome.code, outcome.err) == (0, "")
    table = json.loads(target.read_text(encoding="utf-8"))
    assert set(table) == {"model", "rows"}
    assert table["model"] == "bicubic"
    assert [set(row) for row in table["rows"]] == [{"dataset", "scale", "psnr", "images"}] * 2
    assert [(row["dataset"], row["scale"], row["images"]) for row in table["rows"]] == [
        ("Two photos", 2, 2),
        ("Two photos", 3, 2),
    ]
    assert table["rows"][0]["psnr"] > table["rows"][1]["psnr"] > 10
    assert files_in(dataset) == {"HR", "out.json"}


def test_table_shows_the_same_numbers(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.json"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "3,2", "--json", target)
    head, *lines = outcome.out.splitlines()
    assert "bicubic" in head and "benchmark" in head
    rows = json.loads(target.read_text(encoding="utf-8"))["rows"]
    assert len(lines) == len(rows) == 2
    for line, row in zip(lines, rows, strict=True):
        assert line.startswith("Two photos")
        assert line.split()[-3:] == [f"x{row['scale']}", f"{row['psnr']:.2f}", "2"]


def test_scales_are_2_3_4_unless_told(stepless: Stepless, dataset: Path) -> None:
    lines = stepless("evaluate", dataset, "--model", "bicubic").out.splitlines()[1:]
    assert [line.split()[-3] for line in lines] == ["x2", "x3", "x4"]


def test_protocols_measure_differently(stepless: Stepless, dataset: Path) -> None:
    tables = [
        stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2", "--protocol", protocol).out.splitlines()
        for protocol in ("benchmark", "div2k")
    ]
    assert "div2k" in tables[1][0]
    assert tables[0][1] != tables[1][1]


def test_model_is_measured_by_path(stepless: Stepless, dataset: Path, tiny_model: Path) -> None:
    target = dataset / "out.json"
    outcome = stepless("evaluate", dataset, "--model", tiny_model, "--scales", "2", "--json", target)
    assert (outcome.code, outcome.err) == (0, "")
    table = json.loads(target.read_text(encoding="utf-8"))
    assert table["model"] == str(tiny_model)
    # Its weights are random.
    bicubic = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2").out.splitlines()[1].split()
    assert 0 < table["rows"][0]["psnr"] < float(bicubic[-2]) - 1


def test_folder_the_person_stands_in_has_its_name(
    stepless: Stepless, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dataset)
    outcome = stepless("evaluate", ".", "--model", "bicubic", "--scales", "2")
    assert outcome.out.splitlines()[1].startswith("Two photos")


def test_equal_pictures_have_no_number_in_json(stepless: Stepless, tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    write_image(tmp_path / "HR" / "flat.png", np.full((40, 40, 3), 128, np.uint8))
    outcome = stepless("evaluate", tmp_path, "--model", "bicubic", "--scales", "2", "--json", tmp_path / "out.json")
    assert "inf" in outcome.out

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    table = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert table["rows"][0]["psnr"] is None


@pytest.mark.parametrize("place", ["missing/out.json", "HR"])
def test_json_that_cannot_be_written_is_refused_before_measuring(stepless: Stepless, dataset: Path, place: str) -> None:
    target = dataset / place
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--json", target), target)


def test_folder_without_photos_is_refused(stepless: Stepless, tmp_path: Path) -> None:
    assert_refused(stepless("evaluate", tmp_path, "--model", "bicubic"), tmp_path, "HR")
    (tmp_path / "HR").mkdir()
    assert_refused(stepless("evaluate", tmp_path, "--model", "bicubic"), tmp_path / "HR", "no photo")


def test_scale_that_leaves_nothing_is_refused(stepless: Stepless, dataset: Path) -> None:
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--scales", "20"), "a.png", "x20")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("--scales", value) for value in ("1", "0,2", "-2", "2.5", "two", "", "2,,3", "2;3")],
        ("--protocol", "set5"),
        ("--precision", "fp8"),
    ],
)
def test_options_that_make_no_sense_are_refused(stepless: Stepless, dataset: Path, option: str, value: str) -> None:
    outcome = stepless("evaluate", dataset, f"{option}={value}", "--model", "bicubic")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"argument {option}: " in outcome.err.splitlines()[-1]
    assert repr(value) in outcome.err.splitlines()[-1]
