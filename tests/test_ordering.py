"""Names in the order that people expect."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.ordering import natural_key


@pytest.mark.parametrize(
    "names",
    [
        ["img2.jpg", "img10.jpg", "img11.jpg"],
        ["IMG_1.jpg", "img_2.jpg", "IMG_10.jpg"],
        ["a.png", "a 1.png", "a 2.png"],
        ["1.jpg", "2.jpg", "10.jpg", "a.jpg"],
        ["x1y2.jpg", "x1y10.jpg", "x2y1.jpg"],
        ["img９.jpg", "img10.jpg"],
        ["e\u0301tude1.jpg", "\u00c9tude2.jpg", "e\u0301tude10.jpg"],
        ["scan.2.tif", "scan.10.tif"],
        ["9" * 5000, "1" + "0" * 5000],
        ["٣.jpg", "١٢.jpg"],
    ],
)
def test_names_are_in_natural_order(names: list[str]) -> None:
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=natural_key) == names


def test_names_that_differ_only_in_case_or_zeros_have_a_fixed_order() -> None:
    names = ["a01.jpg", "A1.jpg", "a1.jpg", "a001.jpg", "A01.JPG"]
    orders = {tuple(sorted(random.Random(seed).sample(names, 5), key=natural_key)) for seed in range(20)}
    assert len(orders) == 1


@given(st.lists(st.text(st.characters(), max_size=6), max_size=8))
def test_every_name_has_its_own_place(names: list[str]) -> None:
    assert len({natural_key(name) for name in names}) == len(set(names))
    # All keys can be compared with one another.
    assert sorted(sorted(names, key=natural_key), key=str) == sorted(names)
