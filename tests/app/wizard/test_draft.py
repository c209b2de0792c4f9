"""From choices to a training; no windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.recipe import CARDS, PAPER, QUICK, REAL_PHOTOS, STANDARD, Changes
from app.wizard.draft import BY_STEPS, BY_TIME, Draft, is_possible_name, proposed_name
from app.wizard.wording import duration_text
from liif_core.checkpoint.card import ModelCard
from liif_core.library import InstalledModel
from liif_core.training.config import TrainConfig
from liif_core.training.photo_folder import PhotoFolder
from tests.models.builders import heat_spec

PHOTOS = PhotoFolder(Path("/photos"), Path("/valid"))


def test_preset_as_it_is_needs_no_recipe_of_its_own() -> None:
    assert Draft(photos=PHOTOS, name="a").own_recipe() is None
    assert Draft(photos=PHOTOS, name="a", budget=BY_TIME, minutes=3).own_recipe() is None


def test_time_is_an_option_and_steps_are_in_the_recipe() -> None:
    timed = Draft(photos=PHOTOS, name=" a ", budget=BY_TIME, minutes=3).record()
    assert (timed.minutes, timed.name, timed.validation) == (3, "a", str(Path("/valid").absolute()))
    stepped = Draft(photos=PHOTOS, name="a", budget=BY_STEPS, steps=80)
    assert stepped.record().minutes is None
    recipe = stepped.own_recipe()
    assert recipe is not None
    assert (recipe["train"]["iterations"], recipe["train"]["validate_every"]) == (80, 20)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("device", ["auto", "cpu", "cuda"])
def test_every_draft_is_a_recipe_that_the_trainer_takes(card: str, device: str) -> None:
    start = InstalledModel("m", Path("/m.safetensors"), heat_spec(), ModelCard(), bundled=False)
    for begun in (None, start):
        draft = Draft(photos=PHOTOS, card=card, device=device, devices=("cuda", "cpu"), start=begun)
        draft = replace(draft, changes=Changes(batch=4, parts=2), budget=BY_STEPS, steps=1)
        config = TrainConfig.from_dict(draft.table(), source=card)
        assert (config.batch, config.accumulate, config.iterations) == (4, 2, 1)
        assert config.crop_side == draft.smallest_side


def test_parts_that_do_not_divide_the_batch_of_another_card_are_left_out() -> None:
    draft = Draft(photos=PHOTOS, card=STANDARD, changes=Changes(parts=16))
    assert draft.table()["train"]["accumulate"] == 16
    other = replace(draft, card=QUICK)
    assert "accumulate" not in other.table()["train"]
    assert TrainConfig.from_dict(other.table(), source="").accumulate == 1


def test_automatic_device_is_the_best_of_the_machine() -> None:
    assert Draft(card=STANDARD, devices=("cuda", "cpu")).preset == "quality"
    assert Draft(card=STANDARD, devices=("cuda", "cpu"), device="cpu").preset == "fast"
    assert Draft(card=STANDARD).preset == "fast"


def test_expected_time_follows_steps_and_batch() -> None:
    draft = Draft(card="quick")
    assert draft.expected_s(None) is None
    assert draft.expected_s(600.0) == 600.0
    half = replace(draft, budget=BY_STEPS, steps=1500)
    assert half.expected_s(600.0) == pytest.approx(300.0)
    assert replace(half, changes=Changes(batch=16)).expected_s(600.0) == pytest.approx(600.0)
    assert replace(draft, budget=BY_TIME, minutes=2).expected_s(None) == 120.0


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        *(("mine", True), ("名字_2", True), ("_", True)),
        *((name, False) for name in ("", " ", ".x", "a/b", "a b", "Bicubic", "x" * 81, "a.", "con", "Taken")),
    ],
)
def test_names_of_models_are_those_that_the_library_takes(name: str, is_fine: bool) -> None:
    assert is_possible_name(name, taken=["taken"]) == is_fine


@given(st.text(), st.sampled_from(CARDS), st.lists(st.text(max_size=5)))
def test_proposed_names_are_free_and_possible(folder: str, card: str, taken: list[str]) -> None:
    name = proposed_name(Path("/x") / f"a{folder}".replace("\0", "").replace("/", ""), card, taken)
    assert is_possible_name(name, taken=taken)
    assert name.casefold() not in {other.casefold() for other in taken}


def test_name_is_proposed_after_folder_and_recipe() -> None:
    assert proposed_name(Path("/my photos"), PAPER, []) == "my-photos-paper"
    assert proposed_name(Path("/my photos"), PAPER, ["My-Photos-paper"]) == "my-photos-paper-2"
    assert proposed_name(Path("/", "x" * 200), REAL_PHOTOS, []) == "x" * 28 + "-real-photos"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (40, "40 s"), (720, "12 min"), (18_720, "5.2 h"), (300_000, "3 days")],
)
def test_times_are_told_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
