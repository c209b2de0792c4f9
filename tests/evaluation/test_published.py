"""The published figures: found by the folder's name, and those that the papers print."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.errors import DatasetError
from liif_core.evaluation.published import published_of, read_published, usual_protocol
from liif_core.evaluation.scale import Scale


@pytest.mark.parametrize(
    ("folder", "name", "protocol"),
    [
        ("Set5", "Set5", "benchmark"),
        ("SET14", "Set14", "benchmark"),
        ("b100", "B100", "benchmark"),
        ("Urban100", "Urban100", "benchmark"),
        ("DIV2K", "DIV2K", "div2k"),
        ("div2k_valid", "DIV2K", "div2k"),
    ],
)
def test_dataset_is_known_by_its_folder(folder: str, name: str, protocol: str) -> None:
    dataset = published_of(folder)
    assert dataset is not None
    assert (dataset.name, dataset.protocol, usual_protocol(folder)) == (name, protocol, protocol)


def test_other_folders_have_nothing_published() -> None:
    assert published_of("holiday") is None
    assert usual_protocol("holiday") == "benchmark"


@pytest.mark.parametrize(
    ("folder", "method", "scale", "psnr"),
    [
        ("Set5", "RDN LIIF", 4, 32.50),
        ("Set5", "RDN MetaSR", 2, 38.22),
        ("Set14", "RDN LIIF", 8, 25.15),
        ("B100", "Bicubic", 3, 27.21),
        ("Urban100", "RDN LIIF", 6, 24.20),
        ("DIV2K", "EDSR-baseline LIIF", 4, 29.00),
        ("DIV2K", "EDSR-baseline LTE", 12, 23.78),
        ("DIV2K", "EDSR-baseline Thera Air", 30, 20.56),
        ("DIV2K", "RDN LIIF", 30, 20.59),
    ],
)
def test_figures_are_those_of_the_papers(folder: str, method: str, scale: int, psnr: float) -> None:
    dataset = published_of(folder)
    assert dataset is not None
    (line,) = [line for line in dataset.lines if line.method == method]
    assert line.at(Scale(scale, scale)) == psnr


def test_scale_without_a_figure_has_none() -> None:
    dataset = published_of("Set5")
    assert dataset is not None
    assert [line.at(Scale(8, 8)) is None for line in dataset.lines] == [True, False, False]
    for scale in (Scale(5, 5), Scale(2.5, 2.5), Scale(2, 3)):
        assert [line.at(scale) for line in dataset.lines] == [None, None, None]


def test_every_line_names_its_source_and_falls_with_the_scale() -> None:
    for dataset in read_published():
        for line in dataset.lines:
            assert line.source
            figures = list(line.psnr.values())
            assert figures == sorted(figures, reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "dataset = 3",
        "no toml",
        "[[dataset]]\nname = 'a'",
        "[[dataset]]\nname = 'a'\nfolders = []\nprotocol = 'rgb'\nscales = [2]\nlines = []",
        "[[dataset]]\nname = 'a'\nfolders = []\nprotocol = 'div2k'\nscales = [2]\n"
        "lines = [{ method = 'm', source = 's', psnr = [1, 2] }]",
    ],
)
def test_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "published.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"published\.toml: the published figures cannot be read"):
        read_published(path)
