"""Which photos count as the same picture, and which, however alike, do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.training import near_duplicates
from liif_core.training.near_duplicates import fingerprint, pairs_between, pairs_within
from tests.training.pictures import (
    Pixels,
    brightened,
    greyed,
    recompressed,
    resized,
    scene,
    seascape,
    sky,
    trimmed,
)

Change = Callable[[Pixels], Pixels]

CHANGES: dict[str, Change] = {
    "same": lambda pixels: pixels.copy(),
    "half the size": lambda pixels: resized(pixels, 0.5),
    "a third larger": lambda pixels: resized(pixels, 4 / 3),
    "tiny": lambda pixels: resized(pixels, 0.25),
    "recompressed": recompressed,
    "brighter": brightened,
    "darker": lambda pixels: brightened(pixels, 0.6),
    "grey": greyed,
    "trimmed": trimmed,
    "all at once": lambda pixels: recompressed(brightened(resized(pixels, 0.6)), 50),
}


def found(first: Sequence[Pixels], second: Sequence[Pixels]) -> list[tuple[int, int]]:
    return pairs_between([fingerprint(photo) for photo in first], [fingerprint(photo) for photo in second])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("picture", [scene, sky, seascape])
def test_a_changed_copy_is_found_among_others(picture: Callable[[int], Pixels], change: str) -> None:
    others = [picture(seed) for seed in range(6)]
    assert found(others, [CHANGES[change](others[4])]) == [(4, 0)]


@pytest.mark.parametrize("turn", range(8))
def test_a_mirrored_or_turned_copy_is_found(turn: int) -> None:
    photo = scene(1)
    copy = np.rot90(photo[:, ::-1] if turn >= 4 else photo, turn)
    assert found([scene(0), photo], [recompressed(np.ascontiguousarray(copy))]) == [(1, 0)]


@pytest.mark.parametrize("picture", [scene, sky, seascape])
def test_different_pictures_of_one_kind_are_no_duplicates(picture: Callable[[int], Pixels]) -> None:
    assert pairs_within([fingerprint(picture(seed)) for seed in range(60)]) == []


def test_two_skies_without_clouds_are_told_apart_by_their_brightness_alone() -> None:
    clear = sky(0, clouds=0)
    assert found([clear], [recompressed(clear, 90)]) == [(0, 0)]
    assert found([clear], [brightened(clear, 0.97)]) == []
    assert found([clear], [sky(0)]) == []


def test_pictures_of_one_colour_are_told_apart() -> None:
    greys = [np.full((40, 50, 3), value, np.uint8) for value in range(90, 110)]
    assert pairs_within([fingerprint(grey) for grey in greys]) == []
    assert found(greys, greys[7:8]) == [(7, 0)]


def test_a_picture_that_was_squeezed_is_not_the_same() -> None:
    photo = scene(3)
    assert found([photo], [photo[:, ::2]]) == found([photo[:, ::2]], [photo]) == []


def test_the_other_half_of_a_photo_is_not_the_same() -> None:
    photo = scene(3, 120, 320)
    assert found([photo[:, :160]], [photo[:, 160:]]) == []


def test_each_is_named_once_with_the_first_of_its_picture() -> None:
    photos = [scene(0), scene(1), resized(scene(0), 0.5), scene(2), brightened(scene(1)), recompressed(scene(0))]
    assert pairs_within([fingerprint(photo) for photo in photos]) == [(0, 2), (0, 5), (1, 4)]


def test_many_frames_of_one_scene_are_compared_with_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[None] = []
    same = near_duplicates._same_picture
    monkeypatch.setattr(near_duplicates, "_same_picture", lambda *both: compared.append(None) or same(*both))  # type: ignore[func-returns-value]
    frames = [fingerprint(brightened(scene(0), 1 - number / 1000)) for number in range(60)]
    assert pairs_within(frames) == [(0, number) for number in range(1, 60)]
    assert pairs_between(frames, frames[:30]) == [(number, 0) for number in range(60)]
    # All pairs would be 1,770 and 1,800, in up to eight orientations each.
    assert len(compared) < 400


def test_a_symmetric_picture_is_named_once() -> None:
    """It looks the same in all eight orientations."""
    corner = scene(5, 80, 80)
    corner = np.maximum(corner, corner.transpose(1, 0, 2))
    half = np.concatenate([corner, corner[::-1]])
    whole = np.ascontiguousarray(np.concatenate([half, half[:, ::-1]], axis=1))
    assert found([whole], [resized(whole, 0.7)]) == [(0, 0)]


def test_nothing_is_found_in_nothing() -> None:
    marks = [fingerprint(scene(0))]
    assert pairs_within([]) == pairs_within(marks) == pairs_between([], marks) == pairs_between(marks, []) == []


def test_search_can_be_stopped() -> None:
    token = CancelToken()
    token.cancel()
    marks = [fingerprint(scene(0))]
    for search in (lambda: pairs_within(marks, cancel=token), lambda: pairs_between(marks, marks, cancel=token)):
        with pytest.raises(Cancelled):
            search()


def test_many_photos_are_compared_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = [fingerprint(photo) for photo in (*map(scene, range(9)), brightened(scene(7)), brightened(scene(2)))]
    whole = pairs_within(marks)
    assert whole == [(2, 10), (7, 9)]
    monkeypatch.setattr("liif_core.training.near_duplicates._ROWS_AT_ONCE", 2)
    assert pairs_within(marks) == whole
