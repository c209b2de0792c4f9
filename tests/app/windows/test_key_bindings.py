"""Keys as settings and the editor have them."""

from __future__ import annotations

import pytest

from app.windows.key_bindings import (
    bindings_with,
    conflicts,
    default_bindings,
    normal_key,
    overrides_of,
    unambiguous_bindings,
)
from app.windows.shortcut_draft import ShortcutDraft


@pytest.mark.parametrize(
    "text, normal",
    [("ctrl+o", "Ctrl+O"), ("+", "+"), ("?", "?"), ("Ctrl+,", "Ctrl+,"), ("Ctrl++", "Ctrl++"), ("Esc", "Esc")],
)
def test_a_key_has_one_way_to_be_written(text, normal):
    assert normal_key(text) == normal


@pytest.mark.parametrize(
    "text", ["", "Nonsense", "Ctrl+", "Ctrl+K, Ctrl+O", "Space", "Tab", "Return", "Shift", "Ctrl+Alt"]
)
def test_what_no_action_may_have_is_no_key(text):
    assert normal_key(text) is None


def test_overrides_are_what_differs_and_nothing_else():
    overrides = {"open": ["O"], "next": []}
    assert overrides_of(bindings_with(overrides)) == overrides
    assert overrides_of(bindings_with({"open": ["Ctrl+O"]})) == {}


def test_no_key_of_unambiguous_bindings_is_there_twice():
    overrides = {"next": ["Right", "C"], "about": ["C", "F1"], "compare": ["C"]}
    assert len(conflicts(overrides)) == 3
    bindings = unambiguous_bindings(overrides)
    keys = [key for each in bindings.values() for key in each]
    assert len(keys) == len(set(keys))
    assert bindings["next"] == ("Right", "C") and bindings["about"] == ("F1",) and bindings["shortcuts_help"] == ("?",)


def test_a_key_that_is_given_to_a_second_action_is_a_conflict_until_somebody_decides():
    draft = ShortcutDraft({})
    assert draft.add("next", "ctrl+o")
    assert draft.has_conflicts()
    assert draft.conflict_of("next") == ("Ctrl+O", "open") and draft.conflict_of("open") == ("Ctrl+O", "next")
    draft.take_over("next", "Ctrl+O")
    assert not draft.has_conflicts() and draft.keys("open") == ()
    assert draft.overrides() == {"open": [], "next": ["Right", "PgDown", "Ctrl+O"]}


def test_actions_and_keys_of_a_newer_version_stay_where_nobody_has_edited_them():
    newer = {"open": ["Ctrl+O", "Hyper+O"], "next": ["Hyper+N", "N"], "about": ["Hyper+A"], "warp": ["W"]}
    draft = ShortcutDraft(newer)
    assert draft.overrides() == newer
    draft.add("about", "F1")
    draft.reset("next")
    assert draft.overrides() == {"open": ["Ctrl+O", "Hyper+O"], "about": ["F1"], "warp": ["W"]}


def test_a_reset_may_bring_a_conflict_back_and_a_reset_of_all_cannot():
    draft = ShortcutDraft({"open": [], "next": ["Ctrl+O"]})
    assert not draft.has_conflicts()
    draft.reset("open")
    assert draft.conflict_of("open") == ("Ctrl+O", "next")
    draft.reset_all()
    assert not draft.has_conflicts() and draft.overrides() == {}


def test_a_key_is_added_once_and_a_reserved_one_never():
    draft = ShortcutDraft({})
    assert draft.add("open", "Ctrl+O") and draft.keys("open") == ("Ctrl+O",)
    assert not draft.add("open", "Space")
    assert not draft.is_changed("open")


def test_defaults_are_not_touched_by_a_draft():
    before = default_bindings()
    draft = ShortcutDraft({})
    draft.remove("open", "Ctrl+O")
    assert default_bindings() == before
