"""The whole window, wired: what its actions do, how the keyboard gets around, what language and system change."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import PIL.Image
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, Qt, QTranslator, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProxyStyle,
    QStyle,
)
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.photo_list import shown_extensions
from app.system_motion import system_animates
from app.viewer.view_painting import shown_color
from app.windows.action_table import ACTIONS, MENU_TITLES
from app.windows.pixel_information import PixelInformation
from app.windows.start_page import DropArea
from app.workers.tasks import Task
from liif_core.errors import LiifError
from liif_core.orientation import UPRIGHT
from tests.app.real_events import image_position, move, wait_until_sharp

OpenViewer = Callable[..., Viewer]
# Small enough that all of the photo is not seen, and no zoom that an action asks for.
ZOOM = 6.0


@pytest.fixture
def dialogs_of_the_system(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be asked of the system's dialogs and programs."""
    asked: list[str] = []

    def answer(name: str, outcome: object) -> Callable[..., object]:
        def called(*_: object, **__: object) -> object:
            asked.append(name)
            return outcome

        return called

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answer("files", ([], "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", answer("folder", ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", answer("file manager", True))
    return asked


@pytest.fixture
def photos(tmp_path: Path, photo: Path) -> list[Path]:
    """A folder of three; the one in the middle has three pages."""
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [folder / name for name in ("a.png", "b.tif", "c.png")]
    with PIL.Image.open(photo) as opened:
        page = opened.convert("RGB")
    page.save(paths[0])
    page.save(paths[2])
    page.save(paths[1], save_all=True, append_images=[page, page])
    return paths


@pytest.fixture
def emphatic() -> Iterator[None]:
    """A language in which every text ends with an exclamation mark."""

    class Emphatic(QTranslator):
        def translate(self, context, source, disambiguation=None, n=-1):
            return f"{source}!"

    translator = Emphatic()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def open_dialogs() -> list[QDialog]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]


class Scene:
    """A viewer on the second page of the photo in the middle of a folder, brought back to that before each action."""

    def __init__(self, qtbot: QtBot, viewer: Viewer, photos: list[Path], asked: list[str]) -> None:
        self.qtbot = qtbot
        self.viewer = viewer
        self.photos = photos
        self.asked = asked
        self.times_read = 0
        viewer.controller.document_read.connect(self._count)

    def prepare(self, id_: str) -> None:
        """The scene, and what the action has to be shown by."""
        viewer, controller = self.viewer, self.viewer.controller
        for dialog in open_dialogs():
            dialog.close()
        viewer.window.set_full_screen(False)
        viewer.window.help_overlay.close()
        viewer.window.status.clearMessage()
        viewer.window.canvas.setFocus()
        viewer.comparing.set_comparing(False)
        QGuiApplication.clipboard().clear()
        with self.qtbot.waitSignal(controller.document_read, timeout=20_000):
            controller.open(self.photos[1], page=1)
        controller.orient(UPRIGHT)
        controller.zoom_to(ZOOM)
        self.qtbot.waitUntil(lambda: viewer.browser.paths == tuple(self.photos) and controller.is_sharp, timeout=20_000)
        if id_ == "upright":
            controller.orient(UPRIGHT.turned(clockwise=True))
        elif id_ == "leave":
            viewer.window.set_full_screen(True)
        elif id_ == "paste":
            copied = QMimeData()
            copied.setUrls([QUrl.fromLocalFile(str(self.photos[2]))])
            QGuiApplication.clipboard().setMimeData(copied)

    def state(self) -> tuple[object, ...]:
        """All that a person can tell."""
        window, controller, clipboard = self.viewer.window, self.viewer.controller, QGuiApplication.clipboard()
        document = controller.document
        return (
            document and (document.path, document.page),
            self.times_read,
            (controller.camera, controller.orientation, controller.comparison),
            (window.isVisible(), window.isFullScreen(), window.drawer.isHidden(), window.help_overlay.isVisible()),
            (self.viewer.settings.view, window.focusWidget(), len(open_dialogs()), list(self.asked)),
            (clipboard.text(), clipboard.image().isNull(), window.status.currentMessage()),
        )

    def wait_for_change(self, before: tuple[object, ...], id_: str) -> None:
        """What an action does may come from a thread."""

        def has_changed() -> None:
            assert self.state() != before, f"{id_} did nothing"

        self.qtbot.waitUntil(has_changed, timeout=5000)

    def _count(self) -> None:
        self.times_read += 1


@pytest.fixture
def scene(qtbot: QtBot, open_viewer: OpenViewer, photos: list[Path], dialogs_of_the_system: list[str]) -> Scene:
    return Scene(qtbot, open_viewer(photos[1], model="bicubic"), photos, dialogs_of_the_system)


@pytest.mark.parametrize("menu", [menu for menu in MENU_TITLES if menu != "model"])
def test_every_action_does_something(scene: Scene, menu: str) -> None:
    for spec in ACTIONS:
        if spec.menu == menu:
            scene.prepare(spec.id)
            before = scene.state()
            action = scene.viewer.window.actions_[spec.id]
            assert action.isEnabled(), spec.id
            action.trigger()
            scene.wait_for_change(before, spec.id)


def test_every_switch_goes_off_again(scene: Scene) -> None:
    for spec in ACTIONS:
        if spec.checkable and not spec.group:
            scene.prepare(spec.id)
            before = scene.state()
            for _ in range(2):
                scene.viewer.window.actions_[spec.id].trigger()
            assert scene.state() == before, spec.id


def test_without_a_photo_no_action_fails(
    qtbot: QtBot, open_viewer: OpenViewer, dialogs_of_the_system: list[str]
) -> None:
    viewer = open_viewer(None, model="bicubic", show_errors=True)
    QGuiApplication.clipboard().setText("neither a file nor a picture")
    for spec in ACTIONS:
        if spec.id != "quit":
            viewer.window.actions_[spec.id].trigger()
            QApplication.processEvents()
            for dialog in open_dialogs():
                assert not isinstance(dialog, QMessageBox), spec.id
                dialog.close()
    assert viewer.controller.document is None
    assert viewer.window.isVisible()


def test_closing_a_photo_leaves_nothing_of_it_behind(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    assert "%" in viewer.window.toolbar.zoom_field.entry.text()
    assert photo.name in viewer.window.windowTitle()
    viewer.window.actions_["close_photo"].trigger()
    assert not viewer.window.toolbar.zoom_field.isEnabled()
    assert viewer.window.toolbar.zoom_field.entry.text() == ""
    assert viewer.window.windowTitle() == "Stepless"
    labels = [label.text() for label in viewer.window.status.findChildren(QLabel) if label.isVisible()]
    assert not [text for text in labels if photo.name in text or "%" in text or "150" in text]


def test_the_drawer_shows_the_model_however_quickly_its_card_is_read(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="fast", width=90, height=60)
    qtbot.waitUntil(lambda: viewer.models.current is not None)
    start = Task.start

    def run_to_its_end(task: Task) -> None:
        start(task)
        assert task.wait(timeout_s=10)

    monkeypatch.setattr(Task, "start", run_to_its_end)
    viewer.window.actions_["information"].trigger()
    qtbot.waitUntil(lambda: "fast" in [label.text() for label in viewer.window.drawer.findChildren(QLabel)])


def test_the_drawer_tells_the_pixel_that_a_movement_brings_under_the_cursor(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.window.actions_["information"].trigger()
    viewer.controller.zoom_to(8.0)
    pixel = viewer.window.drawer.findChild(PixelInformation)
    assert isinstance(pixel, PixelInformation)

    def is_told() -> bool:
        y, x = map(math.floor, image_position(viewer, (100.0, 100.0)))
        shown = shown_color(viewer.controller, (100.0, 100.0), ratio=1.0)
        seen = f"{shown.red()}  {shown.green()}  {shown.blue()}"
        return [pixel.values[0].text(), pixel.values[2].text()] == [f"x {x}, y {y}", seen]

    move(viewer, (100.0, 100.0))
    qtbot.waitUntil(is_told)
    told = pixel.values[0].text()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    wait_until_sharp(qtbot, viewer)
    qtbot.waitUntil(is_told)
    assert pixel.values[0].text() != told


def test_title_and_status_follow_the_language(
    qtbot: QtBot, open_viewer: OpenViewer, photos: list[Path], emphatic: None
) -> None:
    viewer = open_viewer(photos[1], model="bicubic")
    QApplication.sendEvent(viewer.window, QEvent(QEvent.Type.LanguageChange))
    assert viewer.window.windowTitle() == "b.tif – Stepless!"
    assert "page 1 / 3!" in [label.text() for label in viewer.window.status.findChildren(QLabel)]


def test_full_screen_that_the_system_begins_and_ends_is_followed(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    window = open_viewer(photo, model="bicubic").window
    window.showFullScreen()
    assert window.actions_["full_screen"].isChecked()
    assert not (window.menuBar().isVisible() or window.toolbar.isVisible() or window.status.isVisible())
    window.show_bars_at(0)
    assert window.toolbar.isVisible()
    window.showNormal()
    assert not window.actions_["full_screen"].isChecked()
    assert window.menuBar().isVisible() and window.toolbar.isVisible() and window.status.isVisible()


def test_in_full_screen_without_a_photo_the_mouse_calls_the_toolbar(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    window = open_viewer(None, model="bicubic").window
    window.showFullScreen()
    assert not window.toolbar.isVisible()
    page = window.start_page
    # Laid out without the bars.
    qtbot.waitUntil(lambda: page.height() == window.height())
    QTest.mouseMove(page, QPoint(page.width() // 2, 0))
    qtbot.waitUntil(window.toolbar.isVisible)
    qtbot.waitUntil(lambda: page.height() < window.height())
    (area,) = page.findChildren(DropArea)
    QTest.mouseMove(area, QPoint(area.width() // 2, area.height() // 4))
    qtbot.waitUntil(lambda: not window.toolbar.isVisible())


def test_a_program_ended_in_full_screen_begins_in_a_window(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    first, second = (open_viewer(None, model="bicubic").window for _ in range(2))
    for window in (first, second):
        window.canvas.setMinimumSize(0, 0)
        window.canvas.setMaximumSize(10_000, 10_000)
    first.resize(640, 360)
    size = first.size()
    first.set_full_screen(True)
    qtbot.waitUntil(lambda: first.size() != size)
    second.restore_geometry(first.geometry_text())
    assert not second.isFullScreen()
    assert second.size() == size
    assert second.toolbar.isVisible()


def test_an_error_shows_names_of_files_as_they_are(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(None, model="bicubic")
    viewer.window.show_error(LiifError("<b>bold</b>.png does not exist"))
    (box,) = [dialog for dialog in open_dialogs() if isinstance(dialog, QMessageBox)]
    assert "<b>bold</b>.png does not exist" in box.informativeText()
    assert {label.textFormat() for label in box.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}
    box.close()


def test_diagnostics_that_cannot_be_copied_are_told(
    qtbot: QtBot, open_viewer: OpenViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_facts: str) -> str:
        raise OSError("the drive is gone")

    viewer = open_viewer()
    status = viewer.window.status
    monkeypatch.setattr("app.commands.window_commands.with_log", fails)
    viewer.window.actions_["copy_diagnostics"].trigger()
    qtbot.waitUntil(lambda: "cannot be copied" in status.accessibleDescription(), timeout=5000)
    monkeypatch.setattr("app.commands.window_commands.with_log", lambda facts: "all is well")
    viewer.window.actions_["copy_diagnostics"].trigger()
    qtbot.waitUntil(lambda: "were copied" in status.accessibleDescription(), timeout=5000)
    assert QGuiApplication.clipboard().text() == "all is well"


def test_a_window_from_right_to_left_shows_the_same_photo(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    before = viewer.window.canvas.grab().toImage()
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        QApplication.processEvents()
        window = viewer.window
        open_button, *_ = window.toolbar.actions()
        assert window.toolbar.actionGeometry(open_button).center().x() > window.toolbar.width() / 2
        window.actions_["information"].trigger()
        window.actions_["information"].trigger()
        qtbot.waitUntil(lambda: viewer.controller.is_sharp)
        assert viewer.window.canvas.grab().toImage() == before
    finally:
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


# -- what the system wants


class Still(QProxyStyle):
    """A style of a system that wants nothing to move."""

    def styleHint(self, hint, option=None, widget=None, returnData=None):
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, returnData)


@pytest.mark.parametrize(("package", "is_offered"), [(None, False), (object(), True)])
def test_camera_raw_files_can_be_chosen_where_they_can_be_read(
    open_viewer: OpenViewer, monkeypatch: pytest.MonkeyPatch, package: object, is_offered: bool
) -> None:
    viewer = open_viewer()
    told: list[str] = []

    def choose(*arguments: object) -> tuple[list[str], str]:
        told.append(str(arguments[-1]))
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: package)
    shown_extensions.cache_clear()
    try:
        viewer.window.actions_["open"].trigger()
    finally:
        shown_extensions.cache_clear()
    (filters,) = told
    assert "*.jpg" in filters and ("*.nef" in filters) is is_offered


@pytest.mark.skipif(sys.platform == "win32", reason="there the system is asked itself")
def test_a_system_whose_style_does_not_animate_wants_no_motion(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system_animates()
    still = Still()
    monkeypatch.setattr(QApplication, "style", lambda: still)
    assert not system_animates()


def test_motion_follows_a_system_that_wants_none(
    open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.system_motion.system_animates", lambda: False)
    assert not open_viewer(photo, model="bicubic", moves=True).motion.eases
    monkeypatch.setattr("app.system_motion.system_animates", lambda: True)
    assert open_viewer(photo, model="bicubic", moves=True).motion.eases
