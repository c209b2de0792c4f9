"""What is measured for the first three pages, and when; the processes that measure are played here."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.training.recipe import CARDS, PAPER, QUICK, STANDARD
from app.translations import install
from app.wizard import planning
from app.wizard.planning import Planning
from app.wizard.wizard import MODEL, TrainingWizard
from app.workers import surveyor
from liif_core.checkpoint.card import ModelCard
from liif_core.library import InstalledModel
from liif_core.training.photo_folder import PhotoFolder
from tests.app.wizard.test_training_queue import PlayedChild, started
from tests.models.builders import heat_spec

# Of a process that should not begin.
A_WHILE_MS = 300


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[PlayedChild]:
    monkeypatch.setattr(surveyor, "Child", PlayedChild)
    monkeypatch.setattr(planning, "MEASURE_DELAY_MS", 1)
    monkeypatch.setattr(PlayedChild, "made", [])
    return PlayedChild.made


@pytest.fixture
def wizard(qtbot: QtBot, children: list[PlayedChild]) -> TrainingWizard:
    made = TrainingWizard(str)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def plans(wizard: TrainingWizard) -> Iterator[Planning]:
    made = Planning(wizard)
    yield made
    assert made.stop(timeout_s=20)


def tell(child: PlayedChild, **message: object) -> None:
    child.line.emit(json.dumps(message))


def tell_report(child: PlayedChild, **usable: int) -> None:
    sizes = {"count": 20, "megapixels": 0.6, "smallest_side": 150, "median_side": 150, "largest_side": 200}
    lists: dict[str, object] = {name: [] for name in ("unreadable", "too_small", "leaks", "near_duplicates")}
    report = {"train": sizes, "validation": sizes, "more_would_help": 180, **lists}
    tell(child, kind="report", report=report, usable=usable)


def said(wizard: TrainingWizard, card: str) -> str:
    return wizard.model.cards[card].accessibleDescription()


def measuring(qtbot: QtBot, plans: Planning, children: list[PlayedChild], tmp_path: Path, **usable: int) -> PlayedChild:
    """The process that measures times, after one that has looked through the photos."""
    plans.choose_folder(tmp_path)
    looking = started(qtbot, children)
    tell_report(looking, **usable)
    looking.end(0)
    return started(qtbot, children, 2)


def test_times_are_measured_once_where_photos_are_too_small_for_some_recipes(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    usable = dict.fromkeys(map(plans.draft.preset_of, CARDS), 0) | {plans.draft.preset_of(QUICK): 20}
    child = measuring(qtbot, plans, children, tmp_path, **usable)
    tell(child, kind="time", recipe=plans.draft.preset_of(QUICK), seconds=60.0)
    child.end(0)
    qtbot.wait(A_WHILE_MS)
    assert len(children) == 2
    assert "About 60 s" in said(wizard, QUICK)
    assert "cannot be measured" in said(wizard, PAPER) and "192 pixels a side" in said(wizard, PAPER)
    # Nor is there anything to measure for the next training.
    plans.begin_again()
    qtbot.wait(A_WHILE_MS)
    assert len(children) == 2


def test_process_that_cannot_measure_is_told_and_not_begun_again(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    usable = dict.fromkeys(map(plans.draft.preset_of, CARDS), 20)
    child = measuring(qtbot, plans, children, tmp_path, **usable)
    tell(child, kind="time", recipe=plans.draft.preset_of(QUICK), seconds=60.0)
    child.end(None, "out of memory")
    qtbot.wait(A_WHILE_MS)
    assert len(children) == 2
    assert "About 60 s" in said(wizard, QUICK)
    assert "cannot be measured" in said(wizard, STANDARD) and "out of memory" in said(wizard, STANDARD)


def test_process_that_ends_without_a_word_is_told_in_the_language_chosen(
    qtbot: QtBot, application_as_found: QApplication, children: list[PlayedChild], tmp_path: Path
) -> None:
    install(application_as_found, "zh_CN")
    looking = surveyor.Surveyor()
    looking.look_at(tmp_path, None, [])
    with qtbot.waitSignal(looking.ended, timeout=1000) as ended:
        children[0].end(None)
    assert ended.args == ["进程未作任何说明便已结束"]


def test_photos_too_small_for_the_recipe_of_a_graphics_card_are_told(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    plans.choose_folder(tmp_path)
    child = started(qtbot, children)
    asked = [value for name, value in pairwise(child.arguments) if name == "--recipe"]
    # Known only now: with a graphics card, the standard is another recipe.
    tell(child, kind="devices", devices=["cuda", "cpu"])
    tell_report(child, **dict.fromkeys(asked, 0))
    wizard.model.card_chosen.emit(STANDARD)
    wizard.show_page(MODEL)
    assert "192 pixels a side" in said(wizard, STANDARD) and not wizard.next_button.isEnabled()


def test_a_training_that_waits_for_an_update_begins_with_the_model_of_the_update(
    plans: Planning, tmp_path: Path
) -> None:
    photos = PhotoFolder(tmp_path)
    bundled = InstalledModel("fast", tmp_path / "fast.safetensors", heat_spec(), ModelCard(), bundled=True)
    for start, reference in ((bundled, "fast"), (replace(bundled, bundled=False), str(bundled.path))):
        assert replace(plans.draft, photos=photos, start=start).record().start_from == reference


def test_model_to_begin_with_that_is_removed_or_renamed_is_not_begun_with_by_its_old_file(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    own = InstalledModel("own", tmp_path / "own.safetensors", heat_spec(), ModelCard(), bundled=False)
    renamed = replace(own, name="mine", path=tmp_path / "mine.safetensors")
    plans.set_models([own])
    child = measuring(qtbot, plans, children, tmp_path, **dict.fromkeys(map(plans.draft.preset_of, CARDS), 20))
    wizard.model.start_chosen.emit(own)
    plans.note_renamed("own", "mine")
    plans.set_models([renamed])
    assert plans.draft.record().start_from == str(renamed.path) and wizard.model.start.currentText() == "mine"
    child.end(0)
    started(qtbot, children, 3).end(0)
    plans.set_models([])
    assert plans.draft.record().start_from is None and "random numbers" in wizard.model.start_note.text()
    # What was measured is another training's time.
    assert "Measuring" in said(wizard, QUICK)
    started(qtbot, children, 4)


def test_looking_through_photos_that_gave_way_to_a_training_is_begun_again(
    qtbot: QtBot, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    plans.begin_again()
    plans.choose_folder(tmp_path)
    started(qtbot, children)
    plans.cancel_measuring()
    assert children[0].is_killed
    plans.begin_again()
    again = started(qtbot, children, 2)
    assert again.arguments == children[0].arguments
    # Once is enough.
    plans.begin_again()
    plans.go_on()
    tell_report(again, **dict.fromkeys(map(plans.draft.preset_of, CARDS), 0))
    again.end(0)
    plans.begin_again()
    qtbot.wait(A_WHILE_MS)
    assert len(children) == 2


def test_folder_that_is_chosen_when_times_are_about_to_be_measured_is_looked_through_to_its_end(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    plans._delay.setInterval(A_WHILE_MS // 3)
    plans.choose_folder(tmp_path)
    looking = started(qtbot, children)
    usable = dict.fromkeys(map(plans.draft.preset_of, CARDS), 20)
    tell_report(looking, **usable)
    looking.end(0)
    wizard.photos.measuring_chosen.emit(tmp_path)
    again = started(qtbot, children, 2)
    qtbot.wait(A_WHILE_MS)
    assert len(children) == 2 and not again.is_killed
    tell_report(again, **usable)
    assert wizard.next_button.isEnabled()


@pytest.fixture
def may_write(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The disk waits for this before it takes a recipe."""
    write, allowed = planning._write, threading.Event()

    def slow(path: Path, text: str) -> None:
        assert allowed.wait(60)
        write(path, text)

    monkeypatch.setattr(planning, "_write", slow)
    yield allowed
    allowed.set()


@pytest.mark.parametrize("is_training", [True, False])
def test_recipes_that_are_written_too_late_are_not_measured(
    qtbot: QtBot,
    wizard: TrainingWizard,
    plans: Planning,
    children: list[PlayedChild],
    tmp_path: Path,
    may_write: threading.Event,
    is_training: bool,
) -> None:
    own = InstalledModel("own", tmp_path / "own.safetensors", heat_spec(), ModelCard(), bundled=False)
    plans.set_models([own])
    measuring(qtbot, plans, children, tmp_path, **dict.fromkeys(map(plans.draft.preset_of, CARDS), 20)).end(0)
    wizard.model.start_chosen.emit(own)
    # Of the thread that writes them.
    qtbot.waitUntil(lambda: any(each.name == "write recipes" for each in threading.enumerate()))
    if is_training:
        plans.cancel_measuring()
    else:
        wizard.photos.measuring_chosen.emit(tmp_path)
    may_write.set()
    qtbot.wait(A_WHILE_MS)
    assert len(children) == (2 if is_training else 3) and not children[-1].is_killed


def test_time_of_what_was_chosen_before_is_not_told_of_another_choice(
    qtbot: QtBot, wizard: TrainingWizard, plans: Planning, children: list[PlayedChild], tmp_path: Path
) -> None:
    child = measuring(qtbot, plans, children, tmp_path, **dict.fromkeys(map(plans.draft.preset_of, CARDS), 20))
    wizard.options.changed.emit(replace(plans.draft, device="cpu"))
    tell(child, kind="time", recipe=plans.draft.preset_of(QUICK), seconds=60.0)
    assert "Measuring" in said(wizard, QUICK)
    anew = started(qtbot, children, 3)
    tell(anew, kind="time", recipe=plans.draft.preset_of(QUICK), seconds=40.0)
    assert "About 40 s" in said(wizard, QUICK)


def test_folder_that_a_slow_disk_shows_late_does_not_replace_one_that_was_chosen_after_it(
    qtbot: QtBot, plans: Planning, children: list[PlayedChild], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = tmp_path / "slow", tmp_path / "quick"
    shown = threading.Event()

    def recognised(folder: Path) -> PhotoFolder:
        if folder == slow:
            shown.wait(timeout=20)
        return PhotoFolder(folder)

    monkeypatch.setattr(planning, "recognised", recognised)
    plans.choose_folder(slow)
    plans.choose_folder(quick)
    started(qtbot, children)
    shown.set()
    qtbot.wait(A_WHILE_MS)
    assert plans.draft.photos == PhotoFolder(quick) and len(children) == 1


@pytest.mark.parametrize("is_tidied_away", [True, False])
def test_recipe_is_measured_or_told_to_be_impossible_whatever_became_of_the_temporary_folder(
    qtbot: QtBot,
    wizard: TrainingWizard,
    plans: Planning,
    children: list[PlayedChild],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_tidied_away: bool,
) -> None:
    own = InstalledModel("own", tmp_path / "own.safetensors", heat_spec(), ModelCard(), bundled=False)
    plans.set_models([own])
    measuring(qtbot, plans, children, tmp_path, **dict.fromkeys(map(plans.draft.preset_of, CARDS), 20)).end(0)
    shutil.rmtree(plans._folder.name)
    if not is_tidied_away:
        # As on a full disk, for whoever may write everywhere, too.
        monkeypatch.setattr(plans._folder, "name", str(tmp_path / "none" / "below"))
    # With a model to begin with, no recipe is a preset as it is.
    wizard.model.start_chosen.emit(own)
    if is_tidied_away:
        started(qtbot, children, 3).end(0)
    else:
        qtbot.waitUntil(lambda: "cannot be measured" in said(wizard, QUICK))
        assert "No such file" in said(wizard, QUICK)
