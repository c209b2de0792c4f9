"""Where the decoder is too slow for live frames: a moving view ends work on what it does not show any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.composition import Viewer
from app.workers.tile_worker import FrameJob, TileJob
from liif_core.view.scheduler import Plan
from tests.app.conftest import OpenViewer


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    """Sharp at x20, where a few tiles are visible, with a decoder that takes a second for a megapixel."""
    viewer = open_viewer(photo)
    viewer.controller.zoom_to(20.0)
    viewer.controller._pacer.finished(1_000_000, 100_000.0)
    return viewer


def plans_of(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that the decoder's thread is given from now on."""
    plans: list[Plan] = []

    def submit(job: TileJob | FrameJob) -> None:
        assert isinstance(job, TileJob), "live frames are not asked of a slow decoder"
        plans.append(job.plan)

    monkeypatch.setattr(viewer.neural_worker, "submit", submit)
    return plans


def test_zooming_ends_all_work(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = plans_of(viewer, monkeypatch)
    viewer.controller.zoom(1.1)
    assert [plan.keys for plan in plans] == [()]


def test_panning_keeps_work_on_what_is_still_visible(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = plans_of(viewer, monkeypatch)
    viewer.controller.pan(-250, -300)
    camera = viewer.controller.camera
    assert camera is not None
    (plan,) = plans
    assert plan.keys
    assert all(not key.rect.intersected(camera.visible).is_empty for key in plan.keys)
    assert plan.ahead == ()


def test_a_view_that_did_not_move_asks_for_nothing(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = plans_of(viewer, monkeypatch)
    viewer.controller.pan(0, 0)
    assert plans == []
