"""The experiments' scripts from the command line to their tables, with tiny models."""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path
from typing import Any

import experiment
import experiment_ablations
import experiment_size_varied
import numpy as np
import pytest

from liif_core.cli.exit_codes import EXIT_ERROR
from liif_core.models.build import build_model
from liif_core.models.decoders.liif import Liif
from liif_core.training.run_files import LOG_FILE

pytestmark = pytest.mark.usefixtures("one_thread")

TINY = "--patch 12 --batch 2 --queries 16 --max-scale 2 --n-resblocks 1 --n-feats 4 --hidden-list 8 8 --device cpu"
ABLATIONS = ["liif", "liif-c", "liif-u", "liif-e", "liif-d"]


@pytest.fixture
def benchmark_folder(photos: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "Set1"
    (folder / "HR").mkdir(parents=True)
    shutil.copy(photos / "photo0.png", folder / "HR")
    return folder


def ablate(photos: Path, benchmarks: Path, out: Path, *more: str) -> int:
    options = ["--data", str(photos), "--out", str(out), "--benchmarks", str(benchmarks), "--scales", "2", "3.5"]
    return experiment_ablations.main([*options, *TINY.split(), *(more or ("--steps", "2"))])


def vary(photos: Path, out: Path, *more: str) -> int:
    options = ["--data", str(photos), "--out", str(out), "--scales", "1.5", "2"]
    return experiment_size_varied.main([*options, *TINY.split(), *(more or ("--steps", "2"))])


def results(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return loaded


def test_ablations_are_trained_for_equal_steps_and_measured(
    photos: Path, benchmark_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "out"
    assert ablate(photos, benchmark_folder, out) == 0
    table = results(out)
    columns = ["Set1 x2", "Set1 x3.5", "photos x2", "photos x4"]
    assert [outcome["name"] for outcome in table["outcomes"]] == ABLATIONS
    for outcome in table["outcomes"]:
        assert outcome["steps"] == 2
        assert outcome["train_s"] > 0
        assert list(outcome["psnr"]) == list(outcome["bicubic"]) == columns
        assert all(math.isfinite(value) for value in (*outcome["psnr"].values(), *outcome["bicubic"].values()))
    assert table["settings"]["hidden_list"] == [8, 8]
    markdown = (out / "results.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.endswith(markdown)
    lines = markdown.splitlines()
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:8]] == ["bicubic", *ABLATIONS]
    assert str(tmp_path) not in markdown


def test_every_ablation_lacks_one_thing() -> None:
    flags = experiment_ablations.variants([256] * 4)
    models = [build_model(experiment.config_of(experiment_arguments(), **flags[name]).model) for name in ABLATIONS]
    decoders = [model.decoder for model in models if isinstance(model.decoder, Liif)]
    everything = (True, True, True)
    lacking = [(False, True, True), (True, False, True), (True, True, False)]
    has = [(decoder.cell_decode, decoder.feat_unfold, decoder.local_ensemble) for decoder in decoders]
    assert has == [everything, *lacking, everything]
    assert flags["liif-d"] == {"hidden_list": [256, 256]}


def experiment_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    experiment.add_arguments(parser)
    return parser.parse_args([*TINY.split(), "--data", "photos", "--out", "out", "--steps", "1"])


def test_finished_variants_are_not_trained_again(
    photos: Path, benchmark_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert ablate(photos, benchmark_folder, out) == 0
    before = results(out)
    shutil.rmtree(out / "liif-e")
    trained = []
    train = experiment.train

    def counted(config: Any, asked: Any, folder: Path, **options: Any) -> experiment.Trained:
        trained.append(folder.name)
        return train(config, asked, folder, **options)

    monkeypatch.setattr(experiment, "train", counted)
    assert ablate(photos, benchmark_folder, out) == 0
    assert trained == ["liif-e"]
    after = results(out)
    for outcome, again in zip(before["outcomes"], after["outcomes"], strict=True):
        assert outcome["psnr"] == pytest.approx(again["psnr"])


def test_interrupted_measuring_does_not_cost_the_training(photos: Path, benchmark_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ablate(photos, benchmark_folder, out) == 0
    result = out / "liif" / experiment.RESULT_FILE
    saved = json.loads(result.read_text(encoding="utf-8"))
    result.write_text(json.dumps({**saved, "outcome": None}), encoding="utf-8")
    assert ablate(photos, benchmark_folder, out) == 0
    assert json.loads(result.read_text(encoding="utf-8")) == saved


def test_line_of_a_log_that_was_cut_off_does_not_cost_the_training(
    photos: Path, benchmark_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert ablate(photos, benchmark_folder, out) == 0
    expected = results(out)
    asked = json.loads((out / "liif" / "result.json").read_text(encoding="utf-8"))["asked"]
    (out / "liif" / "result.json").write_text(json.dumps({"asked": asked, "outcome": None}), encoding="utf-8")
    log = out / "liif" / LOG_FILE
    first, *rest = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([first, first[:20], *rest]) + "\n", encoding="utf-8")
    assert ablate(photos, benchmark_folder, out) == 0
    assert results(out)["outcomes"][0] == expected["outcomes"][0]


def test_minutes_of_the_first_variant_are_the_steps_of_all(
    photos: Path, benchmark_folder: Path, tmp_path: Path
) -> None:
    assert ablate(photos, benchmark_folder, tmp_path / "out", "--minutes", "0.002") == 0
    assert len({outcome["steps"] for outcome in results(tmp_path / "out")["outcomes"]}) == 1


def test_budget_without_a_single_step_is_refused(
    photos: Path, benchmark_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ablate(photos, benchmark_folder, tmp_path / "out", "--minutes", "1e-9") == EXIT_ERROR
    assert "the budget ended before the first step" in capsys.readouterr().err


def test_folder_of_other_settings_is_refused(
    photos: Path, benchmark_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert ablate(photos, benchmark_folder, out) == 0
    assert ablate(photos, benchmark_folder, out, "--steps", "3") == EXIT_ERROR
    assert "begun with other settings" in capsys.readouterr().err
    (out / "liif" / experiment.RESULT_FILE).write_text("[]", encoding="utf-8")
    assert ablate(photos, benchmark_folder, out) == EXIT_ERROR
    assert "no result of this experiment" in capsys.readouterr().err


def test_missing_benchmark_is_refused_before_training(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ablate(photos, tmp_path / "absent", tmp_path / "out") == EXIT_ERROR
    assert "no folder HR in it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_size_varied_targets_are_compared_with_resized_ones(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert vary(photos, out) == 0
    table = results(out)
    assert [outcome["name"] for outcome in table["outcomes"]] == ["size-varied", "resized"]
    for outcome in table["outcomes"]:
        assert outcome["steps"] == 2
        assert list(outcome["psnr"]) == ["18 px", "24 px"]
        assert all(math.isfinite(value) for value in outcome["psnr"].values())
    asked = [json.loads((out / name / "result.json").read_text())["asked"] for name in ("size-varied", "resized")]
    assert [run["config"]["train"]["size_varied"] for run in asked] == [
        {"min_scale": 1.0},
        {"min_scale": 1.0, "resize_targets_to": 24},
    ]


@pytest.mark.parametrize("scale", ["1", "2.5"])
def test_sizes_that_were_not_learned_are_not_measured(
    scale: str, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", str(photos), "--out", str(tmp_path / "out"), "--steps", "1", *TINY.split()]
    assert experiment_size_varied.main([*options, "--scales", scale]) == EXIT_ERROR
    assert "cannot be measured" in capsys.readouterr().err


def test_single_photo_is_refused(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one").mkdir()
    shutil.copy(photos / "photo0.png", tmp_path / "one")
    assert vary(tmp_path / "one", tmp_path / "out") == EXIT_ERROR
    assert "a single photo" in capsys.readouterr().err


def test_held_out_squares_do_not_overlap() -> None:
    y, x = np.mgrid[0:50, 0:71]
    photo = np.stack([y, x, x], -1).astype(np.uint8)
    squares = experiment_size_varied.squares_of(photo, 24, 4)
    corners = [(int(square[0, 0, 0]), int(square[0, 0, 1])) for square in squares]
    assert corners == [(0, 0), (0, 24), (24, 0), (24, 24)]
    assert len(experiment_size_varied.squares_of(photo, 24, 1)) == 1
    assert all(square.shape == (24, 24, 3) for square in squares)


@pytest.mark.parametrize(("value", "text"), [(31.459, "31.45"), (31.0, "31.00"), (math.inf, "-"), (math.nan, "-")])
def test_decibels_are_cut_and_never_rounded_up(value: float, text: str) -> None:
    assert experiment.hundredths(value) == text
