"""Errors that nobody caught: the program goes on, the log has them, and one dialog tells."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.crashes import LOGGED_PER_PLACE, Crash, Crashes
from app.diagnostics import LOG_LINES, collect, program_facts, with_log
from app.doctor.finding import without_home
from app.logging_setup import log_file
from app.settings import Settings
from app.windows.crash_dialog import CrashDialog, CrashReporter


class Unlucky:
    def __del__(self) -> None:
        raise ArithmeticError("while being deleted")


def fail_in_a_slot() -> None:
    def slot() -> None:
        raise ArithmeticError("in a slot")

    QTimer.singleShot(0, slot)


def fail_in_a_thread() -> None:
    def work() -> None:
        raise ArithmeticError("in a thread")

    thread = threading.Thread(target=work, name="unlucky thread")
    thread.start()
    thread.join()


def fail_where_nothing_can_be_raised() -> None:
    unlucky = Unlucky()
    del unlucky


@pytest.fixture
def crashes(qapp: object) -> Iterator[Crashes]:
    crashes = Crashes()
    crashes.install()
    yield crashes
    crashes.uninstall()


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (fail_in_a_slot, ["in a slot", "in slot"]),
        (fail_in_a_thread, ["in a thread", "unlucky thread"]),
        (fail_where_nothing_can_be_raised, ["while being deleted", "Unlucky"]),
    ],
)
def test_an_uncaught_error_is_logged_and_told_to_the_gui_thread(
    qtbot: QtBot, crashes: Crashes, caplog: pytest.LogCaptureFixture, fail: Callable[[], None], words: list[str]
) -> None:
    threads: list[threading.Thread] = []
    crashes.happened.connect(lambda _: threads.append(threading.current_thread()))
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(crashes.happened, timeout=5000) as happened:
        fail()
        assert not threads, "it was told in the middle of what failed"
    assert threads == [threading.main_thread()]
    for word in [*words, "ArithmeticError"]:
        assert word in happened.args[0].traceback
        assert word in caplog.text


def test_an_error_that_repeats_itself_is_told_every_time_and_logged_a_few_times(
    qtbot: QtBot, crashes: Crashes, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Crash] = []
    crashes.happened.connect(told.append)
    for _ in range(LOGGED_PER_PLACE + 3):
        fail_where_nothing_can_be_raised()
    qtbot.waitUntil(lambda: len(told) == LOGGED_PER_PLACE + 3, timeout=5000)
    assert len({crash.place for crash in told}) == 1
    assert len(caplog.records) == LOGGED_PER_PLACE


def test_the_end_of_a_thread_by_exit_is_no_crash(qtbot: QtBot, crashes: Crashes) -> None:
    with qtbot.assertNotEmitted(crashes.happened, wait=50):
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()


def test_uninstalling_gives_the_hooks_back(qapp: object) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    crashes = Crashes()
    crashes.install()
    crashes.install()
    assert sys.excepthook != before[0]
    crashes.uninstall()
    crashes.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_a_crash_after_the_owner_is_gone_is_still_printed(
    qapp: object, crashes: Crashes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shiboken6

    shiboken6.delete(crashes)
    fail_where_nothing_can_be_raised()
    assert "while being deleted" in capsys.readouterr().err


def crash_at(place: str) -> Crash:
    return Crash(place, f"Traceback:\n  {Path.home() / 'x.py'}\nValueError: {place}\n")


@pytest.fixture
def reporter(qtbot: QtBot) -> Iterator[CrashReporter]:
    reporter = CrashReporter(lambda: "the facts\n")
    yield reporter
    if reporter._dialog is not None:
        reporter._dialog.reject()
    assert reporter.stop(timeout_s=60)


def dialog_of(reporter: CrashReporter) -> CrashDialog:
    assert reporter._dialog is not None
    return reporter._dialog


def press(reporter: CrashReporter, text: str) -> None:
    (button,) = (each for each in dialog_of(reporter).findChildren(QAbstractButton) if each.text() == text)
    button.click()


def texts(parent: QObject) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in parent.findChildren(QLabel) if not label.isHidden())


def test_one_dialog_tells_and_counts_what_follows(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.show(crash_at("a"))
    dialog = dialog_of(reporter)
    assert dialog.isVisible() and not dialog.isModal()
    for _ in range(3):
        reporter.show(crash_at("b"))
    assert dialog_of(reporter) is dialog
    assert "3" in texts(dialog)


def test_the_traceback_is_shown_on_demand_and_cannot_be_edited(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.show(crash_at("a"))
    (field,) = dialog_of(reporter).findChildren(QPlainTextEdit)
    assert not field.isVisible()
    press(reporter, "Show details")
    assert field.isVisible() and field.isReadOnly()
    assert "ValueError: a" in field.toPlainText()
    assert str(Path.home()) not in field.toPlainText()
    press(reporter, "Hide details")
    assert not field.isVisible()


def test_what_was_answered_is_not_told_again_and_something_else_is(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.show(crash_at("a"))
    press(reporter, "Continue")
    reporter.show(crash_at("a"))
    assert reporter._dialog is None
    reporter.show(crash_at("b"))
    assert dialog_of(reporter).isVisible()


def test_quitting_is_asked_for(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.show(crash_at("a"))
    with qtbot.waitSignal(reporter.quit_asked, timeout=1000):
        press(reporter, "Quit")
    assert reporter._dialog is None


def test_diagnostics_go_to_the_clipboard(qtbot: QtBot, reporter: CrashReporter) -> None:
    log_file().parent.mkdir(parents=True, exist_ok=True)
    log_file().write_text("a line of the log\n")
    reporter.show(crash_at("a"))
    press(reporter, "Copy diagnostics")
    qtbot.waitUntil(lambda: "clipboard" in texts(dialog_of(reporter)), timeout=5000)
    copied = QGuiApplication.clipboard().text()
    assert all(word in copied for word in ("ValueError: a", "the facts", "a line of the log"))


def test_a_dialog_may_be_closed_while_diagnostics_are_collected(
    qtbot: QtBot, reporter: CrashReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(facts: str) -> str:
        gate.wait(20)
        return facts

    monkeypatch.setattr("app.windows.crash_dialog.with_log", slow)
    reporter.show(crash_at("a"))
    press(reporter, "Copy diagnostics")
    press(reporter, "Continue")
    gate.set()
    qtbot.wait(100)
    assert reporter._dialog is None


def test_diagnostics_that_could_not_be_collected_can_be_asked_for_again(
    qtbot: QtBot, reporter: CrashReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_facts: str) -> str:
        raise OSError("the drive is gone")

    monkeypatch.setattr("app.windows.crash_dialog.with_log", fails)
    reporter.show(crash_at("a"))
    press(reporter, "Copy diagnostics")
    qtbot.waitUntil(lambda: "log file has the details" in texts(dialog_of(reporter)))
    monkeypatch.setattr("app.windows.crash_dialog.with_log", lambda facts: facts)
    press(reporter, "Copy diagnostics")
    qtbot.waitUntil(lambda: "in the clipboard" in texts(dialog_of(reporter)))


@pytest.mark.parametrize("opens", [True, False])
def test_the_log_file_is_shown_or_named(
    qtbot: QtBot, reporter: CrashReporter, monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    asked: list[str] = []

    class Desktop:
        @staticmethod
        def openUrl(url: object) -> bool:
            asked.append(str(url))
            return opens

    monkeypatch.setattr("app.windows.crash_dialog.QDesktopServices", Desktop)
    reporter.show(crash_at("a"))
    press(reporter, "Show log file")
    assert "stepless.log" in asked[0]
    assert ("stepless.log" in texts(dialog_of(reporter))) is not opens


def test_diagnostics_say_what_a_report_needs(qapp: object, tmp_path: Path) -> None:
    from dataclasses import replace

    settings = Settings()
    profile = Path.home() / "display.icc"
    settings.set(replace(settings.appearance, theme="dark", color_space=str(profile)))
    settings.set(replace(settings.window, geometry="AdnQ"))
    log_file().parent.mkdir(parents=True, exist_ok=True)
    log_file().write_text("".join(f"line {number}\n" for number in range(LOG_LINES + 50)))
    text = collect(settings)
    words = ("Stepless ", "Python ", "Qt 6", "sha256", "torch ", "CPUs", "MB of memory", "screen of", "theme = 'dark'")
    for word in words:
        assert word in text
    assert "~/display.icc" in text.replace("\\", "/")
    assert str(Path.home()) not in text
    assert "AdnQ" not in text
    assert "line 49\n" not in text and "line 50\n" in text and text.endswith(f"line {LOG_LINES + 49}\n")


def test_diagnostics_do_not_load_torch(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
        monkeypatch.delitem(sys.modules, name)
    assert "torch not loaded" in program_facts()
    assert "torch" not in sys.modules


def test_diagnostics_work_without_a_log(qapp: object) -> None:
    assert "log is empty" in with_log("")
    log_file().mkdir(parents=True)
    assert "cannot be read" in with_log("")


def test_only_the_persons_own_folder_becomes_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))
    assert without_home("/home/ann/a.jpg, '/home/ann', /home/anna/b") == "~/a.jpg, '~', /home/anna/b"
    monkeypatch.setattr(Path, "home", lambda: Path("/"))
    assert without_home("/home/ann") == "/home/ann"


LOGGING_PROCESS = """
import faulthandler, logging, sys
from app.logging_setup import log_file, set_up_fault_log, set_up_logging
set_up_logging()
set_up_fault_log()
set_up_fault_log()
assert not log_file().exists()
logging.getLogger("x").warning("a name that is no text: %s", "\\udcff")
if "crash" in sys.argv:
    faulthandler._sigsegv()
"""


def test_a_crash_of_the_interpreter_leaves_its_stacks_beside_the_log() -> None:
    code = [sys.executable, "-c", LOGGING_PROCESS, "crash"]
    assert subprocess.run(code, check=False, capture_output=True).returncode != 0
    assert "a name that is no text" in log_file().read_text()
    assert "Fatal Python error" in log_file().with_name("faults.log").read_text()


def test_without_a_place_for_the_log_warnings_go_to_the_terminal() -> None:
    log_file().parent.parent.mkdir(parents=True, exist_ok=True)
    log_file().parent.write_text("a file where the folder should be")
    code = LOGGING_PROCESS.replace("assert not", "not")
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "a name that is no text" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="Qt opens a box there")
def test_where_qt_ends_the_process_the_terminal_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "nowhere")
    result = subprocess.run([sys.executable, "-m", "app", "view"], check=False, capture_output=True, text=True)
    assert result.returncode != 0
    (told,) = [line for line in result.stderr.splitlines() if line.startswith("stepless: ")]
    assert "no Qt platform plugin could be initialized" in told and str(log_file()) in told
    assert "nowhere" in log_file().read_text()
