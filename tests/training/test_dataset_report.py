"""What somebody is told about the photos before a run."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from liif_core.training.dataset_report import DatasetReport, Leak, Sizes
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.photo_reading import TooSmall, Unreadable

SOUND = DatasetReport("photos", None, Sizes(40, 12.34, 200, 480, 900), Sizes(1, 0.5, 700, 710, 720), held_in_file=False)
FAULTY = replace(
    SOUND,
    unreadable=(Unreadable("a.png", "a.png is empty"),),
    too_small=(TooSmall("b.png", 20, 300, 96), TooSmall("c.png", 21, 31, 96)),
    near_duplicates=(("d.png", "e.png"),),
    leaks=(Leak("f.png", "g.png"),),
)


def test_sizes_are_those_of_all_sides() -> None:
    photos = PhotoCache.of([np.zeros((*side, 3), np.uint8) for side in ((100, 200), (1000, 400), (50, 300))])
    assert Sizes.of(photos) == Sizes(3, 0.435, 50, 250, 1000)


def test_sizes_of_a_part_do_not_count_what_is_beside_it() -> None:
    photos = PhotoCache.of([np.zeros((*side, 3), np.uint8) for side in ((100, 200), (1000, 400))])
    assert Sizes.of(photos.subset([0])) == Sizes(1, 0.02, 100, 150, 200)
    assert Sizes.of(photos.subset([])) == Sizes(0, 0.0, 0, 0, 0)


def test_report_goes_through_json() -> None:
    report = replace(FAULTY, expected_s=12.5, validation_folder="val")
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["train"] == {
        "count": 40,
        "megapixels": 12.34,
        "smallest_side": 200,
        "median_side": 480,
        "largest_side": 900,
    }
    assert plain["unreadable"] == [{"path": "a.png", "reason": "a.png is empty"}]
    assert plain["too_small"][0] == {"path": "b.png", "height": 20, "width": 300, "min_side": 96}
    assert plain["near_duplicates"] == [["d.png", "e.png"]]
    assert plain["leaks"] == [{"path": "f.png", "validation": "g.png"}]
    assert plain["expected_s"] == 12.5 and plain["validation_folder"] == "val"


def test_report_of_caches_goes_through_json() -> None:
    """Numbers are Python's and not numpy's."""
    sizes = Sizes.of(PhotoCache.of([np.zeros((10, 20, 3), np.uint8)]))
    assert json.loads(json.dumps(replace(SOUND, train=sizes).to_dict()))["train"]["count"] == 1


def test_sound_photos_are_two_lines_without_a_warning() -> None:
    assert SOUND.warnings() == [] and SOUND.skipped == ()
    assert SOUND.lines() == [
        "to learn from: 40 photos, 12.3 megapixels, sides of 200 to 900 pixels (median 480)",
        "for validation, held out: 1 photo, 0.5 megapixels, sides of 700 to 720 pixels (median 710)",
    ]


def test_report_says_where_not_all_photos_are_measured() -> None:
    line = replace(SOUND, validation=replace(SOUND.validation, count=9)).lines()[1]
    assert line.endswith("; 8 from all over them are measured")


def test_each_fault_is_named() -> None:
    assert FAULTY.warnings() == [
        "1 file skipped, unreadable:",
        "  a.png is empty",
        "2 photos skipped, too small:",
        "  b.png: 300 x 20 pixels, at least 96 a side needed",
        "  c.png: 31 x 21 pixels, at least 96 a side needed",
        "1 pair of photos to learn from show the same picture:",
        "  d.png and e.png",
        "1 photo left out of training:",
        "  f.png: left out of training, shows the same picture as g.png, which validates",
    ]
    assert FAULTY.lines() == SOUND.lines() + FAULTY.warnings()
    assert [sentence.split()[0].rstrip(":") for sentence in FAULTY.skipped] == ["a.png", "b.png", "c.png", "f.png"]


def test_long_lists_are_cut_in_the_terminal_only() -> None:
    files = tuple(Unreadable(f"{n}.png", f"{n}.png is empty") for n in range(9))
    report = replace(SOUND, unreadable=files)
    assert report.warnings() == [
        "9 files skipped, unreadable:",
        *(f"  {n}.png is empty" for n in range(5)),
        "  and 4 more",
    ]
    assert len(report.skipped) == len(report.to_dict()["unreadable"]) == 9


def test_missing_validation_and_pixels_in_a_file_are_said() -> None:
    report = replace(SOUND, validation=Sizes(0, 0.0, 0, 0, 0), held_in_file=True)
    assert any(line.startswith("there is no photo for validation") for line in report.warnings())
    assert "for validation, held out: none" in report.lines()
    assert any("more than fits into memory" in line for line in report.lines())
    assert "for validation, in val: none" in replace(report, validation_folder="val").lines()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3.4, "3 s"), (59.4, "59 s"), (61, "1 min"), (3000, "50 min"), (5400, "1.5 h"), (302_400, "3.5 days")],
)
def test_expected_time_is_told_in_a_unit_that_fits(seconds: float, text: str) -> None:
    assert f"expected time: {text}" in replace(SOUND, expected_s=seconds).lines()
