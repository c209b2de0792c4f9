"""The log file, which bug reports can quote."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

MAX_BYTES = 1_000_000


def log_file() -> Path:
    """Where the log is."""
    return Path(platformdirs.user_log_dir("stepless", appauthor=False)) / "stepless.log"


def set_up_logging() -> None:
    """Send warnings and uncaught exceptions to the log file; without a writable place for it, to stderr."""
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            log_file(), maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    qInstallMessageHandler(_log_qt)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda details: _log_uncaught(
        details.exc_type, details.exc_value or details.exc_type(), details.exc_traceback
    )


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's notes are for developers; on stderr they would stand between the program's own sentences."""
    severe = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    logging.getLogger("qt").log(logging.ERROR if severe else logging.WARNING, "%s", message)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("stepless").error("uncaught", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
