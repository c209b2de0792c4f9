"""The log file, which bug reports can quote, and beside it what is known of crashes of the interpreter itself."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import sys
from pathlib import Path
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from liif_core.paths import log_folder

MAX_BYTES = 1_000_000
# Besides the one that is written: an error that repeats itself must not push its beginning out.
KEPT_FILES = 3

# Open as long as the program runs: the interpreter writes to its descriptor when all else has failed.
_fault_file: IO[bytes] | None = None


def log_file() -> Path:
    """Where the log is."""
    return log_folder() / "stepless.log"


def fault_file() -> Path:
    """Where the stacks of a crashed interpreter are."""
    return log_file().with_name("faults.log")


def set_up_logging() -> None:
    """Send warnings, those of Qt too, to the log file; without a writable place for it, to stderr.

    Uncaught errors get there by `app.crashes`.
    """
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            log_file(), maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="replace", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    qInstallMessageHandler(_log_qt)


def set_up_fault_log() -> None:
    """Let the interpreter write the stacks of all threads to `fault_file` when it crashes.

    For a process that is the program's own: there is one such place in a process.
    """
    global _fault_file
    with contextlib.suppress(OSError):
        fault_file().parent.mkdir(parents=True, exist_ok=True)
        is_full = fault_file().exists() and fault_file().stat().st_size > MAX_BYTES
        file = fault_file().open("wb" if is_full else "ab", buffering=0)
        faulthandler.enable(file)
        # Only now: before, an older file is still the one that is written to.
        _fault_file = file


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's notes are for developers; on stderr they would stand between the program's own sentences."""
    severe = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    logging.getLogger("qt").log(logging.ERROR if severe else logging.WARNING, "%s", message)
    if kind is QtMsgType.QtFatalMsg and sys.stderr is not None:
        # Qt ends the process now, and a terminal would say no more than "Aborted".
        fact = message.strip().partition("\n")[0]
        sys.stderr.write(f"stepless: {fact} `stepless doctor` may tell why, and so may {log_file()}\n")
        sys.stderr.flush()
