"""What is typed into number fields is what they say, in whatever way a language writes numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.windows.limited_spin import RealSpin


@pytest.mark.parametrize(
    ("language", "typed", "shown", "value"),
    [
        ("en_US", "12.5", "12.5 %", 12.5),
        ("en_US", "1,234.5", "1234.5 %", 1234.5),
        ("de_DE", "12,5", "12,5 %", 12.5),
        # As on the keys for numbers, and in texts of programs.
        ("de_DE", "12.5", "12,5 %", 12.5),
        ("de_DE", "1,234.5", "1,234 %", 1.234),
        ("fr_FR", "12,5", "12,5 %", 12.5),
        ("de_CH", "12,5", "125 %", 125.0),
        ("zh_CN", "12.5", "12.5 %", 12.5),
    ],
)
def test_what_is_shown_while_a_number_is_typed_is_the_number(
    qtbot: QtBot, language: str, typed: str, shown: str, value: float
) -> None:
    spin = RealSpin(0.001, 3)
    qtbot.addWidget(spin)
    spin.setLocale(QLocale(language))
    spin.setSuffix(" %")
    spin.show()
    spin.selectAll()
    QTest.keyClicks(spin, typed)
    assert spin.text() == shown and spin.value() == value


def test_a_sign_that_is_left_out_does_not_move_the_cursor(qtbot: QtBot) -> None:
    spin = RealSpin(0.001, 3)
    qtbot.addWidget(spin)
    spin.setLocale(QLocale("en_US"))
    spin.setValue(125.0)
    spin.lineEdit().setCursorPosition(1)
    QTest.keyClicks(spin.lineEdit(), ",9")
    assert spin.value() == 1925
