from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QTabWidget
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.settings_values import MeasuredDefault
from app.windows.settings_dialog import SettingsDialog
from app.windows.settings_fields import MB
from app.windows.settings_page import SettingsPage
from liif_core.memory import Budgets
from liif_core.view.fit import FitMode

AUTOMATIC = Budgets(tile_bytes=100 * MB, feature_bytes=200 * MB, photo_bytes=300 * MB)


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def dialog(settings: Settings, qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog(settings, automatic=AUTOMATIC)
    qtbot.addWidget(dialog)
    return dialog


def _field(dialog: SettingsDialog, key: str) -> Any:
    (field,) = (page.fields[key] for page in dialog.pages if key in page.fields)
    return field


def _choose(dialog: SettingsDialog, key: str, text: str) -> None:
    box = _field(dialog, key).box
    index = box.findText(text)
    assert index >= 0, f"{text} is not offered"
    box.setCurrentIndex(index)
    box.activated.emit(index)


@pytest.mark.parametrize(
    "key, text, value",
    [
        ("appearance.theme", "Dark", "dark"),
        ("appearance.language", "简体中文", "zh_CN"),
        ("view.fit_mode", "Its width", FitMode.WIDTH),
        ("appearance.smooth_motion", "Off", "off"),
        ("model.device", "Processor (CPU)", "cpu"),
        ("model.precision", "16 bits (bfloat16)", "bf16"),
        ("appearance.color_space", "Display P3", "display-p3"),
    ],
)
def test_a_choice_applies_at_once(dialog, settings, qtbot, key, text, value):
    with qtbot.waitSignal(settings.changed) as changed:
        _choose(dialog, key, text)
    table, name = key.split(".")
    assert changed.args == [key] and getattr(getattr(settings, table), name) == value


@pytest.mark.parametrize("key", ["view.inertia", "window.reopen_last"])
def test_a_switch_applies_at_once(dialog, settings, qtbot, key):
    table, name = key.split(".")
    before = getattr(getattr(settings, table), name)
    _field(dialog, key).box.click()
    assert getattr(getattr(settings, table), name) is not before


def test_a_change_from_elsewhere_is_shown(dialog, settings):
    settings.set(replace(settings.appearance, theme="light"))
    assert _field(dialog, "appearance.theme").box.currentText() == "Light"


def test_restoring_gives_one_page_its_defaults_and_leaves_the_others(dialog, settings):
    settings.set(replace(settings.appearance, theme="light", color_space="adobe-rgb"))
    settings.set(replace(settings.view, fit_mode=FitMode.FILL))
    dialog.pages[0].restore_button.click()

    assert settings.appearance.theme == "system" and settings.view.fit_mode is FitMode.WINDOW
    assert settings.appearance.color_space == "adobe-rgb"


def test_a_budget_is_automatic_until_someone_wants_another(dialog, settings):
    field = _field(dialog, "memory.photo_bytes")
    assert field.automatic.isChecked() and "300 MB" in field.automatic.text()
    assert not field.megabytes.isEnabled() and field.megabytes.value() == 300

    field.automatic.click()
    assert settings.memory.photo_bytes == 300 * MB and field.megabytes.isEnabled()
    field.megabytes.setValue(512)
    assert settings.memory.photo_bytes == 512 * MB
    field.automatic.click()
    assert settings.memory.photo_bytes is None and field.megabytes.value() == 300


def test_the_profile_of_a_display_is_chosen_by_file(dialog, settings, monkeypatch, tmp_path):
    profile = tmp_path / "my display.icc"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(profile), ""))
    _choose(dialog, "appearance.color_space", "ICC profile from a file…")
    assert settings.appearance.color_space == str(profile)
    assert _field(dialog, "appearance.color_space").box.currentText() == "my display.icc"

    _choose(dialog, "appearance.color_space", "sRGB")
    assert _field(dialog, "appearance.color_space").box.findText("my display.icc") == -1


def test_no_file_chosen_changes_nothing(dialog, settings, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    _choose(dialog, "appearance.color_space", "ICC profile from a file…")
    assert settings.appearance.color_space == "auto"
    assert _field(dialog, "appearance.color_space").box.currentText() == "Automatic"


def test_the_devices_of_the_machine_are_offered_and_the_chosen_one_stays(dialog, settings):
    settings.set(replace(settings.model, device="cuda:1"))
    dialog.set_devices([("auto", "Automatic"), ("cuda:0", "First"), ("cuda:1", "Second")])
    box = _field(dialog, "model.device").box
    assert [box.itemText(index) for index in range(box.count())] == ["Automatic", "First", "Second"]
    assert box.currentText() == "Second"


def test_a_device_that_is_gone_is_still_shown_as_the_one_chosen(dialog, settings):
    settings.set(replace(settings.model, device="cuda:1"))
    dialog.set_devices([("auto", "Automatic"), ("cpu", "Processor")])
    assert _field(dialog, "model.device").box.currentText() == "cuda:1"
    assert settings.model.device == "cuda:1"


def test_measuring_and_shortcuts_are_asked_for(dialog, qtbot):
    with qtbot.waitSignal(dialog.measure_asked):
        qtbot.mouseClick(dialog.pages[1].measure_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(dialog.shortcuts_asked):
        qtbot.mouseClick(dialog.pages[4].edit_button, Qt.MouseButton.LeftButton)


def test_what_was_measured_is_told(dialog, settings):
    settings.set(replace(settings.model, measured=MeasuredDefault("cuda:0", "bf16", "this machine")))
    assert any("quickest: cuda:0." in label.text() for label in dialog.findChildren(QLabel))


def test_restoring_shortcuts_forgets_the_users_own(dialog, settings):
    settings.set(replace(settings.keyboard, shortcuts={"open": ("Ctrl+P",)}))
    assert any(label.text().endswith(": 1") for label in dialog.pages[4].findChildren(QLabel))
    dialog.pages[4].restore_button.click()
    assert dict(settings.keyboard.shortcuts) == {}


def test_large_letters_are_not_cut_off_and_the_buttons_stay_on_small_screens(dialog):
    font = dialog.font()
    font.setPointSize(18)
    dialog.setFont(font)
    dialog.resize(480, 360)
    dialog.show()
    [tabs] = dialog.findChildren(QTabWidget)
    for index, page in enumerate(dialog.pages):
        tabs.setCurrentIndex(index)
        QApplication.processEvents()
        assert (dialog.width(), dialog.height()) == (480, 360)
        for label in page.findChildren(QLabel):
            assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_every_setting_has_a_name_and_a_sentence(dialog):
    for page in dialog.pages:
        assert isinstance(page, SettingsPage) and set(page.texts()) == set(page.fields)
        for text in page.texts().values():
            assert text.name and text.sentence.endswith(".")


def test_mnemonics_are_unique_within_a_page(dialog):
    for page in dialog.pages:
        names = [text.name for text in page.texts().values()] + [page.restore_button.text()]
        letters = [name[name.index("&") + 1].lower() for name in names]
        assert len(letters) == len(set(letters)), names
