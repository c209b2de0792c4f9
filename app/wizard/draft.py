"""What a person has chosen so far; from it comes the training. Without widgets."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.training.recipe import (
    DEFAULT_BATCH,
    DEFAULT_PARTS,
    QUICK,
    Changes,
    is_preset,
    preset_of,
    read_preset,
    recipe,
    smallest_side,
)
from app.training.run_record import RunRecord
from liif_core.errors import RequestError
from liif_core.library import InstalledModel
from liif_core.library.names import checked_name, suggested_name
from liif_core.training.photo_folder import PhotoFolder

AS_PRESET, BY_TIME, BY_STEPS = "preset", "time", "steps"
BUDGETS = (AS_PRESET, BY_TIME, BY_STEPS)
# Of a proposed name.
_FOLDER_CHARACTERS = 28


@dataclass(frozen=True, slots=True)
class Draft:
    """One training to be.

    Attributes:
        photos: Where the photos are; None before they are chosen.
        card: Of `recipe.CARDS`.
        start: The model that it begins with; None for random weights.
        name: Of the model to be.
        device: "auto", or one of this machine's.
        devices: Of this machine, the most powerful first; empty while not known.
        budget: Of `BUDGETS`: what ends it.
        minutes: Its length for `BY_TIME`.
        steps: Its length for `BY_STEPS`.
        changes: Of the preset's other settings.
        licence: Of the photos; empty for unknown.
    """

    photos: PhotoFolder | None = None
    card: str = QUICK
    start: InstalledModel | None = None
    name: str = ""
    device: str = "auto"
    devices: tuple[str, ...] = ()
    budget: str = AS_PRESET
    minutes: float = 60.0
    steps: int = 3000
    changes: Changes = field(default_factory=Changes)
    licence: str = ""

    @property
    def preset(self) -> str:
        """Name of the preset."""
        return self.preset_of(self.card)

    def preset_of(self, card: str) -> str:
        """Name of the preset behind a card, on the device chosen."""
        device = self.device if self.device != "auto" else (self.devices[0] if self.devices else "cpu")
        return preset_of(card, device=device)

    def table_of(self, card: str) -> dict[str, Any]:
        """The recipe of a card, for the model that it begins with."""
        return recipe(self.preset_of(card), start=None if self.start is None else self.start.spec, changes=Changes())

    def table(self) -> dict[str, Any]:
        """The recipe with everything that was changed."""
        table = self.table_of(self.card)
        table["train"] |= self.changes.table()
        if table["train"].get("batch", DEFAULT_BATCH) % table["train"].get("accumulate", DEFAULT_PARTS):
            # The parts were chosen for the batch of another card.
            del table["train"]["accumulate"]
        if self.budget == BY_STEPS:
            table["train"]["iterations"] = self.steps
            # At least one validation on the way, or there would be nothing to see.
            usual = table["train"].get("validate_every", self.steps)
            if self.changes.validate_every is None:
                table["train"]["validate_every"] = max(1, min(usual, self.steps // 4))
        return table

    def own_recipe(self) -> dict[str, Any] | None:
        """The recipe, where it is not the preset as it is."""
        table = self.table()
        return None if is_preset(table, self.preset) else table

    def record(self) -> RunRecord:
        """What is written down of the training; the photos are chosen."""
        assert self.photos is not None
        return RunRecord(
            id="",
            name=self.name.strip(),
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            data=str(self.photos.data.absolute()),
            validation=None if self.photos.validation is None else str(self.photos.validation.absolute()),
            preset=self.preset,
            start_from=None if self.start is None else self.start.lasting_reference,
            start_name=None if self.start is None else self.start.name,
            minutes=self.minutes if self.budget == BY_TIME else None,
            device=self.device,
            licence=self.licence.strip() or "unknown",
        )

    def expected_s(self, preset_s: float | None) -> float | None:
        """Seconds of the training, from those that its card takes as it is; None where these are not known."""
        if self.budget == BY_TIME:
            return 60 * self.minutes
        if preset_s is None:
            return None
        usual, own = self.table_of(self.card)["train"], self.table()["train"]
        patches: float = own.get("batch", DEFAULT_BATCH) / usual.get("batch", DEFAULT_BATCH)
        steps: float = own["iterations"] / usual["iterations"]
        return preset_s * patches * steps

    @property
    def smallest_side(self) -> int:
        """Shorter side of the smallest photos that can be used, in pixels."""
        return smallest_side(self.table())


def steps_of(preset: str) -> int:
    """Steps of a preset."""
    return int(read_preset(preset)["train"]["iterations"])


def is_possible_name(name: str, *, taken: Collection[str] = ()) -> bool:
    """Whether a model can be called this, beside those whose names are taken."""
    try:
        checked_name(name.strip(), taken=taken)
    except RequestError:
        return False
    return True


def proposed_name(photos: Path, card: str, taken: Collection[str]) -> str:
    """A name after the photos and the recipe, that no model has."""
    # Room for the recipe: of a name that is too long the end would be cut off.
    return suggested_name(f"{suggested_name(photos.name)[:_FOLDER_CHARACTERS].rstrip('.-')}-{card}", taken=taken)
