"""Results as texts: what has no number, and names that mean something to a format."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

from liif_core.evaluation.evaluate import EvaluationRow, LeftOut, PhotoResult
from liif_core.evaluation.paper_table import table_blocks
from liif_core.evaluation.report import blocks_text, left_out_sentences, rows_csv, rows_json, rows_markdown, rows_text
from liif_core.evaluation.scale import Scale


def row(dataset: str = "set", scale: float = 2, psnr: float = 30.0, ssim: float | None = 0.9) -> EvaluationRow:
    return EvaluationRow(dataset, Scale(scale, scale), "benchmark", (PhotoResult("photo", psnr, ssim),))


def test_missing_similarity_is_a_dash_in_tables_and_null_in_json() -> None:
    tiny = row(ssim=None)
    assert rows_text([tiny], model="m").splitlines()[1].split() == ["set", "x2", "30.00", "-", "1"]
    assert "30.00 / - |" in rows_markdown([[tiny]], model="m")
    assert json.loads(rows_json([tiny], model="m"))["rows"][0]["ssim"] is None
    (line,) = csv.DictReader(io.StringIO(rows_csv([("m", [tiny])])))
    assert line["ssim"] == ""


def test_infinite_psnr_is_null_in_json_and_inf_in_csv() -> None:
    equal = row(psnr=math.inf)
    found = json.loads(rows_json([equal], model="m"))["rows"][0]
    assert found["psnr"] is None and found["per_image"][0]["psnr"] is None
    (line,) = csv.DictReader(io.StringIO(rows_csv([("m", [equal])])))
    assert float(line["psnr"]) == math.inf


def test_names_with_bars_and_commas_stay_whole() -> None:
    odd = row(dataset="a|b, c")
    assert "| a\\|b, c | 30.00" in rows_markdown([[odd]], model="m")
    (line,) = csv.DictReader(io.StringIO(rows_csv([("m,n", [odd])])))
    assert (line["model"], line["dataset"]) == ("m,n", "a|b, c")


def test_two_folders_of_one_name_keep_their_lines() -> None:
    folders = [[row(psnr=30.0)], [row(psnr=40.0)]]
    lines = rows_markdown(folders, model="m").splitlines()[2:]
    assert [line.split(" | ")[1][:5] for line in lines] == ["30.00", "40.00"]
    first, second = blocks_text(table_blocks({"m": folders})).split("\n\n")
    assert "30.00" in first and "40.00" in second


def test_protocols_have_markdown_tables_of_their_own() -> None:
    rgb = EvaluationRow("rgb", Scale(2, 2), "div2k", (PhotoResult("photo", 20.0, 0.5),))
    text = rows_markdown([[row()], [rgb]], model="m")
    assert [line for line in text.splitlines() if "protocol" in line] == [
        "| m: PSNR in dB / SSIM, protocol benchmark | x2 |",
        "| m: PSNR in dB / SSIM, protocol div2k | x2 |",
    ]


def test_photos_left_out_at_a_scale_have_a_dash_there_and_a_reason() -> None:
    def photos(scale: float, *names: str, left_out: tuple[LeftOut, ...] = ()) -> EvaluationRow:
        return EvaluationRow(
            "set", Scale(scale, scale), "benchmark", tuple(PhotoResult(n, 30.0, 0.9) for n in names), left_out
        )

    broken = LeftOut(Path("set/c.png"), "c.png: no photo")
    # Two files may differ in nothing but their extensions.
    rows = [
        photos(2, "a", "b", "b", left_out=(broken,)),
        photos(3, "b", "b", left_out=(LeftOut(Path("set/a.png"), "a.png: too small at x3"), broken)),
    ]
    lines = rows_markdown([rows], model="m", per_image=True).splitlines()[2:]
    assert [line.strip("| ").split(" | ") for line in lines] == [
        ["set, a", "30.00 / 0.9000", "-"],
        *[["set, b", "30.00 / 0.9000", "30.00 / 0.9000"]] * 2,
        ["set", "30.00 / 0.9000", "30.00 / 0.9000"],
    ]
    assert left_out_sentences(rows) == ["c.png: no photo", "a.png: too small at x3"]
    # Two files of one name, or of two folders of one name, are two.
    twins = [photos(2, "a", left_out=(LeftOut(Path(f"{place}/c.png"), f"{place} is broken"),)) for place in ("1", "2")]
    assert left_out_sentences(twins) == ["1 is broken", "2 is broken"]
    assert json.loads(rows_json(rows, model="m"))["rows"][0]["left_out"] == [{"name": "c", "reason": "c.png: no photo"}]


def test_long_names_move_the_columns() -> None:
    head, line = rows_text([row(dataset="a dataset with a long name")], model="m").splitlines()
    assert line.index("x2") + 2 == head.index("scale") + 5
