"""Stepping through a folder: natural order, ends, bad photos, and what happens on the disk meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest
from pytestqt.qtbot import QtBot

from app.file_state import state_of
from app.folder import FolderBrowser
from app.photo_list import chosen_photos, look_at, photos_in, photos_of_folder
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageReadError


def touched(folder: Path, *names: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(b"x")
    return paths


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Four photos in order, beside what is none."""
    touched(tmp_path / "photos", "notes.txt", "._1.jpg", ".hidden.png")
    (tmp_path / "photos" / "folder.jpg").mkdir()
    return touched(tmp_path / "photos", "1.jpg", "2.PNG", "10.tiff", "11.heic")


@pytest.fixture
def make_browser(qapp: object) -> Iterator[Callable[[], FolderBrowser]]:
    browsers: list[FolderBrowser] = []

    def make() -> FolderBrowser:
        browsers.append(FolderBrowser())
        return browsers[-1]

    yield make
    for browser in browsers:
        assert browser.stop(timeout_s=10)


@pytest.fixture
def browser(qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path]) -> FolderBrowser:
    """At the second of the photos, with the folder known."""
    browser = make_browser()
    browser.set_current(photos[1])
    qtbot.waitUntil(lambda: len(browser.paths) == 4 and bool(browser._watcher.directories()), timeout=5000)
    return browser


def test_a_folder_lists_its_photos_in_natural_order(photos: list[Path]) -> None:
    assert list(photos_of_folder(photos[0].parent).paths) == photos


def test_the_current_photo_belongs_to_the_list_whatever_its_name(photos: list[Path]) -> None:
    folder = photos[0].parent
    (odd,) = touched(folder, "5.dat")
    assert odd in photos_of_folder(folder, current=odd).paths
    assert folder / "gone.dat" not in photos_of_folder(folder, current=folder / "gone.dat").paths


def test_a_list_of_very_many_files_is_given_up_when_nobody_wants_it(photos: list[Path]) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        photos_of_folder(photos[0].parent, cancel=token)


def test_the_folder_is_listed_on_another_thread(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    real = os.scandir

    def scandir(path: Path) -> object:
        threads.append(threading.current_thread())
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    browser = make_browser()
    browser.set_current(photos[2])
    assert browser.position == (1, 1)
    qtbot.waitUntil(lambda: browser.position == (3, 4), timeout=5000)
    assert threads and threading.main_thread() not in threads


@pytest.mark.parametrize(("steps", "expected"), [(["next"], 2), (["next", "previous"], 0), (["last"], 3)])
def test_a_step_before_the_folder_is_known_is_made_when_it_is(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path], steps: list[str], expected: int
) -> None:
    browser = make_browser()
    with qtbot.waitSignal(browser.moved, timeout=5000) as moved, qtbot.assertNotEmitted(browser.reached_end):
        browser.set_current(photos[1])
        for step in steps:
            assert getattr(browser, step)() is None
    assert moved.args == [photos[expected]]
    assert browser.current == photos[expected]


def test_stepping_does_not_list_the_folder_again(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []
    monkeypatch.setattr("app.photo_list.os.scandir", listed.append)
    assert browser.next() == photos[2]
    browser.set_current(photos[2])
    qtbot.waitUntil(lambda: str(photos[2]) in browser._watcher.files(), timeout=5000)
    assert not listed


def test_a_photo_that_came_into_the_folder_unnoticed_is_placed(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path]
) -> None:
    browser._watcher.removePaths(browser._watcher.directories())
    (new,) = touched(photos[0].parent, "3.jpg")
    browser.set_current(new)
    qtbot.waitUntil(lambda: browser.position == (3, 5), timeout=5000)


def test_steps_go_through_the_folder_and_stop_at_its_ends(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path]
) -> None:
    ends: list[bool] = []
    browser.reached_end.connect(ends.append)
    assert browser.position == (2, 4)
    assert [browser.next(), browser.next()] == photos[2:]
    assert browser.position == (4, 4)
    assert browser.next() is None
    assert browser.first() == photos[0]
    assert browser.previous() is None
    assert browser.first() is None
    assert browser.last() == photos[3]
    assert ends == [True, False]


def test_a_bad_photo_is_skipped_in_the_direction_of_the_step(browser: FolderBrowser, photos: list[Path]) -> None:
    assert browser.next() == photos[2]
    assert browser.mark_bad(photos[2], "10.tiff is empty") == photos[3]
    browser.set_current(photos[3])
    assert browser.previous() == photos[1]
    assert browser.take_notice() == "Skipped: 10.tiff is empty"
    assert browser.take_notice() is None


def test_when_all_that_follow_are_bad_the_shown_photo_stays_the_current(
    browser: FolderBrowser, photos: list[Path]
) -> None:
    assert browser.next() == photos[2]
    assert browser.mark_bad(photos[2], "10.tiff is empty") == photos[3]
    assert browser.mark_bad(photos[3], "11.heic is empty") is None
    assert browser.current == photos[1]
    notice = browser.take_notice()
    assert notice is not None and "2 files" in notice and "10.tiff" in notice
    assert browser.previous() == photos[0]


def test_a_bad_photo_that_was_not_stepped_to_moves_nothing(browser: FolderBrowser, photos: list[Path]) -> None:
    assert browser.mark_bad(photos[2], "bad") is None
    assert browser.current == photos[1]
    assert browser.next() == photos[3]


def test_a_photo_shown_after_all_is_bad_no_more(browser: FolderBrowser, photos: list[Path]) -> None:
    browser.mark_bad(photos[2], "bad")
    browser.set_current(photos[2])
    browser.set_current(photos[1])
    assert browser.next() == photos[2]


def test_a_photo_that_comes_into_the_folder_is_found(qtbot: QtBot, browser: FolderBrowser, photos: list[Path]) -> None:
    browser.mark_bad(photos[2], "half written")
    touched(photos[0].parent, "3.jpg")
    qtbot.waitUntil(lambda: browser.position == (2, 5), timeout=5000)
    assert browser.next() == photos[0].with_name("3.jpg")
    assert browser.next() == photos[2]


def test_photos_that_vanish_are_skipped(qtbot: QtBot, browser: FolderBrowser, photos: list[Path]) -> None:
    photos[2].unlink()
    qtbot.waitUntil(lambda: browser.position == (2, 3), timeout=5000)
    assert browser.next() == photos[3]


def test_a_removed_current_photo_is_told_and_its_neighbours_are_found(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path]
) -> None:
    with qtbot.waitSignal(browser.current_removed, timeout=5000):
        photos[1].unlink()
    assert browser.position is None
    assert browser.position is None
    assert list(browser.neighbours) == [photos[2], photos[0]]
    assert browser.next() == photos[2]
    assert browser.previous() == photos[0]
    with qtbot.assertNotEmitted(browser.current_removed, wait=400):
        browser.set_current(photos[0])


def test_a_current_photo_that_returns_is_told(qtbot: QtBot, browser: FolderBrowser, photos: list[Path]) -> None:
    with qtbot.waitSignal(browser.current_removed, timeout=5000):
        photos[1].unlink()
    with qtbot.waitSignal(browser.current_changed_on_disk, timeout=5000):
        photos[1].write_bytes(b"again")


def test_one_of_several_chosen_photos_that_returns_is_told(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path]
) -> None:
    browser = make_browser()
    with qtbot.waitSignal(browser.moved, timeout=5000):
        browser.choose(photos[:2])
    browser.set_current(photos[0], state=state_of(photos[0]))
    qtbot.waitUntil(lambda: bool(browser._watcher.files()), timeout=5000)
    with qtbot.waitSignal(browser.current_removed, timeout=5000):
        photos[0].unlink()
    with qtbot.waitSignal(browser.current_changed_on_disk, timeout=5000):
        photos[0].write_bytes(b"again")
    assert list(browser.paths) == photos[:2], "what lies beside them is not among them"


@pytest.mark.parametrize("replace", [False, True])
def test_a_changed_current_photo_is_told_every_time(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], replace: bool
) -> None:
    for content in (b"larger", b"larger still"):
        with qtbot.waitSignal(browser.current_changed_on_disk, timeout=5000):
            if replace:
                other = photos[1].with_name("saving.tmp")
                other.write_bytes(content)
                other.replace(photos[1])
            else:
                photos[1].write_bytes(content)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there, and the system follows names")
@pytest.mark.parametrize("is_link", [False, True])
def test_a_current_photo_is_followed_into_the_file_that_takes_its_place(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path], tmp_path: Path, is_link: bool
) -> None:
    """The file before it lives on, as a backup or as what a link led to, and is no longer the photo."""
    photo, newer = photos[2], tmp_path / "newer.dat"
    if is_link:
        photo.unlink()
        photo.symlink_to(tmp_path / "older.dat")
        (tmp_path / "older.dat").write_bytes(b"older")
    browser = make_browser()
    browser.set_current(photo)
    qtbot.waitUntil(lambda: len(browser.paths) == 4)
    newer.write_bytes(b"newer")
    with qtbot.waitSignal(browser.current_changed_on_disk):
        if is_link:
            (tmp_path / "link").symlink_to(newer)
            (tmp_path / "link").replace(photo)
        else:
            os.link(photo, tmp_path / "backup.dat")
            newer.replace(photo)
    qtbot.waitUntil(lambda: not browser._watcher.is_pending and not browser._look.is_awaited)
    with qtbot.waitSignal(browser.current_changed_on_disk, timeout=3000):
        photo.write_bytes(b"written once more, in place")


def test_a_change_since_the_current_photo_was_read_is_told_once_it_is_whole(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path]
) -> None:
    before = state_of(photos[2])
    photos[2].write_bytes(b"half")
    browser.set_current(photos[2], state=before)
    with qtbot.waitSignal(browser.current_changed_on_disk, timeout=5000):
        qtbot.waitUntil(lambda: str(photos[2]) in browser._watcher.files(), timeout=5000)
        photos[2].write_bytes(b"half, and the rest")
    with qtbot.assertNotEmitted(browser.current_changed_on_disk, wait=500):
        browser.set_current(photos[2], state=state_of(photos[2]))


def test_opening_a_photo_elsewhere_lists_its_folder(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], tmp_path: Path
) -> None:
    others = touched(tmp_path / "others", "a.jpg", "b.jpg")
    browser.set_current(others[0])
    assert browser.position == (1, 1)
    qtbot.waitUntil(lambda: browser.position == (1, 2), timeout=5000)
    qtbot.waitUntil(lambda: browser._watcher.directories() == [str(others[0].parent)], timeout=5000)


def test_the_neighbours_are_those_beside_the_current_photo_the_next_one_first(
    browser: FolderBrowser, photos: list[Path]
) -> None:
    assert list(browser.neighbours) == [photos[2], photos[0]]
    browser.last()
    assert list(browser.neighbours) == [photos[2]]
    browser.forget()
    assert not browser.neighbours


def test_the_photos_of_a_large_folder_are_not_compared_on_the_windows_thread(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = touched(tmp_path / "large", *(f"{number}.jpg" for number in range(400)))
    browser = make_browser()
    browser.set_current(photos[200])
    qtbot.waitUntil(lambda: len(browser.paths) == 400 and bool(browser._watcher.directories()), timeout=5000)
    threads: list[threading.Thread] = []
    equal = PurePath.__eq__

    def noted_equal(path: PurePath, other: object) -> bool:
        threads.append(threading.current_thread())
        return equal(path, other)

    monkeypatch.setattr(PurePath, "__eq__", noted_equal)
    assert len(browser.neighbours) == 2
    touched(tmp_path / "large", "one more.jpg")
    qtbot.waitUntil(lambda: len(browser.paths) == 401, timeout=5000)
    assert len(threads) > 100
    assert threads.count(threading.main_thread()) < 100


def test_a_folder_that_goes_away_leaves_what_was_seen(qtbot: QtBot, browser: FolderBrowser, photos: list[Path]) -> None:
    with qtbot.waitSignal(browser.current_removed, timeout=5000):
        photos[0].parent.rename(photos[0].parent.with_name("moved"))
        # Not every system tells of a folder that was renamed or unplugged; the next look finds out.
        browser._watcher.tell_soon()
    assert browser.position == (2, 4)


def test_a_step_before_any_photo_is_open_leads_nowhere(make_browser: Callable[[], FolderBrowser]) -> None:
    browser = make_browser()
    assert browser.next() is browser.previous() is browser.first() is browser.last() is None
    assert browser.position is None


def test_a_chosen_folder_is_opened_at_its_first_good_photo(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path]
) -> None:
    browser = make_browser()
    with qtbot.waitSignal(browser.moved, timeout=5000) as moved:
        browser.choose([photos[0].parent])
    assert moved.args == [photos[0]]
    assert browser.mark_bad(photos[0], "bad") == photos[1]
    browser.set_current(photos[1])
    assert browser.position == (2, 4)


def test_several_chosen_files_are_the_list(
    qtbot: QtBot, make_browser: Callable[[], FolderBrowser], photos: list[Path], tmp_path: Path
) -> None:
    (other,) = touched(tmp_path / "a folder", "z.jpg")
    browser = make_browser()
    with qtbot.waitSignal(browser.moved, timeout=5000) as moved:
        browser.choose([photos[2], other, photos[0], tmp_path / "photos" / "notes.txt", photos[0]])
    assert moved.args == [other]
    browser.set_current(other)
    qtbot.waitUntil(lambda: bool(browser._watcher.files()), timeout=5000)
    assert [browser.next(), browser.next(), browser.next()] == [photos[0], photos[2], None]
    assert browser.position == (3, 3)
    browser.set_current(photos[1])
    qtbot.waitUntil(lambda: browser.position == (2, 4), timeout=5000)


def test_what_is_chosen_is_not_taken_for_the_folder_that_is_still_being_listed(
    qtbot: QtBot,
    make_browser: Callable[[], FolderBrowser],
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_listed = threading.Event()
    monkeypatch.setattr("app.folder.look_at", lambda *what, **how: is_listed.wait(20) and look_at(*what, **how))
    browser = make_browser()
    browser.set_current(photos[0])
    others = touched(tmp_path / "others", "a.jpg", "b.jpg", "c.jpg")
    with qtbot.waitSignal(browser.moved, timeout=5000):
        browser.choose([others[0], others[2]])
    with qtbot.assertNotEmitted(browser.changed, wait=200):
        is_listed.set()
    assert browser.paths == (others[0], others[2])


@pytest.fixture
def hold_choice(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What lets a choice be found out; before, it takes its time."""
    go_on = threading.Event()
    monkeypatch.setattr("app.folder.chosen_photos", lambda *what, **how: go_on.wait(20) and chosen_photos(*what, **how))
    return go_on


def test_a_choice_is_not_waited_for_when_a_step_is_made_after_it(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], tmp_path: Path, hold_choice: threading.Event
) -> None:
    browser.choose(touched(tmp_path / "others", "a.jpg", "b.jpg"))
    assert browser.next() == photos[2]
    with qtbot.assertNotEmitted(browser.moved, wait=200):
        hold_choice.set()


def test_a_choice_is_waited_for_when_a_photo_stepped_to_before_it_is_left_out(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], tmp_path: Path, hold_choice: threading.Event
) -> None:
    others = touched(tmp_path / "others", "a.jpg", "b.jpg")
    browser.next()
    browser.choose(others)
    assert browser.mark_bad(photos[2], "bad") == photos[3]
    with qtbot.waitSignal(browser.moved, timeout=5000) as moved:
        hold_choice.set()
    assert moved.args == [others[0]]


def test_a_chosen_file_is_opened_whatever_it_is_and_changes_nothing_before(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path]
) -> None:
    with qtbot.waitSignal(browser.chosen, timeout=5000) as chosen:
        browser.choose([photos[0].with_name("notes.txt")])
    assert chosen.args == [photos[0].with_name("notes.txt")]
    assert browser.mark_bad(chosen.args[0], "no photo") is None
    assert (browser.current, browser.position) == (photos[1], (2, 4))


def test_when_nothing_that_was_chosen_can_be_opened_the_old_list_returns(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], tmp_path: Path
) -> None:
    others = touched(tmp_path / "others", "a.jpg", "b.jpg")
    with qtbot.waitSignal(browser.moved, timeout=5000):
        browser.choose(others)
    assert browser.mark_bad(others[0], "bad") == others[1]
    assert browser.mark_bad(others[1], "bad") is None
    assert browser.current == photos[1]
    qtbot.waitUntil(lambda: browser.position == (2, 4), timeout=5000)


def test_a_chosen_folder_without_photos_is_told_in_one_sentence(
    qtbot: QtBot, browser: FolderBrowser, photos: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(browser.failed, timeout=5000) as failed:
        browser.choose([tmp_path / "empty"])
    assert isinstance(failed.args[0], ImageReadError)
    assert "empty" in str(failed.args[0]) and "\n" not in str(failed.args[0])
    assert browser.position == (2, 4)


def test_what_is_chosen_is_photos_if_there_are_any(tmp_path: Path) -> None:
    text, photo = touched(tmp_path / "x", "a.txt", "b.jpg")
    assert photos_in([text, photo]).paths == (photo,)
    assert photos_in([text]).paths == (text,)
    assert photos_in([tmp_path / "x", text, photo]).paths == (photo,)


def test_a_name_that_cannot_be_asked_about_is_left_to_the_reader_who_says_why(tmp_path: Path) -> None:
    unaskable = tmp_path / ("n" * 300 + ".jpg")
    assert chosen_photos([unaskable], cancel=CancelToken()).paths == (unaskable,)
    assert photos_in([unaskable, tmp_path]).paths == (unaskable,)
