from __future__ import annotations

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot

from app.messages import advice_of, title_of
from app.windows.main_window import MainWindow
from liif_core import errors
from liif_core.imaging.scratch import ScratchError


def test_every_kind_of_error_has_a_title_of_its_own(qapp: object) -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.LiifError) and each is not errors.LiifError
    ]
    titles = {kind: title_of(kind("")) for kind in kinds}
    assert title_of(errors.LiifError("")) not in titles.values()
    assert titles[errors.OutOfMemory] != titles[errors.DeviceError]
    assert titles[errors.CorruptCheckpoint] == titles[errors.CheckpointError]


def test_every_kind_of_error_has_advice_of_its_own(qapp: object) -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.LiifError) and each is not errors.LiifError
    ]
    advice = {kind: advice_of(kind("")) for kind in kinds}
    assert len({*advice.values(), advice_of(errors.LiifError("")), advice_of(ValueError())}) == len(kinds) + 1
    assert all(text.endswith(".") for text in advice.values())


def test_a_special_kind_without_advice_of_its_own_has_that_of_its_kind(qapp: object) -> None:
    assert advice_of(ScratchError("")) == advice_of(errors.ImageReadError(""))
    assert title_of(ScratchError("")) == title_of(errors.ImageReadError(""))


def test_an_error_in_the_language_chosen_says_what_to_do_and_then_the_fact(qtbot: QtBot, qapp: QApplication) -> None:
    """The fact stays as the core raised it."""

    class Chinese(QTranslator):
        def translate(self, context: str, text: str, *_: object) -> str:
            return f"<{text}>" if context == "messages" else ""

        def isEmpty(self) -> bool:
            return False

    translator = Chinese()
    qapp.installTranslator(translator)
    window = QMainWindow()
    qtbot.addWidget(window)
    try:
        MainWindow.show_error(window, errors.DatasetError("too few photos: 3"))  # type: ignore[arg-type]
    finally:
        qapp.removeTranslator(translator)
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "<These photos cannot be used for training>"
    assert box.informativeText() == "<Choose another folder, or put photos into it.>\n\ntoo few photos: 3"
    box.close()
