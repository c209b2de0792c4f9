from __future__ import annotations

import datetime
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.toml_writer import toml_text

# Texts without lone surrogates, which are no Unicode.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(
    texts,
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.datetimes(),
    st.dates(),
    st.times(),
)


def trees(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=3) | st.dictionaries(texts, values, max_size=3)


@given(st.dictionaries(texts, st.recursive(scalars, trees, max_leaves=12), max_size=4))
def test_what_is_written_is_read_again(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table


def test_a_document_reads_like_one_written_by_hand() -> None:
    table = {"version": 1, "view": {"lock": True, "keys": {"a b": ["Ctrl+O"]}}, "empty": {}}
    assert toml_text(table) == 'version = 1\n\n[view]\nlock = true\n\n[view.keys]\n"a b" = ["Ctrl+O"]\n\n[empty]\n'


def test_an_offset_of_time_is_kept() -> None:
    moment = datetime.datetime(2024, 2, 29, 1, 2, 3, 450000, datetime.timezone(datetime.timedelta(hours=-5)))
    assert tomllib.loads(toml_text({"at": moment})) == {"at": moment}


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="None"):
        toml_text({"nothing": None})
