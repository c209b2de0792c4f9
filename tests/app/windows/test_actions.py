"""The table of actions, their keys, and the menus and the toolbar that show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTranslator
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from app.windows.action_table import ACTIONS, MENU_TITLES
from app.windows.actions import Actions, without_mnemonic
from app.windows.icons import MIRRORED
from app.windows.key_bindings import normal_key
from app.windows.menus import Menus
from app.windows.toolbar import ToolBar
from liif_core.paths import resource_path


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def actions(window: QMainWindow) -> Actions:
    return Actions(window)


@pytest.fixture
def menus(window: QMainWindow, actions: Actions) -> Menus:
    return Menus(window, actions)


class Emphatic(QTranslator):
    """A language in which every text ends with an exclamation mark."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"{source}!"


@pytest.fixture
def other_language() -> Iterator[None]:
    translator = Emphatic()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def all_menus(window: QMainWindow) -> list[QMenu]:
    found = []
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found.append(menu)
    return found


def mnemonics(actions: Iterable[QAction]) -> list[str]:
    sequences = [QKeySequence.mnemonic(action.text()) for action in actions]
    return [sequence.toString() for sequence in sequences if not sequence.isEmpty()]


def test_every_action_says_what_it_is_and_what_it_does(actions):
    for spec in ACTIONS:
        action = actions[spec.id]
        assert action.text() and action.toolTip()
        assert action.statusTip().endswith(".")
        assert not action.icon().isNull()
        assert spec.menu in MENU_TITLES


def test_ids_are_unique():
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)


def test_default_keys_are_real_keys_and_belong_to_one_action_each(actions):
    for spec in ACTIONS:
        for key in spec.keys:
            assert normal_key(key) == key
    assert actions.conflicts({}) == []


def test_every_action_is_in_the_menu_bar_once(window, actions, menus):
    shown = [action for menu in all_menus(window) for action in menu.actions()]
    for spec in ACTIONS:
        assert shown.count(actions[spec.id]) == 1, spec.id


def test_menus_are_grouped_as_the_table_says(window, actions, menus):
    by_title = {without_mnemonic(menu.title()): menu for menu in all_menus(window)}
    for spec in ACTIONS:
        assert actions[spec.id] in by_title[without_mnemonic(MENU_TITLES[spec.menu])].actions()


def test_mnemonics_are_unique_in_every_menu_and_in_the_bar(window, menus):
    for shown in (
        window.menuBar().actions(),
        menus.photo.actions(),
        menus.recent.actions(),
        *(menu.actions() for menu in all_menus(window)),
    ):
        letters = mnemonics(shown)
        assert len(letters) == len(set(letters)), [action.text() for action in shown]


def test_every_entry_of_the_menus_can_be_reached_by_a_letter(window, menus):
    for menu in all_menus(window):
        entries = [action for action in menu.actions() if not action.isSeparator()]
        assert len(mnemonics(entries)) == len(entries), menu.title()


def test_icons_of_directions_exist():
    assert all(resource_path("icons", f"{name}.svg").is_file() for name in MIRRORED)


def test_tooltips_name_the_first_key(actions):
    assert actions["open"].toolTip() == "Open photo (Ctrl+O)"
    assert actions["edit_shortcuts"].toolTip() == "Edit shortcuts"


def test_actions_that_need_a_photo_are_off_without_one(actions):
    assert not actions["zoom_in"].isEnabled() and actions["open"].isEnabled()
    actions.set_photo_open(True)
    assert actions["zoom_in"].isEnabled()


def test_overrides_replace_all_keys_of_an_action_and_can_be_taken_back(actions):
    actions.set_overrides({"open": ["Alt+O", "O"], "about": ["F2"], "next": []})
    assert actions.shortcuts()["open"] == ["Alt+O", "O"]
    assert actions["open"].toolTip() == "Open photo (Alt+O)"
    assert actions["about"].shortcut() == QKeySequence("F2")
    assert actions["next"].shortcuts() == []
    actions.set_overrides({})
    assert actions.shortcuts()["open"] == ["Ctrl+O"]


def test_overrides_from_a_damaged_or_newer_file_are_harmless(actions):
    actions.set_overrides({"teleport": ["T"], "open": ["Nonsense", "Space", "Ctrl+K, Ctrl+O", "ctrl+k", "Ctrl+Shift"]})
    assert actions.shortcuts()["open"] == ["Ctrl+K"]
    assert "teleport" not in actions.shortcuts()


def test_conflicts_name_the_key_and_both_actions(actions):
    assert actions.conflicts({"next": ["Right", "Ctrl+O"]}) == [("Ctrl+O", "open", "next")]


def test_a_changed_action_gets_the_key_that_another_has_by_default(actions):
    actions.set_overrides({"next": ["Right", "Ctrl+O"]})
    assert actions.shortcuts()["next"] == ["Right", "Ctrl+O"]
    assert actions.shortcuts()["open"] == []


def test_compare_ways_exclude_each_other(actions):
    assert actions["compare_split"].isChecked()
    actions["compare_loupe"].setChecked(True)
    assert not actions["compare_split"].isChecked()


def test_texts_follow_the_language(qtbot, window, actions, menus, other_language):
    # As Qt sends it to every window when a translator comes.
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    assert actions["open"].text() == "&Open photo…!"
    assert window.menuBar().actions()[0].text() == "&File!"
    assert menus.recent.title() == "Open &recent!"
    assert [action.text() for action in menus.recent.actions()][-1] == "&Clear recent photos!"


def test_chinese_mnemonics_leave_no_trace_in_plain_texts():
    assert without_mnemonic("打开照片(&O)…") == "打开照片…"
    assert without_mnemonic("Black && &white") == "Black & white"


def test_keys_work_where_the_menu_bar_is_hidden(qtbot, window, actions, menus):
    actions.set_photo_open(True)
    window.menuBar().hide()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    with qtbot.waitSignal(actions["fit_window"].triggered, timeout=2000):
        QTest.keyClick(window, Qt.Key.Key_F)
    with qtbot.waitSignal(actions["shortcuts_help"].triggered, timeout=2000):
        QTest.keyClick(window, Qt.Key.Key_Question)


def test_single_keys_are_letters_while_a_text_is_being_typed(qtbot, window, actions):
    actions.set_photo_open(True)
    field = QLineEdit()
    window.setCentralWidget(field)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    field.setFocus()
    heard = []
    for spec in ACTIONS:
        actions[spec.id].triggered.connect(lambda _=False, id_=spec.id: heard.append(id_))
    QTest.keyClicks(field, "f1+0x")
    for special in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace):
        QTest.keyClick(field, special)
    assert heard == []
    assert field.text() == "f1+0"
    QTest.keyClick(field, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert heard == ["open"]


def test_a_held_key_repeats_steps_but_no_switches(actions):
    assert actions["next"].autoRepeat() and actions["pan_left"].autoRepeat()
    assert not actions["compare"].autoRepeat() and not actions["full_screen"].autoRepeat()


@pytest.fixture
def toolbar(window: QMainWindow, actions: Actions, menus: Menus) -> ToolBar:
    toolbar = ToolBar(actions, menus.models)
    window.addToolBar(toolbar)
    return toolbar


def test_every_control_of_the_toolbar_can_be_reached_by_the_tab_key_and_has_a_name(toolbar):
    buttons = [button for button in toolbar.findChildren(QToolButton) if button.defaultAction() is not None]
    assert len(buttons) == 9
    for button in buttons:
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button.toolTip() and not button.icon().isNull()


def test_the_toolbar_names_the_model_and_opens_its_menu(qtbot, toolbar, menus):
    toolbar.set_model("A model & a very long name that nobody would ever give one")
    (button,) = [button for button in toolbar.findChildren(QToolButton) if button.menu() is menus.models]
    assert len(button.text()) < 40
    assert button.accessibleName() == "Model: A model & a very long name that nobody would ever give one"


def test_a_narrow_window_keeps_the_rest_of_the_toolbar_behind_a_button(qtbot, window, toolbar):
    window.resize(300, 200)
    with qtbot.waitExposed(window):
        window.show()
    (more,) = [button for button in toolbar.findChildren(QToolButton) if button.objectName() == "qt_toolbar_ext_button"]
    qtbot.waitUntil(more.isVisible)
    assert window.width() == 300


def test_a_wide_window_gives_the_zoom_no_more_room_than_it_needs(qtbot, window, toolbar):
    window.resize(1400, 200)
    with qtbot.waitExposed(window):
        window.show()
    assert toolbar.zoom_field.width() == toolbar.zoom_field.sizeHint().width()
