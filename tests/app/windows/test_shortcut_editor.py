"""The dialog in which people choose their own keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.windows.action_table import ACTIONS
from app.windows.shortcut_editor import ShortcutEditor


@pytest.fixture
def editor(qtbot: QtBot) -> ShortcutEditor:
    editor = ShortcutEditor({"about": ["Alt+A"]})
    qtbot.addWidget(editor)
    with qtbot.waitActive(editor):
        editor.show()
        editor.activateWindow()
    return editor


@pytest.fixture
def saved(editor: ShortcutEditor) -> list[dict[str, list[str]]]:
    heard: list[dict[str, list[str]]] = []
    editor.saved.connect(heard.append)
    return heard


def item_of(editor: ShortcutEditor, text: str) -> QTreeWidgetItem:
    (item,) = editor.table.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, 0)
    return item


def record(editor: ShortcutEditor, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    editor.keys.recorder.setFocus()
    QTest.keyClick(editor.keys.recorder, key, modifier)


def save_button(editor: ShortcutEditor):
    return editor.buttons.button(QDialogButtonBox.StandardButton.Save)


def test_all_actions_are_listed_with_their_keys(editor):
    shown = editor.table.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive, 0)
    groups = editor.table.topLevelItemCount()
    assert len(shown) == len(ACTIONS) + groups
    assert item_of(editor, "Open photo").text(1) == "Ctrl+O"
    assert item_of(editor, "About Stepless").text(1) == "Alt+A"


def test_a_recorded_key_is_added_and_saved(editor, saved):
    editor.select("open")
    record(editor, Qt.Key.Key_F9)
    assert item_of(editor, "Open photo").text(1).split() == ["Ctrl+O", "F9"]
    save_button(editor).click()
    assert saved == [{"about": ["Alt+A"], "open": ["Ctrl+O", "F9"]}]
    assert editor.result()


def test_a_key_can_be_taken_away(editor, saved):
    editor.select("previous")
    assert len(editor.keys.removers()) == 3
    editor.keys.removers()[1].click()
    assert item_of(editor, "Previous photo").text(1).split() == ["Left", "PgUp"]


def test_a_conflict_is_told_in_a_sentence_and_stops_saving_until_it_is_decided(editor, saved):
    editor.select("next")
    record(editor, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert editor.keys.sentence.text() == "Ctrl+O is also “Open photo”."
    assert not save_button(editor).isEnabled()
    editor.accept()
    assert saved == [] and editor.isVisible()
    editor.keys.take_over_button.click()
    assert editor.keys.sentence.text() == "" and save_button(editor).isEnabled()
    editor.accept()
    assert saved == [{"about": ["Alt+A"], "open": [], "next": ["Right", "PgDown", "Ctrl+O"]}]


def test_a_reserved_key_is_refused_in_a_sentence(editor):
    editor.select("open")
    record(editor, Qt.Key.Key_Space)
    assert "Space" in editor.keys.sentence.text()
    assert not editor.keys.take_over_button.isVisible()
    assert item_of(editor, "Open photo").text(1) == "Ctrl+O"


def test_one_action_or_all_get_their_default_keys_back(editor):
    editor.select("about")
    assert editor.keys.reset_button.isEnabled()
    editor.keys.reset_button.click()
    assert editor.overrides() == {} and not editor.keys.reset_button.isEnabled()
    editor.select("open")
    editor.keys.removers()[0].click()
    editor.select("next")
    editor.keys.removers()[0].click()
    editor.reset_all_button.click()
    assert editor.overrides() == {}


def test_keys_of_actions_that_only_a_newer_version_knows_are_kept(qtbot):
    editor = ShortcutEditor({"teleport": ["Ctrl+B"], "about": ["Alt+A"]})
    qtbot.addWidget(editor)
    editor.select("open")
    record(editor, Qt.Key.Key_F9)
    assert editor.overrides() == {"teleport": ["Ctrl+B"], "about": ["Alt+A"], "open": ["Ctrl+O", "F9"]}
    editor.reset_all_button.click()
    assert editor.overrides() == {"teleport": ["Ctrl+B"]}


def test_enter_after_a_text_to_filter_by_saves_nothing(editor, saved):
    editor.filter.setFocus()
    QTest.keyClicks(editor.filter, "fit")
    QTest.keyClick(editor.filter, Qt.Key.Key_Return)
    assert saved == [] and editor.isVisible()


def test_cancel_saves_nothing(editor, saved):
    editor.select("open")
    editor.keys.removers()[0].click()
    editor.reject()
    assert saved == []


@pytest.mark.parametrize("wanted, found", [("fit win", ["Fit window"]), ("ctrl+shift+j", ["Mirror vertically"])])
def test_the_filter_finds_texts_and_keys(editor, wanted, found):
    editor.filter.setText(wanted)
    visible = [item.text(0) for id_, item in editor._items.items() if not item.isHidden()]
    assert visible == found
    groups = [editor.table.topLevelItem(row) for row in range(editor.table.topLevelItemCount())]
    assert sum(not group.isHidden() for group in groups) == 1
    editor.filter.clear()
    assert not any(group.isHidden() for group in groups)


def test_conflicts_that_came_with_the_settings_are_shown(qtbot):
    editor = ShortcutEditor({"next": ["Ctrl+O"]})
    qtbot.addWidget(editor)
    assert not save_button(editor).isEnabled()
    assert editor.keys.sentence.text() == "Ctrl+O is also “Next photo”."
