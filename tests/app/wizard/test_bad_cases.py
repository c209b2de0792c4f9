"""What goes wrong while a model is trained, through the real window and real processes: nothing trained is lost."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.training.run_record import FAILED, FINISHED
from app.training.run_store import StoredRun
from app.wizard.wizard import RESULT, TRAINING
from liif_core.checkpoint.card import read_card
from liif_core.training.run_files import MODEL_FILE, STATE_FILE
from tests.app.conftest import OpenViewer
from tests.app.wizard.conftest import Until
from tests.app.wizard.ways import click, finish, killed, planned, step_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

if sys.platform == "linux":
    import resource


@pytest.fixture
def own_photos(training_photos: Path, tmp_path: Path) -> Path:
    """The photos again, in a folder that may go."""
    return Path(shutil.copytree(training_photos, tmp_path / "my photos"))


def only_run(viewer: Viewer) -> StoredRun:
    [run] = viewer.training.queue.known.runs.values()
    return run


@pytest.mark.skipif(sys.platform != "linux", reason="the size of another process' files can be limited on Linux")
def test_full_disk_stops_a_training_that_goes_on_when_there_is_room(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, training_photos)
    page, queue = wizard.training, viewer.training.queue
    until(lambda: page.preview.sheet is not None)
    saved = (only_run(viewer).folder / STATE_FILE).read_bytes()
    # No file may grow beyond this; the system refuses to write more, as on a disk that is full.
    resource.prlimit(queue.pid, resource.RLIMIT_FSIZE, (10_000, 10_000))
    until(page.go_on_button.isVisible)
    run = only_run(viewer)
    assert run.record.status == FAILED and run.has_state and run.has_model
    assert str(run.folder) in page.warning.text() and page.warning.text().count("\n") == 0
    # What was saved before can still be read, and nothing half written lies about.
    assert len((run.folder / STATE_FILE).read_bytes()) >= len(saved) - 100
    assert read_card(run.folder / MODEL_FILE)[1].iterations > 0
    assert not [path.name for path in run.folder.iterdir() if "tmp" in path.name or path.name.startswith(".")]
    stopped_at = queue.known.progress(run.record.id).step
    click(qtbot, page.go_on_button)
    until(lambda: page.finish_button.isEnabled() and step_of(viewer) > stopped_at - 5)
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)


def test_photos_that_disappear_stop_nothing_but_going_on(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, own_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, own_photos)
    page, queue = wizard.training, viewer.training.queue
    until(lambda: step_of(viewer) > 0)
    aside = own_photos.rename(own_photos.with_name("elsewhere"))
    gone_at = step_of(viewer)
    # They are in memory by then.
    until(lambda: step_of(viewer) > gone_at + 5)
    queue.keep_for_later(only_run(viewer).record.id)
    until(page.go_on_button.isVisible)
    click(qtbot, page.go_on_button)
    until(lambda: page.go_on_button.isVisible() and bool(page.warning.text()))
    assert "no such folder" in page.warning.text() and str(own_photos) in page.warning.text()
    aside.rename(own_photos)
    click(qtbot, page.go_on_button)
    until(page.finish_button.isEnabled)
    assert not page.warning.text()
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps folders in use")
def test_run_whose_folder_disappears_says_so_and_goes_on_where_it_was_saved(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, training_photos)
    page = wizard.training
    until(lambda: step_of(viewer) > 0)
    folder = only_run(viewer).folder
    shutil.rmtree(folder)
    until(lambda: viewer.training.queue.current is None and bool(page.warning.text()))
    assert str(folder) in page.warning.text() and "gone" in page.warning.text()
    assert wizard.page == TRAINING
    # Nothing is made again in its place.
    assert not folder.exists()
    until(page.go_on_button.isVisible)
    stopped = only_run(viewer)
    assert stopped.folder == folder.with_name(f"{folder.name}-rescued") and str(stopped.folder) in page.warning.text()
    step = viewer.training.queue.known.progress(stopped.record.id).step
    click(qtbot, page.go_on_button)
    until(lambda: viewer.training.queue.known.progress(stopped.record.id).step > step)
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)
    assert only_run(viewer).record.status == FINISHED and only_run(viewer).has_model


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has none")
@pytest.mark.parametrize(
    ("damage", "part"),
    [("of another version", "state of version 99"), ("cut off", "or damaged")],
    ids=["version", "cut"],
)
def test_state_that_cannot_be_read_is_refused_with_the_reason_and_kept(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path, damage: str, part: str
) -> None:
    viewer = open_viewer()
    wizard = killed(qtbot, until, viewer, training_photos)
    page, queue = wizard.training, viewer.training.queue
    state = only_run(viewer).folder / STATE_FILE
    if damage == "cut off":
        state.write_bytes(state.read_bytes()[:1000])
    else:
        torch.save({**torch.load(state, weights_only=True), "format_version": 99}, state)
    damaged = state.read_bytes()
    click(qtbot, page.go_on_button)
    until(lambda: queue.current is None and page.go_on_button.isVisible() and part in page.warning.text())
    assert state.read_bytes() == damaged
    # The model that was saved with it is still there to use.
    click(qtbot, wizard.next_button)
    assert wizard.page == RESULT and "as it was saved last" in wizard.result_page.title.text()
    click(qtbot, wizard.result_page.install_button)
    until(lambda: "mine" in viewer.models.installed)
    assert only_run(viewer).has_state


def test_finishing_at_the_first_step_gives_a_usable_model(
    qtbot: QtBot, until: Until, open_viewer: OpenViewer, training_photos: Path
) -> None:
    viewer = open_viewer()
    wizard = planned(qtbot, until, viewer, training_photos)
    until(wizard.training.finish_button.isEnabled)
    finish(qtbot, wizard)
    until(lambda: wizard.page == RESULT)
    run = only_run(viewer)
    assert run.record.status == FINISHED and run.has_model
    click(qtbot, wizard.result_page.install_button)
    until(lambda: "mine" in viewer.models.installed)
