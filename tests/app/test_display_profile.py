"""The profile of a screen, asked of window systems that stand in for the real ones, and of a real X server."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColorSpace, QGuiApplication
from pytestqt.qtbot import QtBot

from app import display_colours, display_following, display_profile
from app.composition import Viewer
from app.display_colours import display_space, srgb_space
from app.display_profile import ScreenPlace, atom_of, mac_profile, profile_of, windows_profile
from app.settings import Settings
from app.viewer.document import Document
from tests.app.conftest import OpenViewer
from tests.app.export.dialog import opened
from tests.app.real_events import document_of, step, wait_until_sharp

Named = QColorSpace.NamedColorSpace
WIDE = QColorSpace(Named.DisplayP3)
PROFILE = bytes(WIDE.iccProfile().data())
DEVICE = r"\\.\DISPLAY2"


# -- what becomes of a profile


def test_a_screen_with_a_profile_is_shown_in_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_colours, "profile_of", lambda place: PROFILE)
    assert display_space(ScreenPlace("xcb")) == WIDE


@pytest.mark.parametrize("profile", [None, b"", b"garbage" * 100, PROFILE[:300]])
def test_a_screen_without_a_usable_profile_counts_as_srgb(
    profile: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display_colours, "profile_of", lambda place: profile)
    assert display_space(ScreenPlace("xcb")) == srgb_space()


@pytest.mark.parametrize("platform", ["offscreen", "wayland", "minimal"])
def test_other_window_systems_are_not_asked(platform: str) -> None:
    assert profile_of(ScreenPlace(platform)) is None


def test_a_system_without_the_library_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert profile_of(ScreenPlace("xcb")) is None
    assert profile_of(ScreenPlace("cocoa")) is None


# -- X11


def test_each_screen_has_a_property_of_its_own() -> None:
    assert [atom_of(index) for index in range(3)] == [b"_ICC_PROFILE", b"_ICC_PROFILE_1", b"_ICC_PROFILE_2"]


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("there is no Xvfb")
    read, write = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(write), "-noreset", "-screen", "0", "64x64x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read, "rb") as told:
        number = told.readline().decode().strip()
    if not number:
        server.wait()
        pytest.skip("Xvfb did not start")
    monkeypatch.setenv("DISPLAY", f":{number}")
    yield
    server.terminate()
    server.wait()


def set_root_property(name: bytes, value: bytes) -> None:
    """What a program that loads profiles does."""
    xcb, pointer = ctypes.CDLL("libxcb.so.1"), ctypes.c_void_p
    for function, result in (
        ("xcb_connect", pointer),
        ("xcb_get_setup", pointer),
        ("xcb_setup_roots_iterator", display_profile._Roots),
        ("xcb_intern_atom", display_profile._Cookie),
        ("xcb_intern_atom_reply", ctypes.POINTER(display_profile._Atom)),
    ):
        getattr(xcb, function).restype = result
    connection = pointer(xcb.xcb_connect(None, None))
    root = xcb.xcb_setup_roots_iterator(pointer(xcb.xcb_get_setup(connection))).data[0]
    asked = xcb.xcb_intern_atom(connection, ctypes.c_uint8(0), ctypes.c_uint16(len(name)), name)
    atom = xcb.xcb_intern_atom_reply(connection, asked, None).contents.atom
    cardinal, replace_it = 6, ctypes.c_uint8(0)
    length = ctypes.c_uint32(len(value))
    xcb.xcb_change_property(connection, replace_it, root, atom, cardinal, ctypes.c_uint8(8), length, value)
    # An answer comes only after what was asked before.
    asked = xcb.xcb_intern_atom(connection, ctypes.c_uint8(0), ctypes.c_uint16(len(name)), name)
    xcb.xcb_intern_atom_reply(connection, asked, None)
    xcb.xcb_disconnect(connection)


def test_an_x_server_tells_the_profile_of_each_screen(x_server: None) -> None:
    assert profile_of(ScreenPlace("xcb")) is None
    set_root_property(b"_ICC_PROFILE", PROFILE)
    assert profile_of(ScreenPlace("xcb")) == PROFILE
    assert profile_of(ScreenPlace("xcb", 1)) is None
    set_root_property(b"_ICC_PROFILE_1", b"another")
    assert profile_of(ScreenPlace("xcb", 1)) == b"another"
    assert display_space(ScreenPlace("xcb")) == WIDE


def test_without_an_x_server_there_is_no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    assert profile_of(ScreenPlace("xcb")) is None


# -- Windows and macOS


class Library:
    """Functions by name, to which ctypes' attributes can be given."""

    def __init__(self, **functions: Any) -> None:
        for name, function in functions.items():
            setattr(self, name, type("Function", (), {"__call__": staticmethod(function)})())


def windows(profile: Path | None, deleted: list[int]) -> tuple[Library, Library]:
    def info(monitor: Any, out: Any) -> int:
        assert monitor.value == 77
        out._obj.device = DEVICE
        return 1

    def create(driver: Any, device: Any, *_: object) -> int:
        assert (driver.value, device.value) == ("DISPLAY", DEVICE)
        return 88

    def profile_name(device: Any, length: Any, buffer: Any) -> int:
        assert device.value == 88 and length._obj.value == 1024
        if profile is None:
            return 0
        buffer.value = str(profile)
        return 1

    user32 = Library(
        MonitorFromPoint=lambda point, flags: 77 if (point.x, point.y, flags) == (1920, -10, 2) else 0,
        GetMonitorInfoW=info,
        GetDC=lambda window: 0,
    )
    gdi32 = Library(CreateDCW=create, GetICMProfileW=profile_name, DeleteDC=lambda device: deleted.append(device.value))
    return user32, gdi32


def test_windows_tells_the_file_of_a_monitors_profile(tmp_path: Path) -> None:
    path = tmp_path / "monitor.icm"
    path.write_bytes(PROFILE)
    deleted: list[int] = []
    assert windows_profile(ScreenPlace("windows", 1, top=-10, left=1920), *windows(path, deleted)) == PROFILE
    assert deleted == [88], "nothing of the system's is kept"


def test_windows_without_a_profile(tmp_path: Path) -> None:
    deleted: list[int] = []
    assert windows_profile(ScreenPlace("windows", 1, top=-10, left=1920), *windows(None, deleted)) is None
    with pytest.raises(FileNotFoundError):
        windows_profile(ScreenPlace("windows", 1, top=-10, left=1920), *windows(tmp_path / "gone.icm", deleted))
    assert deleted == [88, 88]


@pytest.mark.parametrize("has_profile", [True, False])
def test_macos_tells_the_profile_of_a_display(has_profile: bool) -> None:
    kept = ctypes.create_string_buffer(PROFILE, len(PROFILE))
    released: list[int] = []

    def displays(where: Any, most: Any, display: Any, count: Any) -> int:
        assert (where.x, where.y) == (1441.0, 1.0)
        display._obj.value, count._obj.value = 5, 1
        return 0

    graphics = Library(
        CGGetDisplaysWithPoint=displays,
        CGDisplayCopyColorSpace=lambda display: 11 if display.value == 5 else 0,
        CGColorSpaceCopyICCData=lambda space: 22 if has_profile else None,
    )
    foundation = Library(
        CFDataGetBytePtr=lambda data: ctypes.addressof(kept),
        CFDataGetLength=lambda data: len(PROFILE),
        CFRelease=lambda thing: released.append(thing.value),
    )
    profile = mac_profile(ScreenPlace("cocoa", 1, top=0, left=1440), graphics, foundation)
    assert profile == (PROFILE if has_profile else None)
    assert released == ([11, 22] if has_profile else [11])


# -- a window that follows


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first screen has none, two more have the same."""
    known = {0: None, 1: PROFILE, 2: PROFILE}
    for module in (display_colours, display_following):
        monkeypatch.setattr(module, "profile_of", lambda place: known[place.index])


def move_to_screen(viewer: Viewer, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScreenPlace, "of", staticmethod(lambda screen: ScreenPlace("xcb", index)))
    viewer.window.windowHandle().screenChanged.emit(QGuiApplication.primaryScreen())


def set_color_space(viewer: Viewer, name: str) -> None:
    viewer.settings.set(replace(viewer.settings.appearance, color_space=name))


@pytest.mark.usefixtures("profiles")
def test_a_window_on_another_screen_shows_that_ones_colours(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    assert document_of(viewer).conversion is None
    viewer.controller.zoom_to(3.0)
    view = viewer.controller.camera
    step(qtbot, viewer, lambda: move_to_screen(viewer, 1, monkeypatch))
    conversion = document_of(viewer).conversion
    assert conversion is not None and conversion.target == WIDE
    assert viewer.controller.camera == view
    read: list[Document] = []
    viewer.controller.document_read.connect(read.append)
    wait_until_sharp(qtbot, viewer)
    move_to_screen(viewer, 2, monkeypatch)
    qtbot.wait(100)
    assert not read, "a screen of the same colours changes nothing"


@pytest.mark.usefixtures("profiles")
def test_a_window_that_crosses_a_screen_quickly_shows_the_colours_of_the_last_one(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is between the last two screens is not all that is between the first and the last."""
    viewer = open_viewer(photo, model="bicubic")
    answers = threading.Event()
    monkeypatch.setattr(
        display_following, "profile_of", lambda place: PROFILE if answers.wait(20) and place.index else None
    )
    for index in (1, 2):
        move_to_screen(viewer, index, monkeypatch)
    step(qtbot, viewer, answers.set)
    conversion = document_of(viewer).conversion
    assert conversion is not None and conversion.target == WIDE


@pytest.mark.usefixtures("profiles")
def test_a_chosen_colour_space_holds_on_every_screen(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    step(qtbot, viewer, lambda: set_color_space(viewer, "adobe-rgb"))
    conversion = document_of(viewer).conversion
    assert conversion is not None and conversion.target == QColorSpace(Named.AdobeRgb)
    shown = document_of(viewer)
    move_to_screen(viewer, 1, monkeypatch)
    qtbot.wait(100)
    assert viewer.controller.document is shown


def test_without_the_profile_that_was_chosen_photos_are_shown_in_srgb_with_one_notice(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.icc"
    other = tmp_path / "zebra.png"
    shutil.copy(photo, other)
    settings = Settings()
    settings.override(replace(settings.appearance, color_space=str(gone)))
    viewer = open_viewer(settings=settings, model="bicubic")
    notices: list[str] = []
    viewer.display.notice.connect(notices.append)
    step(qtbot, viewer, lambda: viewer.browsing.open(photo))
    assert document_of(viewer).conversion is None
    # The next one is read ahead and taken from there.
    qtbot.waitUntil(lambda: other in viewer._preloader._kept)
    step(qtbot, viewer, viewer.browsing.next)
    (notice,) = notices
    assert "sRGB" in notice and str(gone) in notice
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: not dialog.preview.picture.isNull())
    dialog.reject()
    # What is chosen anew is told of anew.
    step(qtbot, viewer, lambda: set_color_space(viewer, "display-p3"))
    assert document_of(viewer).conversion is not None
    step(qtbot, viewer, lambda: set_color_space(viewer, str(gone)))
    assert document_of(viewer).conversion is None and len(notices) == 2


def test_photos_read_ahead_in_other_colours_are_read_again(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "zebra.png"
    shutil.copy(photo, other)
    viewer = open_viewer(photo, model="bicubic")
    qtbot.waitUntil(lambda: other in viewer._preloader._kept, timeout=20_000)
    step(qtbot, viewer, lambda: set_color_space(viewer, "display-p3"))
    assert other not in viewer._preloader._kept
    document = step(qtbot, viewer, viewer.browsing.next)
    assert document.path == other
    assert document.conversion is not None
