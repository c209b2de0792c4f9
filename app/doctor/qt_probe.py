"""Qt: whether it starts here, on which platform, and what it knows of screens. For a process of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.doctor.files import appearance
from app.doctor.finding import Finding
from app.qt_platform import fault_of, loading_advice, platforms_of
from liif_core.errors import RequestError

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

TOPIC = "Qt"


def probe() -> list[Finding]:
    """Versions, platform, screens, colours, fonts."""
    try:
        from PySide6.QtGui import QGuiApplication
    except (ImportError, OSError) as exc:
        return [Finding(TOPIC, "version", "none", problem=f"it cannot be loaded: {exc}; {loading_advice(str(exc))}")]
    findings = [_versions()]
    platforms = platforms_of(os.environ)
    if fault := fault_of(platforms):
        return [*findings, Finding(TOPIC, "platform", platforms[0], problem=fault)]
    if platforms and not os.environ.get("QT_QPA_PLATFORM"):
        # Without a display, Qt would end the process.
        os.environ["QT_QPA_PLATFORM"] = ";".join(platforms)
    # Held until all has been asked.
    application = QGuiApplication.instance() or QGuiApplication(["stepless"])
    findings += [*facts(), _colour_profile(), _fonts()]
    del application
    return findings


def facts() -> list[Finding]:
    """What the running application knows; for the GUI thread, which alone may ask for screens; quick."""
    from PySide6.QtCore import QLocale
    from PySide6.QtGui import QGuiApplication

    name = QGuiApplication.platformName()
    scheme = QGuiApplication.styleHints().colorScheme().name.lower()
    screens = [Finding(TOPIC, "screen", screen_text(screen)) for screen in QGuiApplication.screens()]
    return [
        Finding(TOPIC, "platform", name, note="no window can be opened" if name in ("offscreen", "minimal") else ""),
        *screens,
        Finding(TOPIC, "colour scheme", scheme),
        Finding(TOPIC, "languages", ", ".join(QLocale.system().uiLanguages()[:4])),
    ]


def screen_text(screen: QScreen) -> str:
    """Size and density of a screen."""
    size = screen.size()
    return f"screen of {size.width()} x {size.height()} points, {screen.devicePixelRatio():g} pixels a point"


def _versions() -> Finding:
    import PySide6
    from PySide6.QtCore import qVersion

    return Finding(TOPIC, "version", f"Qt {qVersion()}, PySide {PySide6.__version__}")


def _colour_profile() -> Finding:
    """The display's colours as the settings have them, which Qt has to understand."""
    from PySide6.QtGui import QGuiApplication

    from app.display_colours import chosen_display, display_space

    name = appearance().color_space
    try:
        space = display_space(chosen_display(name, QGuiApplication.primaryScreen()))
    except RequestError as exc:
        return Finding(TOPIC, "colour profile", name, problem=f"{exc}; choose another one in the settings")
    described = space.description()
    return Finding(TOPIC, "colour profile", f"{name} ({described})" if described else name)


def _fonts() -> Finding:
    from PySide6.QtGui import QFontDatabase

    families = len(QFontDatabase.families())
    problem = "" if families else "there are no fonts, so no texts are drawn; install some, DejaVu for example"
    return Finding(TOPIC, "fonts", f"{families} families", problem=problem)
