"""What a folder of photos holds, as several recipes see it."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError
from liif_core.training.survey import survey_photos
from tests.training.configs import MakeConfig
from tests.training.pictures import scene


def test_each_recipe_can_use_the_photos_that_are_large_enough_both_ways(
    heat_config: MakeConfig, tmp_path: Path
) -> None:
    for number, (height, width) in enumerate([(48, 48), (47, 90), (90, 47), (24, 24), (23, 90)]):
        PIL.Image.fromarray(scene(number, height, width)).save(tmp_path / f"{number}.png")
    recipes = {"large": heat_config(patch=24), "small": heat_config(patch=12)}
    found = survey_photos(tmp_path, recipes, validation=None, cancel=CancelToken())
    assert found.usable == {"large": 1, "small": 4}
    assert found.report.train.count + found.report.validation.count == 4
    assert [Path(file.path).name for file in found.report.too_small] == ["4.png"]


def test_folder_that_no_recipe_can_use_is_refused(heat_config: MakeConfig, tmp_path: Path) -> None:
    PIL.Image.fromarray(scene(0, 23, 90)).save(tmp_path / "small.png")
    with pytest.raises(DatasetError, match="at least 24"):
        survey_photos(tmp_path, {"small": heat_config()}, validation=None, cancel=CancelToken())
