"""What the system says about motion: at once, or when its portal answers and whenever a person changes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import system_motion
from app.system_motion import PortalMotion, SystemMotion, mac_reduces, system_animates
from tests.app.test_display_profile import Library

if sys.platform != "linux":
    pytest.skip("desktops with a portal are Linux's", allow_module_level=True)
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant

COMMON = ("org.freedesktop.appearance", "reduced-motion")
GNOME = ("org.gnome.desktop.interface", "enable-animations")
PATH = "/org/freedesktop/portal/desktop"


_named: Any = ClassInfo  # PySide6's types know no decorator in it


@_named({"D-Bus Interface": "org.freedesktop.portal.Settings"})
class Portal(QObject):
    """Stands in for the desktop's; what it is not given it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], object] = {}
        self.asked: list[tuple[str, str]] = []

    @Slot(str, str, result="QDBusVariant")
    def Read(self, namespace: str, key: str) -> QDBusVariant:
        self.asked.append((namespace, key))
        return QDBusVariant(self.values.get((namespace, key), "unknown"))


class Desktop:
    """A session bus with a portal on it."""

    def __init__(self, address: str) -> None:
        self.bus = QDBusConnection.connectToBus(address, "desktop")
        self.portal = Portal()
        assert self.bus.registerService("org.freedesktop.portal.Desktop")
        assert self.bus.registerObject(PATH, self.portal, QDBusConnection.RegisterOption.ExportAllSlots)

    def set(self, setting: tuple[str, str], value: object) -> None:
        """A person changes a setting."""
        self.portal.values[setting] = value
        told = QDBusMessage.createSignal(PATH, "org.freedesktop.portal.Settings", "SettingChanged")
        told.setArguments([*setting, QDBusVariant(value)])
        assert self.bus.send(told)


@pytest.fixture
def address() -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("there is no D-Bus")
    daemon = subprocess.Popen(
        [program, "--session", "--print-address", "--nofork"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    with daemon.stdout:
        found = daemon.stdout.readline().strip()
    if not found:
        daemon.wait()
        pytest.skip("D-Bus did not start")
    yield found
    for name in ("desktop", "person"):
        QDBusConnection.disconnectFromBus(name)
    daemon.terminate()
    daemon.wait()


@pytest.fixture
def desktop(qapp: QApplication, address: str) -> Desktop:
    return Desktop(address)


def asking(desktop: Desktop, address: str, qtbot: QtBot) -> PortalMotion:
    motion = PortalMotion(QDBusConnection.connectToBus(address, "person"))
    qtbot.waitUntil(lambda: len(desktop.portal.asked) == 2, timeout=5000)
    qtbot.wait(20)
    return motion


@pytest.mark.parametrize(
    ("values", "reduces"),
    [
        ({}, False),
        ({COMMON: 0, GNOME: True}, False),
        ({COMMON: 1}, True),
        ({GNOME: False}, True),
        ({COMMON: 0, GNOME: False}, True),
        ({GNOME: QDBusVariant(False)}, True),
    ],
)
def test_the_portal_is_asked(
    qtbot: QtBot, desktop: Desktop, address: str, values: dict[tuple[str, str], object], reduces: bool
) -> None:
    desktop.portal.values = values
    motion = asking(desktop, address, qtbot)
    qtbot.waitUntil(lambda: motion.reduces == reduces, timeout=5000)


def test_a_change_of_the_desktops_settings_is_told(qtbot: QtBot, desktop: Desktop, address: str) -> None:
    motion = asking(desktop, address, qtbot)
    with qtbot.waitSignal(motion.changed, timeout=5000):
        desktop.set(GNOME, False)
    assert motion.reduces
    with qtbot.waitSignal(motion.changed, timeout=5000):
        desktop.set(GNOME, True)
    assert not motion.reduces
    with qtbot.assertNotEmitted(motion.changed, wait=100):
        desktop.set(("org.gnome.desktop.interface", "color-scheme"), "dark")


def test_a_desktop_without_a_portal_or_a_bus_says_nothing(qtbot: QtBot, address: str) -> None:
    silent = PortalMotion(QDBusConnection.connectToBus(address, "person"))
    qtbot.wait(50)
    assert not silent.reduces
    assert not PortalMotion(QDBusConnection("nowhere")).reduces


def test_nothing_is_asked_where_there_is_no_desktop(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_motion, "ASK_AFTER_MS", 0)
    motion = SystemMotion()
    qtbot.wait(20)
    assert motion._portal is None
    assert motion.animates == system_animates()


def test_the_portal_outweighs_the_style(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_motion, "system_animates", lambda: True)
    motion = SystemMotion()
    assert motion.animates
    motion._portal = PortalMotion(QDBusConnection("nowhere"))
    motion._portal._note(*COMMON, 1)
    assert not motion.animates


@pytest.mark.parametrize("reduces", [True, False])
def test_macos_is_asked_itself(reduces: bool) -> None:
    names = {b"NSWorkspace": 1, b"sharedWorkspace": 2, b"accessibilityDisplayShouldReduceMotion": 3}
    answers: dict[tuple[Any, Any], Any] = {(1, 2): 4, (4, 3): reduces}
    objc = Library(
        objc_getClass=names.__getitem__,
        sel_registerName=names.__getitem__,
        objc_msgSend=lambda receiver, selector: answers[receiver, selector],
    )
    assert mac_reduces(objc) == reduces
