from __future__ import annotations

import sys
from pathlib import Path

import pytest

from liif_core.imaging.read import read_image
from tests.benchmarks.memory import make_photo, rows


def test_photos_have_the_size_asked_for_and_detail(tmp_path: Path) -> None:
    make_photo(tmp_path / "a.jpg", 2)
    pixels = read_image(tmp_path / "a.jpg").pixels
    assert pixels.shape[0] * pixels.shape[1] == pytest.approx(2e6, rel=0.01)
    assert pixels[:100, :100].std(axis=(0, 1)).min() > 3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts mapped files, too")
def test_the_viewer_is_measured_at_every_zoom() -> None:
    table = rows([6], zooms=(0.0, 1.0, 2.0))
    assert [row["zoom"] for row in table] == [0.0, 1.0, 2.0]
    for row in table:
        assert row["megapixels"] == 6
        assert row["first_paint_s"] > 0
        assert row["decode_s"] > 0
        assert row["unsharp"] == 0
        assert 100 < row["baseline_mb"] < 1000
        assert 10 < row["rss_mb"] < 400
        assert row["peak_mb"] < 600
