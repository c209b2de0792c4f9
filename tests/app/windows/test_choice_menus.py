"""Menus whose entries are given while the program runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from app.windows.choice_menus import ChoiceMenu, RecentMenu

MODELS = [("fast", "Fast", "A small one"), ("quality", "Quality & more", ""), ("bicubic", "Bicubic (no model)", "")]


@pytest.fixture
def choice(qtbot: QtBot) -> ChoiceMenu:
    menu = ChoiceMenu()
    qtbot.addWidget(menu)
    return menu


@pytest.fixture
def recent(qtbot: QtBot) -> RecentMenu:
    menu = RecentMenu()
    qtbot.addWidget(menu)
    return menu


def checked(menu: ChoiceMenu) -> list[str]:
    return [action.data() for action in menu.actions() if action.isChecked()]


def test_the_one_in_force_is_marked(choice):
    choice.set_choices(MODELS, "quality")
    assert checked(choice) == ["quality"]
    assert [action.text() for action in choice.actions()] == ["Fast", "Quality && more", "Bicubic (no model)"]
    assert choice.actions()[0].toolTip() == "A small one"


def test_macos_leaves_a_choice_where_it_is_whatever_it_is_called(choice):
    """By its text it would take "Setup" for the program's settings, and "About me" for its About window."""
    choice.set_choices([("a", "Setup 2", ""), ("b", "About me", ""), ("c", "Quit", "")], "a")
    assert {action.menuRole() for action in choice.actions()} == {QAction.MenuRole.NoRole}


def test_choosing_tells_the_id_and_setting_tells_nothing(choice):
    heard: list[str] = []
    choice.chosen.connect(heard.append)
    choice.set_choices(MODELS, "fast")
    choice.set_current("quality")
    assert heard == [] and checked(choice) == ["quality"]
    choice.actions()[2].trigger()
    assert heard == ["bicubic"] and checked(choice) == ["bicubic"]


def test_none_is_marked_where_the_one_in_force_is_not_listed(choice):
    choice.set_choices(MODELS, "gone")
    assert checked(choice) == []
    choice.set_current("fast")
    choice.set_current("gone")
    assert checked(choice) == []


def test_other_choices_take_the_place_of_the_first_and_stay_above_the_tail(qtbot, choice):
    tail = ChoiceMenu()
    qtbot.addWidget(tail)
    choice.set_tail([tail])
    choice.set_choices(MODELS, "fast")
    choice.set_choices(MODELS[:1], "fast")
    first, separator, last = choice.actions()
    assert first.data() == "fast" and separator.isSeparator() and last.menu() is tail


def test_a_menu_without_choices_cannot_be_opened(choice):
    assert not choice.isEnabled()
    choice.set_choices(MODELS, "fast")
    assert choice.isEnabled() and choice.menuAction().isEnabled()
    choice.set_choices([], "fast")
    assert not choice.menuAction().isEnabled()


def test_recent_photos_are_named_and_numbered(recent):
    recent.set_paths(["/photos/a & b.jpg", "/photos/2024/tree.png", "/photos/2025/tree.png"])
    texts = [action.text() for action in recent.actions() if not action.isSeparator()]
    assert texts == ["&1 a && b.jpg", "&2 tree.png – 2024", "&3 tree.png – 2025", "&Clear recent photos"]
    assert recent.actions()[0].toolTip() == "/photos/a & b.jpg"


def test_a_recent_photo_is_chosen_by_its_path(qtbot, recent):
    recent.set_paths(["/photos/a.jpg", "/photos/b.jpg"])
    with qtbot.waitSignal(recent.chosen) as chosen:
        recent.actions()[1].trigger()
    assert chosen.args == [Path("/photos/b.jpg")]


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode on Windows")
def test_a_recent_photo_whose_name_is_no_text_is_chosen(qtbot, recent):
    path = Path(os.fsdecode(b"/photos/caf\xe9.jpg"))
    recent.set_paths([path])
    with qtbot.waitSignal(recent.chosen) as chosen:
        recent.actions()[0].trigger()
    assert chosen.args == [path]


def test_recent_photos_can_be_forgotten(qtbot, recent):
    recent.set_paths(["/photos/a.jpg"])
    with qtbot.waitSignal(recent.clear_asked):
        recent.actions()[-1].trigger()
    recent.set_paths([])
    assert not recent.menuAction().isEnabled()


def test_a_long_name_loses_its_middle(recent):
    recent.set_paths(["/photos/" + "long" * 60 + ".tiff"])
    text = recent.actions()[0].text()
    assert len(text) < 120 and "…" in text and text.endswith(".tiff")
