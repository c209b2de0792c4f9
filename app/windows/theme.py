"""Dark and light: neutral greys without a tint, so that the photo's colours are judged against none, and one accent."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from liif_core.paths import resource_path

SYSTEM = "system"
DARK = "dark"
LIGHT = "light"

# There the system's own style is what people know; elsewhere Qt's own is the one that follows a palette everywhere.
_NATIVE_PLATFORMS = frozenset({"windows", "cocoa"})
_TICKED = ("QCheckBox", "QRadioButton")
# By how much the window is to be lighter than the frames that Qt's own style draws for it.
_OF_FRAME_PERCENT = 130
_SCHEMES = {SYSTEM: Qt.ColorScheme.Unknown, DARK: Qt.ColorScheme.Dark, LIGHT: Qt.ColorScheme.Light}


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one theme, as "#rrggbb".

    Attributes:
        window: Behind everything, the photo among it.
        base: Of lists and fields.
        alternate: Of every second row.
        button: Of buttons, tooltips and menus.
        text: On all of these.
        faint: Text that only explains, on all of these.
        disabled: Text of what cannot be used now.
        accent: Selection, focus and what is switched on.
        on_accent: Text on the accent.
        edge: Lines between parts.
        frame: Of boxes and circles to tick, on all of these.
        warning: Text that tells of something to correct.
    """

    window: str
    base: str
    alternate: str
    button: str
    text: str
    faint: str
    disabled: str
    accent: str
    on_accent: str
    edge: str
    frame: str
    warning: str


COLORS = {
    DARK: Colors(
        window="#202020",
        base="#2a2a2a",
        alternate="#303030",
        button="#343434",
        text="#e8e8e8",
        faint="#b0b0b0",
        disabled="#7c7c7c",
        accent="#5aa2e8",
        on_accent="#0c0c0c",
        edge="#484848",
        frame="#949494",
        warning="#ff9d80",
    ),
    LIGHT: Colors(
        window="#e6e6e6",
        base="#fafafa",
        alternate="#f0f0f0",
        button="#f2f2f2",
        text="#1a1a1a",
        faint="#545454",
        disabled="#8c8c8c",
        accent="#1f66b0",
        on_accent="#ffffff",
        edge="#c0c0c0",
        frame="#757575",
        warning="#a52c0a",
    ),
}


@contextmanager
def without_collection() -> Iterator[None]:
    """Nothing is destroyed by Python's collector meanwhile, on no thread: for changes of the style of all widgets.

    Qt makes a list of the widgets and calls each one's handlers. The collector may begin in any handler that is
    written in Python, and a window without a parent that it finds in a cycle goes at once, with all that is in it: Qt
    then goes on with widgets that are no more, and the program ends there. What is found later is as good.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def apply(app: QApplication, theme: str) -> None:
    """Give the program a theme, now and, for "system", whenever the system changes its own.

    Args:
        app: The application.
        theme: "system", "dark" or "light".

    Raises:
        KeyError: There is no such theme.
    """
    scheme = _SCHEMES[theme]
    with without_collection():
        follower = app.findChild(_Follower)
        if follower is None:
            follower = _Follower(app)
            if QGuiApplication.platformName() not in _NATIVE_PLATFORMS:
                app.setStyle("Fusion")
        follower.is_following = theme == SYSTEM
        app.styleHints().setColorScheme(scheme)
        _show(app, _system_theme(app) if theme == SYSTEM else theme)


def colors() -> Colors:
    """The colours of the theme on screen, for what no palette has a role for."""
    return COLORS[DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT]


def palette_of(wanted: Colors) -> QPalette:
    """Colours as Qt's roles."""
    role = QPalette.ColorRole
    palette = QPalette(QColor(wanted.button), QColor(wanted.window))
    for roles, color in (
        ((role.Window,), wanted.window),
        ((role.Base,), wanted.base),
        ((role.AlternateBase,), wanted.alternate),
        ((role.Button, role.ToolTipBase), wanted.button),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), wanted.text),
        ((role.PlaceholderText,), wanted.faint),
        ((role.Highlight, role.Accent, role.Link, role.LinkVisited), wanted.accent),
        ((role.HighlightedText,), wanted.on_accent),
        ((role.Mid,), wanted.edge),
    ):
        for each in roles:
            palette.setColor(each, QColor(color))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(wanted.disabled))
    for each in (role.Highlight, role.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(wanted.edge))
    return palette


def _palette_of_ticked(wanted: Colors) -> QPalette:
    """For boxes and circles to tick, which Qt's own style frames in a shade of the window that is not seen on it."""
    palette, group = palette_of(wanted), QPalette.ColorGroup
    for each, frame in ((group.Active, wanted.frame), (group.Inactive, wanted.frame), (group.Disabled, wanted.edge)):
        palette.setColor(each, QPalette.ColorRole.Window, QColor(frame).lighter(_OF_FRAME_PERCENT))
    return palette


class _Follower(QObject):
    """Hears of the system's changes; one, owned by the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.is_following = False
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def _follow(self) -> None:
        if self.is_following:
            _show(self._app, _system_theme(self._app))


def _system_theme(app: QApplication) -> str:
    """What the system wants; light where it says nothing, as Qt itself."""
    return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _show(app: QApplication, theme: str) -> None:
    sheet = resource_path("styles", "stepless.qss").read_text(encoding="utf-8")
    with without_collection():
        app.setPalette(palette_of(COLORS[theme]))
        if QGuiApplication.platformName() not in _NATIVE_PLATFORMS:
            for name in _TICKED:
                # PySide6 declares bytes, and takes none.
                app.setPalette(_palette_of_ticked(COLORS[theme]), name)  # type: ignore[arg-type]
        # It names roles of the palette, which Qt looks up when the sheet is set.
        app.setStyleSheet(sheet)
