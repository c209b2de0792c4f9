"""From a folder of photos to a photo that is zoomed with the new model, through the real window and real processes."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED
from app.wizard.wizard import RESULT, RUNS
from liif_core.library import installed_models
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, wait_until_sharp
from tests.app.wizard.conftest import Until
from tests.app.wizard.ways import click, finish, killed, opened, planned, step_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
LEFT = Qt.MouseButton.LeftButton


def test_photos_become_a_model_that_zooms_the_open_photo(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, photo: Path, training_photos: Path
) -> None:
    viewer = open_viewer(photo)
    viewer.models.scan()
    viewer.controller.zoom_to(5.0)
    viewer.controller.center_on(40.0, 60.0)
    wait_until_sharp(qtbot, viewer)
    before = camera_of(viewer)
    wizard = planned(qtbot, until, viewer, training_photos)
    page, queue = wizard.training, viewer.training.queue
    until(lambda: step_of(viewer) > 0)
    assert "estimating" in page.state.text() or "left" in page.state.text()
    click(qtbot, page.pause_button)
    until(lambda: "Paused" in page.state.text())
    paused_at = step_of(viewer)
    qtbot.wait(300)
    assert step_of(viewer) == paused_at
    click(qtbot, page.pause_button)
    until(lambda: step_of(viewer) > paused_at)
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)
    [run] = queue.known.runs.values()
    assert run.record.status == FINISHED and run.has_model
    until(lambda: wizard.result_page.preview.sheet is not None)
    assert set(queue.known.progress(run.record.id).latest_psnr) == {"x2", "x3", "x4"}
    assert "Zoom" in wizard.result_page.zoom_button.text()
    click(qtbot, wizard.result_page.zoom_button)
    until(lambda: viewer.models.name == "mine")
    assert [model.name for model in installed_models() if not model.bundled] == ["mine"]
    assert not wizard.isVisible()
    wait_until_sharp(qtbot, viewer)
    assert camera_of(viewer) == before
    assert viewer.settings.model.name == "mine"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has none")
def test_training_whose_process_is_killed_tells_so_and_goes_on(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = killed(qtbot, until, viewer, training_photos)
    page, queue = wizard.training, viewer.training.queue
    [run] = queue.known.runs.values()
    assert run.record.status == FAILED
    assert "The training stopped" in page.warning.text()
    killed_at = queue.known.progress(run.record.id).step
    click(qtbot, page.go_on_button)
    until(lambda: page.finish_button.isEnabled() and step_of(viewer) > killed_at)
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)
    steps = [step for step, _ in queue.known.progress(run.record.id).losses]
    assert steps == sorted(steps) and len(steps) == len(set(steps))


def test_closing_the_window_keeps_the_training_for_the_next_start(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, training_photos)
    until(lambda: step_of(viewer) > 0)
    viewer.window.close()
    assert viewer.window.isVisible()
    [box] = viewer.window.findChildren(QMessageBox)
    [keep] = [button for button in box.buttons() if "Keep for later" in button.text()]
    qtbot.mouseClick(keep, LEFT)
    until(lambda: not viewer.window.isVisible())
    [run] = viewer.training.queue.known.runs.values()
    assert run.record.status == STOPPED and run.has_state
    saved_at = viewer.training.queue.known.progress(run.record.id).step
    wizard.close()

    again = open_viewer()
    notices: list[str] = []
    again.training.commands.notice.connect(notices.append)
    again.training.start()
    until(lambda: bool(notices))
    assert "mine" in notices[0]
    wizard, _ = opened(again)
    assert wizard.page == RUNS
    click(qtbot, wizard.runs.go_on_button)
    until(wizard.training.finish_button.isEnabled)
    assert step_of(again) >= saved_at
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)
    [run] = again.training.queue.known.runs.values()
    assert run.record.status == FINISHED and run.has_model


def test_second_training_waits_for_the_first(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, training_photos)
    queue = viewer.training.queue
    [first] = queue.known.runs
    controller = viewer.training.commands.controller
    assert controller is not None
    record = replace(controller.planning.draft.record(), name="second")
    queue.plan(record, controller.planning.draft.own_recipe())
    until(lambda: len(queue.known.runs) == 2)
    [second] = [id_ for id_ in queue.known.runs if id_ != first]
    assert wizard.training.run_id == second and "Waits for 1" in wizard.training.state.text()
    until(lambda: queue.known.runs[first].record.status == RUNNING and queue.known.progress(first).step > 0)
    queue.discard(first)
    until(lambda: queue.current == second and queue.known.progress(second).step > 0)
    assert first not in queue.known.runs
    until(lambda: not queue.known.store.folder(first).exists())
    queue.discard(second)
    until(lambda: queue.current is None)


def test_photos_of_another_folder_are_measured_with(
    until: Until, open_viewer: OpenViewer, training_photos: Path, tmp_path: Path
) -> None:
    others = tmp_path / "others"
    others.mkdir()
    shutil.copy(training_photos / "05.png", others / "again.png")
    wizard, controller = opened(open_viewer())
    page = wizard.photos
    page.folder_chosen.emit(training_photos)
    until(wizard.next_button.isEnabled)
    page.measuring_chosen.emit(others)
    assert not wizard.next_button.isEnabled()
    until(wizard.next_button.isEnabled)
    # The twin of what is measured with is told, not learned from.
    assert "1 in a folder of their own to measure with" in page.found.text()
    assert any("05.png" in page.problems.item(row).text() for row in range(page.problems.count()))
    assert controller.planning.draft.record().validation == str(others)
    page.measuring_chosen.emit(training_photos)
    until(lambda: "none is left to learn from" in page.warning.text())
    page.measuring_chosen.emit(None)
    until(wizard.next_button.isEnabled)
    assert "3 held out" in page.found.text() and controller.planning.draft.record().validation is None


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("nothing", "no photo in this folder"),
        ("tiny", "none of 1 photos can be used"),
        ("broken", "none of 1 photos can be used"),
        ("", "no such"),
    ],
)
def test_folder_of_no_use_is_told_on_the_first_page(
    until: Until, open_viewer: OpenViewer, tmp_path: Path, content: str, part: str
) -> None:
    folder = tmp_path / "photos"
    if content:
        folder.mkdir()
    if content == "tiny":
        PIL.Image.new("RGB", (40, 30)).save(folder / "tiny.png")
    if content == "broken":
        (folder / "broken.jpg").write_bytes(b"no photo")
    wizard, _ = opened(open_viewer())
    wizard.photos.folder_chosen.emit(folder)
    until(lambda: bool(wizard.photos.warning.text()))
    assert part in wizard.photos.warning.text() and str(folder) in wizard.photos.warning.text()
    assert not wizard.next_button.isEnabled() and wizard.photos.progress.isHidden()
