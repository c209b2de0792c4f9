from __future__ import annotations

import sys
import threading

from PySide6.QtWidgets import QLabel

from app.windows.about import PAPER, AboutDialog, torch_version
from app.windows.licences import LicencesDialog
from liif_core import __version__


def test_versions_licence_and_paper_are_told(qtbot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    rows = dict(dialog.versions.rows)
    assert rows["Version"] == __version__ and rows["Licence"] == "BSD-3-Clause"
    assert rows["Qt"].startswith("6.") and rows["Python"].startswith("3.")
    assert any(PAPER in label.text() for label in dialog.findChildren(QLabel))


def test_torch_is_told_when_it_is_loaded_and_not_loaded_for_that(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", type("torch", (), {"__version__": "9.9"}))
    assert torch_version() == "9.9"
    monkeypatch.delitem(sys.modules, "torch")
    assert torch_version() == "" and "torch" not in sys.modules


def test_licences_of_other_software_are_asked_for(qtbot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.licences_asked, timeout=1000):
        dialog.licences.click()
    assert dialog.licences.accessibleDescription()


def test_licences_are_shown_for_reading_only(qtbot):
    dialog = LicencesDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.text.placeholderText() and dialog.text.accessibleName()
    dialog.show_text("the licences")
    assert dialog.text.toPlainText() == "the licences" and dialog.text.isReadOnly()
    dialog.show_error("no permission")
    assert "no permission" in dialog.text.toPlainText()


def test_the_about_window_opens_licences_that_are_read_beside_it(qtbot, open_viewer, monkeypatch):
    threads = []

    def read():
        threads.append(threading.current_thread())
        return "collected"

    monkeypatch.setattr("app.third_party.notices", read)
    viewer = open_viewer()
    viewer.window.actions_["about"].trigger()
    (about,) = viewer.window.findChildren(AboutDialog)
    about.licences.click()
    (licences,) = about.findChildren(LicencesDialog)
    qtbot.waitUntil(lambda: licences.text.toPlainText() == "collected", timeout=5000)
    assert threads != [threading.main_thread()]
    licences.close()
    about.close()
