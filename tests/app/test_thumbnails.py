from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import app.thumbnails
from app.thumbnails import Thumbnails, covering
from liif_core.geometry import Size
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image

BOX = Size(30, 40)


@pytest.fixture
def thumbnails(qtbot: QtBot) -> Iterator[Thumbnails]:
    thumbnails = Thumbnails()
    yield thumbnails
    assert thumbnails.stop(timeout_s=20)


def _photo(path: Path, height: int, width: int, value: int = 120) -> Path:
    write_image(path, np.full((height, width, 3), value, np.uint8))
    return path


def test_a_picture_fills_its_box(thumbnails, qtbot, tmp_path):
    photo = _photo(tmp_path / "wide.png", 200, 900)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as ready:
        thumbnails.ask([photo], BOX)
    path, image = ready.args
    assert path == photo and (image.height(), image.width()) == (30, 40)
    assert image.pixel(20, 15) == 0xFF787878


def test_a_small_photo_is_not_enlarged(thumbnails, qtbot, tmp_path):
    photo = _photo(tmp_path / "small.png", 10, 12)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as ready:
        thumbnails.ask([photo], BOX)
    assert (ready.args[1].height(), ready.args[1].width()) == (10, 12)


def test_what_is_no_photo_fails_and_the_next_one_comes(thumbnails, qtbot, tmp_path):
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes(b"\xff\xd8\xff nothing more")
    good = _photo(tmp_path / "good.png", 50, 50)
    failed: list[Path] = []
    thumbnails.failed.connect(failed.append)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as ready:
        thumbnails.ask([tmp_path / "missing.jpg", damaged, good], BOX)
    assert ready.args[0] == good and failed == [tmp_path / "missing.jpg", damaged]


def test_a_photo_that_would_take_too_long_has_no_picture_and_has_not_failed(thumbnails, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(app.thumbnails, "MAX_WHOLE_PIXELS", 2000)
    large, small = _photo(tmp_path / "large.png", 50, 50), _photo(tmp_path / "small.png", 40, 50)
    reads: list[Path] = []
    failed: list[Path] = []

    def noted(path, **rest):
        reads.append(path)
        return read_image(path, **rest)

    monkeypatch.setattr(app.thumbnails, "read_image", noted)
    thumbnails.failed.connect(failed.append)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as ready:
        thumbnails.ask([large, small], BOX)
    assert ready.args[0] == small
    assert (reads, failed) == ([small], [])


def test_a_picture_is_read_once_while_its_file_stays_the_same(thumbnails, qtbot, tmp_path, monkeypatch):
    photo = _photo(tmp_path / "photo.png", 50, 50)
    reads: list[Path] = []

    def counted(path, **rest):
        reads.append(path)
        return read_image(path, **rest)

    monkeypatch.setattr(app.thumbnails, "read_image", counted)
    for _ in range(2):
        with qtbot.waitSignal(thumbnails.ready, timeout=20_000):
            thumbnails.ask([photo], BOX)
    assert reads == [photo]

    _photo(photo, 60, 50, value=200)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as ready:
        thumbnails.ask([photo], BOX)
    assert reads == [photo, photo] and ready.args[1].pixel(5, 5) == 0xFFC8C8C8


def test_a_new_wish_ends_the_one_before(thumbnails, qtbot, tmp_path, monkeypatch):
    first, second, third = (_photo(tmp_path / f"{number}.png", 50, 50) for number in range(3))
    reading, go_on = threading.Event(), threading.Event()

    def slow(path, **rest):
        if path == first:
            reading.set()
            assert go_on.wait(20)
        return read_image(path, **rest)

    monkeypatch.setattr(app.thumbnails, "read_image", slow)
    told: list[Path] = []
    thumbnails.ready.connect(lambda path, image: told.append(path))
    thumbnails.ask([first, second], BOX)
    assert reading.wait(20)
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000):
        thumbnails.ask([third], BOX)
        go_on.set()
    assert told == [third]


def test_no_thread_runs_before_the_first_wish(qtbot):
    before = threading.active_count()
    thumbnails = Thumbnails()
    thumbnails.ask([], BOX)
    assert threading.active_count() == before
    assert thumbnails.stop(timeout_s=0)


@pytest.mark.parametrize("height, width", [(200, 900), (900, 200), (31, 41), (1, 5000), (30, 40), (5, 5)])
def test_the_part_in_the_box_is_from_the_middle(height, width):
    grid, rect = covering(Size(height, width), BOX)
    assert rect.height <= BOX.height and rect.width <= BOX.width
    assert grid.output.rect.contains(rect)
    assert abs(2 * rect.y + rect.height - grid.output.height) <= 1
    assert abs(2 * rect.x + rect.width - grid.output.width) <= 1
    if height >= BOX.height and width >= BOX.width:
        assert (rect.height, rect.width) == (BOX.height, BOX.width)
