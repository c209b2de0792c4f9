"""Dark and light, and icons in their colours."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPalette, QTransform
from PySide6.QtWidgets import QApplication, QCheckBox, QMainWindow, QRadioButton

from app.windows import theme
from app.windows.action_table import ACTIONS
from app.windows.actions import Actions
from app.windows.icons import application_icon, draw, icon

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
Role = QPalette.ColorRole


@pytest.fixture
def app(application_as_found: QApplication) -> QApplication:
    return application_as_found


@pytest.fixture
def right_to_left(app: QApplication) -> Iterator[None]:
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.1 has it."""
    channels = [channel / 255 for channel in bytes.fromhex(color.removeprefix("#"))]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
def test_texts_can_be_read_on_everything_they_stand_on(name):
    colors = theme.COLORS[name]
    for behind in (colors.window, colors.base, colors.alternate, colors.button):
        for text in (colors.text, colors.faint, colors.warning):
            assert contrast(text, behind) >= TEXT_CONTRAST, (text, behind)
    assert contrast(colors.on_accent, colors.accent) >= TEXT_CONTRAST


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
def test_focus_and_switched_on_icons_stand_out(name):
    colors = theme.COLORS[name]
    for behind in (colors.window, colors.base, colors.button):
        assert contrast(colors.accent, behind) >= GRAPHIC_CONTRAST
    # A toolbar's button that is on.
    assert contrast(colors.accent, colors.edge) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
def test_greys_have_no_tint(name):
    colors = asdict(theme.COLORS[name])
    for role in ("window", "base", "alternate", "button", "text", "faint", "disabled", "edge", "frame"):
        red, green, blue = bytes.fromhex(colors[role].removeprefix("#"))
        assert red == green == blue, role


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_what_is_not_ticked_can_be_seen(app, qtbot, kind, name):
    theme.apply(app, name)
    button = kind()
    qtbot.addWidget(button)
    button.show()
    picture = button.grab().toImage()
    drawn = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert max(contrast(color, theme.COLORS[name].window) for color in drawn) >= GRAPHIC_CONTRAST


def test_a_theme_gives_all_windows_its_colours(app):
    theme.apply(app, theme.DARK)
    assert app.palette().color(Role.Window) == QColor("#202020")
    assert theme.colors() is theme.COLORS[theme.DARK]
    theme.apply(app, theme.LIGHT)
    assert app.palette().color(Role.Window) == QColor("#e6e6e6")
    assert theme.colors() is theme.COLORS[theme.LIGHT]


def test_the_base_is_the_style_that_follows_a_palette(app):
    theme.apply(app, theme.DARK)
    theme.apply(app, theme.LIGHT)
    # It wraps the style.
    app.setStyleSheet("")
    assert app.style().name() == "fusion"


@pytest.mark.parametrize("scheme, name", [(Qt.ColorScheme.Dark, theme.DARK), (Qt.ColorScheme.Light, theme.LIGHT)])
def test_system_follows_the_system_and_the_others_do_not(app, monkeypatch, scheme, name):
    theme.apply(app, theme.SYSTEM)
    follower = app.findChild(theme._Follower)
    monkeypatch.setattr(theme, "_system_theme", lambda _app: name)
    app.styleHints().colorSchemeChanged.emit(scheme)
    assert theme.colors() is theme.COLORS[name]
    other = theme.LIGHT if name == theme.DARK else theme.DARK
    theme.apply(app, other)
    app.styleHints().colorSchemeChanged.emit(scheme)
    assert theme.colors() is theme.COLORS[other]
    assert app.findChildren(theme._Follower) == [follower]


def test_an_unknown_theme_is_refused(app):
    with pytest.raises(KeyError):
        theme.apply(app, "sepia")


# Windows that only the collector would find, between widgets that let it begin.
_CHANGE_WITH_GARBAGE = """
import gc
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from app.windows import theme

class Collecting(QWidget):
    def changeEvent(self, event):
        super().changeEvent(event)
        if gc.isenabled():
            gc.collect()

app = QApplication([])
theme.apply(app, "dark")
gc.disable()
first = Collecting()
first.show()
for _ in range(20):
    window = QMainWindow()
    window.setCentralWidget(QLabel("left"))
    window.itself = window
    window.show()
last = Collecting()
last.show()
app.processEvents()
gc.set_threshold(1_000_000)
gc.enable()
theme.apply(app, "light")
app.styleHints().colorSchemeChanged.emit(app.styleHints().colorScheme())
assert gc.isenabled()
assert theme.colors() is theme.COLORS["light"]
"""


def test_a_change_of_the_theme_survives_windows_that_only_the_collector_finds():
    done = subprocess.run([sys.executable, "-c", _CHANGE_WITH_GARBAGE], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_a_theme_that_is_refused_leaves_the_collector_on(app):
    with pytest.raises(KeyError):
        theme.apply(app, "sepia")
    assert gc.isenabled()


def pixels(image: QImage) -> list[QColor]:
    return [image.pixelColor(x, y) for y in range(image.height()) for x in range(image.width())]


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
def test_every_icon_is_drawn_in_the_themes_colour_at_any_ratio(app, name, ratio):
    theme.apply(app, name)
    for spec in ACTIONS:
        drawn = draw(spec.id, 16, QColor(theme.colors().text), ratio=ratio).toImage()
        assert drawn.width() == 16 * ratio
        assert sum(color.alpha() > 100 for color in pixels(drawn)) >= 8 * ratio, spec.id
        opaque = {color.name() for color in pixels(drawn) if color.alpha() == 255}
        assert opaque <= {theme.colors().text}, spec.id
        # Not cut off: nothing opaque at the rim.
        rim = [drawn.pixelColor(x, y).alpha() for x in range(drawn.width()) for y in (0, drawn.height() - 1)]
        assert max(rim) < 200, spec.id


def test_icons_are_as_sharp_as_the_screens(app, monkeypatch):
    class Screen:
        def devicePixelRatio(self):
            return 1.5

    monkeypatch.setattr(QGuiApplication, "screens", lambda: [Screen()])
    made = icon("open")
    for size_px in (16, 24):
        assert made.pixmap(QSize(size_px, size_px), 1.5).size() == QSize(size_px, size_px) * 1.5


def test_what_is_off_and_what_is_on_look_different(app):
    theme.apply(app, theme.DARK)
    made = icon("compare")
    size = QSize(24, 24)
    normal = made.pixmap(size, 1.0, QIcon.Mode.Normal, QIcon.State.Off).toImage()
    on = made.pixmap(size, 1.0, QIcon.Mode.Normal, QIcon.State.On).toImage()
    disabled = made.pixmap(size, 1.0, QIcon.Mode.Disabled, QIcon.State.Off).toImage()
    assert normal != on and normal != disabled and on != disabled


def test_arrows_that_mean_next_follow_the_direction_of_reading(app, request):
    black = QColor("black")
    usual = {name: draw(name, 24, black).toImage() for name in ("next", "pan_right")}
    request.getfixturevalue("right_to_left")
    assert draw("next", 24, black).toImage() == usual["next"].transformed(QTransform.fromScale(-1, 1))
    assert draw("next", 24, black).toImage() != usual["next"]
    assert draw("pan_right", 24, black).toImage() == usual["pan_right"]


def test_icons_of_actions_follow_the_theme(app, qtbot):
    theme.apply(app, theme.LIGHT)
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    before = actions["open"].icon().pixmap(QSize(24, 24), 1.0).toImage()
    theme.apply(app, theme.DARK)
    QApplication.sendPostedEvents()
    assert actions["open"].icon().pixmap(QSize(24, 24), 1.0).toImage() != before


def test_the_program_has_an_icon_of_every_size():
    made = application_icon()
    for side in (16, 32, 64, 256):
        assert made.actualSize(QSize(side, side)) == QSize(side, side)


def test_an_icon_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        icon("unicorn")
