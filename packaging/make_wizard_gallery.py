"""Takes a picture of every page of the training wizard, in both themes and languages, from a real training.

Run as `.venv/bin/python packaging/make_wizard_gallery.py FOLDER` after a change of the wizard. It cuts the sample photo
into photos to learn from, looks through them, trains the quick recipe for some hundred steps (`--steps`), and then
shows each page what that gave: `FOLDER/PAGE-THEME-LANGUAGE.png`, and one look at twice the density. With `--publish`,
some of them and a sheet of all pages in each look become the gallery's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import chinese_font
import PIL.Image
from bootstrap import ROOT, SAMPLE

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.composition import Viewer, ViewerOptions
from app.settings import Settings
from app.settings_values import Language, Theme
from app.training.progress import PAUSED, RunProgress
from app.training.recipe import CARDS
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED
from app.training.run_store import RunStore, StoredRun
from app.wizard.draft import BY_STEPS, Draft
from app.wizard.wizard import MODEL, OPTIONS, PHOTOS, RUNS, TRAINING
from app.workers.training_queue import TrainingQueue
from liif_core.library import installed_models
from liif_core.paths import runs_folder
from liif_core.training.photo_folder import PhotoFolder

SIDE, STRIDE = 200, 150
# Of the window, in device-independent pixels.
SIZE = (940, 700)
SURVEY_FILE, LOOK = "survey.jsonl", "--look"
DATA_VARIABLES = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


@dataclass(frozen=True, slots=True)
class Look:
    """How the pages are shown.

    Attributes:
        theme: "dark" or "light".
        language: "en" or "zh_CN".
        density: Device pixels per device-independent one.
    """

    theme: str
    language: str
    density: int = 1

    @property
    def suffix(self) -> str:
        """Of the names of its pictures."""
        return f"{self.theme}-{self.language}" + (f"-{self.density}x" if self.density > 1 else "")


LOOKS = (
    *(Look(theme, language) for theme in ("dark", "light") for language in ("en", "zh_CN")),
    Look("dark", "zh_CN", density=2),
)

PAGES = (
    "0-photos-empty",
    "1-photos",
    "2-model",
    "3-options-advanced",
    "4-training",
    "4-training-paused",
    "4-training-failed",
    "5-result",
    "6-runs",
)
# Those that the gallery has at their full size as well.
PUBLISHED = (
    "1-photos-light-en",
    "2-model-dark-zh_CN",
    "2-model-light-en",
    "3-options-advanced-light-en",
    "4-training-dark-zh_CN",
    "4-training-light-en",
    "5-result-dark-en",
)
QUALITY = 88
SHEET_COLUMNS, SHEET_GAP = 3, 8


def make_photos(folder: Path) -> None:
    """Pieces of the sample photo, one of them twice, one tiny, and a file that is no photo."""
    folder.mkdir(parents=True)
    with PIL.Image.open(SAMPLE) as opened:
        sample = opened.convert("RGB")
    places = [(x, y) for y in range(0, sample.height - SIDE, STRIDE) for x in range(0, sample.width - SIDE, STRIDE)]
    for number, (x, y) in enumerate(places):
        sample.crop((x, y, x + SIDE, y + SIDE)).save(folder / f"photo {number:03}.png")
    x, y = places[1]
    sample.crop((x, y, x + SIDE, y + SIDE)).save(folder / "photo 001 (copy).jpg", quality=90)
    sample.resize((60, 48)).save(folder / "contact sheet.png")
    (folder / "half a download.jpg").write_bytes(SAMPLE.read_bytes()[:2000])


def prepare(home: Path, photos: Path, *, steps: int) -> None:
    """What the pages show: a survey, and a training by the wizard's own queue."""
    application = QCoreApplication.instance() or QCoreApplication(["gallery"])
    recipes = [part for card in CARDS for part in ("--recipe", Draft().preset_of(card))]
    command = [sys.executable, "-m", "app", "survey", "--data", str(photos), *recipes]
    survey = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    (home / SURVEY_FILE).write_text(survey.stdout, encoding="utf-8")
    queue, loop = TrainingQueue(RunStore(runs_folder())), QEventLoop()
    queue.known.ended.connect(loop.quit)
    draft = Draft(photos=PhotoFolder(photos), name="dandelions", budget=BY_STEPS, steps=steps)
    queue.plan(draft.record(), draft.own_recipe())
    loop.exec()
    queue.stop(timeout_s=60)
    application.processEvents()


def take(look: Look, home: Path, photos: Path, target: Path) -> None:
    """Every page in one look, in this process."""
    application = QApplication.instance() or QApplication(["gallery"])
    settings = Settings()
    theme, language = cast(Theme, look.theme), cast(Language, look.language)
    settings.override(replace(settings.appearance, theme=theme, language=language))
    viewer = Viewer(ViewerOptions(model="bicubic", show_errors=False, moves=False), settings=settings)
    viewer.models.know(installed_models())
    viewer.start()
    try:
        pages = Pages(viewer, target, look.suffix)
        pages.take_planning(photos, (home / SURVEY_FILE).read_text(encoding="utf-8").splitlines())
        pages.take_training()
        pages.take_result()
    finally:
        viewer.window.close()
        viewer.stop()
        application.processEvents()


class Pages:
    """The wizard of a viewer, page by page.

    Args:
        viewer: Its trainings are on the disk.
        target: Folder of the pictures.
        suffix: Of their names.
    """

    def __init__(self, viewer: Viewer, target: Path, suffix: str) -> None:
        self._target, self._suffix = target, suffix
        self._queue = viewer.training.queue
        self._queue.known.load()
        while not self._queue.known.runs:
            _wait(50)
        [self._run] = self._queue.known.runs.values()
        self._events = self._queue.known.store.events(self._run.record.id)
        viewer.training.commands.open()
        wizard, controller = viewer.training.commands.wizard, viewer.training.commands.controller
        assert wizard is not None
        assert controller is not None
        self._wizard, self._controller = wizard, controller
        wizard.resize(*SIZE)

    def take_planning(self, photos: Path, survey: Sequence[str]) -> None:
        """The first three pages, with what a survey told."""
        wizard, planning = self._wizard, self._controller.planning
        wizard.show_page(PHOTOS)
        self._save("0-photos-empty")
        planning._begin_survey(PhotoFolder(photos))
        planning.surveyor.cancel()
        planning._cards_of = {planning.draft.preset_of(card): card for card in CARDS}
        for line in survey:
            planning.surveyor._on_line(line)
        planning.cancel_measuring()
        # The thumbnails are made on a thread.
        _wait(1500)
        self._save("1-photos")
        wizard.show_page(MODEL)
        self._save("2-model")
        wizard.show_page(OPTIONS)
        self._save("3-options")
        wizard.options.fold.setChecked(True)
        self._save("3-options-advanced")

    def take_training(self) -> None:
        """A training at two thirds: running, paused and failed."""
        record, page = self._run.record, self._wizard.training
        progress = RunProgress()
        progress.take_all(self._events[: round(0.7 * len(self._events))])
        running = replace(self._run, record=replace(record, status=RUNNING, progress=0.0))
        page.show_run(running, progress, place=0, is_locked_out=False)
        self._queue.known._progress[record.id] = progress
        self._controller._files.read_preview(self._run)
        self._wizard.show_page(TRAINING)
        _wait(1000)
        self._save("4-training")
        progress.phase, progress.parts = PAUSED, (2, 8)
        page.show_run(running, progress, place=0, is_locked_out=False)
        self._save("4-training-paused")
        page.show_run(self._failed(), progress, place=0, is_locked_out=False)
        self._save("4-training-failed")

    def take_result(self) -> None:
        """What it brought, and the list of trainings."""
        id_ = self._run.record.id
        progress = self._queue.known._progress[id_] = RunProgress()
        progress.take_all(self._events)
        self._controller.show_run(id_)
        self._wizard.result_page.set_photo_open(True)
        _wait(1000)
        self._save("5-result")
        kept = replace(self._run.record, id="b", name="holiday-standard", status=STOPPED, progress=0.43)
        done = replace(self._run.record, status=FINISHED)
        finished = replace(self._run, record=done)
        installed = replace(self._run, record=replace(done, name="prints-quick", installed_as="prints-quick"))
        runs = [self._failed(), replace(self._run, record=kept), finished, installed]
        self._wizard.runs.set_runs(runs, active=frozenset())
        self._wizard.show_page(RUNS)
        self._save("6-runs")

    def _failed(self) -> StoredRun:
        words = f"{self._run.folder}: the run cannot be saved (No space left on device); what was saved last is kept"
        return replace(self._run, record=replace(self._run.record, status=FAILED, last_words=words, progress=0.7))

    def _save(self, name: str) -> None:
        _wait(100)
        path = self._target / f"{name}-{self._suffix}.png"
        self._wizard.grab().save(str(path))
        print(path)


def _wait(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def main(arguments: Sequence[str]) -> int:
    """Prepare once, and take each look in a process of its own: the density is that of a process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--publish", action="store_true", help="put them into the gallery")
    parser.add_argument("--home", type=Path, help="where what is shown is kept, to be shown again")
    parser.add_argument(LOOK, nargs=3, metavar=("THEME", "LANGUAGE", "DENSITY"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.look is None and not chinese_font.is_there():
        parser.error(chinese_font.MISSING)
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.look is not None:
        theme, language, density = given.look
        take(Look(theme, language, int(density)), given.home, given.home / "my photos", given.folder)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        home = (given.home or Path(temporary)).absolute()
        home.mkdir(parents=True, exist_ok=True)
        os.environ.update({name: str(home / name.lower()) for name in DATA_VARIABLES})
        if not (home / SURVEY_FILE).exists():
            make_photos(home / "my photos")
            prepare(home, home / "my photos", steps=given.steps)
        for look in LOOKS:
            shown = [look.theme, look.language, str(look.density)]
            command = [sys.executable, __file__, str(given.folder.absolute()), "--home", str(home), LOOK, *shown]
            surroundings = {**os.environ, "QT_SCALE_FACTOR": str(look.density)}
            subprocess.run(command, check=True, cwd=ROOT, env=surroundings)
    if given.publish:
        publish(given.folder)
    return 0


def publish(folder: Path) -> None:
    """Put pictures into the gallery, and note what they show."""
    import interface_digest

    gallery = interface_digest.WIZARD_DIGESTS.parent
    for name in PUBLISHED:
        _opened(folder / f"{name}.png").save(gallery / f"{name}.jpg", quality=QUALITY)
    for theme, language in sorted({(look.theme, look.language) for look in LOOKS}):
        _sheet(folder, f"{theme}-{language}").save(gallery / f"all-{theme}-{language}.jpg", quality=QUALITY)
    interface_digest.record_wizard()


def _sheet(folder: Path, look: str) -> PIL.Image.Image:
    """All pages beside each other, at half their size."""
    pictures = [_opened(folder / f"{page}-{look}.png") for page in PAGES]
    width, height = (max(sides) // 2 for sides in zip(*(picture.size for picture in pictures), strict=True))
    rows = -(-len(pictures) // SHEET_COLUMNS)
    sheet = PIL.Image.new("RGB", (SHEET_COLUMNS * (width + SHEET_GAP), rows * (height + SHEET_GAP)), "#808080")
    for index, picture in enumerate(pictures):
        place = (index % SHEET_COLUMNS * (width + SHEET_GAP), index // SHEET_COLUMNS * (height + SHEET_GAP))
        sheet.paste(picture.resize((width, height), PIL.Image.Resampling.LANCZOS), place)
    return sheet


def _opened(path: Path) -> PIL.Image.Image:
    with PIL.Image.open(path) as picture:
        return picture.convert("RGB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
