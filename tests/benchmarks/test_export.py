from __future__ import annotations

import sys

import pytest

from liif_core.cli.bench import BenchOptions
from tests.benchmarks.export import row


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="its figures of memory are of another kind")
def test_an_export_is_measured_beside_its_decoder() -> None:
    found = row("jpg", 0.03, BenchOptions(device="cpu"), repeats=1)
    assert found["format"] == "jpg"
    assert found["share"] == pytest.approx(found["mpix_per_s"] / found["decoder_mpix_per_s"])
    assert 100 < found["baseline_mb"] < 1500
    assert 0 <= found["peak_mb"] < 500
    assert found["file_mb"] > 0
