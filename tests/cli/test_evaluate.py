"""`stepless evaluate`: tables on stdout, the same in files, stopping, and what is refused."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.cli.main import build_parser
from liif_core.evaluation import enlarge
from liif_core.evaluation.enlarge import enlarge_bicubic
from liif_core.geometry import OutputGrid
from liif_core.imaging.image import Image
from liif_core.imaging.write import write_image
from tests.cli.terminal import ROOT, Stepless, assert_refused, environment, files_in

pytestmark = pytest.mark.usefixtures("one_thread")


def test_json_has_the_promised_form(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.json"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2,3", "--json", target)
    assert (outcome.code, outcome.err) == (0, "")
    table = json.loads(target.read_text(encoding="utf-8"))
    assert set(table) == {"model", "rows"}
    assert table["model"] == "bicubic"
    keys = ["dataset", "scale", "psnr", "images", "ssim", "protocol", "per_image", "left_out"]
    assert [list(row) for row in table["rows"]] == [keys] * 2
    for row in table["rows"]:
        assert [list(photo) for photo in row["per_image"]] == [["name", "psnr", "ssim"]] * 2
        assert row["psnr"] == pytest.approx(np.mean([photo["psnr"] for photo in row["per_image"]]))
        assert row["ssim"] == pytest.approx(np.mean([photo["ssim"] for photo in row["per_image"]]))
        assert row["protocol"] == "benchmark"
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
        assert line.split()[-4:] == [f"x{row['scale']}", f"{row['psnr']:.2f}", f"{row['ssim']:.4f}", "2"]


def test_scales_are_2_3_4_unless_told(stepless: Stepless, dataset: Path) -> None:
    lines = stepless("evaluate", dataset, "--model", "bicubic").out.splitlines()[1:]
    assert [line.split()[-4] for line in lines] == ["x2", "x3", "x4"]


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
    assert 0 < table["rows"][0]["psnr"] < float(bicubic[-3]) - 1


def test_self_ensemble_is_measured_under_a_name_of_its_own(stepless: Stepless, dataset: Path, tiny_model: Path) -> None:
    tables = []
    for options in ((), ("--self-ensemble",)):
        target = dataset / "out.json"
        asked = ("--model", tiny_model, "--scales", "2", "--json", target, *options)
        assert stepless("evaluate", dataset, *asked).code == 0
        tables.append(json.loads(target.read_text(encoding="utf-8")))
    once, eight_times = tables
    assert eight_times["model"] == f"{once['model']} (self-ensemble)"
    assert abs(eight_times["rows"][0]["psnr"] - once["rows"][0]["psnr"]) > 0.01


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


def test_scales_may_be_fractional_and_unequal(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out.json"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2,2.5,2x3,3x2,4x4", "--json", target)
    assert [line.split()[-4] for line in outcome.out.splitlines()[1:]] == ["x2", "x2.5", "2x3", "3x2", "x4"]
    rows = json.loads(target.read_text(encoding="utf-8"))["rows"]
    assert [row["scale"] for row in rows] == [2, 2.5, "2x3", "3x2", 4]
    assert [type(row["scale"]) for row in rows] == [int, float, str, str, int]
    assert rows[2]["psnr"] != rows[3]["psnr"]


def test_photos_are_shown_when_asked_for(stepless: Stepless, dataset: Path) -> None:
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2,3", "--per-image")
    lines = outcome.out.splitlines()[1:]
    assert [line[:11].strip() for line in lines] == ["a", "b", "Two photos"] * 2
    first, second, mean = (float(line[12:].split()[1]) for line in lines[:3])
    assert mean == pytest.approx((first + second) / 2, abs=0.011)


def test_several_datasets_are_measured_one_after_the_other(stepless: Stepless, dataset: Path) -> None:
    other = dataset.with_name("Other")
    shutil.copytree(dataset, other)
    outcome = stepless("evaluate", dataset, other, "--model", "bicubic", "--scales", "2,3")
    lines = outcome.out.splitlines()[1:]
    assert [line[:11].strip() for line in lines] == ["Two photos", "Two photos", "Other", "Other"]
    assert lines[0].split()[-3:] == lines[2].split()[-3:]


# The field's figures.


@pytest.mark.parametrize("name", ["Set5", pytest.param("Set14", marks=pytest.mark.slow)])
def test_bicubic_prints_the_figures_of_the_field(stepless: Stepless, shared: Path, name: str) -> None:
    folder = shared / "data" / "benchmark" / name
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}")
    figures = {"Set5": [33.67, 30.40, 28.43], "Set14": [30.33, 27.63, 26.09]}[name]
    lines = stepless("evaluate", folder, "--model", "bicubic").out.splitlines()[1:]
    assert [float(line.split()[2]) for line in lines] == pytest.approx(figures, abs=0.0051)


# Stopping.


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_between_photos_and_writes_nothing(
    stepless: Stepless, dataset: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    enlarged: list[Image] = []

    def interrupted(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        enlarged.append(image)
        signal.raise_signal(number)
        return enlarge_bicubic(image, grid)

    monkeypatch.setattr(enlarge, "enlarge_bicubic", interrupted)
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--json", dataset / "out.json")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "stepless: stopped\n")
    assert len(enlarged) == 1
    assert files_in(dataset) == {"HR"}
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of Unix")
def test_bar_shows_the_last_photo_on_a_terminal(dataset: Path) -> None:
    import pty

    code = "from liif_core.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "evaluate", str(dataset), "--model", "bicubic", "--scales", "2,3"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment() | {"TERM": "xterm"}, cwd=ROOT, stdout=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how Linux says that the other side is closed
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "measuring" in text and "4 of 4" in text and "b x3" in text
    assert "Two photos      x2" in text


def test_table_that_nobody_reads_is_written_all_the_same(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> str:
        raise BrokenPipeError  # as printing does where the text is longer than what a pipe holds

    monkeypatch.setattr("liif_core.evaluation.report.rows_text", gone)
    files = {f"--{kind}": dataset / f"out.{kind}" for kind in ("json", "csv", "markdown")}
    options = [str(word) for pair in files.items() for word in pair]
    parser, _ = build_parser()
    arguments = parser.parse_args(["evaluate", str(dataset), "--model", "bicubic", "--scales", "2", *options])
    with pytest.raises(BrokenPipeError):
        arguments.run(arguments)
    assert all(path.stat().st_size > 0 for path in files.values())


# Refusals.


@pytest.mark.parametrize("option", ["--json", "--csv", "--markdown"])
@pytest.mark.parametrize("place", ["missing/out", "HR"])
def test_file_that_cannot_be_written_is_refused_before_measuring(
    stepless: Stepless, dataset: Path, place: str, option: str
) -> None:
    (dataset / "HR" / "a.png").write_bytes(b"never read")
    target = dataset / place
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", option, target), target)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_pipe_is_not_replaced_by_a_table(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out"
    os.mkfifo(target)
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--json", target), target, "pipe")
    assert target.is_fifo()


@pytest.mark.skipif(sys.platform == "win32", reason="links take a permission there")
def test_link_to_a_place_that_is_missing_is_refused_before_measuring(stepless: Stepless, dataset: Path) -> None:
    (dataset / "HR" / "a.png").write_bytes(b"never read")
    target = dataset / "out"
    target.symlink_to(dataset / "missing" / "out")
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--json", target), target, "missing")


@pytest.mark.parametrize("option", ["--json", "--csv", "--markdown"])
@pytest.mark.parametrize("place", ["HR/a.png", "LR_bicubic/X2/ax2.png", "LR_bicubic/X3/ax3.png"])
def test_table_takes_the_place_of_no_photo(stepless: Stepless, dataset: Path, option: str, place: str) -> None:
    photo = dataset / place
    content = (dataset / "HR" / "a.png").read_bytes()
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(content)
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", option, photo), photo, "overwrite")
    assert photo.read_bytes() == content


def test_one_file_for_two_tables_is_refused(stepless: Stepless, dataset: Path) -> None:
    target = dataset / "out"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--json", target, "--csv", target)
    assert_refused(outcome, target, "twice")
    assert files_in(dataset) == {"HR"}


def test_disk_without_permission_is_refused(stepless: Stepless, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liif_core.cli.text_files.os.access", lambda path, mode: False)
    target = dataset / "out.csv"
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--csv", target), target, "permission")


def test_disk_that_fails_while_writing_is_told(
    stepless: Stepless, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    target = dataset / "out.csv"
    outcome = stepless("evaluate", dataset, "--model", "bicubic", "--scales", "2", "--csv", target)
    assert (outcome.code, outcome.err) == (2, f"stepless: {target}: cannot be written: No space left on device\n")
    assert files_in(dataset) == {"HR"}


def test_second_folder_is_looked_at_before_the_first_is_measured(stepless: Stepless, dataset: Path) -> None:
    (dataset / "HR" / "a.png").write_bytes(b"never read")
    missing = dataset.with_name("missing")
    assert_refused(stepless("evaluate", dataset, missing, "--model", "bicubic"), missing, "no folder HR")


def test_folder_without_photos_is_refused(stepless: Stepless, tmp_path: Path) -> None:
    assert_refused(stepless("evaluate", tmp_path, "--model", "bicubic"), tmp_path, "HR")
    (tmp_path / "HR").mkdir()
    assert_refused(stepless("evaluate", tmp_path, "--model", "bicubic"), tmp_path / "HR", "no photo")


def test_photos_that_cannot_be_measured_are_told_of_beside_the_table(stepless: Stepless, dataset: Path) -> None:
    folder = (dataset / "HR").rename(dataset / "mine")
    (folder / "a.png").write_bytes(b"no photo")
    outcome = stepless("evaluate", folder, "--model", "bicubic", "--scales", "2,3", "--json", dataset / "out.json")
    assert [line.split()[-1] for line in outcome.out.splitlines()[1:]] == ["1", "1"]
    (told,) = outcome.err.splitlines()
    assert told.startswith("stepless: left out: ") and "a.png" in told
    rows = json.loads((dataset / "out.json").read_text(encoding="utf-8"))["rows"]
    assert [row["left_out"][0]["name"] for row in rows] == ["a", "a"]


def test_scale_that_leaves_nothing_is_refused(stepless: Stepless, dataset: Path) -> None:
    assert_refused(stepless("evaluate", dataset, "--model", "bicubic", "--scales", "20"), "a.png", "x20")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("--scales", value) for value in ("1", "0,2", "-2", "2x0.5", "nan", "two", "", "2,,3", "2;3")],
        ("--protocol", "set5"),
        ("--precision", "fp8"),
    ],
)
def test_options_that_make_no_sense_are_refused(stepless: Stepless, dataset: Path, option: str, value: str) -> None:
    outcome = stepless("evaluate", dataset, f"{option}={value}", "--model", "bicubic")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"argument {option}: " in outcome.err.splitlines()[-1]
    assert repr(value) in outcome.err.splitlines()[-1]
