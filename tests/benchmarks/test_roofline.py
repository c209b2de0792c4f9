"""Counting of products and repetitions."""

from __future__ import annotations

import time

import pytest
import torch

from liif_core.geometry import OutputGrid, Size
from tests.benchmarks import roofline
from tests.benchmarks.roofline import multiply_adds, peak, seconds_of
from tests.models.builders import heat_model, liif_model

CPU = torch.device("cpu")
PHOTO = Size(20, 30)


def grid(zoom: float) -> OutputGrid:
    return OutputGrid(PHOTO, PHOTO.scaled(zoom))


def test_heat_field_computes_the_four_channels_of_a_display_from_four_corners() -> None:
    assert multiply_adds(heat_model(out_dim=6), grid(2)) == 4 * 4 * (6 + 3)


def test_any_zoom_spreads_the_work_of_a_quad_over_its_pixels() -> None:
    model = heat_model(out_dim=6)
    near, far = (multiply_adds(model, grid(zoom)) for zoom in (2.713, 29.77))
    # At least one coefficient of each colour from four corners, far away hardly more than one row of pixels.
    assert 4 * 3 * (6 + 3) / 2.713**2 < far < near


def test_query_decoders_tell_what_they_compute() -> None:
    model = liif_model()
    assert multiply_adds(model, grid(4)) < multiply_adds(model, grid(2)) < model.multiply_adds_per_output_pixel


def test_repetitions_beyond_the_third_keep_to_the_budget() -> None:
    assert len(seconds_of(lambda: time.sleep(0.01), CPU, repeats=8)) == 8
    assert len(seconds_of(lambda: time.sleep(0.01), CPU, repeats=8, budget_s=0.005)) == 3
    assert len(seconds_of(lambda: time.sleep(0.01), CPU, repeats=1, budget_s=0.005)) == 1


@pytest.mark.usefixtures("one_thread")
def test_peak_is_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roofline, "CPU_SIDES", (64, 128))
    monkeypatch.setattr(roofline, "COLUMNS", 64)
    assert 1e7 < peak(CPU, torch.float32, repeats=3) < 1e13
