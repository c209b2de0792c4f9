"""Names of models: what is accepted is the name of a file on every system, and means nothing else."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.imaging.resample import Kernel
from liif_core.library.defaults import AUTO
from liif_core.library.installed import BICUBIC
from liif_core.library.names import RESERVED, checked_name, key_of, suggested_name

FORBIDDEN_ON_WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789")}


def accepted(name: str) -> bool:
    try:
        checked_name(name)
    except RequestError:
        return False
    return True


@given(st.text(max_size=100))
def test_an_accepted_name_is_the_stem_of_a_file_on_every_system(name: str) -> None:
    if not accepted(name):
        return
    checked = checked_name(name)
    assert not FORBIDDEN_ON_WINDOWS.search(checked)
    assert checked.strip(" .") == checked and not checked.startswith("-")
    assert checked.split(".")[0].casefold() not in WINDOWS_DEVICES
    assert Path(checked).name == checked and len(f".{checked}-000000000000.safetensors".encode()) <= 255
    assert key_of(checked) not in RESERVED
    assert checked_name(checked) == checked


@given(st.text(max_size=100), st.lists(st.text(max_size=20), max_size=6))
def test_a_suggestion_can_always_be_had(stem: str, taken: list[str]) -> None:
    first = suggested_name(stem, taken=taken)
    assert checked_name(first, taken=taken) == first
    second = suggested_name(stem, taken=[*taken, first])
    assert checked_name(second, taken=[*taken, first]) == second


@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True))
def test_a_name_is_taken_however_it_is_capitalised(name: str) -> None:
    with pytest.raises(RequestError):
        checked_name(name.swapcase(), taken=[name])


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}[A-Za-z0-9_]", fullmatch=True).filter(accepted))
def test_a_name_that_can_be_had_is_its_own_suggestion(name: str) -> None:
    assert suggested_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "a b", ".hidden", "-x", "../up", "a/b", "a\\b", "c:", "what?", "x.", "\0", "a\n", "\udcff", "😀"),
        *("con", "Aux", "NUL.old", "com1", "LPT9", "com¹", "auto", "Auto", "bicubic", "lanczos", "x" * 81, "照" * 67),
    ],
)
def test_what_is_no_name_is_refused_in_one_sentence_that_names_it(name: str) -> None:
    with pytest.raises(RequestError) as refusal:
        checked_name(name)
    assert f"'{name}'" in str(refusal.value)


@pytest.mark.parametrize("name", ["fast", "my-model_2.1", "照片", "é", "0", "console", "Über", "हिन्दी"])
def test_ordinary_names_of_every_script_are_accepted(name: str) -> None:
    assert checked_name(unicodedata.normalize("NFD", name)) == unicodedata.normalize("NFC", name)


def test_names_that_mean_something_else_are_reserved() -> None:
    assert {AUTO, BICUBIC, *(kernel.value for kernel in Kernel)} == RESERVED


def test_suggestions_stay_near_to_the_name_of_the_file() -> None:
    assert suggested_name("edsr baseline (liif)") == "edsr-baseline--liif"
    assert suggested_name("fast", taken={"fast", "fast-2"}) == "fast-3"
    assert suggested_name("???") == "model"
    assert suggested_name("con") == "con-2"
