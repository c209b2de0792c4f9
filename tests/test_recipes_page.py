"""The page of all settings names what there is, with the defaults that the code has."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from liif_core.models.build import DECODERS, ENCODERS
from liif_core.training.config import TrainConfig
from liif_core.training.degrade import Degrade
from liif_core.training.size_varied import SizeVaried

PAGE = Path(__file__).parents[1] / "resources" / "readme" / "recipes.md"


def rows_of(table: str) -> list[list[str]]:
    """The cells of a table of the page, without its head."""
    text = PAGE.read_text(encoding="utf-8")
    _, begin, rest = text.partition(f"<!-- {table} -->")
    block, end, _ = rest.partition(f"<!-- end of {table} -->")
    assert begin and end
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().splitlines()[2:]]


def value_of(cell: str) -> Any:
    """A default as the page has it; None where there is none."""
    return tomllib.loads(f"value = {cell.strip('`')}")["value"] if cell else None


def as_toml_has_it(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def told_settings(table: str) -> dict[str, Any]:
    return {name.strip("`"): value_of(default) for name, default, _ in rows_of(table)}


def settings_of(config: type[Any]) -> dict[str, Any]:
    """Every field and its default, but the model, which has tables of its own."""
    given = {field.name: field.default for field in fields(config) if field.name != "model"}
    assert MISSING not in given.values()
    return {name: as_toml_has_it(value) for name, value in given.items()}


@pytest.mark.parametrize(
    ("table", "config"), [("train", TrainConfig), ("degrade", Degrade), ("size_varied", SizeVaried)]
)
def test_settings_are_those_of_the_code(table: str, config: type[Any]) -> None:
    assert told_settings(table) == settings_of(config)


def told_arguments(table: str) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    part = ""
    for name, argument, default, _ in rows_of(table):
        part = name.strip("`") or part
        of_part = told.setdefault(part, {})
        if argument:
            of_part[argument.strip("`")] = value_of(default)
    return told


@pytest.mark.parametrize(("table", "parts"), [("encoders", ENCODERS), ("decoders", DECODERS)])
def test_arguments_are_those_of_the_models(table: str, parts: Mapping[str, Any]) -> None:
    known = {
        name: {
            argument: as_toml_has_it(parameter.default)
            for argument, parameter in inspect.signature(build).parameters.items()
            if argument != "in_dim"
        }
        for name, build in parts.items()
    }
    assert told_arguments(table) == known


def test_every_row_says_what_it_is() -> None:
    for table in ("train", "degrade", "size_varied"):
        assert all(meaning for *_, meaning in rows_of(table)), table
    text = PAGE.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*\|\s*\|\s*\|\s*$", text)
