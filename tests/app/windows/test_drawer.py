from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QMainWindow, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.histogram import Histogram
from app.model_facts import ModelFacts, facts_of_model
from app.photo_facts import PhotoFacts, Shot
from app.windows.drawer import Drawer
from app.windows.fact_table import FactTable
from app.windows.histogram_view import HistogramView
from app.windows.photo_information import PhotoInformation, exposure_time
from app.windows.pixel_information import PixelInformation, PixelReading
from liif_core.checkpoint.card import ModelCard
from liif_core.library import installed_models

FACTS = PhotoFacts(
    path=Path("/photos/photo.jpg"),
    file_bytes=1_500_000,
    width=6000,
    height=4000,
    bits=8,
    is_float=False,
    has_alpha=False,
    profile="Display P3",
    shot=Shot(camera="Canon EOS R5", exposure_s=1 / 250, aperture=5.6, iso=400, bias_ev=-2 / 3, focal_mm=70),
)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def drawer(window: QMainWindow) -> Drawer:
    return Drawer(window)


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_the_drawer_is_closed_at_first_and_has_an_action_to_open_it(drawer):
    assert drawer.isHidden() and not drawer.toggleViewAction().isChecked()


def test_the_photo_is_told_and_forgotten(drawer):
    drawer.set_photo(FACTS)
    texts = _texts(drawer)
    assert {"photo.jpg", "Display P3", "Canon EOS R5", "8 bits per channel", "70 mm"} <= set(texts)
    assert "1/250 s   f/5.6   ISO 400   -0.67 EV" in texts
    assert any("6000 × 4000" in text and "24" in text for text in texts)

    drawer.set_photo(None)
    assert drawer.findChild(PhotoInformation).rows == []


def test_what_a_photo_does_not_tell_takes_no_line(qtbot):
    information = PhotoInformation()
    qtbot.addWidget(information)
    information.set_facts(FACTS)
    titles = [title for title, _ in information.rows]
    assert "Lens" not in titles and "Taken" not in titles and "Camera" in titles


@pytest.mark.parametrize(("side", "text"), [(64, "64 × 64"), (400, "400 × 400 (0.2 megapixels)")])
def test_of_an_icon_no_megapixels_are_told(qtbot, side, text):
    information = PhotoInformation()
    qtbot.addWidget(information)
    information.set_facts(PhotoFacts(Path("x"), None, side, side, 8, False, False, "", Shot()))
    assert ("Pixels", text) in information.rows


def test_the_time_is_shown_as_the_camera_said(qtbot):
    information = PhotoInformation()
    qtbot.addWidget(information)
    shot = Shot(taken=datetime.datetime(2024, 5, 3, 14, 2, 1))
    information.set_facts(PhotoFacts(Path("x"), None, 1, 1, 16, False, True, "", shot))
    rows = dict(information.rows)
    assert "2024" in rows["Taken"] or "24" in rows["Taken"]
    assert rows["Depth"] == "16 bits per channel, with transparency"
    assert rows["Colours"] == "sRGB (no profile in the file)"


@pytest.mark.parametrize("seconds, text", [(1 / 8000, "1/8000 s"), (0.2, "1/5 s"), (2.5, "2.5 s"), (30, "30 s")])
def test_exposure_times_are_written_as_on_a_camera(seconds, text):
    assert exposure_time(seconds) == text


def test_a_model_is_told_with_its_gain_over_bicubic(drawer):
    card = ModelCard(description="A model.", licence="MIT", iterations=5, hours=2, psnr={"Set5 x2": 37.6, "Own x9": 20})
    drawer.set_model(ModelFacts("own", card, {"Set5 x2": 33.67}))
    texts = _texts(drawer)
    assert {"own", "A model.", "MIT", "Set5 × 2", "37.60", "33.67", "+3.93", "Own × 9", "20.00"} <= set(texts)


def test_another_model_replaces_the_table_of_the_one_before(drawer):
    drawer.set_model(ModelFacts("first", ModelCard(psnr={"Set5 x2": 37.6})))
    drawer.set_model(ModelFacts("second", ModelCard(psnr={"Set14 x2": 33})))
    drawer.set_model(None)
    shown = [label.text() for label in drawer.findChildren(QLabel) if not label.isHidden()]
    assert "None: conventional enlargement" in shown
    assert not {"first", "second"} & {value for table in drawer.findChildren(FactTable) for _, value in table.rows}


def test_a_bundled_model_brings_its_figures():
    facts = facts_of_model(installed_models()[0])
    assert facts.card.psnr and set(facts.card.psnr) <= set(facts.bicubic)


def test_a_pixel_is_told_as_in_the_file_and_on_screen(qtbot):
    information = PixelInformation()
    qtbot.addWidget(information)
    information.set_reading(PixelReading(3, 7, (65535, 0, 32768), 16, (255, 1, 128)))
    assert [label.text() for label in information.values] == ["x 3, y 7", "65535  0  32768", "255  1  128"]
    shown = [swatch.color and swatch.color.rgb() for swatch in information.swatches]
    assert shown == [QColor(255, 0, 128).rgb(), QColor(255, 1, 128).rgb()]

    information.set_reading(None)
    assert [label.text() for label in information.values] == ["–", "–", "–"]
    assert information.swatches[0].color is None is information.swatches[1].color


def test_values_of_floats_beyond_white_and_transparent_ones_are_shown(qtbot):
    information = PixelInformation()
    qtbot.addWidget(information)
    information.set_reading(PixelReading(0, 0, (2.0, -0.5, 0.25, 1.0), 32))
    assert information.values[1].text() == "2.0000  -0.5000  0.2500  1.0000"
    shown = information.swatches[0].color
    assert shown is not None and shown.toRgb().rgba() == 0xFFFF0040
    assert information.values[2].text() == "–"


def test_a_histogram_is_drawn_with_dark_at_the_left(qtbot):
    view = HistogramView()
    qtbot.addWidget(view)
    view.resize(256, 110)
    empty = view.grab().toImage()
    dark = np.zeros(256, np.int64)
    dark[:64] = 100
    view.set_histogram(Histogram(np.stack([dark] * 3), dark))
    drawn = view.grab().toImage()

    changed = [any(drawn.pixel(x, y) != empty.pixel(x, y) for y in range(100)) for x in (10, 50, 80, 200)]
    assert changed == [True, True, False, False]
    assert "25.0" not in view.toolTip() and "1.6 % black" in view.toolTip()


def test_an_empty_histogram_is_no_error(qtbot):
    view = HistogramView()
    qtbot.addWidget(view)
    nothing = np.zeros(256, np.int64)
    view.set_histogram(Histogram(np.stack([nothing] * 3), nothing))
    view.grab()
    assert view.toolTip() == ""


def test_the_drawer_is_closed_by_its_button_which_has_a_name(qtbot: QtBot, window: QMainWindow, drawer: Drawer) -> None:
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, drawer)
    drawer.show()
    window.show()
    (button,) = drawer.titleBarWidget().findChildren(QToolButton)
    assert button.accessibleName() == button.toolTip() == "Close the drawer"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert drawer.isHidden()


def test_values_stay_beside_their_titles_from_right_to_left(qtbot: QtBot) -> None:
    table = FactTable()
    qtbot.addWidget(table)
    table.resize(400, 60)
    table.set_rows([("File", "photo.jpg")])
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    title, value = table.findChildren(QLabel)
    assert value.alignment() & Qt.AlignmentFlag.AlignRight
    assert value.alignment() & Qt.AlignmentFlag.AlignAbsolute
    table.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    title, value = table.findChildren(QLabel)
    assert value.alignment() & Qt.AlignmentFlag.AlignLeft
    assert title.text() == "File"
