"""`stepless view --screenshot` in each theme and language, with what can lie over the photo."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.main import main
from app.translations import ENGLISH, LANGUAGES
from app.windows.theme import COLORS, DARK, LIGHT
from liif_core.imaging.read import read_image

WIDTH, HEIGHT = 640, 420
LOOKS = [(theme, language) for theme in (DARK, LIGHT) for language in LANGUAGES]
Pixels = npt.NDArray[np.int16]
Take = Callable[..., Pixels]


@pytest.fixture
def take(application_as_found: QApplication, photo: Path, tmp_path: Path) -> Take:
    """Takes a screenshot with these options, and gives its pixels: (H, W, 3), 0 to 255."""
    target = tmp_path / "shot.png"

    def shot(*options: str) -> Pixels:
        assert main(["view", *command(photo, target, *options)]) == 0
        return pixels_of(target)

    return shot


def command(photo: Path, target: Path, *options: str) -> list[str]:
    return [str(photo), "--model", "bicubic", "--size", f"{WIDTH}x{HEIGHT}", "--screenshot", str(target), *options]


def pixels_of(path: Path) -> Pixels:
    return read_image(path).pixels.astype(np.int16)


def background(theme: str) -> tuple[int, int, int]:
    color = QColor(COLORS[theme].window)
    return color.red(), color.green(), color.blue()


def test_the_window_is_in_the_colours_of_the_theme(take: Take) -> None:
    for theme, language in LOOKS:
        pixels = take("--theme", theme, "--lang", language, "--zoom", "1")
        assert pixels.shape == (HEIGHT, WIDTH, 3)
        beside_the_photo, above_it, beneath_it = pixels[HEIGHT // 2, 20], pixels[60, WIDTH // 2], pixels[-2, 2]
        for place in (beside_the_photo, above_it, beneath_it):
            assert tuple(place) == background(theme), (theme, language)


def test_texts_are_in_the_language(take: Take) -> None:
    menus = {look: take("--theme", look[0], "--lang", look[1])[:20] for look in LOOKS}
    assert np.array_equal(menus[DARK, ENGLISH], take("--theme", DARK, "--lang", ENGLISH)[:20])
    for theme in (DARK, LIGHT):
        english, *others = (menus[theme, language] for language in LANGUAGES)
        assert not any(np.array_equal(english, other) for other in others)


def test_the_photo_is_the_same_in_every_theme_and_language(take: Take) -> None:
    shots = [take("--photo-only", "--zoom", "6", "--theme", theme, "--lang", language) for theme, language in LOOKS]
    assert shots[0].shape == (HEIGHT, WIDTH, 3)
    assert shots[0].std() > 1
    for shot in shots[1:]:
        assert np.array_equal(shot, shots[0])


def test_a_comparison_shows_the_other_picture_on_one_side_only(take: Take) -> None:
    plain = take("--photo-only", "--zoom", "6")
    compared = take("--photo-only", "--zoom", "6", "--compare", "nearest")
    differs = np.abs(compared - plain).max(axis=2) > 0
    # Beneath the names at the line's upper end.
    left, right = differs[HEIGHT // 2 :, : WIDTH // 2 - 40], differs[HEIGHT // 2 :, WIDTH // 2 + 40 :]
    assert not left.any()
    assert right.mean() > 0.5


def test_what_lies_over_the_photo_is_written_in_the_language(take: Take) -> None:
    for options in (("--compare", "bilinear"), ("--overlay",)):
        english, chinese = (take("--photo-only", "--zoom", "6", "--lang", lang, *options) for lang in LANGUAGES)
        changed = np.abs(chinese - english).max(axis=2) > 0
        assert changed.any(), options
        assert changed.mean() < 0.1, options


def test_the_pixel_overlay_shows_the_photos_pixels(take: Take) -> None:
    plain, overlaid = (take("--photo-only", "--zoom", "16", *options) for options in ((), ("--overlay",)))
    assert (np.abs(overlaid - plain).max(axis=2) > 0).any()


def test_the_drawer_is_filled_when_its_picture_is_taken(take: Take) -> None:
    plain, with_drawer = take("--lang", ENGLISH), take("--lang", ENGLISH, "--drawer")
    drawer = with_drawer[80:-30, -280:]
    assert np.abs(with_drawer - plain).max(axis=2)[80:-30, -280:].any()
    # The channels' own colours are in the histogram's curves only.
    spread = drawer.max(axis=2) - drawer.min(axis=2)
    assert (spread > 100).sum() > 50


def test_without_a_photo_the_start_page_is_taken(application_as_found: QApplication, tmp_path: Path) -> None:
    target = tmp_path / "start.png"
    options = ["--size", f"{WIDTH}x{HEIGHT}", "--theme", DARK, "--screenshot", str(target)]
    assert main(["view", "--model", "bicubic", *options]) == 0
    pixels = pixels_of(target)
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    middle = pixels[HEIGHT // 4 : -HEIGHT // 4, WIDTH // 4 : -WIDTH // 4]
    assert middle.std() > 5, "words and buttons"


@pytest.mark.parametrize(
    "options", [("--drawer",), ("--photo-only",), ("--compare", "nearest"), ("p.png", "--dpr", "0.1")]
)
def test_what_cannot_be_taken_is_refused(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    target = tmp_path / "shot.png"
    assert main(["view", *options, "--screenshot", str(target)]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "start page" in line or "0.5 to 8 pixels" in line
    assert not target.exists()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_a_display_of_twice_the_density_gets_twice_the_pixels(photo: Path, tmp_path: Path, theme: str) -> None:
    target = tmp_path / "twice.png"
    options = command(photo, target, "--theme", theme, "--lang", "zh_CN", "--dpr", "2")
    outcome = subprocess.run(
        [sys.executable, "-m", "app", "view", *options],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ},
        cwd=Path(__file__).parents[2],
    )
    assert outcome.returncode == 0, outcome.stderr
    pixels = pixels_of(target)
    assert pixels.shape == (2 * HEIGHT, 2 * WIDTH, 3)
    assert tuple(pixels[-3, 3]) == background(theme)
