"""`stepless bench`: a tiny run of each benchmark's way, and what is refused before any measuring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from liif_core.cli import bench
from liif_core.cli.main import build_parser
from liif_core.device import computes_bf16
from liif_core.geometry import Size
from liif_core.models.spec import PartSpec
from tests.benchmarks import memory, report, roofline, viewport
from tests.cli.terminal import Stepless, assert_refused, files_in

pytestmark = pytest.mark.usefixtures("one_thread")

ROW_KEYS = {
    "model",
    "device",
    "precision",
    "zoom",
    "size",
    "encode_ms",
    "decode_ms",
    "mpix_per_s",
    "baseline_mpix_per_s",
    "ratio",
    "max_error",
}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same benchmark of a view and of models that take no time."""
    monkeypatch.setattr(viewport, "VIEW", Size(36, 64))
    monkeypatch.setattr(viewport, "SAMPLE", Size(8, 12))
    monkeypatch.setattr(viewport, "HEAT_ZOOMS", (2.0, 2.7, 30.0))
    monkeypatch.setattr(viewport, "ENCODER", PartSpec("edsr-baseline", {"n_resblocks": 1, "n_feats": 8}))
    monkeypatch.setattr(
        viewport,
        "DECODERS",
        {
            viewport.LIIF: (PartSpec("liif", {"hidden_list": [16, 16]}), 1.5),
            viewport.METASR: (PartSpec("metasr"), 0.8),
        },
    )
    monkeypatch.setattr(roofline, "CPU_SIDES", (64, 128))
    monkeypatch.setattr(roofline, "COLUMNS", 64)


def benched(stepless: Stepless, out: Path, *arguments: object) -> tuple[dict[str, Any], str]:
    outcome = stepless("bench", "viewport", "--quick", "--device", "cpu", "--json", out, *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(out.read_text(encoding="utf-8")), outcome.out


@pytest.mark.usefixtures("tiny")
def test_viewport_measures_every_model_beside_plain_liif(stepless: Stepless, tmp_path: Path) -> None:
    found, printed = benched(stepless, tmp_path / "speed.json", "--precision", "fp32")
    rows = found["rows"]
    assert [(row["model"], row["zoom"]) for row in rows] == [
        ("LIIF EDSR-baseline", 4.0),
        ("Meta-SR EDSR-baseline", 4.0),
        ("fast", 2.0),
        ("fast", 2.7),
        ("fast", 30.0),
    ]
    for row in rows:
        assert set(row) >= ROW_KEYS
        assert (row["device"], row["precision"], row["size"]) == ("cpu", "fp32", [64, 36])
        assert row["encode_ms"] > 0 and row["decode_ms"] > 0 and row["multiply_adds"] > 0
        assert row["mpix_per_s"] == pytest.approx(64 * 36 / row["decode_ms"] / 1000)
        assert row["ratio"] == pytest.approx(row["mpix_per_s"] / row["baseline_mpix_per_s"])
        assert row["peak_share"] == pytest.approx(100 * row["gmac_per_s"] / found["roofline"]["fp32"]["gmac_per_s"])
        assert 0 <= row["max_error"] < 1e-4 and 0 <= row["picture_error"] < 1e-4
    assert found["baseline"]["before"] > 0 and found["baseline"]["after"] > 0
    assert found["machine"]["threads"] == 1
    assert files_in(tmp_path) == {"speed.json"}
    assert found["machine"]["torch"] in printed and "64 x 36" in printed
    assert max(map(len, printed.splitlines())) <= 120


@pytest.mark.usefixtures("tiny")
def test_viewport_measures_one_model_in_every_precision(stepless: Stepless, tmp_path: Path, tiny_model: Path) -> None:
    found, printed = benched(stepless, tmp_path / "speed.json", "--model", tiny_model)
    import torch

    precisions = ["fp32", "bf16"] if computes_bf16(torch.device("cpu")) else ["fp32"]
    expected = [("tiny", precision, zoom) for precision in precisions for zoom in (2.0, 2.7, 30.0)]
    assert [(row["model"], row["precision"], row["zoom"]) for row in found["rows"]] == expected
    assert set(found["roofline"]) == set(precisions)
    assert printed.count("tiny") == len(expected)


@pytest.mark.usefixtures("tiny")
def test_random_weights_are_the_same_in_every_run() -> None:
    for name in (viewport.LIIF, viewport.METASR):
        first, again = (viewport.random_model(name).state_dict() for _ in range(2))
        assert all(bool((value == again[key]).all()) for key, value in first.items())


def test_report_that_nobody_reads_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError  # as printing does where the text is longer than what a pipe holds

    monkeypatch.setattr(report, "measured", lambda name, _: {"rows": [{"name": name}]})
    monkeypatch.setattr(report, "print_report", gone)
    out = tmp_path / "out.json"
    arguments = build_parser()[0].parse_args(["bench", "memory", "--json", str(out)])
    with pytest.raises(BrokenPipeError):
        arguments.run(arguments)
    assert json.loads(out.read_text(encoding="utf-8"))["rows"] == [{"name": "memory"}]


def test_memory_is_asked_for_what_the_options_say(
    stepless: Stepless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def rows(megapixels: tuple[int, ...], *, model: str | None, **others: object) -> list[dict[str, Any]]:
        asked.append((megapixels, model, others))
        return [{"megapixels": megapixels[0], "zoom": 4.0, "file_mb": None, "rss_mb": 1234.5}]

    monkeypatch.setattr(memory, "rows", rows)
    out = tmp_path / "memory.json"
    outcome = stepless("bench", "memory", "--quick", "--model", "fast", "--json", out)
    assert (outcome.code, outcome.err) == (0, "")
    assert asked == [(report.QUICK_MEGAPIXELS, "fast", {"zooms": report.QUICK_ZOOMS})]
    assert json.loads(out.read_text(encoding="utf-8"))["rows"][0]["rss_mb"] == 1234.5
    assert "1,234" in outcome.out and "-" in outcome.out
    assert_refused(stepless("bench", "memory", "--device", "cpu"), "--device")


def test_unknown_benchmark_names_the_known_ones(stepless: Stepless) -> None:
    outcome = stepless("bench", "startup")
    assert outcome.code == 2
    assert all(name in outcome.err for name in ("startup", *bench.BENCHMARKS))


@pytest.mark.parametrize("repeats", ["0", "-1", "many"])
def test_repeats_are_counted_from_one(stepless: Stepless, repeats: str) -> None:
    outcome = stepless("bench", "viewport", f"--repeats={repeats}")
    assert outcome.code == 2 and repeats in outcome.err


def test_installed_program_says_where_benchmarks_are(
    stepless: Stepless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "SOURCE_ROOT", tmp_path)
    assert_refused(stepless("bench", "viewport"), "benchmarks come with the source code", tmp_path)


@pytest.fixture
def no_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("measured before refusing")

    monkeypatch.setattr(viewport, "peak", refuse)
    monkeypatch.setattr(viewport, "Baseline", refuse)


@pytest.mark.usefixtures("no_measuring")
def test_file_that_cannot_be_written_is_refused_first(stepless: Stepless, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "speed.json"
    assert_refused(stepless("bench", "viewport", "--json", missing), missing, "does not exist")
    assert_refused(stepless("bench", "viewport", "--json", tmp_path), tmp_path, "is a folder")
    assert files_in(tmp_path) == set()


@pytest.mark.usefixtures("no_measuring")
@pytest.mark.parametrize("option, wrong", [("--model", "nonsense"), ("--device", "abacus")])
def test_unknown_model_or_device_is_refused_first(stepless: Stepless, option: str, wrong: str) -> None:
    assert_refused(stepless("bench", "viewport", option, wrong), wrong)


@pytest.mark.slow
def test_training_is_measured_beside_the_published_loop(stepless: Stepless, tmp_path: Path) -> None:
    out = tmp_path / "train.json"
    outcome = stepless("bench", "train", "--quick", "--device", "cpu", "--precision", "fp32", "--json", out)
    assert (outcome.code, outcome.err) == (0, "")
    plain, own = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert (plain["loop"], own["loop"], own["precision"]) == ("plain", "stepless", "fp32")
    assert plain["ratio"] == 1 and own["ratio"] == pytest.approx(own["samples_per_s"] / plain["samples_per_s"])
    assert "paper-edsr-liif" in outcome.out and outcome.out.count("fp32") == 2
