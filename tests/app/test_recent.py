"""Recent photos and the last session, from one run to the next."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.recent import KEPT, Recent, state_file
from app.session import ComparedBy, Session
from app.viewer.comparison import CompareMode
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Place
from liif_core.view.fit import FitMode
from liif_core.view.split import Split

PLACE = Place(3.5, (0.25, 0.75))

Remember = Callable[[], Recent]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.json"


@pytest.fixture
def remember(qtbot: QtBot, path: Path) -> Iterator[Remember]:
    """Runs of the program, each ended by the test or at its end."""
    runs: list[Recent] = []

    def run() -> Recent:
        runs.append(Recent(path))
        assert runs[-1].load() is None
        return runs[-1]

    yield run
    for each in runs:
        assert each.stop(timeout_s=60)
        assert each._task is not None and each._task.wait(timeout_s=60)


def made(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for photo in paths:
        photo.write_bytes(b"x")
    return paths


def opened(recent: Recent, *photos: Path) -> None:
    for photo in photos:
        recent.note_opened(photo)


def test_the_file_is_in_the_users_folder_of_state(qapp: object) -> None:
    assert state_file().name == "state.json"


def test_opened_photos_are_there_the_next_time_the_last_one_first(
    qtbot: QtBot, remember: Remember, tmp_path: Path
) -> None:
    a, b, c = made(tmp_path, "a.jpg", "b\udcff.jpg", "c.jpg")
    recent = remember()
    opened(recent, a, b, c, a)
    assert recent.photos == (a, c, b)
    assert recent.stop(timeout_s=60)
    again = remember()
    qtbot.waitUntil(lambda: again.photos == (a, c, b), timeout=5000)


def test_the_last_twenty_are_kept(remember: Remember, tmp_path: Path) -> None:
    recent = remember()
    opened(recent, *(tmp_path / f"{number}.jpg" for number in range(KEPT + 3)))
    assert [photo.stem for photo in recent.photos] == [str(number) for number in range(KEPT + 2, 2, -1)]


def test_missing_photos_are_hidden_and_kept(qtbot: QtBot, remember: Remember, tmp_path: Path) -> None:
    a, b = made(tmp_path, "a.jpg", "b.jpg")
    recent = remember()
    opened(recent, a, b)
    b.rename(tmp_path / "elsewhere")
    recent.check()
    qtbot.waitUntil(lambda: recent.photos == (a,), timeout=5000)
    (tmp_path / "elsewhere").rename(b)
    recent.check()
    qtbot.waitUntil(lambda: recent.photos == (b, a), timeout=5000)


def test_the_disk_is_asked_on_another_thread(
    qtbot: QtBot, remember: Remember, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (a,) = made(tmp_path, "a.jpg")
    recent = remember()
    opened(recent, a)
    threads: list[threading.Thread] = []
    real = Path.is_file

    def is_file(path: Path) -> bool:
        threads.append(threading.current_thread())
        return real(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    recent.check()
    qtbot.waitUntil(lambda: bool(threads), timeout=5000)
    assert threading.main_thread() not in threads


def test_two_running_programs_keep_each_others_photos(qtbot: QtBot, remember: Remember, tmp_path: Path) -> None:
    a, b, c = made(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    one, other = remember(), remember()
    opened(one, a, b)
    assert one.stop(timeout_s=60)
    opened(other, c, a)
    assert other.stop(timeout_s=60)
    again = remember()
    qtbot.waitUntil(lambda: again.photos == (a, c, b), timeout=5000)


def test_what_another_program_opens_after_the_list_was_cleared_stays(
    qtbot: QtBot, remember: Remember, tmp_path: Path
) -> None:
    a, b, c = made(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    one, other = remember(), remember()
    opened(one, a)
    one.clear()
    assert one.stop(timeout_s=5)
    opened(other, b)
    assert other.stop(timeout_s=5)
    opened(one, c)
    assert one.stop(timeout_s=5)
    again = remember()
    qtbot.waitUntil(lambda: again.photos == (c, b), timeout=5000)


def test_what_could_not_be_written_is_written_with_what_comes_next(qtbot: QtBot, path: Path, tmp_path: Path) -> None:
    recent = Recent(path)
    path.parent.write_text("a file where the folder should be")
    with qtbot.waitSignal(recent.save_failed, timeout=5000):
        recent.note_opened(tmp_path / "a.jpg")
    path.parent.unlink()
    recent.note_opened(tmp_path / "b.jpg")
    assert recent.stop(timeout_s=5)
    assert json.loads(path.read_text())["recent"] == [str(tmp_path / "b.jpg"), str(tmp_path / "a.jpg")]


SEEN = [
    (UPRIGHT, None),
    (Orientation(3, mirrored=True), ComparedBy(CompareMode.SPLIT, Split(0.25, vertical=False))),
    (Orientation(2), ComparedBy(CompareMode.DIFFERENCE, Split())),
]


@pytest.mark.parametrize(("orientation", "compared"), SEEN)
def test_how_a_photo_was_turned_and_compared_is_there_the_next_time(
    remember: Remember, tmp_path: Path, orientation: Orientation, compared: ComparedBy | None
) -> None:
    recent = remember()
    session = Session(tmp_path / "a.tif", 0, PLACE, orientation, compared)
    recent.keep_session(session)
    assert recent.stop(timeout_s=60)
    assert remember().session == session


def test_what_an_older_version_wrote_is_read_as_upright_and_not_compared(
    remember: Remember, path: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "a.jpg"
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "recent": [], "session": {**SOUND, "photo": str(photo)}}))
    recent = remember()
    assert recent.session == Session(photo, 0, Place(1.0, (0.5, 0.5), None))
    opened(recent, tmp_path / "b.jpg")
    assert recent.stop(timeout_s=60)
    written = json.loads(path.read_text())
    assert written["version"] == 2
    assert written["session"]["photo"] == str(photo), "it stays until another one takes its place"


@pytest.mark.parametrize("place", [PLACE, Place(0.1, (0.5, 0.5), FitMode.WIDTH)])
def test_the_last_session_is_there_the_next_time(remember: Remember, tmp_path: Path, place: Place) -> None:
    recent = remember()
    recent.keep_session(Session(tmp_path / "a.tif", 3, place))
    assert recent.stop(timeout_s=60)
    assert remember().session == Session(tmp_path / "a.tif", 3, place)


def test_what_is_cleared_is_gone_from_the_file(remember: Remember, path: Path, tmp_path: Path) -> None:
    recent = remember()
    opened(recent, tmp_path / "secret.jpg")
    recent.keep_session(Session(tmp_path / "secret.jpg", 0, PLACE))
    assert recent.stop(timeout_s=60)
    recent = remember()
    recent.clear()
    assert recent.stop(timeout_s=60)
    assert "secret" not in path.read_text()
    assert remember().session is None


def test_what_a_newer_version_wrote_is_kept(remember: Remember, path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"version": 9, "future": [1], "recent": []}')
    recent = remember()
    opened(recent, tmp_path / "a.jpg")
    assert recent.stop(timeout_s=60)
    written = json.loads(path.read_text())
    assert (written["version"], written["future"]) == (9, [1])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recent": 3}', '{"recent": [3]}', '{"recent": ["\\u0000"]}'])
def test_a_damaged_file_is_set_aside_and_told(qtbot: QtBot, path: Path, tmp_path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    recent = Recent(path)
    notice = recent.load()
    assert notice is not None and "state.damaged-1.json" in notice
    assert path.with_name("state.damaged-1.json").read_text() == text
    recent.note_opened(tmp_path / "a.jpg")
    assert recent.stop(timeout_s=60)
    assert json.loads(path.read_text())["recent"] == [str(tmp_path / "a.jpg")]


SOUND = {"photo": "/a.jpg", "page": 0, "zoom": 1.0, "center": [0.5, 0.5], "fit": None}
UNSOUND: list[Any] = [
    3,
    {},
    *(
        {**SOUND, key: value}
        for key, value in [
            ("photo", 3),
            ("photo", "a.jpg"),
            ("page", -1),
            ("page", "x"),
            ("zoom", 0),
            ("zoom", 1e999),
            ("center", [0.5]),
            ("center", [0.5, 7]),
            ("fit", "sideways"),
            ("quarter_turns", 4),
            ("quarter_turns", "x"),
            ("compared", 3),
            ("compared", {"mode": "upside down", "line": 0.5, "vertical": True}),
            ("compared", {"mode": "split", "line": float("nan"), "vertical": True}),
        ]
    ),
]


@pytest.mark.parametrize("data", UNSOUND)
def test_a_session_that_is_none_is_left_out(remember: Remember, path: Path, data: Any) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"session": data}))
    assert remember().session is None


def test_without_a_file_it_remembers_for_this_run(qtbot: QtBot, tmp_path: Path) -> None:
    recent = Recent()
    assert recent.load() is None
    with qtbot.waitSignal(recent.changed, timeout=1000):
        recent.note_opened(tmp_path / "a.jpg")
    assert recent.photos == (tmp_path / "a.jpg",)
    assert recent.stop(timeout_s=60)
