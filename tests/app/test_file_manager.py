"""Which folder the system's program for files is asked to open."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.file_manager import show_folder_of


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """What was asked for, of a system that has nothing to open it."""
    urls: list[QUrl] = []

    def note(url: QUrl) -> bool:
        urls.append(url)
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return urls


@pytest.mark.parametrize("name", ["plain", "with blank", "50 % #1?", "照片"])
def test_the_folder_of_a_photo_is_asked_for_whatever_it_is_called(
    opened: list[QUrl], tmp_path: Path, name: str
) -> None:
    assert not show_folder_of(tmp_path / name / "photo.png")
    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path / name]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode here")
def test_a_name_that_is_not_unicode_keeps_its_bytes(opened: list[QUrl], tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    show_folder_of(folder / "photo.png")
    (url,) = opened
    assert unquote_to_bytes(bytes(url.toEncoded().data())) == b"file://" + os.fsencode(folder)
