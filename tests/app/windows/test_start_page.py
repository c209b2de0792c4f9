from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.windows.recent_grid import RecentButton, RecentGrid
from app.windows.start_page import DropArea, StartPage
from liif_core.geometry import Size
from liif_core.paths import sample_photo

PATHS = [Path(f"/photos/{number}.jpg") for number in range(1, 13)]
NO_BUTTON, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    page = StartPage()
    qtbot.addWidget(page)
    page.resize(1000, 800)
    return page


def _pressable(page: StartPage) -> list[Path]:
    return [button.path for button in page.findChildren(RecentButton) if button.isVisible()]


def _files(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def test_the_buttons_ask_for_a_photo_and_give_the_sample(page, qtbot):
    page.show()
    open_button, sample_button = page.findChildren(QPushButton)
    with qtbot.waitSignal(page.open_asked):
        qtbot.keyClick(open_button, Qt.Key.Key_Space)
    with qtbot.waitSignal(page.photo_chosen) as chosen:
        qtbot.keyClick(sample_button, Qt.Key.Key_Space)
    assert chosen.args == [sample_photo()]


def test_files_held_over_the_page_light_it_up_until_they_are_gone(page):
    area = page.findChild(DropArea)
    data = _files("/photos/1.jpg")
    page.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, NO_BUTTON, NO_KEY))
    assert area.is_lit
    page.dragLeaveEvent(QDragLeaveEvent())
    assert not area.is_lit


def test_dragged_text_does_not_light_it_up(page):
    data = QMimeData()
    data.setText("no file")
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, NO_BUTTON, NO_KEY)
    event.ignore()
    page.dragEnterEvent(event)
    assert not page.findChild(DropArea).is_lit and not event.isAccepted()


def test_all_dropped_files_are_handed_over(page, qtbot):
    data = _files("/photos/1.jpg", "/photos/folder")
    with qtbot.waitSignal(page.paths_dropped) as dropped:
        page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, NO_BUTTON, NO_KEY))
    assert dropped.args == [[Path("/photos/1.jpg"), Path("/photos/folder")]]
    assert not page.findChild(DropArea).is_lit


def test_at_most_eight_recent_photos_are_offered_in_their_order(page):
    page.show()
    page.set_recent(PATHS)
    assert _pressable(page) == PATHS[:8]


def test_a_recent_photo_is_chosen_by_mouse_and_by_enter(page, qtbot):
    page.show()
    page.set_recent(PATHS[:2])
    first, second = page.findChildren(RecentButton)
    with qtbot.waitSignal(page.photo_chosen) as chosen:
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert chosen.args == [PATHS[0]]
    with qtbot.waitSignal(page.photo_chosen) as chosen:
        qtbot.keyClick(second, Qt.Key.Key_Return)
    assert chosen.args == [PATHS[1]]


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode on Windows")
def test_a_recent_photo_whose_name_is_no_text_is_chosen(page, qtbot):
    path = Path(os.fsdecode(b"/photos/caf\xe9.jpg"))
    page.show()
    page.set_recent([path])
    (button,) = page.findChildren(RecentButton)
    with qtbot.waitSignal(page.photo_chosen) as chosen:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [path]


def test_no_picture_is_asked_for_before_the_page_is_seen(page, qtbot):
    with qtbot.assertNotEmitted(page.pictures_asked):
        page.set_recent(PATHS[:3])
    with qtbot.waitSignal(page.pictures_asked) as asked:
        page.show()
    assert asked.args == [PATHS[:3], Size(120, 160)]


def test_hiding_the_page_ends_the_reading_of_pictures(page, qtbot):
    page.set_recent(PATHS[:3])
    page.show()
    with qtbot.waitSignal(page.pictures_asked) as asked:
        page.hide()
    assert asked.args[0] == []


def test_a_photo_without_a_picture_is_left_out_and_the_next_ones_move_up(page):
    page.show()
    page.set_recent(PATHS[:3])
    page.leave_out(PATHS[1])
    assert _pressable(page) == [PATHS[0], PATHS[2]]


def test_a_photo_that_was_left_out_is_tried_again_when_the_page_is_shown_again(page):
    page.show()
    page.set_recent(PATHS[:3])
    for path in PATHS[:3]:
        page.leave_out(path)
    assert _pressable(page) == []
    page.hide()
    page.show()
    assert _pressable(page) == PATHS[:3]


def test_the_title_is_only_there_with_photos_beneath_it(page):
    page.show()
    (title,) = (label for label in page.findChildren(QLabel) if label.text() == "Recent photos")
    assert not title.isVisible()
    page.set_recent(PATHS[:1])
    assert title.isVisible()
    page.leave_out(PATHS[0])
    assert not title.isVisible()


def test_a_picture_is_painted_once_it_is_there(page):
    page.show()
    page.set_recent(PATHS[:1])
    (button,) = page.findChildren(RecentButton)
    button.resize(button.sizeHint())
    red = QImage(160, 120, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)

    def middle() -> int:
        return int(button.grab().toImage().pixel(button.width() // 2, 60))

    before = middle()
    page.set_picture(PATHS[0], red)
    assert before != middle() == 0xFFFF0000
    page.set_picture(PATHS[5], red)  # of an older wish


def test_a_smaller_page_shows_fewer_photos_and_does_not_hold_its_window_wide(page):
    page.show()
    page.set_recent(PATHS)
    page.resize(420, 420)
    assert _pressable(page) == PATHS[:2]
    assert page.minimumSizeHint().width() < 420


def test_other_photos_replace_those_shown(page):
    page.show()
    page.set_recent(PATHS[:3])
    page.set_recent(PATHS[5:7])
    assert page.findChild(RecentGrid).offered == PATHS[5:7]
    assert _pressable(page) == PATHS[5:7]


def test_names_are_shown_as_they_are(page):
    page.show()
    page.set_recent([Path("/photos/Tom & <b>Ann.jpg")])
    (button,) = page.findChildren(RecentButton)
    assert button.accessibleName() == "Tom & <b>Ann.jpg" and button.shortcut().isEmpty()
    assert "&lt;b&gt;" in button.toolTip()
