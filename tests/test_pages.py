"""What the guides show is so: their links, their figures, and their recipe. `test_readme` runs their commands."""

from __future__ import annotations

import re
from pathlib import Path

import make_figures
import pytest

from liif_core.checkpoint.load import load_model
from liif_core.paths import resource_path
from liif_core.training.config import TrainConfig

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "readme"
PAGES = sorted(FOLDER.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_of_a_page_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / link).exists(), link
    for file in re.findall(r"`((?:liif_core|app|packaging|resources|tests)/[^`\s]+)", text):
        assert (ROOT / file).exists(), file


def test_every_page_is_one_click_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {page.name for page in PAGES} <= set(re.findall(r"\(resources/readme/([\w-]+\.md)", text))


def test_figures_are_as_the_script_draws_them(tmp_path: Path) -> None:
    make_figures.main(tmp_path)
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / "figures").iterdir()}
    assert drawn == kept
    shown = re.findall(r"\(figures/([\w.-]+)\)", (FOLDER / "how-it-works.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(kept)


def test_halo_in_the_figure_is_the_models() -> None:
    assert load_model(resource_path("models", "fast.safetensors"))[0].halo == make_figures.HALO


def test_recipe_of_the_guide_is_one(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_of_the_guide(), encoding="utf-8")
    assert TrainConfig.read(path).degrade is not None


def recipe_of_the_guide() -> str:
    """The recipe in the training guide, as its file is to be."""
    text = (FOLDER / "training.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- recipe -->")
    block, end, _ = rest.partition("<!-- end of recipe -->")
    assert end
    return "\n".join(line.removeprefix("    ") for line in block.strip("\n").splitlines()) + "\n"
