"""The action, the notices, and closing the window while a model is trained; the processes are played."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.training.command_line import source_folder
from app.training.run_record import RUNNING, STOPPED, WAITING, RunRecord
from app.training.run_store import RunStore
from app.wizard import run_files
from app.wizard.wizard import PHOTOS, RESULT, RUNS, TRAINING
from app.workers import surveyor, training_queue
from liif_core.checkpoint.card import ModelCard
from liif_core.errors import RequestError
from liif_core.paths import runs_folder
from liif_core.training.photo_folder import PhotoFolder
from liif_core.training.run_files import LOG_FILE
from tests.app.conftest import OpenViewer
from tests.app.wizard.test_training_queue import PlayedChild
from tests.app.wizard.ways import answer, click, finish

Plan = Callable[[Viewer], PlayedChild]


@pytest.fixture
def plan(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Begins a training in a viewer."""
    monkeypatch.setattr(training_queue, "Child", PlayedChild)
    monkeypatch.setattr(PlayedChild, "made", [])

    def begun(viewer: Viewer) -> PlayedChild:
        count = len(PlayedChild.made)
        viewer.training.queue.plan(RunRecord("", "mine", "2026", "/photos", "quick"), None)
        qtbot.waitUntil(lambda: len(PlayedChild.made) > count, timeout=10_000)
        return PlayedChild.made[-1]

    return begun


def boxes(viewer: Viewer) -> list[QMessageBox]:
    return [box for box in viewer.window.findChildren(QMessageBox) if box.isVisible()]


def press(qtbot: QtBot, box: QMessageBox, part: str) -> None:
    [button] = [button for button in box.buttons() if part in button.text()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_wizard_opens_at_photos_and_later_where_it_is(open_viewer: OpenViewer) -> None:
    viewer = open_viewer()
    assert viewer.training.commands.wizard is None
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None and wizard.isVisible() and wizard.page == PHOTOS
    wizard.show_page("model")
    viewer.window.actions_["train"].trigger()
    assert viewer.training.commands.wizard is wizard and wizard.page == "model"


def test_wizard_opens_at_the_training_that_runs(qtbot: QtBot, open_viewer: OpenViewer, plan: Plan) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None and wizard.page == TRAINING and wizard.training.title.text() == "mine"
    wizard.close()
    child.end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)
    viewer.window.actions_["train"].trigger()
    assert wizard.page == RUNS


def test_wizard_that_is_opened_again_goes_on_looking_through_the_photos(
    qtbot: QtBot, open_viewer: OpenViewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(surveyor, "Child", PlayedChild)
    monkeypatch.setattr(PlayedChild, "made", [])
    viewer = open_viewer()
    viewer.window.actions_["train"].trigger()
    commands = viewer.training.commands
    assert commands.wizard is not None and commands.controller is not None
    commands.wizard.photos.folder_chosen.emit(tmp_path)
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 1)
    # A training goes on meanwhile, ends, and its model is used, which closes the wizard.
    commands.controller.planning.cancel_measuring()
    commands.wizard.close()
    viewer.window.actions_["train"].trigger()
    assert commands.wizard.page == PHOTOS
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 2)
    # What goes on is left alone.
    commands.wizard.close()
    viewer.window.actions_["train"].trigger()
    assert len(PlayedChild.made) == 2 and not PlayedChild.made[1].is_killed


def test_card_of_a_training_that_was_shown_before_is_not_shown_with_the_next_one(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer()
    for _ in range(2):
        plan(viewer).end(0)
        qtbot.waitUntil(lambda: viewer.training.queue.current is None)
    viewer.window.actions_["train"].trigger()
    commands = viewer.training.commands
    assert commands.wizard is not None and commands.controller is not None
    first, second = viewer.training.queue.known.runs
    disk_answers = threading.Event()

    def read_card(path: Path) -> tuple[None, ModelCard]:
        if path.parent.name == first:
            disk_answers.wait(timeout=20)
        return None, ModelCard(description=path.parent.name)

    monkeypatch.setattr(run_files, "read_card", read_card)
    shown = list[str]()
    monkeypatch.setattr(commands.wizard.result_page, "set_card", lambda facts: shown.append(facts.card.description))
    for id_ in (first, second):
        commands.controller.show_run(id_)
    qtbot.waitUntil(lambda: second in shown)
    disk_answers.set()
    qtbot.waitUntil(lambda: commands.controller is not None and commands.controller._files._tasks.is_empty)
    assert first not in shown


def test_crops_of_an_earlier_step_do_not_replace_newer_ones(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.window.actions_["train"].trigger()
    commands = viewer.training.commands
    assert commands.wizard is not None and commands.controller is not None
    disk_answers = threading.Event()

    def read(path: str) -> QImage:
        if "10" in Path(path).name:
            disk_answers.wait(timeout=20)
        side = 10 if "10" in Path(path).name else 20
        return QImage(side, side, QImage.Format.Format_RGB32)

    monkeypatch.setattr(run_files, "QImage", read)
    for step in (10, 20):
        child.tell("validated", step=step, x2=30.0)
    preview = commands.wizard.training.preview
    qtbot.waitUntil(lambda: preview.sheet is not None)
    disk_answers.set()
    qtbot.waitUntil(lambda: commands.controller is not None and commands.controller._files._tasks.is_empty)
    assert preview.sheet is not None and preview.sheet.width() == 20
    child.end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)


def test_training_that_waits_is_told_of_a_pause_before_it(qtbot: QtBot, open_viewer: OpenViewer, plan: Plan) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.window.actions_["train"].trigger()
    wizard, queue = viewer.training.commands.wizard, viewer.training.queue
    assert wizard is not None
    queue.plan(RunRecord("", "later", "2027", "/photos", "quick"), None)
    page, runs = wizard.training, wizard.runs.list
    qtbot.waitUntil(lambda: page.title.text() == "later")
    assert "begins by itself" in page.state.text()
    child.tell("paused", step=3)
    assert "Waits for mine, which is paused" in page.state.text()
    assert "Paused" in runs.item(0).text() and "Waits for its turn" in runs.item(1).text()
    child.tell("resumed", step=3)
    assert "begins by itself" in page.state.text() and "Runs now" in runs.item(0).text()
    for number in range(2):
        qtbot.waitUntil(lambda number=number: len(PlayedChild.made) > number)  # type: ignore[misc]
        PlayedChild.made[number].end(130)
    qtbot.waitUntil(lambda: queue.current is None)


def test_times_are_measured_on_where_the_training_that_they_gave_way_to_cannot_be_kept(
    qtbot: QtBot, open_viewer: OpenViewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(surveyor, "Child", PlayedChild)
    monkeypatch.setattr(PlayedChild, "made", [])
    viewer = open_viewer()
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None
    wizard.photos.folder_chosen.emit(tmp_path)
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 1)
    runs_folder().parent.mkdir(parents=True, exist_ok=True)
    runs_folder().write_text("a file", encoding="utf-8")
    wizard.start_asked.emit()
    qtbot.waitUntil(lambda: len(boxes(viewer)) == 1)
    assert "cannot be kept" in boxes(viewer)[0].text()
    assert PlayedChild.made[0].is_killed and len(PlayedChild.made) == 2
    boxes(viewer)[0].close()


def test_second_press_begins_no_second_training_and_the_next_one_is_called_otherwise(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan, tmp_path: Path
) -> None:
    viewer = open_viewer()
    viewer.window.actions_["train"].trigger()
    commands = viewer.training.commands
    assert commands.wizard is not None and commands.controller is not None
    planning = commands.controller.planning
    planning.draft = replace(planning.draft, photos=PhotoFolder(tmp_path))
    planning.begin_again()
    name = planning.draft.name
    for _ in range(2):
        commands.wizard.start_asked.emit()
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 1)
    # Whatever was asked for is known when this is.
    viewer.training.queue.plan(RunRecord("", "later", "2026", "/photos", "quick"), None)
    known = viewer.training.queue.known
    qtbot.waitUntil(lambda: any(run.record.name == "later" for run in known.runs.values()))
    assert [run.record.name for run in known.runs.values()] == [name, "later"]
    assert planning.draft.name not in (name, "later")
    PlayedChild.made[0].end(130)
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 2)
    PlayedChild.made[1].end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)


@pytest.mark.parametrize("status", [RUNNING, WAITING])
def test_training_of_a_program_that_crashed_goes_on_from_its_page(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan, status: str
) -> None:
    store = RunStore(runs_folder())
    made = store.create(RunRecord("", "mine", "2026", "/photos", "quick", status=status), None)
    steps = {"kind": "step", "step": 40, "progress": 0.4, "elapsed_s": 9.0, "values": {"loss": 0.1, "eta_s": 60.0}}
    lines = [json.dumps({"text": "", **event}) for event in ({**steps, "kind": "started"}, steps)]
    (store.folder(made.id) / LOG_FILE).write_text("\n".join(lines), encoding="utf-8")
    viewer = open_viewer()
    viewer.training.start()
    qtbot.waitUntil(lambda: made.id in viewer.training.queue.known.runs)
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None and wizard.page == RUNS
    qtbot.mouseClick(wizard.runs.show_button, Qt.MouseButton.LeftButton)
    page = wizard.training
    qtbot.waitUntil(lambda: "step 40" in page.state.text())
    assert page.state.text().startswith("Stopped") and page.pause_button.isHidden() and page.finish_button.isHidden()
    qtbot.mouseClick(page.go_on_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 1)
    assert page.pause_button.isVisible() and page.go_on_button.isHidden()
    PlayedChild.made[0].end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)


def test_window_closes_at_once_where_nothing_is_trained(open_viewer: OpenViewer) -> None:
    viewer = open_viewer()
    viewer.window.close()
    assert not viewer.window.isVisible() and not boxes(viewer)


def test_closing_can_be_taken_back(qtbot: QtBot, open_viewer: OpenViewer, plan: Plan) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    child.tell("saved", 3, 0.43)
    viewer.window.close()
    [box] = boxes(viewer)
    assert "mine is 43 % done" in box.text()
    press(qtbot, box, "not quit")
    assert viewer.window.isVisible() and child.sent == []
    child.end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)


def test_training_is_saved_before_the_window_closes(qtbot: QtBot, open_viewer: OpenViewer, plan: Plan) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.training.queue.plan(RunRecord("", "second", "2026", "/photos", "quick"), None)
    qtbot.waitUntil(lambda: len(viewer.training.queue.known.runs) == 2)
    viewer.window.close()
    press(qtbot, boxes(viewer)[0], "Keep for later")
    assert child.sent == ["stop"] and viewer.window.isVisible()
    # Once more does not ask once more.
    viewer.window.close()
    assert viewer.window.isVisible() and len(boxes(viewer)) == 0
    child.end(130)
    qtbot.waitUntil(lambda: not viewer.window.isVisible())
    assert {run.record.status for run in viewer.training.queue.known.runs.values()} == {STOPPED}
    assert len(PlayedChild.made) == 1


def test_a_window_that_exports_keep_open_is_left_later_as_if_nothing_had_been(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    answers = [False]
    viewer.window.add_close_guard(lambda: answers[-1])
    viewer.window.close()
    press(qtbot, boxes(viewer)[0], "Keep for later")
    child.end(130)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)
    assert viewer.window.isVisible()
    # The next training neither closes the window by its end, nor keeps it open without a word.
    child = plan(viewer)
    answers.append(True)
    viewer.window.close()
    assert len(boxes(viewer)) == 1
    press(qtbot, boxes(viewer)[0], "not quit")
    child.end(0)
    qtbot.waitUntil(lambda: viewer.training.queue.current is None)
    assert viewer.window.isVisible()


def test_training_that_is_begun_while_the_window_is_left_is_kept_for_later_as_well(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.window.close()
    press(qtbot, boxes(viewer)[0], "Keep for later")
    viewer.training.queue.plan(RunRecord("", "second", "2026", "/photos", "quick"), None)
    qtbot.waitUntil(lambda: len(viewer.training.queue.known.runs) == 2)
    child.end(130)
    qtbot.waitUntil(lambda: not viewer.window.isVisible())
    assert {run.record.status for run in viewer.training.queue.known.runs.values()} == {STOPPED}


@pytest.mark.parametrize(("code", "part"), [(0, "is ready"), (None, "has stopped")])
def test_end_of_a_training_is_told_where_the_wizard_is_closed(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan, code: int | None, part: str
) -> None:
    viewer = open_viewer()
    told: list[str] = []
    viewer.training.commands.notice.connect(told.append)
    plan(viewer).end(code)
    qtbot.waitUntil(lambda: bool(told))
    assert "mine" in told[0] and part in told[0]


def test_discard_asks_first(qtbot: QtBot, open_viewer: OpenViewer, plan: Plan) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None
    for part, is_killed in (("Keep", False), ("Discard", True)):
        qtbot.mouseClick(wizard.training.discard_button, Qt.MouseButton.LeftButton)
        [box] = [box for box in wizard.findChildren(QMessageBox) if box.isVisible()]
        press(qtbot, box, part)
        assert child.is_killed == is_killed
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not viewer.training.queue.known.runs)
    assert wizard.page == PHOTOS


def test_failure_is_told_as_it_is_and_its_box_goes_when_it_is_closed(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer()
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None
    for _ in range(2):
        viewer.training.queue.known.failed.emit(RequestError("/photos/<b>new</b>/runs: cannot be written"))
        [box] = [box for box in wizard.findChildren(QMessageBox) if box.isVisible()]
        assert box.textFormat() is Qt.TextFormat.PlainText and "<b>" in box.text()
        box.close()
        qtbot.waitUntil(lambda: not wizard.findChildren(QMessageBox))


def test_finishing_early_asks_first_and_ends_no_other_training(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    for kind in ("started", "step"):
        child.tell(kind, step=3, loss=0.1, eta_s=60.0)
    viewer.window.actions_["train"].trigger()
    wizard, queue = viewer.training.commands.wizard, viewer.training.queue
    assert wizard is not None
    click(qtbot, wizard.training.finish_button)
    answer(qtbot, wizard, "Train on")
    assert not child.sent and wizard.training.finish_button.isEnabled()
    QApplication.processEvents()
    click(qtbot, wizard.training.finish_button)
    # While the question is open, its training ends and the next one begins.
    queue.plan(RunRecord("", "later", "2027", "/photos", "quick"), None)
    child.end(0)
    qtbot.waitUntil(lambda: len(PlayedChild.made) == 2)
    answer(qtbot, wizard, "Finish now")
    assert not PlayedChild.made[1].sent
    later = PlayedChild.made[1]
    for kind in ("started", "step"):
        later.tell(kind, step=3, loss=0.1, eta_s=60.0)
    assert queue.current is not None
    viewer.training.commands.controller.show_run(queue.current)  # type: ignore[union-attr]
    QApplication.processEvents()
    finish(qtbot, wizard)
    assert later.sent == ["finish"] and "Finishing" in wizard.training.state.text()
    later.end(0)
    qtbot.waitUntil(lambda: queue.current is None)


def test_finished_training_is_listed_with_its_room_until_it_is_removed(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    queue = viewer.training.queue
    [id_] = queue.known.runs
    (queue.known.store.folder(id_) / "state.pt").write_bytes(bytes(3_000_000))
    child.end(0)
    qtbot.waitUntil(lambda: queue.known.runs[id_].size_bytes > 3_000_000)
    installed = next(iter(viewer.models.installed))
    queue.known.note_installed(id_, installed)
    qtbot.waitUntil(lambda: queue.known.runs[id_].size_bytes < 3_000_000)
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    # Nothing waits for anybody; the list is one click away.
    assert wizard is not None and wizard.page == PHOTOS
    qtbot.mouseClick(wizard.runs_button, Qt.MouseButton.LeftButton)
    assert wizard.page == RUNS and f"installed as {installed}" in wizard.runs.list.item(0).text()
    qtbot.mouseClick(wizard.runs.discard_button, Qt.MouseButton.LeftButton)
    [box] = [box for box in wizard.findChildren(QMessageBox) if box.isVisible()]
    assert "stays in the library" in box.informativeText()
    press(qtbot, box, "Discard")
    qtbot.waitUntil(lambda: not queue.known.store.folder(id_).exists())
    assert not wizard.runs.list.count() and wizard.runs.disk_use.isHidden()


def test_training_that_waits_begins_with_its_model_under_the_new_name(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    queue, models = viewer.training.queue, viewer.models
    own = replace(
        next(iter(models.installed.values())), name="own", path=Path("/models/own.safetensors"), bundled=False
    )
    models.know([*models.installed.values(), own])
    for created, start in (("2027", own.path), ("2028", Path("/elsewhere/other.pth"))):
        record = RunRecord("", created, created, "/photos", "quick", start_from=str(start), start_name=start.stem)
        queue.plan(record, None)
    qtbot.waitUntil(lambda: len(queue.known.runs) == 3)
    models.note_renamed("own", replace(own, name="mine", path=Path("/models/mine.safetensors")))
    records = [run.record for run in queue.known.runs.values()]
    assert [record.start_name for record in records] == [None, "mine", "other"]
    files = [str(Path("/models/mine.safetensors")), str(Path("/elsewhere/other.pth"))]
    assert [record.start_from for record in records[1:]] == files
    child.end(0)
    for number in (1, 2):
        qtbot.waitUntil(lambda number=number: len(PlayedChild.made) > number)  # type: ignore[misc]
        PlayedChild.made[number].end(0)
    assert files[0] in PlayedChild.made[1].arguments
    qtbot.waitUntil(lambda: queue.current is None)


def test_model_of_a_training_is_followed_when_it_is_renamed_and_can_be_installed_again_when_it_is_removed(
    qtbot: QtBot, open_viewer: OpenViewer, plan: Plan
) -> None:
    viewer = open_viewer()
    child = plan(viewer)
    queue, models = viewer.training.queue, viewer.models
    [id_] = queue.known.runs
    child.end(0)
    qtbot.waitUntil(lambda: queue.current is None and queue.known.runs[id_].record.is_over)
    viewer.window.actions_["train"].trigger()
    wizard = viewer.training.commands.wizard
    assert wizard is not None
    others = list(models.installed.values())
    mine = replace(others[0], name="mine", path=Path("/models/mine.safetensors"), bundled=False)
    models.know([*others, mine])
    queue.known.note_installed(id_, "mine")
    models.note_renamed("mine", replace(mine, name="ours", path=Path("/models/ours.safetensors")))
    assert queue.known.runs[id_].record.installed_as == "ours" and "as ours" in wizard.runs.list.item(0).text()
    qtbot.mouseClick(wizard.runs.show_button, Qt.MouseButton.LeftButton)
    page = wizard.result_page
    assert wizard.page == RESULT and page.news.text() == "Installed as ours." and not page.install_button.isEnabled()
    models.know(others)
    assert page.news.isHidden() and page.install_button.isEnabled()
    assert "not installed yet" in wizard.runs.list.item(0).text()


@pytest.mark.parametrize(
    ("modules", "kept_out"),
    [
        ("app.composition", {"torch", "pyqtgraph", "app.wizard.wizard"}),
        ("app.wizard.controller, app.wizard.wizard", {"torch", "pyqtgraph"}),
        ("app.workers.training_queue, app.wizard.draft", {"torch"}),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(modules: str, kept_out: set[str]) -> None:
    code = f"import sys, {modules}\nfound = {kept_out!r} & set(sys.modules)\nassert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=source_folder())
