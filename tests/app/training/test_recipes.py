"""Recipes as the wizard makes them; the trainer takes every one of them."""

from __future__ import annotations

import dataclasses

import pytest

from app.training.recipe import (
    CARDS,
    PAPER,
    QUICK,
    REAL_PHOTOS,
    STANDARD,
    Changes,
    is_preset,
    preset_of,
    read_preset,
    recipe,
    smallest_side,
)
from liif_core.toml_writer import toml_text
from liif_core.training.config import TrainConfig
from tests.models.builders import heat_spec, liif_spec


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_card_has_a_preset_that_the_trainer_takes(device: str) -> None:
    presets = [preset_of(card, device=device) for card in CARDS]
    assert len(set(presets)) == len(CARDS)
    for preset in presets:
        config = TrainConfig.from_dict(recipe(preset, start=None, changes=Changes()), source=preset)
        assert config.crop_side == smallest_side(read_preset(preset))


def test_standard_is_larger_where_there_is_a_graphics_card() -> None:
    assert preset_of(STANDARD, device="cpu") == "fast"
    assert preset_of(STANDARD, device="mps") == "quality"


@pytest.mark.parametrize("card", [QUICK, STANDARD, PAPER, REAL_PHOTOS])
@pytest.mark.parametrize("spec", [heat_spec(), liif_spec()], ids=["heat field", "LIIF"])
def test_model_that_it_begins_with_keeps_its_form_under_every_card(card: str, spec: object) -> None:
    """Settings for the other way to learn would be refused."""
    table = recipe(preset_of(card, device="cpu"), start=spec, changes=Changes())  # type: ignore[arg-type]
    assert TrainConfig.from_dict(table, source=card).model == spec


def test_changes_are_the_trainers_settings() -> None:
    changes = Changes(iterations=7, batch=4, parts=2, learning_rate=1e-4, validate_every=3)
    config = TrainConfig.from_dict(recipe("quick", start=None, changes=changes), source="changed")
    assert (config.iterations, config.batch, config.accumulate) == (7, 4, 2)
    assert (config.learning_rate, config.validate_every) == (1e-4, 3)
    assert set(changes.table()) <= {field.name for field in dataclasses.fields(TrainConfig)}


def test_only_an_unchanged_recipe_is_a_preset() -> None:
    assert is_preset(recipe("quick", start=None, changes=Changes()), "quick")
    assert not is_preset(recipe("quick", start=None, changes=Changes(batch=4)), "quick")


def test_recipes_survive_their_file(tmp_path) -> None:
    for card in CARDS:
        preset = preset_of(card, device="cuda")
        path = tmp_path / "recipe.toml"
        path.write_text(toml_text(recipe(preset, start=liif_spec(), changes=Changes(batch=4))), encoding="utf-8")
        assert TrainConfig.read(path).batch == 4
