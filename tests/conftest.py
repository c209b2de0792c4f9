"""What every test runs under (no display, no file of the person's own), and fixtures that several folders share."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from liif_core import openmp

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
openmp.wait_briefly()
# The time of one example says nothing on a busy machine.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders that are not there yet; `mktemp` would look through thousands of its own for each."""
    all_homes = tmp_path_factory.mktemp("homes")
    return (all_homes / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_folders(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and logs go to a folder of the test's own."""
    home = next(_homes)
    home.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture
def application_as_found(qapp: QApplication) -> Iterator[QApplication]:
    """The application; other tests get it as it was: in its language and look, and without the windows left open.

    For whoever changes them, or runs the whole viewer, which ends with its process and takes nothing back.
    """
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QPalette
    from PySide6.QtWidgets import QApplication

    from app.translations import ENGLISH, install
    from app.windows.theme import without_collection

    interrupt = signal.getsignal(signal.SIGINT)
    style, sheet, palette = qapp.style().name(), qapp.styleSheet(), QPalette(qapp.palette())
    before = set(QApplication.topLevelWidgets())
    yield qapp
    signal.signal(signal.SIGINT, interrupt)
    install(qapp, ENGLISH)
    for window in set(QApplication.topLevelWidgets()) - before:
        if window.parent() is None:
            window.close()
            window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with without_collection():
        qapp.setStyleSheet(sheet)
        qapp.setStyle(style)
        qapp.setPalette(palette)
        qapp.styleHints().unsetColorScheme()


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Torch on one thread: for tiny tensors several cost more than they bring, and sums keep their order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Large material that is not in the repository: `shared` beside it, or where STEPLESS_SHARED says."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared"
    folder = Path(os.environ.get("STEPLESS_SHARED", beside))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}; STEPLESS_SHARED can name another")
    return folder
