"""What is chosen on the first three pages, and what is measured for them meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.thumbnails import Thumbnails
from app.training.recipe import CARDS, REAL_PHOTOS, is_preset, preset_of, smallest_side
from app.wizard.draft import Draft, proposed_name
from app.wizard.model_page import CardFacts
from app.wizard.wizard import TrainingWizard
from app.wizard.wording import duration_text
from app.workers.surveyor import PhotoReport, Surveyor
from app.workers.tasks import NewestTask
from liif_core.errors import RequestError, system_errors_as
from liif_core.library import InstalledModel
from liif_core.toml_writer import toml_text
from liif_core.training.photo_folder import PhotoFolder, recognised

# Choices that follow each other are measured once.
MEASURE_DELAY_MS = 400
# What real photos begin with, unless a person says otherwise; see the preset.
REAL_PHOTOS_START = "fast"


class Planning(QObject):
    """Owner of the `Draft`.

    Args:
        wizard: Whose pages show it.

    Signals:
        changed: Another draft.
    """

    changed = Signal()

    def __init__(self, wizard: TrainingWizard) -> None:
        super().__init__(wizard)
        self.draft = Draft()
        self._wizard = wizard
        self._models: Sequence[InstalledModel] = ()
        self._names: Sequence[str] = ()
        self._facts = {card: CardFacts() for card in CARDS}
        self._is_named = self._has_start = self._has_report = False
        # Photos that are large enough, by preset.
        self._usable: Mapping[str, int] = {}
        # By recipe as the survey is told it; empty while it measures no times.
        self._cards_of: dict[str, str] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="stepless-", ignore_cleanup_errors=True)
        # Of the recipes that are to be measured; those of an earlier choice come too late.
        self._writing = NewestTask()
        self._writing.done.connect(self._begin_timing)
        self._writing.failed.connect(lambda error: self._give_up_measuring(str(error)))
        # The folder chosen last, however long the disk takes to show an earlier one.
        self._choosing = NewestTask()
        self._choosing.done.connect(self._begin_survey)
        self.surveyor, self.thumbnails = Surveyor(), Thumbnails()
        self._delay = QTimer(self, singleShot=True, interval=MEASURE_DELAY_MS)
        self._delay.timeout.connect(self._write_recipes)
        self._connect()
        self._show()

    def set_models(self, models: Sequence[InstalledModel]) -> None:
        """These are installed."""
        self._models = list(models)
        self._wizard.model.set_models(self._models)
        self._follow_start()
        self._rename()

    def set_trainings(self, names: Sequence[str]) -> None:
        """There are trainings whose models are to have these names."""
        self._names = list(names)
        self._rename()

    def note_renamed(self, name: str, new_name: str) -> None:
        """A model has another name, which `set_models` is going to bring."""
        start = self.draft.start
        if start is not None and start.name == name:
            self.draft = replace(self.draft, start=replace(start, name=new_name))

    def choose_folder(self, folder: Path) -> None:
        """Learn from these photos."""
        self._choosing.start(lambda _cancel: recognised(folder), name="look at a folder")

    def choose_measuring(self, folder: Path | None) -> None:
        """Measure with these photos, or hold out some of those to learn from."""
        if self.draft.photos is not None:
            self._begin_survey(replace(self.draft.photos, validation=folder))

    def begin_again(self) -> None:
        """Plan another training with the same photos."""
        self._is_named = False
        self._rename()
        self.go_on()

    def go_on(self) -> None:
        """Find out what is not known yet, since that gave way to a training."""
        if self.surveyor.is_running:
            return
        if self._has_report and self._unmeasured():
            self._delay.start()
        elif not self._has_report and self.draft.photos is not None:
            self._begin_survey(self.draft.photos)

    def cancel_measuring(self) -> None:
        """A training needs the machine, or what is measured is of no use any more."""
        self._delay.stop()
        self._writing.drop()
        self.surveyor.cancel()

    def stop(self, *, timeout_s: float) -> bool:
        """End threads and processes, when the program ends; whether they ended in time."""
        self._delay.stop()
        parts = (self.surveyor, self.thumbnails, self._choosing, self._writing)
        left = [part.stop(timeout_s=timeout_s) for part in parts]
        self._folder.cleanup()
        return all(left)

    def _connect(self) -> None:
        wizard, surveyor = self._wizard, self.surveyor
        wizard.photos.folder_chosen.connect(self.choose_folder)
        wizard.photos.measuring_chosen.connect(self.choose_measuring)
        wizard.photos.problems.pictures_asked.connect(self.thumbnails.ask)
        self.thumbnails.ready.connect(wizard.photos.set_picture)
        wizard.model.card_chosen.connect(self._choose_card)
        wizard.model.start_chosen.connect(self._choose_start)
        wizard.model.name_changed.connect(self._take_name)
        wizard.options.changed.connect(self._take_options)
        wizard.language_changed.connect(self._show)
        surveyor.progress.connect(wizard.photos.set_progress)
        surveyor.devices.connect(lambda devices: self._set(replace(self.draft, devices=tuple(devices))))
        surveyor.reported.connect(self._take_report)
        surveyor.timed.connect(self._take_time)
        surveyor.ended.connect(self._note_end)

    # -- what a person chooses

    def _choose_card(self, card: str) -> None:
        draft = replace(self.draft, card=card)
        if card == REAL_PHOTOS and not self._has_start:
            begun = next((model for model in self._models if model.name == REAL_PHOTOS_START and model.bundled), None)
            draft = replace(draft, start=begun)
        elif not self._has_start:
            draft = replace(draft, start=None)
        is_other_start = draft.start != self.draft.start
        self._set(draft)
        self._rename()
        if is_other_start:
            self._measure_again()

    def _choose_start(self, model: InstalledModel | None) -> None:
        self._has_start = True
        self._set(replace(self.draft, start=model))
        self._measure_again()

    def _follow_start(self) -> None:
        """The model to begin with may be in another file by now, or be another one, or not be there any more."""
        start = self.draft.start
        if start is None:
            return
        found = next((model for model in self._models if model.name == start.name), None)
        if found is None:
            self._has_start = False
            self._choose_card(self.draft.card)
            return
        self._set(replace(self.draft, start=found))
        if found.spec != start.spec:
            self._measure_again()

    def _take_name(self, name: str) -> None:
        self._is_named = True
        self._set(replace(self.draft, name=name))

    def _take_options(self, draft: Draft) -> None:
        is_other_device = draft.device != self.draft.device
        self._set(draft)
        if is_other_device:
            self._measure_again()

    def _rename(self) -> None:
        if not self._is_named and self.draft.photos is not None:
            names = [*(model.name for model in self._models), *self._names]
            name = proposed_name(self.draft.photos.data, self.draft.card, names)
            self._set(replace(self.draft, name=name))

    # -- what is measured

    def _begin_survey(self, photos: PhotoFolder) -> None:
        # What measures times would end the process that looks through these photos.
        self.cancel_measuring()
        self._has_report, self._cards_of = False, {}
        self._facts = {card: CardFacts() for card in CARDS}
        self._set(replace(self.draft, photos=photos))
        self._rename()
        self._wizard.photos.begin(photos)
        self._wizard.model.set_facts(self._facts)
        # Which devices there are, and which presets the cards stand for with them, is known when the survey has begun.
        presets = dict.fromkeys(preset_of(card, device=device) for card in CARDS for device in ("cpu", "cuda"))
        self.surveyor.look_at(photos.data, photos.validation, list(presets))

    def _take_report(self, report: PhotoReport) -> None:
        self._has_report, self._usable = True, report.usable
        self._facts = {card: self._unmeasured_facts(card) for card in CARDS}
        self._wizard.photos.set_report(report)
        self._wizard.model.set_facts(self._facts)

    def _unmeasured_facts(self, card: str) -> CardFacts:
        usable = self._usable.get(self.draft.preset_of(card))
        return CardFacts(usable=usable, smallest_side=smallest_side(self.draft.table_of(card)))

    def _note_end(self, sentence: str) -> None:
        if not self._has_report:
            if sentence:
                self._wizard.photos.set_failure(sentence)
        elif self._cards_of:
            self._give_up_measuring(sentence)
        elif self._unmeasured():
            self._delay.start()

    def _give_up_measuring(self, sentence: str) -> None:
        """What could not be measured now could not be later either."""
        for card in self._unmeasured():
            self._facts[card] = replace(self._facts[card], problem=sentence)
        self._cards_of = {}
        self._wizard.model.set_facts(self._facts)

    def _unmeasured(self) -> list[str]:
        return [card for card, facts in self._facts.items() if facts.is_awaited]

    def _measure_again(self) -> None:
        if not self._has_report:
            return
        # Its times are those of what was chosen before.
        self.cancel_measuring()
        self._facts = {card: self._unmeasured_facts(card) for card in CARDS}
        self._wizard.model.set_facts(self._facts)
        self._show()
        self._delay.start()

    def _write_recipes(self) -> None:
        tables = {card: self.draft.table_of(card) for card in CARDS if self._facts[card].usable != 0}
        presets = {card: self.draft.preset_of(card) for card in CARDS}
        folder = Path(self._folder.name)

        def write() -> dict[str, str]:
            cards = {}
            for card, table in tables.items():
                if is_preset(table, presets[card]):
                    cards[presets[card]] = card
                else:
                    path = folder / f"{card}.toml"
                    _write(path, toml_text(table))
                    cards[str(path)] = card
            return cards

        self._writing.start(lambda _cancel: write(), name="write recipes")

    def _begin_timing(self, cards: dict[str, str]) -> None:
        if self.draft.photos is not None and cards:
            self._cards_of = cards
            self.surveyor.time(self.draft.photos.data, list(cards), device=self.draft.device)

    def _take_time(self, recipe: str, seconds: float, problem: str) -> None:
        card = self._cards_of.get(recipe)
        if card is None:
            return
        known = seconds if seconds >= 0 else None
        self._facts[card] = replace(self._facts[card], seconds=known, problem=problem)
        self._wizard.model.set_facts(self._facts)
        self._show()

    # -- what is shown

    def _set(self, draft: Draft) -> None:
        if draft != self.draft:
            self.draft = draft
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        expected_s = self.draft.expected_s(self._facts[self.draft.card].seconds)
        self._wizard.model.set_draft(self.draft)
        self._wizard.options.set_draft(self.draft, expected_s)
        self._wizard.set_start_text(
            self.tr("Train for about {0}").format(duration_text(expected_s)) if expected_s is not None else ""
        )


def _write(path: Path, text: str) -> None:
    """Write a file of a temporary folder; the system may have tidied the folder away when it was of no use for days.

    Raises:
        RequestError: It cannot be written.
    """
    with system_errors_as(RequestError, f"{path}: cannot be written"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
