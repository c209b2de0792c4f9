"""What the pages of the wizard show and ask; no processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QAccessible, QImage, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.training.progress import PAUSED, READING, TRAINING, RunProgress
from app.training.recipe import CARDS, PAPER, QUICK, REAL_PHOTOS, STANDARD
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED, WAITING, RunRecord
from app.training.run_store import StoredRun
from app.wizard import wizard as pages
from app.wizard.curves import smoothed
from app.wizard.draft import BY_STEPS, BY_TIME, Draft
from app.wizard.model_page import CardFacts
from app.wizard.wizard import TrainingWizard
from app.workers.surveyor import PhotoProblem, PhotoReport
from liif_core.checkpoint.card import ModelCard
from liif_core.library import InstalledModel
from liif_core.training.events import TrainEvent
from liif_core.training.photo_folder import PhotoFolder
from tests.app.windows.test_keyboard import nameless
from tests.models.builders import heat_spec

DRAFT = Draft(photos=PhotoFolder(Path("/photos")), name="mine", devices=("cuda", "cpu"))
MODEL = InstalledModel("fast", Path("/fast.safetensors"), heat_spec(), ModelCard(), bundled=True)


@pytest.fixture
def wizard(qtbot: QtBot) -> TrainingWizard:
    made = TrainingWizard(lambda device: f"<{device}>")
    qtbot.addWidget(made)
    made.model.set_models([MODEL])
    made.model.set_draft(DRAFT)
    made.options.set_draft(DRAFT, 600.0)
    made.show()
    return made


def run(status: str = RUNNING, *, problem: str = "", **changes: object) -> StoredRun:
    record = RunRecord("id", "mine", "2026", "/photos", "quick", status=status)
    return StoredRun(replace(record, **changes), Path("/runs/id"), problem)  # type: ignore[arg-type]


def trained() -> RunProgress:
    return RunProgress(
        TRAINING,
        step=1200,
        progress=0.4,
        elapsed_s=100.0,
        eta_s=720.0,
        losses=[(1, 0.2), (1200, 0.1)],
        psnr={"x2": [(600, 30.0), (1200, 31.25)], "x4": [(1200, 26.0)]},
        baseline={"x2": 30.5, "x4": 25.5},
        preview_step=1200,
        device="cpu, fp32",
        cpu_percent=93.4,
    )


def report(*problems: PhotoProblem, more: int = 180) -> PhotoReport:
    return PhotoReport(20, 1, 4.25, 200, more, {"quick": 21}, problems)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


# -- photos


def test_photos_page_waits_for_a_report(wizard: TrainingWizard) -> None:
    page = wizard.photos
    assert wizard.page == pages.PHOTOS and not wizard.next_button.isEnabled()
    page.begin(PhotoFolder(Path("/photos")))
    page.set_progress(0.5)
    assert not page.progress.isHidden() and page.progress.value() == 500
    page.set_report(report())
    assert wizard.next_button.isEnabled() and page.progress.isHidden()
    assert "20 photos to learn from, 1 held out" in page.found.text() and "180 more photos" in page.advice.text()
    assert page.problems.isHidden()


def test_photos_page_knows_div2k_and_plenty(wizard: TrainingWizard) -> None:
    wizard.photos.begin(PhotoFolder(Path("/d/DIV2K_train_HR"), Path("/d/DIV2K_valid_HR")))
    wizard.photos.set_report(report(more=0))
    assert wizard.photos.found.text().startswith("DIV2K: 20 photos")
    assert wizard.photos.advice.text() == "That is plenty."


def test_photos_to_measure_with_are_asked_for_beside_those_to_learn_from(
    qtbot: QtBot, wizard: TrainingWizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = wizard.photos
    assert page.measuring.isHidden() and page.browse_measuring.isHidden() and page.hold_out.isHidden()
    page.begin(PhotoFolder(Path("/photos")))
    assert page.browse_measuring.isVisible() and page.hold_out.isHidden() and not page.measuring.text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/others")
    with qtbot.waitSignal(page.measuring_chosen) as chosen:
        page.browse_measuring.click()
    assert chosen.args == [Path("/others")]
    page.begin(PhotoFolder(Path("/photos"), Path("/others")))
    page.set_report(report())
    assert page.measuring.text() == str(Path("/others")) and "1 in a folder of their own" in page.found.text()
    with qtbot.waitSignal(page.measuring_chosen) as chosen:
        page.hold_out.click()
    assert chosen.args == [None]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    with qtbot.assertNotEmitted(page.measuring_chosen):
        page.browse_measuring.click()


def test_every_problem_has_a_row_with_its_reason_and_a_picture(qtbot: QtBot, wizard: TrainingWizard) -> None:
    names = {"unreadable": "Cannot be read", "small": "50 × 40 pixels", "twin": "counts twice", "leak": "measures"}
    problems = [PhotoProblem(kind, Path(f"/p/{kind}.png"), "/p/other.png", (50, 40)) for kind in names]
    with qtbot.waitSignal(wizard.photos.problems.pictures_asked) as asked:
        wizard.photos.set_report(report(*problems))
    assert asked.args is not None
    assert [path.stem for path in asked.args[0]] == ["small", "twin", "leak"]
    rows = [wizard.photos.problems.item(row).text() for row in range(4)]
    for row, (kind, part) in zip(rows, names.items(), strict=True):
        assert row.startswith(f"{kind}.png\n") and part in row
    item = wizard.photos.problems.item(1)
    before = item.icon().cacheKey()
    wizard.photos.set_picture(Path("/p/small.png"), QImage(64, 48, QImage.Format.Format_RGB32))
    assert wizard.photos.problems.item(1).icon().cacheKey() != before


def test_long_lists_of_problems_end_with_how_many_are_left(wizard: TrainingWizard) -> None:
    wizard.photos.set_report(report(*(PhotoProblem("unreadable", Path(f"/p/{n}.png")) for n in range(1000))))
    rows = wizard.photos.problems
    assert rows.item(rows.count() - 1).text() == "and 700 more"
    assert "1000 files" in wizard.photos.problems_title.text().replace(",", "")


def test_folder_of_no_use_is_told_and_cannot_be_gone_on_with(wizard: TrainingWizard) -> None:
    wizard.photos.begin(PhotoFolder(Path("/photos")))
    wizard.photos.set_failure("/photos: no photo in this folder")
    assert wizard.photos.warning.text() == "/photos: no photo in this folder" and not wizard.next_button.isEnabled()


# -- model


def test_cards_tell_times_and_what_is_against_them(wizard: TrainingWizard) -> None:
    facts = {
        QUICK: CardFacts(seconds=720.0, usable=21, smallest_side=144),
        STANDARD: CardFacts(usable=0, smallest_side=192),
        PAPER: CardFacts(seconds=1e7, usable=3, smallest_side=192),
        "real-photos": CardFacts(problem="the device's memory is too small", usable=3, smallest_side=192),
    }
    wizard.model.set_facts(facts)
    said = {card: "\n".join(label.text() for label in wizard.model.cards[card].labels()) for card in CARDS}
    assert "About 12 min here" in said[QUICK]
    assert "192 pixels a side" in said[STANDARD]
    assert "116 days" in said[PAPER] and "Too long" in said[PAPER]
    assert "memory is too small" in said["real-photos"]


def test_cards_tell_what_becomes_of_a_model_to_begin_with(wizard: TrainingWizard) -> None:
    def said() -> dict[str, str]:
        return {card: "\n".join(label.text() for label in wizard.model.cards[card].labels()) for card in CARDS}

    wizard.model.set_draft(DRAFT)
    scratch = said()
    assert "very small" in scratch[QUICK] and "from scratch" in scratch[STANDARD]
    wizard.model.set_draft(replace(DRAFT, start=MODEL))
    assert [card for card, text in said().items() if f"{MODEL.name} learns on" in text] == [QUICK, STANDARD, PAPER]
    assert said()[REAL_PHOTOS] == scratch[REAL_PHOTOS]


def test_card_without_photos_cannot_be_gone_on_with(wizard: TrainingWizard) -> None:
    wizard.model.set_facts({STANDARD: CardFacts(usable=0), QUICK: CardFacts(usable=2)})
    wizard.show_page(pages.MODEL)
    assert wizard.next_button.isEnabled()
    wizard.model.set_draft(replace(DRAFT, card=STANDARD))
    assert not wizard.next_button.isEnabled()


@pytest.mark.parametrize(("name", "part"), [("", "needs a name"), ("a/b", "make a name"), ("Fast", "already")])
def test_name_that_cannot_be_is_told(wizard: TrainingWizard, name: str, part: str) -> None:
    wizard.show_page(pages.MODEL)
    wizard.model.set_draft(replace(DRAFT, name=name))
    assert part in wizard.model.name_warning.text() and not wizard.next_button.isEnabled()


def test_model_to_begin_with_is_chosen_by_its_name(qtbot: QtBot, wizard: TrainingWizard) -> None:
    wizard.show_page(pages.MODEL)
    wizard.model.start.setFocus()
    with qtbot.waitSignal(wizard.model.start_chosen) as chosen:
        qtbot.keyClick(wizard.model.start, Qt.Key.Key_Down)
    assert chosen.args == [MODEL]
    wizard.model.set_draft(replace(DRAFT, start=MODEL))
    assert wizard.model.start.currentText() == "fast" and "fast" in wizard.model.start_note.text()


def test_cards_are_chosen_by_keys_as_radio_buttons_are(qtbot: QtBot, wizard: TrainingWizard) -> None:
    wizard.show_page(pages.MODEL)
    wizard.model.cards[QUICK].setFocus()
    with qtbot.waitSignal(wizard.model.card_chosen) as chosen:
        qtbot.keyClick(wizard.model.cards[QUICK], Qt.Key.Key_Right)
    assert chosen.args == [STANDARD]
    described = QAccessible.queryAccessibleInterface(wizard.model.cards[STANDARD])
    assert described.role() == QAccessible.Role.RadioButton
    assert described.text(QAccessible.Text.Name) == "Standard" and bool(described.state().checked)
    assert "for zooming on this machine" in described.text(QAccessible.Text.Description)


# -- options


def test_button_names_what_it_begins(wizard: TrainingWizard) -> None:
    wizard.set_start_text("Train for about 10 min")
    wizard.show_page(pages.OPTIONS)
    assert wizard.next_button.text() == "Train for about 10 min"
    assert "about 10 min" in wizard.options.expected.text()


def test_options_are_told_as_a_draft(wizard: TrainingWizard) -> None:
    told: list[Draft] = []
    wizard.options.changed.connect(told.append)
    wizard.options.minutes.setValue(90.0)
    assert (told[-1].budget, told[-1].minutes) == (BY_TIME, 90.0)
    wizard.options.steps.setValue(500)
    assert (told[-1].budget, told[-1].steps) == (BY_STEPS, 500)
    advanced = wizard.options.advanced
    advanced.batch.setValue(4)
    assert told[-1].changes.batch == 4
    wizard.options.set_draft(told[-1], None)
    assert [advanced.parts.itemData(index) for index in range(advanced.parts.count())] == [1, 2, 4]
    assert advanced.parts.itemText(1) == "2 patches at a time"


@pytest.mark.parametrize("name", ["minutes", "steps", "batch", "rate", "validate_every"])
def test_number_that_is_being_typed_stays_when_something_else_becomes_known(
    qtbot: QtBot, wizard: TrainingWizard, name: str
) -> None:
    options = wizard.options
    wizard.show_page(pages.OPTIONS)
    options.fold.click()
    field = getattr(options, name, None) or getattr(options.advanced, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.0" if name == "rate" else "1")
    # As when the time of a recipe was measured.
    options.set_draft(DRAFT, 300.0)
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.value() == (0.02 if name == "rate" else 12)


@pytest.mark.parametrize("page, name", [(pages.MODEL, "start"), (pages.OPTIONS, "device"), (pages.OPTIONS, "parts")])
def test_list_that_is_open_stays_where_it_is_when_something_else_becomes_known(
    qtbot: QtBot, wizard: TrainingWizard, page: str, name: str
) -> None:
    wizard.show_page(page)
    wizard.options.fold.click()
    box = getattr(wizard.model, name, None) or getattr(wizard.options, name, None) or wizard.options.advanced.parts
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    assert box.view().currentIndex().row() == 1
    # As when the time of a recipe was measured.
    wizard.model.set_draft(DRAFT)
    wizard.options.set_draft(DRAFT, 300.0)
    assert box.view().currentIndex().row() == 1
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert box.currentIndex() == 1


def test_advanced_options_are_folded_at_first(qtbot: QtBot, wizard: TrainingWizard) -> None:
    wizard.show_page(pages.OPTIONS)
    assert not wizard.options.advanced.isVisible()
    qtbot.mouseClick(wizard.options.fold, Qt.MouseButton.LeftButton)
    assert wizard.options.advanced.isVisible()


# -- training


@pytest.mark.parametrize(
    ("stored", "changes", "place", "locked", "part"),
    [
        (run(WAITING), {}, 2, False, "Waits for 2 before it"),
        (run(WAITING), {}, 1, True, "another window of Stepless"),
        (run(), {"phase": READING}, 0, False, "Reading the photos"),
        (run(), {"eta_s": None}, 0, False, "Step 1200; estimating"),
        (run(), {}, 0, False, "Step 1200; about 12 min left."),
        (run(), {"phase": PAUSED}, 0, False, "Paused at step 1200"),
        (run(STOPPED), {}, 0, False, "Stopped at step 1200"),
        (run(FINISHED), {}, 0, False, "Done: 1200 steps in 2 min."),
    ],
)
def test_state_of_a_training_is_one_sentence(
    wizard: TrainingWizard, stored: StoredRun, changes: dict[str, object], place: int, locked: bool, part: str
) -> None:
    wizard.training.show_run(stored, replace(trained(), **changes), place=place, is_locked_out=locked)  # type: ignore[arg-type]
    # With the thousands as the locale writes them.
    assert part in wizard.training.state.text().replace(",", "")


def test_training_behind_a_paused_one_says_so(wizard: TrainingWizard) -> None:
    page = wizard.training
    page.show_run(run(WAITING), trained(), place=1, is_locked_out=False, paused="first")
    assert "first, which is paused" in page.state.text() and "by itself" not in page.state.text()
    page.show_run(run(WAITING), trained(), place=1, is_locked_out=False)
    assert "by itself" in page.state.text()


def test_buttons_are_those_that_can_be_pressed(qtbot: QtBot, wizard: TrainingWizard) -> None:
    page = wizard.training
    wizard.show_page(pages.TRAINING)
    page.show_run(run(), RunProgress(READING), place=0, is_locked_out=False)
    assert not page.pause_button.isEnabled() and not page.finish_button.isEnabled() and page.discard_button.isVisible()
    page.show_run(run(), trained(), place=0, is_locked_out=False)
    assert page.pause_button.isEnabled() and page.finish_button.isEnabled() and not page.go_on_button.isVisible()
    with qtbot.waitSignal(page.pause_asked):
        qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    # It takes as long as the step, or the validation, that has begun.
    page.show_progress(has_points=True)
    assert page.state.text().startswith("Pausing")
    page.show_run(run(), replace(trained(), phase=PAUSED), place=0, is_locked_out=False)
    assert page.state.text().startswith("Paused")
    with qtbot.waitSignal(page.resume_asked):
        qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    page.show_run(run(), trained(), place=0, is_locked_out=False)
    assert page.state.text().startswith("Step")
    with qtbot.waitSignal(page.finish_asked):
        qtbot.mouseClick(page.finish_button, Qt.MouseButton.LeftButton)
    assert page.finish_button.isEnabled()
    page.note_finishing()
    assert not page.finish_button.isEnabled() and "Finishing" in page.state.text()
    page.show_run(run(FAILED, last_words="no room"), trained(), place=0, is_locked_out=False)
    assert page.go_on_button.isVisible() and not page.pause_button.isVisible()
    assert page.warning.text() == "The training stopped: no room"


@pytest.mark.parametrize(("status", "goes_on"), [(RUNNING, True), (WAITING, True), (STOPPED, False), (FAILED, False)])
def test_only_of_a_training_that_runs_or_waits_it_is_said_that_it_goes_on(
    wizard: TrainingWizard, status: str, goes_on: bool
) -> None:
    wizard.show_page(pages.TRAINING)
    wizard.training.show_run(run(status), trained(), place=0, is_locked_out=False)
    assert ("goes on when this window is closed" in texts(wizard)) == goes_on


def test_training_that_cannot_go_on_says_why(wizard: TrainingWizard) -> None:
    stored = run(STOPPED, problem="a training of version 7")
    wizard.training.show_run(stored, trained(), place=0, is_locked_out=False)
    assert wizard.training.warning.text() == "a training of version 7" and wizard.training.go_on_button.isHidden()


def test_memory_that_ran_out_and_the_device_are_told(wizard: TrainingWizard) -> None:
    progress = replace(trained(), parts=(2, 8), device_memory_mb=(2000.4, 8000.0))
    wizard.training.show_run(run(), progress, place=0, is_locked_out=False)
    assert "8 patches" in wizard.training.notice.text() and "4 at a time" in wizard.training.notice.text()
    assert "93 % of the processors" in wizard.training.use.text()
    assert "2000 of 8000 MB" in wizard.training.use.text().replace(",", "")


def test_model_that_makes_noise_of_drawings_is_told_beside_what_else_there_is(wizard: TrainingWizard) -> None:
    page = wizard.training
    page.show_run(run(), replace(trained(), makes_noise=True, parts=(2, 8)), place=0, is_locked_out=False)
    noise, memory = page.notice.text().splitlines()
    assert "noise of line drawings" in noise and "8 patches" in memory
    page.show_run(run(), trained(), place=0, is_locked_out=False)
    assert page.notice.text() == ""


def test_trend_of_the_loss_is_calmer_than_the_loss_and_follows_it() -> None:
    falling = [2.0 - step / 1000 + (0.5 if step % 2 else -0.5) for step in range(1000)]
    trend = smoothed(falling)
    assert trend[0] == falling[0]
    for step in range(500, 1000):
        # As late as the mean is long, and with little left of what jumps from value to value.
        assert trend[step] == pytest.approx(2.0 - (step - 65) / 1000, abs=0.03)
    assert smoothed([3.0]) == [3.0] and smoothed([]) == []


def test_photos_that_are_others_than_at_first_are_told(wizard: TrainingWizard) -> None:
    progress = trained()
    for others in ({}, {"other_photos": 1.0}, {}):
        progress.take(TrainEvent("dataset", values={"photos": 20.0, "validation_photos": 3.0, **others}))
    wizard.training.show_run(run(), progress, place=0, is_locked_out=False)
    assert "not those that it began with" in wizard.training.notice.text()


def test_curves_of_a_long_training_are_drawn_of_few_points_and_where_they_are_seen(
    qtbot: QtBot, wizard: TrainingWizard
) -> None:
    losses = [(step, 1.0 + step % 2) for step in range(43_210)]
    progress = replace(trained(), step=43_210, losses=losses)
    wizard.training.show_run(run(), progress, place=0, is_locked_out=False)
    curves = wizard.training.curves
    assert curves is not None and not curves.loss.listDataItems()
    wizard.show_page(pages.TRAINING)
    qtbot.waitUntil(curves.isVisible)
    loss, _ = curves.loss.listDataItems()
    steps, values = loss.getOriginalDataset()
    assert len(steps) <= 1000 and steps[-1] == 43_209
    assert values[:-1] == pytest.approx(1.5, abs=0.03)


def test_curves_show_every_scale_beside_its_baseline_and_say_it_in_words(qtbot: QtBot, wizard: TrainingWizard) -> None:
    wizard.show_page(pages.TRAINING)
    wizard.training.show_run(run(), trained(), place=0, is_locked_out=False)
    curves = wizard.training.curves
    assert curves is not None
    qtbot.waitUntil(curves.isVisible)
    drawn = [item.getData() for item in curves.psnr.listDataItems()]
    assert [list(y) for _, y in drawn] == [[30.5, 30.5], [30.0, 31.25], [25.5, 25.5], [26.0]]
    assert "× 2: 31.25 dB, bicubic 30.50 dB" in curves.psnr.accessibleDescription()
    loss, trend = curves.loss.listDataItems()
    assert len(trend.getData()[0]) == len(loss.getData()[0])
    assert list(loss.getOriginalDataset()[1]) == [0.2, 0.1]


def test_validation_brings_the_crops(wizard: TrainingWizard) -> None:
    sheet = QImage(3 * 192, 2 * 192, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.red)
    wizard.show_page(pages.TRAINING)
    wizard.training.show_run(run(), trained(), place=0, is_locked_out=False)
    empty = wizard.training.preview.grab().toImage()
    wizard.training.set_preview(sheet)
    shown = wizard.training.preview.grab().toImage()
    middle = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert (middle.red(), middle.green()) == (255, 0) and empty != shown


# -- result


def test_result_compares_with_bicubic_and_with_the_model_before(wizard: TrainingWizard) -> None:
    progress = replace(trained(), start={"x2": 31.0, "x4": 25.75})
    wizard.result_page.show_run(run(FINISHED, start_name="fast"), progress)
    shown = texts(wizard.result_page)
    for part in ("31.25", "30.50", "fast", "31.00", "+0.25", "dB better than bicubic", "0.25 dB better than fast"):
        assert part in shown, part


@pytest.mark.parametrize(("began_with", "name"), [(True, "fast"), (False, "mine before")])
def test_model_that_is_worse_than_what_is_there_is_not_praised(
    wizard: TrainingWizard, began_with: bool, name: str
) -> None:
    better = {"x2": 31.5, "x4": 26.75}
    progress = replace(trained(), start=better) if began_with else replace(trained(), beside=better, beside_name=name)
    wizard.result_page.show_run(run(FINISHED, start_name="fast" if began_with else None), progress)
    assert f"but 0.50 dB worse than {name}: train longer" in wizard.result_page.sentence.text()
    assert all(part in texts(wizard.result_page) for part in ("31.50", "-0.25", name))


@pytest.mark.parametrize(("photo", "part"), [(True, "Zoom my photo"), (False, "Use it from now on")])
def test_one_click_uses_the_new_model(qtbot: QtBot, wizard: TrainingWizard, photo: bool, part: str) -> None:
    page = wizard.result_page
    page.show_run(run(FINISHED), trained())
    page.set_photo_open(photo)
    wizard.show_page(pages.RESULT)
    assert part in page.zoom_button.text().replace("&", "")
    page.name.setText("other")
    with qtbot.waitSignal(page.zoom_asked) as asked:
        qtbot.mouseClick(page.zoom_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["other"]
    page.set_failure("there is a model 'other' already")
    assert "already" in page.warning.text()
    page.show_run(run(FINISHED, installed_as="other"), trained())
    assert not page.install_button.isEnabled() and "Installed as other." in page.news.text()


def test_model_is_installed_once_however_often_people_click(qtbot: QtBot, wizard: TrainingWizard) -> None:
    page, asked = wizard.result_page, list[str]()
    page.install_asked.connect(asked.append)
    page.zoom_asked.connect(asked.append)
    page.show_run(run(FINISHED), trained())
    wizard.show_page(pages.RESULT)
    for button in (page.install_button, page.install_button, page.zoom_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == ["mine"] and not page.name.isEnabled()
    # After a refusal there is another name to be tried.
    page.set_failure("there is a model 'mine' already")
    assert page.name.isEnabled()
    qtbot.mouseClick(page.install_button, Qt.MouseButton.LeftButton)
    assert len(asked) == 2
    # What is installed can be used.
    page.show_run(run(FINISHED, installed_as="mine"), trained())
    qtbot.mouseClick(page.zoom_button, Qt.MouseButton.LeftButton)
    assert len(asked) == 3


def test_model_without_validation_is_not_praised(wizard: TrainingWizard) -> None:
    wizard.result_page.show_run(run(FINISHED), RunProgress())
    assert "no photo to measure" in wizard.result_page.sentence.text()
    # There is one, and it was stopped before.
    wizard.result_page.show_run(run(STOPPED), RunProgress(validation_photos=3, baseline={"x2": 33.0}))
    assert "not been measured yet" in wizard.result_page.sentence.text()
    worse = replace(trained(), baseline={"x2": 33.0, "x4": 28.0})
    wizard.result_page.show_run(run(FINISHED), worse)
    assert "Not better" in wizard.result_page.sentence.text()


# -- trainings


def test_list_tells_how_each_training_stands(qtbot: QtBot, wizard: TrainingWizard) -> None:
    runs = [
        StoredRun(
            replace(stored.record, id=str(number), installed_as="mine" if number == 5 else None),
            stored.folder,
            stored.problem,
            size_bytes=1_500_000,
        )
        for number, stored in enumerate(
            (
                run(progress=0.43),
                run(STOPPED, progress=0.5),
                run(FAILED, last_words="full"),
                run(FINISHED),
                run(STOPPED, problem="version 7"),
                run(FINISHED),
            )
        )
    ]
    page = wizard.runs
    page.set_runs(runs, active=frozenset())
    wizard.show_page(pages.RUNS)
    said = [page.list.item(row).text() for row in range(6)]
    parts = ("Interrupted after 43 %", "50 %", "full", "not installed yet", "version 7", "installed as mine")
    for text, part in zip(said, parts, strict=True):
        assert part in text and "1.5 MB" in text
    assert "9.0 MB" in page.disk_use.text()
    can = []
    for row in range(6):
        page.list.setCurrentRow(row)
        assert page.discard_button.isEnabled()
        can.append(page.go_on_button.isEnabled())
    assert can == [True, True, True, False, False, False]
    page.list.setCurrentRow(1)
    with qtbot.waitSignal(page.go_on_asked) as asked:
        qtbot.mouseClick(page.go_on_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["1"]
    page.set_runs(runs[:1], active=frozenset({"0"}))
    assert "Runs now" in page.list.item(0).text() and not page.go_on_button.isEnabled()
    page.set_runs(runs[:1], active=frozenset({"0"}), paused="0")
    assert "Paused at 43 %" in page.list.item(0).text() and not page.go_on_button.isEnabled()


# -- all of them


@pytest.mark.parametrize("page", [pages.RUNS, *pages.STEPS])
def test_whatever_can_have_the_focus_has_a_name(wizard: TrainingWizard, page: str) -> None:
    wizard.options.fold.setChecked(True)
    wizard.photos.set_report(report(PhotoProblem("twin", Path("/p/a.png"), "/p/b.png")))
    wizard.training.show_run(run(), trained(), place=0, is_locked_out=False)
    wizard.result_page.show_run(run(FINISHED), trained())
    wizard.show_page(page)
    assert nameless(wizard) == []


@pytest.mark.parametrize("page", [*pages.STEPS, pages.RUNS])
def test_mnemonics_are_unique_on_every_page(wizard: TrainingWizard, page: str) -> None:
    wizard.options.fold.setChecked(True)
    wizard.photos.begin(PhotoFolder(Path("/photos"), Path("/others")))
    wizard.training.show_run(replace(run(FAILED), has_model=True), trained(), place=0, is_locked_out=False)
    wizard.result_page.show_run(run(FINISHED), trained())
    wizard.runs.set_runs([run(STOPPED)], active=frozenset())
    wizard.show_page(page)
    buttons = [button for button in wizard.findChildren(QAbstractButton) if button.isVisible()]
    labels = [label for label in wizard.findChildren(QLabel) if label.isVisible() and label.buddy() is not None]
    shown = [*(button.text() for button in buttons), *(label.text() for label in labels)]
    letters = [QKeySequence.mnemonic(text).toString() for text in shown]
    used = [letter for letter in letters if letter]
    assert used and len(used) == len(set(used)), used


def test_enter_in_a_field_begins_nothing(qtbot: QtBot, wizard: TrainingWizard) -> None:
    wizard.show_page(pages.OPTIONS)
    begun: list[object] = []
    wizard.start_asked.connect(lambda: begun.append(None))
    qtbot.keyClick(wizard.options.steps, Qt.Key.Key_Return)
    assert not begun and wizard.isVisible()


def test_minutes_and_rate_are_typed_with_a_comma_or_a_point(qtbot: QtBot, wizard: TrainingWizard) -> None:
    options = wizard.options
    wizard.show_page(pages.OPTIONS)
    options.fold.click()
    for field, typed, value in ((options.minutes, "1.5", 1.5), (options.advanced.rate, "0.0002", 0.0002)):
        field.setLocale(QLocale("de_DE"))
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Tab)
        assert field.value() == value
