"""The colour profile that the system has for a screen, asked of X11, Windows or macOS.

None of them is asked through Qt, which paints what it is given: on X11 and Windows by their nature, and on macOS, since
Qt marks its window's pixels as being in the screen's own colours. On Wayland the compositor converts from sRGB by
itself, and no program may know of the screen. Every question is asked on a thread, through a connection of its own.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication, QScreen

logger = logging.getLogger(__name__)

MAX_PROFILE_BYTES = 32_000_000
"""Profiles of screens with large tables have about 2 MB."""

_ANY_TYPE = 0


@dataclass(frozen=True, slots=True)
class ScreenPlace:
    """Which screen, in a form that any thread can ask the system with.

    Attributes:
        platform: Qt's name of the window system.
        index: Of the screen, from 0.
        top: Of the screen in the system's coordinates.
        left: Of the screen in the system's coordinates.
    """

    platform: str
    index: int = 0
    top: int = 0
    left: int = 0

    @staticmethod
    def of(screen: QScreen | None) -> ScreenPlace:
        """The place of a screen, or of the first one; for the GUI thread."""
        screens, platform = QGuiApplication.screens(), QGuiApplication.platformName()
        if screen is None or screen not in screens:
            return ScreenPlace(platform)
        # Only the corner is the same in device-independent and in native pixels.
        corner = screen.geometry().topLeft()
        return ScreenPlace(platform, screens.index(screen), corner.y(), corner.x())


def profile_of(place: ScreenPlace) -> bytes | None:
    """The ICC profile of a screen; None where the system has none, or cannot be asked. Safe on any thread."""
    try:
        if place.platform == "xcb":
            return _x11_profile(place)
        if place.platform == "windows" and sys.platform == "win32":
            return windows_profile(place, ctypes.windll.user32, ctypes.windll.gdi32)
        if place.platform == "cocoa":
            return mac_profile(place, *(_mac_framework(name) for name in ("CoreGraphics", "CoreFoundation")))
    except (OSError, AttributeError, ValueError) as exc:
        logger.info("the system was not asked for the profile of a screen: %s", exc)
    return None


# -- X11: "ICC Profiles in X", a property of the root window for each screen


def atom_of(index: int) -> bytes:
    """The name of the property with the profile of a screen, from 0."""
    return b"_ICC_PROFILE" if index == 0 else b"_ICC_PROFILE_%d" % index


class _Cookie(ctypes.Structure):
    """The number of a request."""

    _fields_ = (("sequence", ctypes.c_uint),)


class _Roots(ctypes.Structure):
    """xcb_screen_iterator_t; a screen begins with its root window."""

    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("left", ctypes.c_int), ("index", ctypes.c_int))


class _Atom(ctypes.Structure):
    """xcb_intern_atom_reply_t."""

    _fields_ = (("header", ctypes.c_uint32 * 2), ("atom", ctypes.c_uint32))


def _x11_profile(place: ScreenPlace) -> bytes | None:
    """Through xcb, where an error is a reply; Xlib would end the program."""
    xcb = ctypes.CDLL("libxcb.so.1")
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_get_setup", pointer, (pointer,)),
        ("xcb_setup_roots_iterator", _Roots, (pointer,)),
        ("xcb_intern_atom", _Cookie, (pointer, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_char_p)),
        ("xcb_intern_atom_reply", ctypes.POINTER(_Atom), (pointer, _Cookie, pointer)),
        ("xcb_get_property", _Cookie, (pointer, ctypes.c_uint8, *(ctypes.c_uint32,) * 5)),
        ("xcb_get_property_reply", pointer, (pointer, _Cookie, pointer)),
        ("xcb_get_property_value", pointer, (pointer,)),
        ("xcb_get_property_value_length", ctypes.c_int, (pointer,)),
        ("xcb_disconnect", None, (pointer,)),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments
    connection = xcb.xcb_connect(None, None)
    try:
        return None if xcb.xcb_connection_has_error(connection) else _root_property(xcb, connection, place)
    finally:
        xcb.xcb_disconnect(connection)


def _root_property(xcb: Any, connection: Any, place: ScreenPlace) -> bytes | None:
    free = ctypes.CDLL(None).free
    free.argtypes = (ctypes.c_void_p,)
    root = xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).data[0]
    name = atom_of(place.index)
    reply = xcb.xcb_intern_atom_reply(connection, xcb.xcb_intern_atom(connection, 1, len(name), name), None)
    if not reply:
        return None
    atom = reply.contents.atom
    free(reply)
    if not atom:
        return None
    # The length is counted in 32-bit words.
    asked = xcb.xcb_get_property(connection, 0, root, atom, _ANY_TYPE, 0, MAX_PROFILE_BYTES // 4)
    answer = xcb.xcb_get_property_reply(connection, asked, None)
    if not answer:
        return None
    try:
        length = xcb.xcb_get_property_value_length(answer)
        return ctypes.string_at(xcb.xcb_get_property_value(answer), length) or None
    finally:
        free(answer)


# -- Windows: a file for each monitor


class _Point(ctypes.Structure):
    """POINT."""

    _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))


class _MonitorInfo(ctypes.Structure):
    """MONITORINFOEXW."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("rectangles", ctypes.c_long * 8),
        ("flags", ctypes.c_uint32),
        ("device", ctypes.c_wchar * 32),
    )


def windows_profile(place: ScreenPlace, user32: Any, gdi32: Any) -> bytes | None:
    """The profile of the monitor at a place.

    Args:
        place: Of the screen.
        user32: The library of that name.
        gdi32: The library of that name.

    Raises:
        OSError: The file cannot be read.
    """
    nearest = 2
    user32.MonitorFromPoint.restype = user32.GetDC.restype = gdi32.CreateDCW.restype = ctypes.c_void_p
    monitor = user32.MonitorFromPoint(_Point(place.left, place.top), nearest)
    info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
    if not user32.GetMonitorInfoW(ctypes.c_void_p(monitor), ctypes.byref(info)):
        return None
    device = gdi32.CreateDCW(ctypes.c_wchar_p("DISPLAY"), ctypes.c_wchar_p(info.device), None, None)
    if not device:
        return None
    try:
        length = ctypes.c_uint32(1024)
        path = ctypes.create_unicode_buffer(length.value)
        if not gdi32.GetICMProfileW(ctypes.c_void_p(device), ctypes.byref(length), path):
            return None
    finally:
        gdi32.DeleteDC(ctypes.c_void_p(device))
    with Path(path.value).open("rb") as file:
        return file.read(MAX_PROFILE_BYTES) or None


# -- macOS: the colour space of a display


class _MacPoint(ctypes.Structure):
    """CGPoint."""

    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


def mac_profile(place: ScreenPlace, graphics: Any, foundation: Any) -> bytes | None:
    """The profile of the display at a place.

    Args:
        place: Of the screen.
        graphics: The framework CoreGraphics.
        foundation: The framework CoreFoundation.
    """
    pointer = ctypes.c_void_p
    for function in (graphics.CGDisplayCopyColorSpace, graphics.CGColorSpaceCopyICCData, foundation.CFDataGetBytePtr):
        function.restype = pointer
    foundation.CFDataGetLength.restype = ctypes.c_long
    display, count = ctypes.c_uint32(), ctypes.c_uint32()
    # Within the display, and not on its border.
    where = _MacPoint(place.left + 1.0, place.top + 1.0)
    failed = graphics.CGGetDisplaysWithPoint(where, ctypes.c_uint32(1), ctypes.byref(display), ctypes.byref(count))
    if failed or not count.value:
        return None
    space = graphics.CGDisplayCopyColorSpace(display)
    if not space:
        return None
    data = graphics.CGColorSpaceCopyICCData(pointer(space))
    foundation.CFRelease(pointer(space))
    if not data:
        return None
    try:
        length = foundation.CFDataGetLength(pointer(data))
        return ctypes.string_at(foundation.CFDataGetBytePtr(pointer(data)), length) or None
    finally:
        foundation.CFRelease(pointer(data))


def _mac_framework(name: str) -> Any:
    return ctypes.CDLL(f"/System/Library/Frameworks/{name}.framework/{name}")
