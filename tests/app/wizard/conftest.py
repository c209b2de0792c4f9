"""Photos to learn from, and how a test waits for a child process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import PIL.Image
import pytest
from pytestqt.qtbot import QtBot

from app.training.command_line import own_command
from app.workers import child
from tests.training.pictures import scene

# Of a child process on a busy machine: it imports torch first.
CHILD_MS = 90_000

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="session")
def training_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty photos of 200 x 150 pixels, one of them twice, a tiny one, and a file that is none."""
    folder = tmp_path_factory.mktemp("wizard") / "my photos"
    folder.mkdir()
    for number in range(20):
        PIL.Image.fromarray(scene(number, 150, 200)).save(folder / f"{number:02}.png")
    PIL.Image.fromarray(scene(3, 150, 200)).save(folder / "twin.png")
    PIL.Image.fromarray(scene(50, 40, 50)).save(folder / "tiny.png")
    (folder / "broken.jpg").write_bytes(b"no photo")
    return folder


@pytest.fixture(autouse=True)
def _children_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that gives way to everything would wait for whatever else runs beside the tests."""

    def command(arguments: Sequence[str]) -> tuple[str, list[str]]:
        return own_command([argument for argument in arguments if argument != "--background"])

    monkeypatch.setattr(child, "own_command", command)
    # Threads that wait for each other on busy processors take several times as long as one.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    def wait(is_so: Callable[[], bool]) -> None:
        qtbot.waitUntil(is_so, timeout=CHILD_MS)

    return wait
