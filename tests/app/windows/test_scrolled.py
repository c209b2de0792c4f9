"""Pages that scroll: what a turn of the wheel does to the fields on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.export.draft import What
from app.windows.scrolled import scrolled
from app.wizard.draft import Draft
from app.wizard.wizard import OPTIONS, TrainingWizard
from tests.app.conftest import OpenViewer
from tests.app.export.dialog import opened, select

MAKERS: list[Callable[[], QWidget]] = [QSpinBox, QDoubleSpinBox, QComboBox, lambda: QSlider(Qt.Orientation.Horizontal)]


def turn_wheel_over(widget: QWidget) -> None:
    """One notch towards the person, as the window system tells of it: what nobody takes goes on to the parents."""
    window = widget.window()
    center = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(window.windowHandle(), center, QPoint(0, -120))
    QApplication.processEvents()


def value_of(field: QWidget) -> object:
    if isinstance(field, QComboBox):
        return field.currentIndex()
    if isinstance(field, QAbstractSpinBox):
        return field.text()
    assert isinstance(field, QSlider)
    return field.value()


def fields_of(page: QWidget) -> list[QWidget]:
    return [field for kind in (QAbstractSpinBox, QComboBox, QSlider) for field in page.findChildren(kind)]


@pytest.mark.parametrize("make", MAKERS)
def test_the_wheel_scrolls_over_fields_and_changes_only_the_one_with_the_focus(
    qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    page, field = QWidget(), make()
    if isinstance(field, QComboBox):
        field.addItems(["one", "two", "three"])
    elif isinstance(field, QSpinBox | QDoubleSpinBox | QSlider):
        field.setValue(5)
    layout = QVBoxLayout(page)
    # The first one has the focus.
    layout.addWidget(QLineEdit())
    layout.addWidget(field)
    layout.addSpacing(2000)
    area = scrolled(page)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    bar, before = area.verticalScrollBar(), value_of(field)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    turn_wheel_over(field)
    assert value_of(field) == before and bar.value() > 0 and not field.hasFocus()
    bar.setValue(0)
    area.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    turn_wheel_over(field)
    assert value_of(field) != before and bar.value() == 0


def test_the_wheel_changes_nothing_that_is_to_be_trained(qtbot: QtBot) -> None:
    wizard = TrainingWizard(str)
    qtbot.addWidget(wizard)
    wizard.options.set_draft(Draft(devices=("cuda", "cpu")), 600.0)
    wizard.show()
    wizard.show_page(OPTIONS)
    wizard.options.fold.setChecked(True)
    fields = fields_of(wizard.options)
    assert len(fields) == 7
    with qtbot.assertNotEmitted(wizard.options.changed):
        for field in fields:
            turn_wheel_over(field)


def test_the_wheel_changes_nothing_that_is_to_be_exported(open_viewer: OpenViewer, photo: object) -> None:
    dialog = opened(open_viewer(photo))
    select(dialog, What.CROP)
    [controls] = [area for area in dialog.findChildren(QScrollArea) if dialog.crop in area.findChildren(QWidget)]
    fields = [field for field in fields_of(controls) if field.isVisible()]
    assert len(fields) > 6
    before = dialog.draft
    for field in fields:
        turn_wheel_over(field)
    assert dialog.draft == before
