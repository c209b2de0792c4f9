"""Tooltips with names of files, some of which Qt would take for HTML."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from app.training.run_record import STOPPED, RunRecord
from app.training.run_store import StoredRun
from app.windows.export_queue_panel import NAME, ExportQueuePanel
from app.windows.export_target import TargetGroup
from app.wizard.problem_list import ProblemList
from app.wizard.runs_page import RunsPage
from app.workers.surveyor import PhotoProblem
from liif_core.export.queue import QueueEntry
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale
from liif_core.export.task import ExportTask
from liif_core.imaging.encoding import format_of

FOLDER = Path("/photos/<i>new</i>")


def shown(tooltip: str) -> str:
    """What Qt makes of a tooltip that it takes for HTML; these are written so that it does."""
    assert "<" in tooltip
    return QTextDocumentFragment.fromHtml(tooltip).toPlainText()


def test_the_folder_of_an_export(qtbot: QtBot) -> None:
    group = TargetGroup()
    qtbot.addWidget(group)
    group.show_target(FOLDER, "a.png", format_of("a.png"))
    assert shown(group.folder_edit.toolTip()) == str(FOLDER)


def test_the_file_of_an_export(qtbot: QtBot) -> None:
    panel = ExportQueuePanel()
    qtbot.addWidget(panel)
    request = ExportRequest(FOLDER / "a.png", Sized(Scale(2.0)))
    panel.set_entries([QueueEntry(1, ExportTask(FOLDER / "b.png", request))], paused=False)
    item = panel.tree.topLevelItem(0)
    assert item is not None and shown(item.toolTip(NAME)) == str(FOLDER / "a.png")


def test_a_photo_with_a_problem(qtbot: QtBot) -> None:
    problems = ProblemList()
    qtbot.addWidget(problems)
    problems.set_problems([PhotoProblem("unreadable", FOLDER / "a.png")])
    assert shown(problems.item(0).toolTip()) == str(FOLDER / "a.png")


def test_the_photos_of_a_training(qtbot: QtBot) -> None:
    page = RunsPage()
    qtbot.addWidget(page)
    record = RunRecord("id", "mine", "2026", str(FOLDER), "quick", status=STOPPED)
    page.set_runs([StoredRun(record, Path("/runs/id"))], active=frozenset())
    assert shown(page.list.item(0).toolTip()) == str(FOLDER)
