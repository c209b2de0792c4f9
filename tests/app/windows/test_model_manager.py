"""The manager's dialog by itself: what it shows of the models, and what it asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTranslator
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.model_facts import FileHash, ModelFacts
from app.windows import theme
from app.windows.evaluation_dialog import EvaluationDialog
from app.windows.model_list import ModelEntry
from app.windows.model_manager import ModelManager
from app.windows.model_name_field import ModelNameField
from liif_core.checkpoint.card import ModelCard
from liif_core.library import CPU, GPU, InstalledModel
from liif_core.models.spec import ModelSpec, PartSpec

SPEC = ModelSpec(PartSpec("light"), PartSpec("heat-field"))
LONG = "a_very_long_name_" * 4 + "end"


def entry(name: str, *, bundled: bool = False, **used: object) -> ModelEntry:
    card = ModelCard(description=f"about {name}", licence="CC0-1.0", psnr={"Set5 x2": 37.5})
    model = InstalledModel(name, Path(f"/models/{name}.safetensors"), SPEC, card, bundled, 1_250_000)
    return ModelEntry(model, **used)  # type: ignore[arg-type]


ENTRIES = [
    entry("fast", bundled=True, in_use=True, default_on=(CPU,)),
    entry("photo", bundled=True),
    entry("mine", chosen=False, default_on=(GPU,)),
    entry(LONG),
]


@pytest.fixture
def manager(qtbot: QtBot) -> ModelManager:
    dialog = ModelManager()
    qtbot.addWidget(dialog)
    dialog.set_entries(ENTRIES, automatic=True)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def spoken(manager: ModelManager) -> list[str]:
    texts = [manager.list.item(row) for row in range(manager.list.count())]
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) or item.text() for item in texts]


def enabled(manager: ModelManager) -> set[str]:
    return {id_ for id_, button in manager.buttons.items() if button.isEnabled()}


def test_models_are_listed_with_what_they_are_used_for(manager):
    assert spoken(manager) == [
        "Bundled",
        "fast, bundled, in use, default on CPU, 1.3 MB",
        "photo, bundled, 1.3 MB",
        "Your own",
        "mine, your own, default on GPU, 1.3 MB",
        f"{LONG}, your own, 1.3 MB",
    ]
    assert manager.automatic.isChecked()
    assert any("2, 2.5 MB on the disk" in label.text() for label in manager.findChildren(QLabel))


def test_the_one_in_use_is_selected_first_and_a_selection_stays(manager, qtbot):
    assert manager.current is not None and manager.current.model.name == "fast"
    manager.list.select("mine")
    manager.set_entries([*ENTRIES, entry("newer")], automatic=False)
    assert manager.current.model.name == "mine" and not manager.automatic.isChecked()
    manager.set_entries(ENTRIES[:2], automatic=False)
    assert manager.current.model.name == "photo"


def test_headings_are_passed_over_by_the_keyboard(manager):
    manager.list.setFocus()
    visited = []
    for _ in range(3):
        QTest.keyClick(manager.list, Qt.Key.Key_Down)
        visited.append(manager.current.model.name)
    assert visited == ["photo", "mine", LONG]


def test_bundled_models_stay_and_what_is_the_case_need_not_be_asked_for(manager):
    assert enabled(manager) == {"use", "default_gpu", "evaluate", "export"}
    assert "Bundled" in manager.buttons["remove"].toolTip()
    manager.list.select("mine")
    assert enabled(manager) == {"use", "default_cpu", "evaluate", "export", "rename", "remove"}
    manager.set_entries([replace(each, chosen=each.model.name == "mine") for each in ENTRIES], automatic=False)
    assert "use" not in enabled(manager)


def test_without_models_nothing_can_be_asked_for_but_an_import(manager):
    manager.set_entries([], automatic=True)
    assert enabled(manager) == set() and manager.current is None
    assert manager.import_button.isEnabled() and not manager.folder_button.isEnabled()


@pytest.mark.parametrize(
    "id_, signal, args",
    [
        ("use", "use_asked", ["mine"]),
        ("default_cpu", "default_asked", ["mine", "cpu"]),
        ("evaluate", "evaluate_asked", ["mine"]),
        ("export", "export_asked", ["mine"]),
        ("rename", "rename_asked", ["mine"]),
        ("remove", "remove_asked", ["mine"]),
    ],
)
def test_buttons_ask_for_the_model_that_is_selected(manager, qtbot, id_, signal, args):
    manager.list.select("mine")
    with qtbot.waitSignal(getattr(manager, signal)) as asked:
        qtbot.mouseClick(manager.buttons[id_], Qt.MouseButton.LeftButton)
    assert asked.args == args


def test_the_card_is_that_of_the_model_selected_whatever_comes_late(manager):
    details = manager.details
    manager.list.select("mine")
    details.set_facts(ModelFacts("fast", ENTRIES[0].model.card, parameters=3))
    details.set_hash(FileHash(Path("/models/fast.safetensors"), "0" * 64, True))
    assert dict(details.information.facts_table.rows)["Model"] == "mine"
    assert details.sha256.text() == "is being computed…"
    details.set_facts(ModelFacts("mine", ENTRIES[2].model.card, {"Set5 x2": 33.0}, "light + heat-field", 479_889))
    details.set_hash(FileHash(Path("/models/mine.safetensors"), "ab" * 32, None))
    rows = dict(details.information.facts_table.rows)
    assert rows["Licence"] == "CC0-1.0" and re.sub(r"\D", "", rows["Parameters"]) == "479889"
    assert details.sha256.text() == "ab" * 32
    details.set_hash(FileHash(Path("/models/mine.safetensors"), "ab" * 32, False))
    assert "not the file that was published" in details.sha256.text()


def test_enter_in_the_list_presses_no_button(manager, qtbot):
    manager.list.setFocus()
    with qtbot.assertNotEmitted(manager.use_asked), qtbot.assertNotEmitted(manager.import_asked):
        QTest.keyClick(manager.list, Qt.Key.Key_Return)
    assert manager.isVisible()


def test_mnemonics_are_unique(manager):
    buttons = [*manager.buttons.values(), manager.import_button, manager.folder_button, manager.automatic]
    letters = [re.findall(r"&(\w)", button.text())[0].lower() for button in buttons]
    assert len(letters) == len(set(letters))


def test_a_long_name_widens_neither_the_list_nor_the_card(manager, qtbot):
    before = manager.width()
    manager.list.select(LONG)
    manager.details.set_facts(ModelFacts(LONG, ENTRIES[3].model.card, {"Set5 x2": 33.0}))
    QApplication.processEvents()
    assert manager.width() == before
    assert manager.details.widget().width() <= manager.details.viewport().width()


@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
def test_names_and_badges_can_be_read_in_both_themes(manager, qapp, name):
    theme.apply(qapp, name)
    QApplication.processEvents()
    picture = manager.list.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    row = manager.list.visualItemRect(manager.list.item(4))
    colors = {picture.pixel(x, y) for x in range(row.left(), row.right()) for y in range(row.top(), row.bottom())}
    background = manager.list.palette().color(QPalette.ColorRole.Base).lightness()
    lightnesses = [(color >> 8) & 0xFF for color in colors]
    assert max(abs(each - background) for each in lightnesses) > 150
    theme.apply(qapp, theme.SYSTEM)


def test_a_name_says_what_is_wrong_while_it_is_typed(qtbot):
    field = ModelNameField()
    qtbot.addWidget(field)
    field.set_name("tiny", taken={"fast", "Mine"})
    assert field.is_free
    for text, free in (("fast", False), ("mine", False), ("a b", False), ("con", False), ("", False), (" ok ", True)):
        field.entry.clear()
        QTest.keyClicks(field.entry, text)
        assert field.is_free is free, text
        assert bool(field.problem.text().strip()) is not free
        assert bool(field.entry.accessibleDescription()) is not free
    assert field.name == "ok"


def test_scales_that_are_none_cannot_be_measured(qtbot):
    dialog = EvaluationDialog("mine")
    qtbot.addWidget(dialog)
    assert not dialog.measure_button.isEnabled()
    dialog.folder.setText("/photos")
    for text, valid in (("2, 3", True), ("2;2.5", True), ("2x3", True), ("1", False), ("two", False), ("", False)):
        dialog.scales.setText(text)
        assert dialog.measure_button.isEnabled() is valid, text


class Emphatic(QTranslator):
    """A language in which every text ends with an exclamation mark."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"{source}!"


def test_an_open_manager_follows_the_language(manager, qapp):
    manager.list.select("mine")
    translator = Emphatic()
    QCoreApplication.installTranslator(translator)
    # Qt tells windows only where the translator has texts of its own.
    QApplication.sendEvent(manager, QEvent(QEvent.Type.LanguageChange))
    texts = [button.text() for button in manager.buttons.values()]
    texts += [manager.windowTitle(), manager.automatic.text(), manager.list.item(0).text()]
    QCoreApplication.removeTranslator(translator)
    QApplication.sendEvent(manager, QEvent(QEvent.Type.LanguageChange))
    assert [text for text in texts if not text.endswith("!")] == []
    assert manager.windowTitle() == "Models" and manager.current.model.name == "mine"


def test_from_right_to_left_names_are_at_the_right(manager, qapp):
    def ink(right: bool) -> int:
        row = manager.list.visualItemRect(manager.list.item(4))
        half = row.width() // 2
        area = row.adjusted(half, 0, 0, 0) if right else row.adjusted(0, 0, -half, 0)
        picture = manager.list.viewport().grab(area).toImage()
        background = picture.pixelColor(0, 0).lightness()
        places = [(x, y) for x in range(picture.width()) for y in range(picture.height() // 2, picture.height())]
        return sum(abs(picture.pixelColor(*place).lightness() - background) > 60 for place in places)

    assert ink(right=False) > 0 and ink(right=True) == 0
    manager.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    assert ink(right=True) > 0 and ink(right=False) == 0
