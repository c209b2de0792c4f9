from __future__ import annotations

import sys
from pathlib import Path

import pytest

from liif_core.errors import RequestError
from liif_core.export import names
from liif_core.export.names import DEFAULT_PATTERN, NameFacts, check_pattern, file_name, free_name, place_of
from liif_core.geometry import Size

FACTS = NameFacts(Path("holidays", "beach.jpg"), Size(2000, 3000), 7, "fast")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (DEFAULT_PATTERN, "beach-3000x2000.png"),
        ("{number:03} {name}", "007 beach.png"),
        ("{folder}_{name}_{model}", "holidays_beach_fast.png"),
        ("{name} {megapixels} MP", "beach 6 MP.png"),
        ("{{{name}}}", "{beach}.png"),
    ],
)
def test_fields_are_filled_in(pattern: str, name: str) -> None:
    assert file_name(pattern, FACTS, ".png") == name


@pytest.mark.parametrize(
    ("photo", "name"),
    [("12:30.jpg", "12_30-x"), ('a "b" <c>|?.jpg', "a _b_ _c___-x"), ("a\nb.jpg", "a_b-x"), ("a\\b.jpg", "a_b-x")],
)
def test_a_photo_whose_name_only_its_own_system_takes_is_exported_all_the_same(photo: str, name: str) -> None:
    facts = NameFacts(Path("10:00 walk") / photo, Size(2000, 3000))
    assert file_name("{name}-x", facts, ".png") == f"{name}.png"
    assert file_name("{folder}", facts, ".png") == "10_00 walk.png"


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        " . ",
        "{",
        "{name",
        "{size}",
        "{name.suffix}",
        "{name!r}",
        "{0}",
        "{}",
        "a/{name}",
        "{width:q}",
        "{name:{width}}",
        # By a slip of the keyboard, more memory than any machine has.
        "{number:099999999999}",
        "{megapixels:.999f}",
    ],
)
def test_other_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(RequestError):
        check_pattern(pattern)


@pytest.mark.parametrize(("system", "same"), [("linux", False), ("darwin", True), ("win32", True)])
def test_names_in_other_case_are_one_place_where_disks_tell_them_not_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, same: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert (place_of(tmp_path / "A.png") == place_of(tmp_path / "a.PNG")) is same
    assert place_of(tmp_path / "a.png") != place_of(tmp_path / "b.png")


def test_a_link_is_the_place_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert place_of(tmp_path / "link" / "a.png") == place_of(tmp_path / "there" / "a.png")


def test_a_name_that_is_a_link_to_nowhere_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "gone")
    assert free_name(tmp_path / "a.jpg") == tmp_path / "a-2.jpg"


def test_where_no_number_is_left_none_of_the_files_is_given_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(names, "HIGHEST_NUMBER", 3)
    for name in ("a.jpg", "a-2.jpg"):
        (tmp_path / name).touch()
    assert free_name(tmp_path / "a.jpg") == tmp_path / "a-3.jpg"
    with pytest.raises(RequestError, match="up to 3"):
        free_name(tmp_path / "a.jpg", {place_of(tmp_path / "a-3.jpg")})
