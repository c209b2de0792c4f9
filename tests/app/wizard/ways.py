"""What people do in the wizard's real window, from opening it to a training that runs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.training.recipe import QUICK
from app.wizard.controller import WizardController
from app.wizard.draft import BY_STEPS
from app.wizard.wizard import MODEL, OPTIONS, PHOTOS, TRAINING, TrainingWizard
from tests.app.wizard.conftest import Until

LEFT = Qt.MouseButton.LeftButton


def opened(viewer: Viewer) -> tuple[TrainingWizard, WizardController]:
    viewer.window.actions_["train"].trigger()
    commands = viewer.training.commands
    assert commands.wizard is not None and commands.controller is not None
    return commands.wizard, commands.controller


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isEnabled() and button.isVisible(), button.text()
    qtbot.mouseClick(button, LEFT)


def planned(qtbot: QtBot, until: Until, viewer: Viewer, photos: Path) -> TrainingWizard:
    """The wizard after its first three pages: a quick training without an end has begun, that validates early."""
    wizard, controller = opened(viewer)
    assert wizard.page == PHOTOS and not wizard.next_button.isEnabled()
    wizard.photos.folder_chosen.emit(photos)
    until(wizard.next_button.isEnabled)
    assert "17 photos to learn from, 3 held out" in wizard.photos.found.text()
    click(qtbot, wizard.next_button)
    assert wizard.page == MODEL
    qtbot.mouseClick(wizard.model.cards[QUICK], LEFT)
    assert wizard.model.name.text() == "my-photos-quick"
    wizard.model.name.selectAll()
    qtbot.keyClicks(wizard.model.name, "mine")
    click(qtbot, wizard.next_button)
    assert wizard.page == OPTIONS
    wizard.options.steps.setValue(1_000_000)
    wizard.options.advanced.validate_every.setValue(5)
    assert controller.planning.draft.budget == BY_STEPS
    click(qtbot, wizard.next_button)
    until(lambda: wizard.page == TRAINING)
    return wizard


def finish(qtbot: QtBot, wizard: TrainingWizard) -> None:
    """Press "Finish now", and mean it."""
    click(qtbot, wizard.training.finish_button)
    answer(qtbot, wizard, "Finish now")


def answer(qtbot: QtBot, wizard: TrainingWizard, part: str) -> None:
    """Press a button of the question that is asked."""
    [box] = [box for box in wizard.findChildren(QMessageBox) if box.isVisible()]
    [button] = [button for button in box.buttons() if part in button.text().replace("&", "")]
    qtbot.mouseClick(button, LEFT)


def step_of(viewer: Viewer) -> int:
    id_ = viewer.training.queue.current
    return viewer.training.queue.known.progress(id_).step if id_ is not None else 0


def killed(qtbot: QtBot, until: Until, viewer: Viewer, photos: Path) -> TrainingWizard:
    """The wizard after its training's process was killed, which had saved at its first validation."""
    wizard = planned(qtbot, until, viewer, photos)
    page, queue = wizard.training, viewer.training.queue
    until(lambda: page.preview.sheet is not None)
    os.kill(queue.pid, signal.SIGKILL)
    until(lambda: page.go_on_button.isVisible() and all(run.has_state for run in queue.known.runs.values()))
    return wizard
