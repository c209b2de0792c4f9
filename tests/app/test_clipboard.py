"""Pictures to and from the clipboard, by keys in a real window."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QColorSpace, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import clipboard as clipboard_module
from app.clipboard import local_files, save_pasted
from app.composition import Viewer
from app.settings import Settings
from app.viewer.comparison import CompareMode
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, document_of, move, notices, step, wait_until_sharp
from tests.app.test_view_pixels import grabbed

HEIGHT, WIDTH = 200, 330
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    """With everything over the photo that there is."""
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT, overlays=True)
    viewer.pixel_overlay.visible = True
    return viewer


@pytest.fixture
def bare(open_viewer: OpenViewer, photo: Path) -> Viewer:
    return open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)


def copied() -> NDArray[np.uint8]:
    image = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def photo_of(viewer: Viewer) -> NDArray[np.uint8]:
    """What the canvas shows where the photo is; upright views only."""
    camera = camera_of(viewer)
    return grabbed(viewer)[camera.visible.shifted(*camera.origin_device).slices]


@pytest.mark.parametrize("zoom", [1.0, 2.6, 11.3])
def test_a_copy_is_the_view_without_what_lies_over_it(qtbot: QtBot, viewer: Viewer, bare: Viewer, zoom: float) -> None:
    for each in (viewer, bare):
        each.controller.zoom_to(zoom)
        each.controller.center_on(40.0, 60.0)
        wait_until_sharp(qtbot, each)
    move(viewer, (50.0, 70.0))
    told = notices(viewer)
    viewer.window.actions_["copy_view"].trigger()
    assert told == ["The view was copied."]
    assert np.array_equal(copied(), photo_of(bare))
    assert not np.array_equal(grabbed(viewer), grabbed(bare)), "else nothing lies over it"


def test_a_copy_is_turned_and_compared_as_the_view_is(qtbot: QtBot, bare: Viewer) -> None:
    bare.controller.zoom_to(9.0)
    bare.comparing.set_rival("nearest")
    bare.window.actions_["rotate_right"].trigger()
    wait_until_sharp(qtbot, bare)
    qtbot.keyClick(bare.canvas, Qt.Key.Key_C, CTRL)
    assert np.array_equal(copied(), grabbed(bare))


def test_a_copy_has_what_the_loupe_shows(qtbot: QtBot, bare: Viewer) -> None:
    bare.controller.zoom_to(9.0)
    bare.comparing.set_rival("nearest")
    bare.comparing.set_mode(CompareMode.LOUPE)
    wait_until_sharp(qtbot, bare)
    move(bare, (90.0, 160.0))
    qtbot.keyClick(bare.canvas, Qt.Key.Key_C, CTRL)
    with_loupe = copied()
    assert np.array_equal(with_loupe, grabbed(bare))
    QApplication.sendEvent(bare.canvas, QEvent(QEvent.Type.Leave))
    bare.window.actions_["copy_view"].trigger()
    assert np.array_equal(copied(), grabbed(bare))
    assert not np.array_equal(copied(), with_loupe)


@pytest.mark.parametrize("display", ["adobe-rgb", "display-p3"])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_copy_has_the_photos_colours_whatever_the_display(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, display: str, alpha: bool
) -> None:
    picture = QImage(90, 60, QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32)
    picture.fill(QColor(40, 200, 90, 128 if alpha else 255))
    picture.save(str(tmp_path / "green.png"))
    settings = Settings()
    settings.override(replace(settings.appearance, color_space=display))
    viewer = open_viewer(tmp_path / "green.png", model="bicubic", settings=settings)
    assert document_of(viewer).conversion is not None
    viewer.window.actions_["copy_view"].trigger()
    image = QGuiApplication.clipboard().image()
    assert image.hasAlphaChannel() == alpha
    found = image.pixelColor(20, 20)
    assert abs(found.red() - 40) <= 2 and abs(found.green() - 200) <= 2 and abs(found.blue() - 90) <= 2


def test_a_copy_of_a_photo_in_the_displays_own_colours_is_in_srgb(open_viewer: OpenViewer, tmp_path: Path) -> None:
    """It is painted as it is, and pasted where nobody knows of its profile."""
    wide = QImage(90, 60, QImage.Format.Format_RGB32)
    wide.fill(QColor(120, 200, 90))
    wide.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    wide.save(str(tmp_path / "wide.png"))
    settings = Settings()
    settings.override(replace(settings.appearance, color_space="display-p3"))
    viewer = open_viewer(tmp_path / "wide.png", model="bicubic", settings=settings)
    viewer.window.actions_["copy_view"].trigger()
    meant = wide.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb)).pixelColor(20, 20)
    assert QGuiApplication.clipboard().image().pixelColor(20, 20) == meant != wide.pixelColor(20, 20)


def test_a_view_that_is_not_sharp_yet_is_copied_when_it_is(qtbot: QtBot, bare: Viewer) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    told = notices(bare)
    bare.controller.zoom_to(7.7)
    qtbot.keyClick(bare.canvas, Qt.Key.Key_C, CTRL)
    assert told == ["The view will be copied as soon as it is sharp."]
    assert clipboard.image().isNull()
    wait_until_sharp(qtbot, bare)
    qtbot.waitUntil(lambda: told[-1] == "The view was copied.")
    assert np.array_equal(copied(), photo_of(bare))


def test_who_goes_elsewhere_does_not_copy_later(qtbot: QtBot, bare: Viewer) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    bare.controller.zoom_to(7.7)
    qtbot.keyClick(bare.canvas, Qt.Key.Key_C, CTRL)
    bare.controller.zoom_to(5.0)
    wait_until_sharp(qtbot, bare)
    qtbot.wait(50)
    assert clipboard.image().isNull()


def test_a_pasted_picture_opens_with_its_very_pixels(qtbot: QtBot, bare: Viewer) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (31, 47, 3), dtype=np.uint8)
    rows = np.ascontiguousarray(pixels)
    image = QImage(rows.data, 47, 31, 3 * 47, QImage.Format.Format_RGB888).copy()
    QGuiApplication.clipboard().setImage(image)
    document = step(qtbot, bare, lambda: qtbot.keyClick(bare.canvas, Qt.Key.Key_V, CTRL))
    assert np.array_equal(read_image(document.path).pixels, pixels)
    assert document.value_at(3, 5) == tuple(pixels[3, 5])


def test_the_end_waits_for_every_pasted_picture(qtbot: QtBot, bare: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large one may still be written when the next one is."""
    is_written = threading.Event()

    def save(picture: QImage) -> Path:
        if picture.width() == 12:
            is_written.wait(20)
        return save_pasted(picture)

    def paste(width: int) -> None:
        picture = QImage(width, 9, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.red)
        QGuiApplication.clipboard().setImage(picture)
        bare.photo_commands.paste()

    monkeypatch.setattr("app.commands.photo_commands.save_pasted", save)
    paste(12)
    step(qtbot, bare, lambda: paste(13))
    assert not bare.photo_commands.stop(timeout_s=0.1)
    is_written.set()
    assert bare.photo_commands.stop(timeout_s=20)


def test_pasted_pictures_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard_module, "KEPT_PASTED", 3)
    image = QImage(12, 9, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    paths = []
    for number in range(5):
        paths.append(save_pasted(image))
        os.utime(paths[-1], (1000 + number, 1000 + number))
    assert [path.exists() for path in paths] == [False, False, True, True, True]
    other = paths[-1].with_name("mine.png")
    other.write_bytes(b"not ours")
    monkeypatch.setattr(clipboard_module, "MOST_PASTED_BYTES", 1)
    newest = save_pasted(image)
    assert newest.exists() and other.exists()
    assert not any(path.exists() for path in paths)


def test_pasted_files_open(qtbot: QtBot, bare: Viewer, tmp_path: Path) -> None:
    paths = [tmp_path / "b.png", tmp_path / "a.png"]
    for path in paths:
        write_image(path, np.full((20, 30, 3), 99, np.uint8))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QGuiApplication.clipboard().setMimeData(data)
    assert step(qtbot, bare, bare.window.actions_["paste"].trigger).path == tmp_path / "a.png"
    assert bare.browser.position == (1, 2)


def test_text_on_the_clipboard_is_no_picture(qtbot: QtBot, bare: Viewer, photo: Path) -> None:
    QGuiApplication.clipboard().setText("a word")
    told = notices(bare)
    bare.window.actions_["paste"].trigger()
    assert told == ["There is no picture on the clipboard."]
    assert document_of(bare).path == photo


def test_the_path_of_the_photo_is_copied(bare: Viewer, photo: Path) -> None:
    bare.window.actions_["copy_photo_path"].trigger()
    assert QGuiApplication.clipboard().text() == str(photo)


def test_pasting_works_before_anything_is_open(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(model="bicubic")
    image = QImage(12, 9, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    assert step(qtbot, viewer, viewer.window.actions_["paste"].trigger).value_at(0, 0) == (255, 0, 0)


def test_an_address_without_a_name_is_no_file() -> None:
    data = QMimeData()
    data.setUrls([QUrl("file:"), QUrl("https://example.org/photo.jpg"), QUrl.fromLocalFile("/photo.jpg")])
    assert local_files(data) == [Path("/photo.jpg")]
