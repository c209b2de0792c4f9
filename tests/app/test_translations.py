from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QPushButton, QToolButton

import app
from app.model_facts import ModelFacts
from app.settings import Settings
from app.settings_values import Language
from app.translations import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, install, system_language
from app.viewer.overlays import split_line
from app.windows.drawer import Drawer
from app.windows.model_information import ModelInformation
from app.windows.settings_dialog import SettingsDialog
from app.windows.sharpness_ring import SharpnessRing
from app.windows.start_page import StartPage
from app.windows.status_bar import PhotoStatusBar
from app.workers.model_slot import ModelChoice, ModelSlot
from liif_core.checkpoint.card import ModelCard
from liif_core.errors import OutOfMemory
from liif_core.memory import budgets
from liif_core.paths import resource_path
from tests.app.conftest import OpenViewer

CATALOGUES = sorted(resource_path("translations").glob("stepless_*.ts"))
CODE = Path(app.__file__).parent
_PLACEHOLDER = re.compile(r"\{[^}]*\}|%\d+|%n")
_MNEMONIC = re.compile(r"&(\w)")


@pytest.fixture
def english_afterwards(qapp: QApplication) -> Iterator[QApplication]:
    before = QLocale()
    yield qapp
    install(qapp, ENGLISH)
    QLocale.setDefault(before)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts_of(tree: ast.AST, context: str = "") -> Iterator[tuple[str, str]]:
    """Context and source text of all that is to be translated."""
    for node in ast.iter_child_nodes(tree):
        inner = node.name if isinstance(node, ast.ClassDef) else context
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [_constant(argument) for argument in node.args]
            if name == "tr" and texts and texts[0] is not None:
                yield context, texts[0]
            elif name in ("translate", "QT_TRANSLATE_NOOP") and len(texts) >= 2 and texts[0] and texts[1]:
                yield texts[0], texts[1]
        yield from _texts_of(node, inner)


def _in_the_code() -> set[tuple[str, str]]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py"))
    return {text for tree in trees for text in _texts_of(tree)}


def _in_the_catalogue(path: Path) -> dict[tuple[str, str], ElementTree.Element]:
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message
        for context in ElementTree.parse(path).getroot().iter("context")
        for message in context.iter("message")
    }


def _translations(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    for text, message in _in_the_catalogue(path).items():
        yield text, message.findtext("translation", "")


def test_every_language_but_english_has_a_catalogue():
    assert [path.stem for path in CATALOGUES] == [f"stepless_{name}" for name in LANGUAGES if name != ENGLISH]


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_of_the_program_is_in_the_catalogue_and_no_other(catalogue):
    """`packaging/update_translations.py` brings it up to date."""
    code, listed = _in_the_code(), set(_in_the_catalogue(catalogue))
    assert code and not code - listed, "missing"
    assert not listed - code, "left over"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated(catalogue):
    missing = [
        text
        for text, message in _in_the_catalogue(catalogue).items()
        if message.find("translation[@type]") is not None or not message.findtext("translation")
    ]
    assert not missing


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_placeholders_are_those_of_the_source(catalogue):
    wrong = [
        text
        for (_, text), translation in _translations(catalogue)
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(translation))
    ]
    assert not wrong


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_mnemonics_and_the_dots_of_dialogs_are_kept(catalogue):
    """Chinese menus have the letter of the source in brackets behind the text."""
    wrong = [
        text
        for (_, text), translation in _translations(catalogue)
        if [letter.upper() for letter in _MNEMONIC.findall(text)] != _MNEMONIC.findall(translation)
        or text.endswith("…") != translation.endswith("…")
    ]
    assert not wrong


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_the_compiled_catalogue_says_what_its_source_says(catalogue, qapp):
    compiled = QTranslator()
    assert compiled.load(str(catalogue.with_suffix(".qm")))
    wrong = [
        (text, translation)
        for text, translation in _translations(catalogue)
        if compiled.translate(text[0], text[1]) != translation
    ]
    assert not wrong


def test_open_widgets_change_their_language_and_back(english_afterwards, qtbot):
    page, bar, ring = StartPage(), PhotoStatusBar(), SharpnessRing()
    settings, drawer = SettingsDialog(Settings(), automatic=budgets()), Drawer()
    widgets = (page, bar, ring, settings, drawer)
    for widget in widgets:
        qtbot.addWidget(widget)
    bar.set_page((2, 5))

    def texts() -> list[str]:
        labels = [part.text() for widget in widgets for part in widget.findChildren(QLabel)]
        buttons = [part.text() for widget in widgets for part in widget.findChildren(QPushButton)]
        titles = [settings.windowTitle(), drawer.windowTitle(), ring.accessibleName()]
        return [text for text in labels + buttons + titles if any(map(str.isalpha, text))]

    before = texts()
    assert install(english_afterwards, SIMPLIFIED_CHINESE) == SIMPLIFIED_CHINESE
    english_afterwards.processEvents()
    chinese = texts()
    assert chinese and not [text for text in chinese if not re.search("[一-鿿]", text)]

    install(english_afterwards, ENGLISH)
    english_afterwards.processEvents()
    assert texts() == before


def test_qts_own_dialogs_speak_chinese_too(english_afterwards, qtbot):
    install(english_afterwards, SIMPLIFIED_CHINESE)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(buttons)
    assert "取消" in buttons.buttons()[0].text()


def test_switching_often_leaves_no_catalogues_behind(english_afterwards):
    for language in (SIMPLIFIED_CHINESE, ENGLISH, SIMPLIFIED_CHINESE, SIMPLIFIED_CHINESE):
        install(english_afterwards, language)
    english_afterwards.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert len(english_afterwards.findChildren(QTranslator)) == 2


@pytest.mark.parametrize(
    "system, language",
    [
        ("zh_CN", SIMPLIFIED_CHINESE),
        ("zh_SG", SIMPLIFIED_CHINESE),
        ("zh_TW", SIMPLIFIED_CHINESE),
        ("en_GB", ENGLISH),
        ("de_DE", ENGLISH),
        ("C", ENGLISH),
    ],
)
def test_the_language_of_the_system_is_followed(system, language):
    assert system_language(QLocale(system)) == language


def test_the_language_of_the_system_is_the_default(english_afterwards, monkeypatch):
    monkeypatch.setattr("app.translations.system_language", lambda: SIMPLIFIED_CHINESE)
    assert install(english_afterwards, "system") == SIMPLIFIED_CHINESE


@pytest.mark.parametrize(
    ("system", "language", "written"),
    [("C", ENGLISH, "1,234,567"), ("C", SIMPLIFIED_CHINESE, "1,234,567"), ("de_DE", ENGLISH, "1.234.567")],
)
def test_thousands_are_parted_as_the_systems_user_does(
    english_afterwards, qtbot, monkeypatch, system, language, written
):
    monkeypatch.setattr(QLocale, "system", lambda: QLocale(system))
    before = ModelInformation()
    install(english_afterwards, language)
    after = ModelInformation()
    for table in (before, after):
        qtbot.addWidget(table)
        table.set_facts(ModelFacts("mine", ModelCard(), parameters=1_234_567))
        assert written in dict(table.facts_table.rows).values()
    assert QLocale().toString(1_234_567) == written


def test_the_enlargement_without_a_model_is_called_as_in_the_menus(
    english_afterwards: QApplication, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    monkeypatch.setattr(split_line, "paint_label", lambda _painter, text, *_: painted.append(text))
    viewer = open_viewer(photo, model="bicubic", width=800, overlays=True)
    viewer.comparing.set_rival("nearest")
    languages: tuple[tuple[Language, str, str], ...] = (
        ("en", "Bicubic", "Nearest neighbour"),
        ("zh_CN", "双三次", "最近邻"),
    )
    for language, own, rival in languages:
        viewer.settings.set(replace(viewer.settings.appearance, language=language))
        painted.clear()
        viewer.canvas.grab()
        assert painted == [own, rival]
        assert own in {label.text() for label in viewer.window.status.findChildren(QLabel)}
        texts = [button.text() for button in viewer.window.toolbar.findChildren(QToolButton)]
        assert f"{own} ▾" in texts


def test_that_a_device_was_given_up_is_told_in_the_language(english_afterwards: QApplication) -> None:
    install(english_afterwards, SIMPLIFIED_CHINESE)
    notices: list[str] = []
    slot = ModelSlot(ModelChoice(resource_path("models", "fast.safetensors")), on_notice=notices.append)
    slot.fall_back(OutOfMemory("full"))
    assert notices == ["从现在起模型在处理器 (CPU) 上运行：full。"]
