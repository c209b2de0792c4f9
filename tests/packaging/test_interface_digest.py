"""When the gallery's pictures are older than the interface."""

from __future__ import annotations

from pathlib import Path

import chinese_font
import interface_digest
import make_gallery
import make_wizard_gallery
import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

SOURCE = '''
"""A widget."""

class Bar(Widget):
    """Shows things."""

    def height(self, rows: int) -> int:
        """In pixels."""
        # Twelve are enough.
        return 12 * rows
'''
REWRITTEN = """
class Bar(Widget):
    def height(self, rows):
        return (12
                * rows)
"""


def test_the_gallery_is_as_new_as_the_interface() -> None:
    changed = interface_digest.changed()
    assert not changed, f"take the gallery's pictures again (packaging/make_gallery.py): changed are {changed}"


def test_the_wizards_pictures_are_as_new_as_its_pages() -> None:
    changed = interface_digest.changed_wizard()
    command = "packaging/make_wizard_gallery.py FOLDER --publish"
    assert not changed, f"take the wizard's pictures again ({command}): changed are {changed}"


def test_all_pictures_of_the_wizard_are_there() -> None:
    folder = make_gallery.FOLDER / "wizard"
    sheets = {f"all-{theme}-{language}" for theme in ("light", "dark") for language in ("en", "zh_CN")}
    assert {path.stem for path in folder.glob("*.jpg")} == {*make_wizard_gallery.PUBLISHED, *sheets}


def test_pages_of_the_wizard_count_and_what_decides_does_not(tmp_path: Path) -> None:
    (tmp_path / "app" / "wizard").mkdir(parents=True)
    for name in ("runs_page", "controller"):
        (tmp_path / "app" / "wizard" / f"{name}.py").write_text("x = 1\n")
    assert set(interface_digest.wizard_digests(root=tmp_path)) == {"app/wizard/runs_page.py"}


def test_all_pictures_are_there() -> None:
    assert {path.stem for path in make_gallery.FOLDER.glob("*.jpg")} == {scene.name for scene in make_gallery.SCENES}


def test_words_for_developers_change_nothing_and_numbers_do() -> None:
    assert interface_digest.meaning(SOURCE) == interface_digest.meaning(REWRITTEN)
    assert interface_digest.meaning(SOURCE) != interface_digest.meaning(SOURCE.replace("12 *", "13 *"))


def test_what_is_painted_counts_and_what_is_computed_does_not(tmp_path: Path) -> None:
    for name in ("app/windows/toolbar.py", "app/viewer/overlays/loupe_frame.py", "app/folder.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    (tmp_path / "resources" / "icons" / "open.svg").write_text("<svg/>")
    modules = ["app.windows.toolbar", "app.viewer.overlays.loupe_frame", "app.folder"]
    before = interface_digest.digests(modules, root=tmp_path)
    assert set(before) == {"app/windows/toolbar.py", "app/viewer/overlays/loupe_frame.py", "resources/icons/open.svg"}
    (tmp_path / "app" / "windows" / "toolbar.py").write_text("x = 2\n")
    after = interface_digest.digests(modules, root=tmp_path)
    assert [name for name in before if before[name] != after[name]] == ["app/windows/toolbar.py"]


def test_dialogs_that_are_opened_later_do_not_count() -> None:
    modules = interface_digest.loaded_modules()
    assert "app.windows.toolbar" in modules and "app.windows.settings_dialog" not in modules


def test_taking_all_pictures_records_what_they_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(interface_digest, "DIGESTS", tmp_path / "interface.json")
    monkeypatch.setattr(interface_digest, "loaded_modules", lambda: ["app.windows.toolbar"])
    monkeypatch.setattr(make_gallery, "take", lambda scene: Path(scene.name))
    assert interface_digest.changed()
    make_gallery.main(["compare-8x"])
    assert interface_digest.changed()
    make_gallery.main([])
    assert interface_digest.changed() == []


def test_no_picture_is_taken_where_chinese_would_be_empty_boxes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chinese_font, "is_there", lambda: False)
    monkeypatch.setattr(make_gallery, "take", lambda scene: pytest.fail(f"took {scene.name}"))
    assert make_gallery.main([]) == 2
    with pytest.raises(SystemExit) as ended:
        make_wizard_gallery.main([str(tmp_path / "pictures")])
    assert ended.value.code == 2 and not list(tmp_path.iterdir())
    assert capsys.readouterr().err.count("install one") == 2


def test_fonts_are_those_that_qt_finds(application_as_found: QApplication) -> None:
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    assert chinese_font.is_there() == bool(families)
