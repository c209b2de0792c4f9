"""A view that moves, or another photo, ends work on what is not shown any more; and nothing is left without tiles."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.comparison import Comparison
from app.viewer.document import open_document
from app.viewer.picture import PREFETCH_WITHIN_MS, Picture
from app.viewer.status import ViewStatus
from app.workers.tile_worker import FrameJob, FrameResult, Job, Rest, TileJob, TileWorker
from liif_core.errors import LiifError
from liif_core.geometry import Size
from liif_core.imaging.write import write_image
from liif_core.view.camera import Camera
from liif_core.view.pacing import COARSE_FROM_ZOOM, COARSENESS, Pace
from liif_core.view.scheduler import Plan
from liif_core.view.store import TileStore
from liif_core.view.tiles import Layer
from tests.app.conftest import OpenViewer


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    """At x20, where some tiles are visible, with a decoder that takes 100 seconds for a megapixel."""
    viewer = open_viewer(photo)
    viewer.controller.zoom_to(20.0)
    viewer.controller.picture._pacer.finished(1_000_000, 100_000.0)
    viewer.controller.picture._tile_ms = 6_600.0
    return viewer


def jobs_of(viewer: Viewer, layer: Layer, monkeypatch: pytest.MonkeyPatch) -> list[TileJob | FrameJob]:
    """What a layer's thread is given from now on, instead of doing it."""
    jobs: list[TileJob | FrameJob] = []
    worker = viewer.controller.picture._orders.workers[layer]
    monkeypatch.setattr(worker, "submit", jobs.append)
    return jobs


def sharp_by_a_quick_decoder(viewer: Viewer, qtbot: QtBot) -> Picture:
    """The picture at x60, which is complete."""
    picture = viewer.controller.picture
    picture._pacer.forget()
    picture._pacer.finished(1_000_000, 1.0)
    viewer.controller.zoom_to(60.0)
    qtbot.waitUntil(lambda: viewer.controller.is_sharp)
    picture._tile_ms = 1.0
    return picture


def plans_of(jobs: list[TileJob | FrameJob]) -> list[Plan]:
    assert all(isinstance(job, TileJob) for job in jobs), "live frames are not asked of a slow decoder"
    return [job.plan for job in jobs if isinstance(job, TileJob)]


def test_zooming_ends_all_work(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = jobs_of(viewer, Layer.NEURAL, monkeypatch)
    viewer.controller.picture._plan_neural()
    viewer.controller.zoom(1.1)
    asked, after = plans_of(jobs)
    assert asked.keys
    assert after.keys == ()


def test_panning_goes_on_with_what_is_still_visible_and_begins_nothing(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of(viewer, Layer.NEURAL, monkeypatch)
    viewer.controller.picture._plan_neural()
    viewer.controller.pan(-250, -300)
    camera = viewer.controller.camera
    assert camera is not None
    asked, after = plans_of(jobs)
    visible = {key for key in asked.keys if not key.rect.intersected(camera.visible).is_empty}
    assert set(after.keys) == visible
    assert 0 < len(visible) < len(asked.keys)
    assert after.ahead == ()


def test_moving_on_asks_nothing_of_an_idle_decoder(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = jobs_of(viewer, Layer.NEURAL, monkeypatch)
    viewer.controller.picture._plan_neural()
    for _ in range(3):
        viewer.controller.zoom(1.1)
    assert len(jobs) == 2
    viewer.controller.pan(0, 0)
    assert len(jobs) == 2


def test_a_decoder_that_is_a_little_slow_makes_coarse_frames_instead_of_conventional_tiles(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, camera = viewer.controller.picture, viewer.controller.camera
    assert camera is not None
    picture._pacer.forget()
    picture._pacer.finished(camera.visible.area, 2 * picture._pacer.budget_ms)
    jobs = {layer: jobs_of(viewer, layer, monkeypatch) for layer in Layer}
    viewer.controller.zoom(1.1)
    assert [job.coarseness for job in jobs[Layer.NEURAL] if isinstance(job, FrameJob)] == [COARSENESS]
    assert not any(plan.keys for plan in plans_of(jobs[Layer.BASE]))
    jobs[Layer.BASE].clear()
    viewer.controller.zoom_to(COARSE_FROM_ZOOM / 1.1)
    frames = [job for job in jobs[Layer.NEURAL] if isinstance(job, FrameJob)]
    assert len(frames) == 1, "none at little zoom, where conventional tiles are about as good"
    assert jobs[Layer.BASE]


def test_while_a_live_frame_is_made_there_is_no_work_on_conventional_tiles(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two cores it would be several times as late, be given up for that, and never come back."""
    picture, camera = viewer.controller.picture, viewer.controller.camera
    assert camera is not None
    jobs = {layer: jobs_of(viewer, layer, monkeypatch) for layer in Layer}
    viewer.controller.zoom(1.1)
    assert [bool(plan.keys) for plan in plans_of(jobs[Layer.BASE])] == [True]
    picture._pacer.forget()
    picture._pacer.finished(camera.visible.area, 0.1 * picture._pacer.budget_ms)
    viewer.controller.zoom(1.1)
    assert [bool(plan.keys) for plan in plans_of(jobs[Layer.BASE])] == [True, False]
    viewer.controller.zoom(1.1)
    assert len(jobs[Layer.BASE]) == 2, "the thread is woken once only"
    assert [type(job) for job in jobs[Layer.NEURAL]] == [TileJob, FrameJob, FrameJob]
    picture._pacer.finished(camera.visible.area, 1e6)
    viewer.controller.zoom(1.1)
    assert [bool(plan.keys) for plan in plans_of(jobs[Layer.BASE])] == [True, False, True]


def test_what_panning_brings_into_view_is_made_at_once_and_nothing_else_anew(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    picture = sharp_by_a_quick_decoder(viewer, qtbot)
    jobs = {layer: jobs_of(viewer, layer, monkeypatch) for layer in Layer}
    assert viewer.controller.camera is not None
    seen = viewer.controller.camera.visible
    viewer.controller.pan(-280, 0)
    (plan,) = plans_of(jobs[Layer.NEURAL])
    assert all(key.rect.intersected(seen).is_empty for key in plan.keys)
    assert plan.ahead, "and what comes next"
    picture._tile_ms = 2 * PREFETCH_WITHIN_MS
    viewer.controller.pan(-10, 0)
    slow = plans_of(jobs[Layer.NEURAL])[-1]
    assert slow.keys and not slow.ahead, "a slow decoder makes nothing that may never be looked at"
    assert plans_of(jobs[Layer.BASE])[-1].keys, "and does not keep the conventional tiles back"


def test_far_from_what_is_there_panning_is_followed_by_live_frames(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    sharp_by_a_quick_decoder(viewer, qtbot)
    jobs = jobs_of(viewer, Layer.NEURAL, monkeypatch)
    viewer.controller.pan(-3000, -3000)
    assert [type(job) for job in jobs] == [FrameJob]


def test_the_threads_leave_the_photo_before(viewer: Viewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = viewer.controller.document
    jobs = {layer: jobs_of(viewer, layer, monkeypatch) for layer in Layer}
    other = tmp_path / "other.png"
    write_image(other, np.zeros((20, 30, 3), np.uint8))
    viewer.controller._show(open_document(other))
    for layer in Layer:
        first = plans_of(jobs[layer][:1])[0]
        assert (first.photo_id, first.keys) == (document.photo_id if document else None, ())


def test_an_unmeasured_decoder_does_not_keep_the_conventional_tiles_back(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first frame may take seconds."""
    viewer.controller.picture._pacer.forget()
    frames, tiles = (jobs_of(viewer, layer, monkeypatch) for layer in (Layer.NEURAL, Layer.BASE))
    viewer.controller.zoom(1.1)
    assert [type(job) for job in frames] == [FrameJob]
    assert plans_of(tiles)[-1].keys


def test_late_frames_of_another_photo_or_model_say_nothing_of_those_at_hand(viewer: Viewer) -> None:
    picture, document = viewer.controller.picture, viewer.controller.document
    assert document is not None
    picture._pacer.forget()
    own, model = document.photo_id, picture._model_id
    for photo_id, model_id in ((own + 1, model), (own, "another")):
        picture.take_frame(FrameResult(photo_id, model_id, None, 1e6, 1e6))
        assert picture._pace() is Pace.UNKNOWN
    picture.take_frame(FrameResult(own, model, None, 1e6, 1e6))
    assert picture._pace() is Pace.STRETCH


def test_a_failing_model_leaves_no_view_without_tiles(viewer: Viewer, qtbot: QtBot) -> None:
    controller = viewer.controller
    controller.picture._pacer.finished(1_000_000, 0.001)
    controller.picture._settle.stop()
    controller.picture._go_on_without_model(LiifError("of a test"), controller.picture._model_id)
    qtbot.waitUntil(lambda: controller.is_sharp, timeout=5000)


def test_a_model_that_failed_is_not_asked_again(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = viewer.controller.picture
    jobs = jobs_of(viewer, Layer.NEURAL, monkeypatch)
    picture._plan_neural()
    picture._go_on_without_model(LiifError("of a test"), picture._model_id)
    jobs.clear()
    viewer.controller.zoom(1.1)
    viewer.controller.pan(-250, -300)
    assert not jobs


def test_going_on_to_another_photo_wakes_no_decoder_that_was_not_asked_yet(photo: Path, tmp_path: Path) -> None:
    """Even an empty plan would import torch, and hold up the reading."""
    neural = _Idle()
    picture = Picture(TileStore(1 << 20), cast(TileWorker, _Idle()), cast(TileWorker, neural))
    picture.use_model("m")
    for path in (photo, photo):
        document = open_document(path)
        picture.show_photo(document, Camera.fitting(document.size, Size(30, 40)))
    picture.use_model("n")
    picture.clear()
    assert [type(job) for job in neural.jobs] == [Rest]
    picture.show_photo(document, Camera.fitting(document.size, Size(300, 400)))
    picture.allow_model()
    picture._plan_neural()
    picture.show_photo(document, Camera.fitting(document.size, Size(300, 400)))
    assert [job.plan.keys == () for job in neural.jobs if isinstance(job, TileJob)] == [False, True]


def test_what_was_awaited_of_a_rival_only_is_not_awaited_when_comparing_ends(qtbot: QtBot, viewer: Viewer) -> None:
    controller = viewer.controller
    qtbot.waitUntil(lambda: controller.is_sharp)
    told: list[ViewStatus] = []
    controller.status_changed.connect(told.append)
    controller.compare(Comparison("slow"), Picture(TileStore(1 << 20), cast(TileWorker, _Idle()), None))
    assert not told[-1].progress.is_sharp
    with qtbot.waitSignal(controller.became_sharp, timeout=1000, raising=False) as sharp:
        controller.compare(None)
    assert told[-1].progress.is_sharp
    assert sharp.signal_triggered


class _Idle(QObject):
    """A worker that notes its jobs and does nothing."""

    tile_ready = Signal(object)
    frame_ready = Signal(object)
    failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)
