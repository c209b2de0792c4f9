"""What every test runs under (no display, no file of the person's own), and fixtures that several folders share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and logs go to a folder of the test's own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


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
