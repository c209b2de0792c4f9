"""The queue of exports: what fails does not stop the rest, and quitting leaves nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.crashes import Crash
from app.export.batch import Batch
from app.export.draft import What
from app.windows.crash_dialog import CrashDialog, CrashReporter
from app.windows.export_queue_panel import NAME, PROGRESS, STATE, ExportQueuePanel
from app.workers.export_worker import ExportWorker
from liif_core.errors import ImageWriteError
from liif_core.export.control import JobControl, OnProgress, Phase, Progress
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import ExportResult
from liif_core.export.queue import QueueState
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import LongSide, Scale
from liif_core.export.task import ExportTask
from liif_core.geometry import Size
from liif_core.imaging.read import read_image
from tests.app.conftest import OpenViewer
from tests.app.export.dialog import answer, opened, question, wait_for_end, wait_until_ready
from tests.app.export.photos import draft_of, photo_of


def task(photo: Path, name: str, scale: float = 2.0) -> ExportTask:
    return ExportTask(photo, ExportRequest(photo.parent / name, Sized(Scale(scale))))


def column(panel: ExportQueuePanel, number: int) -> list[str]:
    items = (panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount()))
    return [item.text(number) for item in items if item is not None]


def press(qtbot: QtBot, panel: ExportQueuePanel, name: str) -> None:
    assert panel.buttons[name].isEnabled(), name
    qtbot.mouseClick(panel.buttons[name], Qt.MouseButton.LeftButton)


class Gate:
    """Carries out tasks as told: each waits at a quarter until it may go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.started: list[str] = []
        self.most_at_once = self._at_work = 0

    def __call__(
        self, task: ExportTask, enlarger: Enlarger, *, control: JobControl, on_progress: OnProgress
    ) -> ExportResult:
        name = task.request.target.name
        self.started.append(name)
        self._at_work += 1
        self.most_at_once = max(self.most_at_once, self._at_work)
        try:
            on_progress(Progress(Phase.RENDERING, 25, 100, 1.0, 180.0))
            while not self.go_on.wait(0.005):
                control.check()
            control.check()
            if "bad" in name:
                raise ImageWriteError(f"{name} cannot be written: the disk is full")
            return ExportResult(task.request.target, Size(100, 200), 5_000_000, 2.0)
        finally:
            self._at_work -= 1


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    build = ExportWorker.__init__
    monkeypatch.setattr(ExportWorker, "__init__", lambda self: build(self, run_one=gate))
    return gate


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    return open_viewer(photo, model="bicubic")


def test_a_failing_export_says_why_and_the_others_are_made(qtbot, viewer, photo):
    queue = viewer.exporting.queue
    gone = ExportTask(photo.parent / "gone.png", ExportRequest(photo.parent / "gone.jpg", Sized(Scale(2.0))))
    queue.add([task(photo, "a.png"), gone, task(photo, "b.png", 3.0)])
    wait_for_end(qtbot, viewer, 3)
    qtbot.waitUntil(lambda: "Done" in column(queue.panel, STATE)[2], timeout=5000)
    states = column(queue.panel, STATE)
    assert states[0].startswith("Done: 300 × 200 pixels") and "gone.png" in states[1]
    assert read_image(photo.parent / "b.png").size == Size(300, 450)
    assert queue.panel.isVisible() and column(queue.panel, NAME) == ["a.png", "gone.jpg", "b.png"]


def test_one_runs_at_a_time_and_the_indicator_tells_how_far(qtbot, viewer, photo, gate):
    queue = viewer.exporting.queue
    # Not before the test has looked, however slow the machine.
    queue.indicator._timer.setInterval(60_000)
    queue.add([task(photo, "a.png"), task(photo, "b.png")])
    qtbot.waitUntil(lambda: "25 %" in column(queue.panel, PROGRESS), timeout=5000)
    assert queue.indicator.isHidden(), "work that is done soon is not told of"
    queue.indicator._timer.setInterval(0)
    qtbot.waitUntil(queue.indicator.isVisible, timeout=5000)
    qtbot.waitUntil(lambda: queue.indicator.text() == "Export 1 of 2: 25 %, 3 min left", timeout=5000)
    gate.go_on.set()
    wait_for_end(qtbot, viewer, 2)
    qtbot.waitUntil(queue.indicator.isHidden, timeout=5000)
    assert gate.most_at_once == 1 and gate.started == ["a.png", "b.png"]


def test_exports_are_paused_and_go_on(qtbot, viewer, photo, gate):
    queue = viewer.exporting.queue
    queue.add([task(photo, "a.png"), task(photo, "b.png")])
    qtbot.waitUntil(lambda: gate.started == ["a.png"], timeout=5000)
    press(qtbot, queue.panel, "pause")
    gate.go_on.set()
    qtbot.wait(200)
    assert queue.unfinished == 2 and "Paused" in column(queue.panel, STATE)
    assert queue.panel.buttons["pause"].text() == "Resume"
    press(qtbot, queue.panel, "pause")
    wait_for_end(qtbot, viewer, 2)


def test_an_export_is_cancelled_and_tried_again(qtbot, viewer, photo, gate):
    queue = viewer.exporting.queue
    queue.add([task(photo, "a.png"), task(photo, "b.png")])
    qtbot.waitUntil(lambda: gate.started == ["a.png"], timeout=5000)
    press(qtbot, queue.panel, "cancel")
    qtbot.waitUntil(lambda: gate.started == ["a.png", "b.png"], timeout=5000)
    # The next one may begin before this thread has heard of the end of the one before.
    qtbot.waitUntil(lambda: column(queue.panel, STATE)[0] == "Cancelled")
    gate.go_on.set()
    wait_for_end(qtbot, viewer, 2)
    press(qtbot, queue.panel, "retry")
    qtbot.waitUntil(lambda: gate.started == ["a.png", "b.png", "a.png"], timeout=5000)
    wait_for_end(qtbot, viewer, 2)
    qtbot.waitUntil(lambda: column(queue.panel, STATE)[0].startswith("Done"), timeout=5000)


def test_a_failed_export_is_shown_and_cleared(qtbot, viewer, photo, gate):
    queue = viewer.exporting.queue
    gate.go_on.set()
    queue.add([task(photo, "bad.png")])
    qtbot.waitUntil(queue.panel.isVisible, timeout=5000)
    qtbot.waitUntil(lambda: "the disk is full" in column(queue.panel, STATE)[0], timeout=5000)
    press(qtbot, queue.panel, "clear")
    assert not column(queue.panel, NAME)


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_the_delete_key_cancels_the_row_and_is_no_key_of_the_window(qtbot, viewer, photo, gate, key):
    queue = viewer.exporting.queue
    with qtbot.waitActive(viewer.window):
        viewer.window.activateWindow()
    queue.add([task(photo, "a.png"), task(photo, "b.png")])
    # Elsewhere it goes to the last photo.
    QTest.keyClick(queue.panel.tree, Qt.Key.Key_End)
    assert queue.panel.tree.currentItem() is queue.panel.tree.topLevelItem(1)
    QTest.keyClick(queue.panel.tree, key)
    qtbot.waitUntil(lambda: column(queue.panel, STATE)[1] == "Cancelled", timeout=5000)
    gate.go_on.set()
    wait_for_end(qtbot, viewer, 2)
    assert gate.started == ["a.png"]


def test_thousands_of_exports_do_not_hold_up_the_window(qtbot, viewer, photo, gate):
    # The time that this thread works: other processes may take the processor from it.
    begun = time.thread_time()
    viewer.exporting.queue.add([task(photo, f"{number}.png") for number in range(2000)])
    assert time.thread_time() - begun < 2
    assert len(column(viewer.exporting.queue.panel, NAME)) == 2000
    viewer.exporting.queue.worker.close()


def test_the_action_shows_and_hides_the_panel(qtbot, viewer):
    action = viewer.window.actions_["export_queue"]
    action.trigger()
    assert viewer.exporting.queue.panel.isVisible() and action.isChecked()
    viewer.exporting.queue.panel.close()
    assert not action.isChecked()


def test_the_focus_goes_back_when_the_panel_is_hidden(qtbot, viewer):
    window, queue = viewer.window, viewer.exporting.queue
    window.canvas.setFocus()
    queue.show_panel(True)
    # As by the sign in the status bar, while the panel is there.
    queue.show_panel(True)
    queue.show_panel(False)
    assert window.focusWidget() is window.canvas


def test_the_panel_is_hidden_although_what_had_the_focus_is_gone(qtbot, viewer):
    window, queue = viewer.window, viewer.exporting.queue
    # As a recent photo on the start page, which others push out.
    button = QPushButton(window)
    button.show()
    button.setFocus()
    queue.show_panel(True)
    shiboken6.delete(button)
    queue.show_panel(False)
    assert not queue.panel.isVisible()


def test_the_folder_of_an_export_is_shown(qtbot, viewer, photo, gate, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    gate.go_on.set()
    viewer.exporting.queue.show_panel(True)
    viewer.exporting.queue.add([task(photo, "a.png")])
    wait_for_end(qtbot, viewer)
    press(qtbot, viewer.exporting.queue.panel, "reveal")
    assert [Path(folder) for folder in shown] == [photo.parent]


# -- quitting


@pytest.fixture
def at_work(qtbot: QtBot, viewer: Viewer, photo: Path) -> Callable[[], list[Path]]:
    """Two large exports, the first one half written; gives what lies beside the photo."""
    queue = viewer.exporting.queue
    large = ExportRequest(photo.parent / "large.png", Sized(LongSide(30_000)))
    queue.add([ExportTask(photo, large), task(photo, "b.png")])
    qtbot.waitUntil(
        lambda: any(e.progress is not None and e.progress.share > 0 for e in queue.worker.entries), timeout=30_000
    )

    def beside() -> list[Path]:
        return sorted(photo.parent.iterdir())

    assert len(beside()) == 2, "the photo and a temporary file"
    return beside


def test_quitting_asks_and_no_means_going_on(qtbot, viewer, at_work):
    viewer.window.close()
    assert "2 exports" in question(qtbot).text()
    answer(qtbot, "Go on exporting")
    assert viewer.window.isVisible() and viewer.exporting.queue.unfinished == 2
    viewer.exporting.queue.worker.close()


def test_quitting_after_a_yes_does_not_wait_for_exports_and_leaves_nothing(qtbot, viewer, photo, at_work):
    viewer.window.close()
    started = time.perf_counter()
    answer(qtbot, "Quit and stop")
    assert not viewer.window.isVisible()
    assert viewer.exporting.stop(timeout_s=60)
    assert time.perf_counter() - started < 10, "less than a second where nothing else runs; they would take minutes"
    assert at_work() == [photo]
    assert all(entry.state is QueueState.CANCELLED for entry in viewer.exporting.queue.worker.entries)


def test_quitting_twice_asks_once(qtbot, viewer, at_work):
    viewer.window.close()
    viewer.window.close()
    question(qtbot)
    answer(qtbot, "Quit and stop")


def test_a_window_that_something_else_keeps_open_goes_on_telling_of_exports_and_asks_again(qtbot, viewer, photo, gate):
    queue = viewer.exporting.queue
    queue.add([task(photo, "a.png")])
    qtbot.waitUntil(lambda: bool(gate.started), timeout=5000)
    answers = [False]
    viewer.window.add_close_guard(lambda: answers[-1])
    viewer.window.close()
    answer(qtbot, "Quit and stop")
    assert viewer.window.isVisible() and queue.unfinished == 1
    viewer.window.close()
    answer(qtbot, "Go on exporting")
    gate.go_on.set()
    qtbot.waitUntil(lambda: column(queue.panel, STATE)[0].startswith("Done"), timeout=5000)


def test_a_crash_does_not_disturb_exports_and_quitting_from_its_dialog_asks_as_well(qtbot, viewer, at_work):
    reporter = CrashReporter(lambda: "", parent=viewer.window)
    reporter.quit_asked.connect(viewer.window.close)
    reporter.show(Crash("here", "Traceback"))
    dialog = viewer.window.findChild(CrashDialog)
    assert isinstance(dialog, CrashDialog)
    shares = [entry.progress.share for entry in viewer.exporting.queue.worker.entries if entry.progress is not None]
    qtbot.waitUntil(
        lambda: any(
            e.progress is not None and e.progress.share > shares[0] for e in viewer.exporting.queue.worker.entries
        ),
        timeout=30_000,
    )
    dialog.quit_asked.emit()
    assert viewer.window.isVisible()
    answer(qtbot, "Quit and stop")
    assert not viewer.window.isVisible()
    dialog.accept()


def test_without_exports_nothing_is_asked(qtbot, viewer, photo, gate):
    gate.go_on.set()
    viewer.exporting.queue.add([task(photo, "a.png")])
    wait_for_end(qtbot, viewer)
    viewer.window.close()
    assert not viewer.window.isVisible()


def test_the_view_stays_free_while_an_export_runs(qtbot, viewer, at_work):
    """The GUI thread answers at once: no event waits for the export, which would take minutes."""
    longest = 0.0
    for _ in range(40):
        begun = time.perf_counter()
        viewer.controller.zoom(1.1)
        viewer.canvas.repaint()
        longest = max(longest, time.perf_counter() - begun)
        qtbot.wait(5)
    assert longest < 5
    viewer.exporting.queue.worker.close()


def test_an_export_that_is_begun_while_others_are_listed_keeps_its_file(qtbot, viewer, photo, gate):
    exporting, queue = viewer.exporting, viewer.exporting.queue
    draft = draft_of(photo_of(Size(20, 30)), what=What.ALL, wish=Scale(1.0), pattern="{name}-out")
    batch = Batch((photo,), replace(draft, folder=photo.parent), EnlargerChoice(None))
    exporting._list(batch, queue.targets)
    # Before its names arrive here.
    queue.add([task(photo, "photo-out.jpg")])
    qtbot.waitUntil(lambda: len(queue.worker.entries) == 2, timeout=10_000)
    assert [entry.task.request.target.name for entry in queue.worker.entries] == ["photo-out.jpg", "photo-out-2.jpg"]
    gate.go_on.set()
    wait_for_end(qtbot, viewer, 2)


def test_a_file_that_comes_while_an_export_waits_is_not_replaced(qtbot, viewer, photo):
    worker, dialog = viewer.exporting.queue.worker, opened(viewer)
    worker.set_paused(True)
    wait_until_ready(qtbot, dialog)
    qtbot.mouseClick(dialog.foot.button, Qt.MouseButton.LeftButton)
    (waiting,) = worker.entries
    later = waiting.task.request.target
    later.write_bytes(b"of another window")
    worker.set_paused(False)
    entry = wait_for_end(qtbot, viewer)
    assert entry.state is QueueState.DONE and later.read_bytes() == b"of another window"
    assert entry.task.request.target == later.with_stem(f"{later.stem}-2")
    assert column(viewer.exporting.queue.panel, NAME) == [f"{later.stem}-2{later.suffix}"]
