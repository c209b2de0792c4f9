"""Managing models in the running program: by its buttons, on threads, and nothing is lost when it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.evaluation import scales_of
from app.training.run_record import FINISHED, RunRecord
from app.windows.evaluation_dialog import EvaluationDialog
from app.windows.import_dialog import ImportDialog
from app.windows.model_manager import ModelManager
from app.windows.rename_dialog import RenameDialog
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import CheckpointError, LiifError
from liif_core.imaging.write import write_image
from liif_core.library import AUTO, Defaults, InstalledModel, install_model, installed_models, read_manifest
from liif_core.paths import resource_path, user_models_folder
from tests.app.conftest import OpenViewer
from tests.app.windows.test_keyboard import focus_round, nameless
from tests.checkpoint.disk import file_size_limit
from tests.models.builders import heat_model

FAST = resource_path("models", "fast.safetensors")
WAIT_MS = 30_000


@pytest.fixture
def viewer(open_viewer: OpenViewer) -> Viewer:
    return open_viewer()


@pytest.fixture
def failures(viewer: Viewer) -> list[LiifError]:
    told: list[LiifError] = []
    viewer.manager_commands.failed.connect(told.append)
    return told


@pytest.fixture
def official(tmp_path: Path) -> Path:
    from liif_core.checkpoint.official import save_official
    from liif_core.models.build import build_model
    from tests.models.builders import liif_spec

    path = tmp_path / "edsr liif.pth"
    save_official(path, build_model(liif_spec()))
    return path


def opened(viewer: Viewer) -> ModelManager:
    viewer.window.actions_["manage_models"].trigger()
    dialog = viewer.manager_commands.dialog
    assert dialog is not None
    return dialog


def click(qtbot: QtBot, button: QWidget) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def shown(qtbot: QtBot, viewer: Viewer, kind: type[Any]) -> Any:
    """The dialog of a kind that is open."""
    found: list[QWidget] = []

    def look() -> bool:
        found[:] = [each for each in viewer.window.findChildren(kind) if each.isVisible()]
        return bool(found)

    qtbot.waitUntil(look, timeout=WAIT_MS)
    return found[0]


def candidate_shown(qtbot: QtBot, viewer: Viewer) -> ImportDialog:
    dialog: ImportDialog = shown(qtbot, viewer, ImportDialog)
    qtbot.waitUntil(lambda: dialog.field.isVisible(), timeout=WAIT_MS)
    return dialog


def own_files() -> set[str]:
    folder = user_models_folder()
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def listed(dialog: ModelManager) -> list[str]:
    return [entry.model.name for entry in dialog.list.entries]


def texts(dialog: QWidget) -> str:
    return " | ".join(f"{title}: {value}" for title, value in dialog.information.facts_table.rows)  # type: ignore[attr-defined]


def drop(widget: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how: tuple[Any, ...] = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(20, 20), *how))
    QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), *how))


# -- looking and choosing


def test_model_that_is_installed_while_the_folder_is_read_stays_chosen(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_looked, may_tell = threading.Event(), threading.Event()

    def slow() -> list[InstalledModel]:
        found = installed_models()
        has_looked.set()
        assert may_tell.wait(60)
        return found

    monkeypatch.setattr("app.models.installed_models", slow)
    viewer.models.scan()
    assert has_looked.wait(60)
    save_native(tmp_path / "new.safetensors", heat_model(), ModelCard())
    new = install_model(tmp_path / "new.safetensors", name="new")
    viewer.models.know([*viewer.models.installed.values(), new])
    viewer.models.use("new")
    told = list[str]()
    viewer.models.missed.connect(told.append)
    may_tell.set()
    qtbot.waitUntil(lambda: viewer.models._scans.is_empty, timeout=WAIT_MS)
    assert viewer.models.selected == "new" and told == []


def test_the_manager_opens_beside_the_photo_and_only_once(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = opened(viewer)
    assert opened(viewer) is dialog and not dialog.isModal()
    bundled = sorted(entry.name for entry in read_manifest())
    assert listed(dialog)[: len(bundled)] == bundled
    qtbot.waitUntil(lambda: "as published" in dialog.details.sha256.text(), timeout=WAIT_MS)
    dialog.reject()
    assert viewer.manager_commands.dialog is None


def test_a_model_that_the_command_line_replaced_has_the_card_of_the_new_file(qtbot: QtBot, viewer: Viewer) -> None:
    path = user_models_folder() / "mine.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_native(path, heat_model(), ModelCard(description="the old one"))
    viewer.models.scan()
    qtbot.waitUntil(lambda: "mine" in viewer.models.installed, timeout=WAIT_MS)
    viewer.models.use("mine")
    save_native(path, heat_model(), ModelCard(description="the new one, with another card"))
    # It shows what is known, and looks at the disk.
    dialog = opened(viewer)
    assert dialog.current is not None and dialog.current.model.name == "mine"
    qtbot.waitUntil(lambda: "the new one" in texts(dialog.details), timeout=WAIT_MS)


def test_a_model_is_used_by_hand_and_given_back_to_the_device(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = opened(viewer)
    dialog.list.select("photo")
    click(qtbot, dialog.buttons["use"])
    assert (viewer.models.selected, viewer.settings.model.name) == ("photo", "photo")
    assert not dialog.automatic.isChecked() and not dialog.buttons["use"].isEnabled()
    dialog.automatic.click()
    assert (viewer.models.selected, viewer.models.name) == (AUTO, "fast")


def test_the_default_of_a_device_is_chosen(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = opened(viewer)
    dialog.list.select("photo")
    click(qtbot, dialog.buttons["default_cpu"])
    assert viewer.settings.model.default_cpu == "photo" and viewer.models.name == "photo"
    entry = dialog.current
    assert entry is not None and "cpu" in entry.default_on and entry.in_use
    dialog.list.select("fast")
    click(qtbot, dialog.buttons["default_gpu"])
    assert viewer.settings.model.defaults == Defaults("photo", "fast")
    assert viewer.models.name == "photo"
    assert not dialog.buttons["default_gpu"].isEnabled()


def test_everything_is_reached_by_the_keyboard_and_has_a_name(qtbot: QtBot, viewer: Viewer) -> None:
    install_model(FAST, name="mine")
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: "mine" in listed(dialog), timeout=WAIT_MS)
    dialog.list.select("mine")
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.list.setFocus()
    visited = focus_round(qtbot, dialog)
    pressed = [button for button in dialog.findChildren(QPushButton) if button.isVisible() and button.isEnabled()]
    assert {*pressed, dialog.list, dialog.automatic} <= set(visited)
    assert nameless(dialog) == []


def test_the_further_dialogs_have_names_for_everything(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = opened(viewer)
    viewer.manager_commands.importing.begin([FAST], parent=dialog)
    importing = candidate_shown(qtbot, viewer)
    assert nameless(importing) == []
    importing.reject()
    click(qtbot, dialog.buttons["evaluate"])
    assert nameless(shown(qtbot, viewer, EvaluationDialog)) == []


# -- installing


def test_a_native_file_is_installed_after_its_licence_was_seen(
    qtbot: QtBot, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([str(FAST)], ""))
    dialog = opened(viewer)
    click(qtbot, dialog.import_button)
    importing = candidate_shown(qtbot, viewer)
    assert "Licence: BSD-3-Clause" in texts(importing) and not importing.licence.isVisible()
    assert importing.field.name == "fast-2" and own_files() == set()
    importing.field.entry.clear()
    QTest.keyClicks(importing.field.entry, "fast")
    assert not importing.install_button.isEnabled()
    importing.field.entry.clear()
    QTest.keyClicks(importing.field.entry, "mine")
    with qtbot.waitSignal(viewer.manager_commands.importing.installed, timeout=WAIT_MS):
        QTest.keyClick(importing.field.entry, Qt.Key.Key_Return)
    assert own_files() == {"mine.safetensors"}
    assert (user_models_folder() / "mine.safetensors").read_bytes() == FAST.read_bytes()
    assert dialog.current is not None and dialog.current.model.name == "mine"
    assert "mine" in [action.data() for action in viewer.window.menus.models.actions()]
    assert "“mine” was installed" in viewer.window.status.accessibleDescription()


def test_a_published_file_says_that_its_licence_is_unknown(qtbot: QtBot, viewer: Viewer, official: Path) -> None:
    opened(viewer)
    viewer.manager_commands.importing.begin([official])
    importing = candidate_shown(qtbot, viewer)
    assert importing.licence.isVisible() and "Unknown licence" in importing.licence.text()
    assert "Parts: edsr-baseline + liif" in texts(importing)
    assert "converted" in importing.sentence.text()
    with qtbot.waitSignal(viewer.manager_commands.importing.installed, timeout=WAIT_MS):
        click(qtbot, importing.install_button)
    assert own_files() == {"edsr-liif.safetensors"}


def test_models_dropped_on_the_window_or_the_manager_are_asked_about_one_by_one(
    qtbot: QtBot, viewer: Viewer, official: Path, photo: Path
) -> None:
    with qtbot.waitSignal(viewer.controller.document_read, timeout=WAIT_MS):
        drop(viewer.window, photo, official, FAST)
    first = candidate_shown(qtbot, viewer)
    assert first.field.name == "edsr-liif"
    first.reject()
    qtbot.waitUntil(lambda: not first.isVisible())
    second = candidate_shown(qtbot, viewer)
    assert second.field.name == "fast-2"
    second.reject()
    drop(opened(viewer), official)
    candidate_shown(qtbot, viewer).reject()
    assert own_files() == set()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not", FAST.read_bytes()[:3000], b"some text"])
def test_a_file_that_is_no_model_ends_in_one_sentence_and_leaves_nothing(
    qtbot: QtBot, viewer: Viewer, failures: list[LiifError], tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(content)
    viewer.manager_commands.importing.begin([broken])
    qtbot.waitUntil(lambda: bool(failures), timeout=WAIT_MS)
    assert isinstance(failures[0], CheckpointError) and "broken.safetensors" in str(failures[0])
    assert own_files() == set()


def test_a_file_that_is_cut_off_behind_its_card_is_refused_when_it_is_read(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(FAST.read_bytes()[:100_000])
    viewer.manager_commands.importing.begin([broken])
    importing = candidate_shown(qtbot, viewer)
    click(qtbot, importing.install_button)
    qtbot.waitUntil(lambda: importing.problem.isVisible(), timeout=WAIT_MS)
    assert "broken.safetensors" in importing.problem.text() and own_files() == set()


def test_a_full_disk_is_told_and_the_file_can_be_tried_again(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.manager_commands.importing.begin([FAST])
    importing = candidate_shown(qtbot, viewer)
    with file_size_limit(1000):
        click(qtbot, importing.install_button)
        qtbot.waitUntil(lambda: importing.problem.isVisible(), timeout=WAIT_MS)
    assert "fast-2.safetensors" in importing.problem.text() and own_files() == set()
    with qtbot.waitSignal(viewer.manager_commands.importing.installed, timeout=WAIT_MS):
        click(qtbot, importing.install_button)
    assert own_files() == {"fast-2.safetensors"}


def test_cancelling_while_it_is_written_leaves_nothing(
    qtbot: QtBot, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, go = threading.Event(), threading.Event()

    def slow(target: Path, content: object, *, cancel: Any, on_progress: Any, **_: object) -> None:
        on_progress(0.5)
        held.set()
        go.wait(20)
        cancel.check()
        raise AssertionError("was not cancelled")

    monkeypatch.setattr("liif_core.library.operations.write_content", slow)
    viewer.manager_commands.importing.begin([FAST])
    importing = candidate_shown(qtbot, viewer)
    click(qtbot, importing.install_button)
    qtbot.waitUntil(lambda: held.is_set() and importing.progress.bar.value() > 0, timeout=WAIT_MS)
    assert not importing.install_button.isEnabled()
    QTest.keyClick(importing, Qt.Key.Key_Escape)
    go.set()
    assert viewer.manager_commands.importing.stop(timeout_s=10)
    QApplication.processEvents()
    assert own_files() == set()


def test_what_is_found_of_a_file_that_was_given_up_is_not_shown_for_the_next(
    qtbot: QtBot, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, official: Path
) -> None:
    from liif_core.library.candidate import Candidate, examine

    go, seen = threading.Event(), threading.Event()

    def slow(path: Path) -> Candidate:
        if path == official:
            go.wait(20)
            seen.set()
        return examine(path)

    monkeypatch.setattr("app.commands.import_commands.examine", slow)
    viewer.manager_commands.importing.begin([official, FAST])
    first: ImportDialog = shown(qtbot, viewer, ImportDialog)
    first.reject()
    second = candidate_shown(qtbot, viewer)
    go.set()
    qtbot.waitUntil(seen.is_set, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not viewer.manager_commands.importing._tasks._tasks, timeout=WAIT_MS)
    assert second.field.name == "fast-2" and "light" in texts(second)


# -- renaming, removing, handing out


def own_model_selected(qtbot: QtBot, viewer: Viewer) -> ModelManager:
    install_model(FAST, name="mine")
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: "mine" in listed(dialog), timeout=WAIT_MS)
    dialog.list.select("mine")
    return dialog


def test_a_renamed_model_is_still_in_use_and_the_default(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = own_model_selected(qtbot, viewer)
    viewer.model_commands.use("mine")
    viewer.settings.set(replace(viewer.settings.model, default_gpu="mine"))
    viewer.settings.set(replace(viewer.settings.view, compare_with="mine"))
    click(qtbot, dialog.buttons["rename"])
    asking: RenameDialog = shown(qtbot, viewer, RenameDialog)
    asking.field.entry.clear()
    QTest.keyClicks(asking.field.entry, "ours")
    QTest.keyClick(asking.field.entry, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "ours" in listed(dialog), timeout=WAIT_MS)
    assert own_files() == {"ours.safetensors"} and "mine" not in listed(dialog)
    model = viewer.settings.model
    assert (model.name, model.default_gpu, viewer.settings.view.compare_with) == ("ours", "ours", "ours")
    assert viewer.models.selected == "ours" and dialog.current is not None and dialog.current.model.name == "ours"


def answer(qtbot: QtBot, viewer: Viewer, text: str) -> str:
    """Press a button of the question that is open; what was asked."""
    box: QMessageBox = shown(qtbot, viewer, QMessageBox)
    asked = f"{box.text()} {box.informativeText()}"
    (button,) = [button for button in box.buttons() if button.text() == text]
    click(qtbot, button)
    return asked


def test_removing_asks_and_the_default_takes_its_place(qtbot: QtBot, viewer: Viewer) -> None:
    dialog = own_model_selected(qtbot, viewer)
    viewer.model_commands.use("mine")
    viewer.settings.set(replace(viewer.settings.model, default_cpu="mine"))
    click(qtbot, dialog.buttons["remove"])
    asked = answer(qtbot, viewer, "Cancel")
    assert "“mine”" in asked and "kB" in asked and "takes its place" in asked
    assert own_files() == {"mine.safetensors"} and viewer.models.selected == "mine"
    click(qtbot, dialog.buttons["remove"])
    answer(qtbot, viewer, "Remove")
    qtbot.waitUntil(lambda: "mine" not in listed(dialog), timeout=WAIT_MS)
    assert own_files() == set()
    assert (viewer.models.selected, viewer.models.name) == (AUTO, "fast")
    assert (viewer.settings.model.name, viewer.settings.model.default_cpu) == (AUTO, "fast")


def test_trainings_that_are_to_begin_with_a_model_are_named_before_it_is_removed(qtbot: QtBot, viewer: Viewer) -> None:
    install_model(FAST, name="mine")
    dialog = opened(viewer)
    qtbot.waitUntil(lambda: "mine" in viewer.models.installed, timeout=WAIT_MS)
    path = viewer.models.installed["mine"].path
    known = viewer.training.queue.known
    plans = {"later": path, "also": path, "of another": FAST}
    for name, start in plans.items():
        known.create(RunRecord("", name, "2026", "/photos", "quick", start_from=str(start), start_name="x"), None)
    known.create(RunRecord("", "over", "2026", "/photos", "quick", start_from=str(path), status=FINISHED), None)
    qtbot.waitUntil(lambda: len(known.runs) == 4, timeout=WAIT_MS)
    dialog.list.select("mine")
    click(qtbot, dialog.buttons["remove"])
    box: QMessageBox = shown(qtbot, viewer, QMessageBox)
    assert "begin with it could not any more: later, also." in box.informativeText()


def test_a_file_that_has_vanished_is_told_and_goes_from_the_list(
    qtbot: QtBot, viewer: Viewer, failures: list[LiifError]
) -> None:
    dialog = own_model_selected(qtbot, viewer)
    qtbot.waitUntil(lambda: not viewer.models._scans._tasks, timeout=WAIT_MS)
    (user_models_folder() / "mine.safetensors").unlink()
    viewer.manager_commands._rename("mine", "ours")
    qtbot.waitUntil(lambda: bool(failures) and "mine" not in listed(dialog), timeout=WAIT_MS)
    assert "'mine'" in str(failures[0])


@pytest.mark.parametrize(
    ("typed", "kind", "written"), [("a.safetensors", 1, "a.safetensors"), ("b", 0, "b.safetensors")]
)
def test_a_model_is_handed_out(
    qtbot: QtBot, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, kind: int, written: str
) -> None:
    def choose(*arguments: str, **_: object) -> tuple[str, str]:
        return str(tmp_path / typed), arguments[3].split(";;")[kind]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    dialog = opened(viewer)
    with qtbot.waitSignal(viewer.manager_commands.notice, timeout=WAIT_MS) as told:
        click(qtbot, dialog.buttons["export"])
    assert told.args is not None and written in told.args[0]
    assert (tmp_path / written).read_bytes() == FAST.read_bytes()
    qtbot.waitUntil(lambda: not dialog.progress.isVisible())


def test_a_file_that_nobody_was_asked_about_is_not_replaced(
    qtbot: QtBot, viewer: Viewer, failures: list[LiifError], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"somebody's")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **_: (str(tmp_path / "x"), a[3].split(";;")[0]))
    click(qtbot, opened(viewer).buttons["export"])
    qtbot.waitUntil(lambda: bool(failures), timeout=WAIT_MS)
    assert "x.safetensors" in str(failures[0])
    assert (tmp_path / "x.safetensors").read_bytes() == b"somebody's"


def test_what_the_published_code_does_not_know_is_told(
    qtbot: QtBot, viewer: Viewer, failures: list[LiifError], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **_: (str(tmp_path / "x"), a[3].split(";;")[1]))
    dialog = opened(viewer)
    click(qtbot, dialog.buttons["export"])
    qtbot.waitUntil(lambda: bool(failures), timeout=WAIT_MS)
    assert "light" in str(failures[0]) and not (tmp_path / "x.pth").exists()


# -- measuring


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "Two photos"
    (folder / "HR").mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in ("a", "b"):
        write_image(folder / "HR" / f"{name}.png", rng.integers(0, 256, (32, 40, 3), dtype=np.uint8))
    return folder


def asking(qtbot: QtBot, viewer: Viewer, folder: Path) -> EvaluationDialog:
    click(qtbot, opened(viewer).buttons["evaluate"])
    dialog: EvaluationDialog = shown(qtbot, viewer, EvaluationDialog)
    dialog.folder.setText(str(folder))
    dialog.scales.setText("2, 2.5")
    return dialog


def test_a_model_is_measured_beside_bicubic_and_the_table_copied(qtbot: QtBot, viewer: Viewer, dataset: Path) -> None:
    dialog = asking(qtbot, viewer, dataset)
    QTest.keyClick(dialog.scales, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 2, timeout=60_000)
    cells = [[dialog.table.item(row, column).text() for column in range(7)] for row in range(2)]  # type: ignore[union-attr]
    assert [row[0] for row in cells] == ["×2", "×2.5"] and cells[0][1] == "2"
    for row in cells:
        assert float(row[4]) == pytest.approx(float(row[2]) - float(row[3]), abs=0.011)
    click(qtbot, dialog.markdown_button)
    copied = QGuiApplication.clipboard().text()
    assert "| Bicubic |" in copied and "| fast |" in copied and cells[0][2] in copied
    click(qtbot, dialog.csv_button)
    assert QGuiApplication.clipboard().text().startswith("model,dataset,protocol,scale")


@pytest.mark.parametrize("typed", ["2, 2.5", "2; 2.5", "2，2.5", "２、2.5", "2；2.5"])
def test_scales_are_parted_by_the_commas_that_people_have(
    qtbot: QtBot, viewer: Viewer, dataset: Path, typed: str
) -> None:
    dialog = asking(qtbot, viewer, dataset)
    dialog.scales.setText(typed)
    assert dialog.measure_button.isEnabled()
    assert [str(scale) for scale in scales_of(typed)] == ["x2", "x2.5"]


def test_photos_that_cannot_be_measured_are_told_in_the_dialog(qtbot: QtBot, viewer: Viewer, dataset: Path) -> None:
    folder = (dataset / "HR").rename(dataset / "mine")
    (folder / "broken.png").write_bytes(b"no photo")
    dialog = asking(qtbot, viewer, folder)
    click(qtbot, dialog.measure_button)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 2, timeout=60_000)
    assert "One photo was left out" in dialog.message.text() and "broken.png" in dialog.message.text()
    assert dialog.progress.bar.value() == dialog.progress.bar.maximum()
    (folder / "worse.png").write_bytes(b"no photo, either")
    click(qtbot, dialog.measure_button)
    qtbot.waitUntil(lambda: "2 photos were left out. The first" in dialog.message.text(), timeout=60_000)
    assert dialog.table.rowCount() == 2


def test_a_folder_without_photos_is_told_in_the_dialog(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    dialog = asking(qtbot, viewer, tmp_path)
    click(qtbot, dialog.measure_button)
    qtbot.waitUntil(lambda: "no folder HR" in dialog.message.text(), timeout=WAIT_MS)
    assert dialog.measure_button.isEnabled() and not dialog.markdown_button.isEnabled()


def test_measuring_can_be_stopped_and_begun_again(
    qtbot: QtBot, viewer: Viewer, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()

    def slow(request: object, *, cancel: Any, on_step: Callable[[object], None]) -> None:
        held.set()
        while True:
            cancel.check()

    with monkeypatch.context() as patched:
        patched.setattr("app.commands.evaluation_commands.measure", slow)
        dialog = asking(qtbot, viewer, dataset)
        click(qtbot, dialog.measure_button)
        qtbot.waitUntil(held.is_set, timeout=WAIT_MS)
        assert not dialog.measure_button.isEnabled()
        click(qtbot, dialog.progress.cancel_button)
        assert dialog.measure_button.isEnabled() and dialog.table.rowCount() == 0
    dialog.scales.setText("2")
    click(qtbot, dialog.measure_button)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=60_000)


def test_everything_ends_with_the_program(qtbot: QtBot, viewer: Viewer, dataset: Path) -> None:
    dialog = asking(qtbot, viewer, dataset)
    click(qtbot, dialog.measure_button)
    viewer.manager_commands.importing.begin([FAST])
    viewer.stop()
    assert own_files() == set()
