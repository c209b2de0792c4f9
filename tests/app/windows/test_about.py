from __future__ import annotations

import sys

from PySide6.QtWidgets import QLabel

from app.windows.about import PAPER, AboutDialog, torch_version
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
