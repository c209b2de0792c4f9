"""Whether the system wants things to move.

Windows and macOS are asked themselves, which takes no time. On Linux the desktop's portal is asked by D-Bus, and
answers later; what it says then, and whenever a person changes it, comes as a signal. Where nobody says anything, the
length of the style's animations does. Qt itself tells of a wish for less motion only from 6.12 on
(`QAccessibilityHints.motionPreference`).
"""

from __future__ import annotations

import ctypes
import logging
import sys
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

logger = logging.getLogger(__name__)

# "Animation effects" in the settings of Windows.
_SPI_GETCLIENTAREAANIMATION = 0x1042

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Settings"
# From (namespace, key) to the value that means less motion: the common wish (1: reduce), and GNOME's own switch.
_REDUCING: dict[tuple[str, str], object] = {
    ("org.freedesktop.appearance", "reduced-motion"): 1,
    ("org.gnome.desktop.interface", "enable-animations"): False,
}
# The first picture comes first.
ASK_AFTER_MS = 300


def system_animates() -> bool:
    """Whether things are to move, as far as that is known at once."""
    if sys.platform == "win32":
        animates = ctypes.c_int(1)
        if ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0):
            return bool(animates.value)
    if QGuiApplication.platformName() == "cocoa":
        try:
            return not mac_reduces(ctypes.CDLL("/usr/lib/libobjc.dylib"))
        except (OSError, AttributeError) as exc:
            logger.info("macOS was not asked whether it reduces motion: %s", exc)
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


def mac_reduces(objc: Any) -> bool:
    """Whether "Reduce motion" is switched on in the settings of macOS.

    Args:
        objc: The library of the Objective-C runtime; AppKit is there since Qt uses it.
    """
    objc.objc_getClass.restype = objc.sel_registerName.restype = ctypes.c_void_p
    objc.objc_msgSend.argtypes = (ctypes.c_void_p, ctypes.c_void_p)

    def send(receiver: int | None, selector: bytes, result: Any) -> Any:
        # It has the type of the method that is called.
        objc.objc_msgSend.restype = result
        return objc.objc_msgSend(receiver, objc.sel_registerName(selector))

    workspace = send(objc.objc_getClass(b"NSWorkspace"), b"sharedWorkspace", ctypes.c_void_p)
    # A message to nobody answers no.
    return bool(send(workspace, b"accessibilityDisplayShouldReduceMotion", ctypes.c_bool))


class SystemMotion(QObject):
    """Knows what the system wants, and tells when that changes; lives on the GUI thread and never waits there.

    Signals:
        changed: `animates` may be another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._portal: PortalMotion | None = None
        # A person comes back from the system's settings.
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self.changed)
        if QGuiApplication.platformName().startswith(("xcb", "wayland")):
            QTimer.singleShot(ASK_AFTER_MS, self, self._ask_portal)

    @property
    def animates(self) -> bool:
        """Whether things are to move."""
        return system_animates() and not (self._portal is not None and self._portal.reduces)

    def _ask_portal(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        self._portal = PortalMotion(QDBusConnection.sessionBus(), self)
        self._portal.changed.connect(self.changed)


class PortalMotion(QObject):
    """What the desktop's portal says, once it has said something.

    Args:
        bus: Of the session; nothing is asked where there is none.
        parent: As for every object.

    Signals:
        changed: `reduces` is another one.
    """

    changed = Signal()

    def __init__(self, bus: QDBusConnection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes: dict[tuple[str, str], bool] = {}
        self._watchers: list[QObject] = []
        if bus.isConnected():
            # PySide6's types say bytes, and its code wants what SLOT gives, a text.
            slot = cast(bytes, SLOT("take(QDBusMessage)"))
            bus.connect(_SERVICE, _PATH, _INTERFACE, "SettingChanged", self, slot)
            for namespace, key in _REDUCING:
                self._ask(bus, namespace, key)

    @property
    def reduces(self) -> bool:
        """Whether it asks for less motion."""
        return any(self._wishes.values())

    def _ask(self, bus: QDBusConnection, namespace: str, key: str) -> None:
        from PySide6.QtDBus import QDBusMessage, QDBusPendingCallWatcher

        question = QDBusMessage.createMethodCall(_SERVICE, _PATH, _INTERFACE, "Read")
        question.setArguments([namespace, key])
        # A desktop without a portal is not made to start one.
        question.setAutoStartService(False)
        watcher = QDBusPendingCallWatcher(bus.asyncCall(question), self)
        watcher.finished.connect(lambda call: self._take_reply(namespace, key, call.reply()))
        self._watchers.append(watcher)

    def _take_reply(self, namespace: str, key: str, reply: Any) -> None:
        values = reply.arguments()
        if reply.type() == reply.MessageType.ReplyMessage and values:
            self._note(namespace, key, values[0])

    @Slot("QDBusMessage")  # its type is not there before it is needed
    def take(self, message: QDBusMessage) -> None:
        """A setting of the desktop has changed."""
        values = message.arguments()
        if len(values) == 3:
            self._note(*values)

    def _note(self, namespace: str, key: str, value: Any) -> None:
        if (namespace, key) not in _REDUCING:
            return
        # Some versions wrap the value twice.
        while hasattr(value, "variant"):
            value = value.variant()
        before = self.reduces
        self._wishes[namespace, key] = value == _REDUCING[namespace, key]
        if self.reduces != before:
            logger.info("the desktop asks for %s motion", "less" if self.reduces else "usual")
            self.changed.emit()
