"""The second page: what the model begins with, how it is trained, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.training.recipe import CARDS, PAPER, QUICK, REAL_PHOTOS, STANDARD
from app.wizard.draft import Draft, is_possible_name
from app.wizard.page import WarningLabel, WizardPage, faint_label, show_choices
from app.wizard.preset_cards import CardTexts, PresetCard
from app.wizard.wording import duration_text
from liif_core.library import InstalledModel

# What takes longer than this is not for this machine.
_TOO_LONG_S = 14 * 86400


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What is known of a card by now.

    Attributes:
        seconds: That its recipe takes here; None while it is measured or where it cannot be.
        problem: Why it cannot be measured; empty otherwise.
        usable: Photos that are large enough; None while not known.
        smallest_side: That these have at least, in pixels.
    """

    seconds: float | None = None
    problem: str = ""
    usable: int | None = None
    smallest_side: int = 0

    @property
    def is_awaited(self) -> bool:
        """Whether the time is not known yet, but may be: photos are large enough, and nothing went wrong."""
        return self.seconds is None and not self.problem and self.usable != 0


class ModelPage(WizardPage):
    """Asks for the model.

    Signals:
        card_chosen: Id of a card.
        start_chosen: An `InstalledModel`, or None for from scratch.
        name_changed: What was typed.
    """

    card_chosen = Signal(str)
    start_chosen = Signal(object)
    name_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._models: Sequence[InstalledModel] = ()
        self._facts: Mapping[str, CardFacts] = {}
        self._draft = Draft()
        self._start_label, self._recipe_label, self._name_label = QLabel(), QLabel(), QLabel()
        self.start, self.start_note = QComboBox(), faint_label()
        self.name, self.name_warning = QLineEdit(), WarningLabel()
        self.cards = {card: PresetCard() for card in CARDS}
        self._group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(10)
        for index, (id_, card) in enumerate(self.cards.items()):
            self._group.addButton(card)
            grid.addWidget(card, index // 4, index % 4)
            card.clicked.connect(lambda _checked=False, chosen=id_: self.card_chosen.emit(chosen))
        self.start.activated.connect(self._choose_start)
        self.name.textEdited.connect(self.name_changed)
        self._start_label.setBuddy(self.start)
        self._name_label.setBuddy(self.name)
        self.body.addWidget(self._recipe_label)
        self.body.addLayout(grid)
        self.body.addSpacing(8)
        beginning: tuple[QWidget, ...] = (self._start_label, self.start, self.start_note)
        naming: tuple[QWidget, ...] = (self._name_label, self.name, self.name_warning)
        for widgets in (beginning, naming):
            for widget in widgets:
                self.body.addWidget(widget)
            self.body.addSpacing(8)
        self.body.addStretch()
        self.retranslate()

    @property
    def is_complete(self) -> bool:
        """See `WizardPage`."""
        facts = self._facts.get(self._draft.card)
        return not self._name_problem() and (facts is None or facts.usable != 0)

    def set_models(self, models: Sequence[InstalledModel]) -> None:
        """These are installed."""
        self._models = list(models)
        self._fill_start()
        self._show_name_problem()

    def set_draft(self, draft: Draft) -> None:
        """Show what is chosen."""
        self._draft = draft
        self.cards[draft.card].setChecked(True)
        if self.name.text() != draft.name:
            with QSignalBlocker(self.name):
                self.name.setText(draft.name)
        self._fill_start()
        self._show_name_problem()
        self._show_cards()
        self.complete_changed.emit()

    def set_facts(self, facts: Mapping[str, CardFacts]) -> None:
        """What is known of each card."""
        self._facts = dict(facts)
        self._show_cards()
        self.complete_changed.emit()

    def retranslate(self) -> None:
        """See `WizardPage`."""
        self.title.setText(self.tr("Model"))
        self.sentence.setText(self.tr("The times are those of this machine, with these photos."))
        self._recipe_label.setText(self.tr("How it is trained"))
        self._start_label.setText(self.tr("Begin &with"))
        self.start.setAccessibleName(self.tr("Model to begin with"))
        self._name_label.setText(self.tr("Na&me of the new model"))
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self._fill_start()
        self._show_name_problem()
        self._show_cards()

    # -- what is shown

    def _choose_start(self, index: int) -> None:
        self.start_chosen.emit(self._models[index - 1] if index > 0 else None)

    def _fill_start(self) -> None:
        start = self._draft.start
        with QSignalBlocker(self.start):
            names = [model.name for model in self._models]
            index = names.index(start.name) + 1 if start is not None and start.name in names else 0
            show_choices(self.start, [(self.tr("From scratch"), None), *((name, name) for name in names)], index)
        self.start_note.setText(
            self.tr("It begins with random numbers and learns everything from your photos.")
            if start is None
            else self.tr(
                "It keeps the form of {0} and learns on from what that knows; {0} itself stays as it is."
            ).format(start.name)
        )

    def _name_problem(self) -> str:
        name = self._draft.name.strip()
        if not name:
            return self.tr("The model needs a name.")
        if not is_possible_name(name):
            return self.tr("Letters, digits, “.”, “_” and “-” make a name; a few words are reserved.")
        if not is_possible_name(name, taken=[model.name for model in self._models]):
            return self.tr("There is a model of this name already.")
        return ""

    def _show_name_problem(self) -> None:
        self.name_warning.say(self._name_problem())

    def _show_cards(self) -> None:
        for id_, card in self.cards.items():
            card.set_texts(self._texts(id_, self._facts.get(id_)))

    def _texts(self, card: str, facts: CardFacts | None) -> CardTexts:
        title = {
            QUICK: self.tr("Quick"),
            STANDARD: self.tr("Standard"),
            PAPER: self.tr("Paper"),
            REAL_PHOTOS: self.tr("Real photos"),
        }[card]
        return CardTexts(title, self._sentence(card), self._time(facts), self._caution(facts))

    def _sentence(self, card: str) -> str:
        """What a card is for; a model to begin with keeps its form, and only the way of training is the card's."""
        start = self._draft.start
        if card == REAL_PHOTOS:
            return self.tr("For photos as phones save them: it also removes the traces of JPEG and noise.")
        if start is not None:
            text = {
                QUICK: self.tr("{0} learns on for a short time."),
                STANDARD: self.tr("{0} learns on for long, as the models that come along did."),
                PAPER: self.tr("{0} learns on as the models of the paper did. For a graphics card."),
            }[card]
            return text.format(start.name)
        return {
            QUICK: self.tr("A very small model, to see that everything works."),
            STANDARD: self.tr(
                "The best for zooming on this machine. It takes long from scratch; a model to begin with saves most of "
                "that."
            ),
            PAPER: self.tr("EDSR-baseline with LIIF, exactly as its paper trained it. For a graphics card."),
        }[card]

    def _time(self, facts: CardFacts | None) -> str:
        if facts is None or facts.is_awaited:
            return self.tr("Measuring the time…")
        if facts.seconds is None:
            return self.tr("The time cannot be measured.")
        return self.tr("About {0} here").format(duration_text(facts.seconds))

    def _caution(self, facts: CardFacts | None) -> str:
        if facts is None:
            return ""
        if facts.usable == 0:
            return self.tr("No photo is large enough: {0} pixels a side are needed.").format(facts.smallest_side)
        if facts.problem:
            return facts.problem
        if facts.seconds is not None and facts.seconds > _TOO_LONG_S:
            return self.tr("Too long for this machine.")
        return ""
