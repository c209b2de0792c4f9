"""Settings: what is set is there the next time; no file, however strange, is lost or stops the program."""

from __future__ import annotations

import base64
import dataclasses
import threading
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import settings_file as files
from app.settings import Settings
from app.settings_form import checked
from app.settings_values import GROUPS, Keyboard, MeasuredDefault, Memory, Model
from liif_core.errors import RequestError
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import Height, Scale, Width
from liif_core.paths import settings_file
from liif_core.view.fit import FitMode


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def loaded(path: Path) -> Settings:
    settings = Settings(path)
    assert settings.load() is None
    return settings


def test_every_default_passes_its_own_check(qapp: object) -> None:
    for kind in GROUPS.values():
        group = kind()
        for item in dataclasses.fields(kind):
            assert checked(kind, item.name, getattr(group, item.name)) == getattr(group, item.name)


def test_the_file_is_in_the_users_folder_of_settings(qapp: object) -> None:
    assert settings_file().name == "settings.toml"
    assert "stepless" in settings_file().parts


def test_without_a_file_all_is_at_its_default_and_nothing_is_written(qapp: object, path: Path) -> None:
    settings = loaded(path)
    assert settings.appearance.theme == "system"
    assert settings.memory == Memory()
    assert settings.stop(timeout_s=60)
    assert not path.parent.exists()


def test_what_is_set_is_there_the_next_time(qapp: object, path: Path) -> None:
    settings = loaded(path)
    settings.set(
        replace(settings.appearance, theme="dark", language="zh_CN", color_space=str(path.with_suffix(".icc")))
    )
    settings.set(replace(settings.view, fit_mode=FitMode.FILL, lock_view=True, inertia=False, compare_with="lanczos"))
    measured = MeasuredDefault("cuda:1", "bf16", "this machine")
    settings.set(
        Model(name='a "name" \\ of\ttwo\nlines\x7f é 照', device="cuda:1", precision="fp32", measured=measured)
    )
    settings.set(Memory(tile_bytes=64 << 20))
    settings.set(Keyboard({"view.zoom in": ("Ctrl++", "="), "file.quit": ()}))
    settings.set(replace(settings.window, geometry=base64.b64encode(b"\x01\xd9").decode(), reopen_last=True))
    assert settings.stop(timeout_s=60)
    again = loaded(path)
    for name in GROUPS:
        assert getattr(again, name) == getattr(settings, name), name


def test_a_name_that_is_no_text_survives(qapp: object, path: Path) -> None:
    settings = loaded(path)
    settings.set(Model(name="/photos/\udcff.safetensors"))
    assert settings.stop(timeout_s=60)
    assert loaded(path).model.name == "/photos/\udcff.safetensors"


def test_each_changed_value_is_told_once_and_after_it_has_changed(qapp: object, path: Path) -> None:
    settings = Settings()
    told: list[tuple[str, bool]] = []
    settings.changed.connect(lambda name: told.append((name, settings.view.lock_view)))
    settings.set(replace(settings.view, lock_view=True, show_overlay=True))
    settings.set(replace(settings.view, lock_view=True))
    assert told == [("view.lock_view", True), ("view.show_overlay", True)]


def test_a_value_that_is_not_possible_is_refused_and_nothing_changes(qapp: object) -> None:
    settings = Settings()
    with pytest.raises(RequestError, match=r"memory\.tile_bytes"):
        settings.set(Memory(photo_bytes=1 << 30, tile_bytes=-1))
    assert settings.memory == Memory()


def test_a_file_holds_only_what_is_not_the_default(qapp: object, path: Path) -> None:
    settings = loaded(path)
    settings.set(replace(settings.appearance, theme="dark"))
    settings.set(replace(settings.view, lock_view=True))
    settings.set(replace(settings.view, lock_view=False))
    assert settings.stop(timeout_s=60)
    assert tomllib.loads(path.read_text()) == {"version": files.VERSION, "appearance": {"theme": "dark"}}


def test_changes_are_written_soon_and_on_another_thread(
    qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    real = files.dump

    def dump(document: files.Document) -> str:
        threads.append(threading.current_thread())
        return real(document)

    monkeypatch.setattr("app.settings.dump", dump)
    settings = loaded(path)
    settings.set(replace(settings.appearance, theme="dark"))
    settings.set(replace(settings.appearance, theme="light"))
    qtbot.waitUntil(path.exists, timeout=5000)
    assert settings.stop(timeout_s=60)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_two_running_programs_keep_each_others_changes(qapp: object, path: Path) -> None:
    one, other = loaded(path), loaded(path)
    one.set(replace(one.appearance, theme="dark"))
    assert one.stop(timeout_s=60)
    other.set(replace(other.view, lock_view=True))
    assert other.stop(timeout_s=60)
    assert loaded(path).appearance.theme == "dark"
    assert loaded(path).view.lock_view


def test_what_another_program_sets_later_is_not_set_back(qapp: object, path: Path) -> None:
    one, other = loaded(path), loaded(path)
    one.set(replace(one.appearance, theme="dark"))
    assert one.stop(timeout_s=5)
    other.set(replace(other.appearance, theme="light"))
    assert other.stop(timeout_s=5)
    one.set(replace(one.view, lock_view=True))
    assert one.stop(timeout_s=5)
    assert loaded(path).appearance.theme == "light"


def test_two_running_programs_keep_each_others_presets(qapp: object, path: Path) -> None:
    double, wide, tall = (
        SizePreset("Double", Scale(2.0)),
        SizePreset("Wide", Width(3000)),
        SizePreset("Tall", Height(9)),
    )
    start = loaded(path)
    start.set(replace(start.export, presets=(double,)))
    assert start.stop(timeout_s=5)
    one, other = loaded(path), loaded(path)
    one.set(replace(one.export, presets=(double, wide)))
    assert one.stop(timeout_s=5)
    other.set(replace(other.export, presets=(double, tall)))
    other.set(replace(other.export, presets=(tall,)))
    assert other.stop(timeout_s=5)
    assert loaded(path).export.presets == (wide, tall)


def test_a_preset_of_the_same_name_takes_the_place_of_the_one_before(qapp: object, path: Path) -> None:
    one, other = loaded(path), loaded(path)
    one.set(replace(one.export, presets=(SizePreset("Mine", Scale(2.0)),)))
    assert one.stop(timeout_s=5)
    other.set(replace(other.export, presets=(SizePreset("Mine", Scale(3.0)),)))
    assert other.stop(timeout_s=5)
    assert loaded(path).export.presets == (SizePreset("Mine", Scale(3.0)),)


def test_a_preset_of_a_newer_version_stays_in_the_file(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[[export.presets]]\nname = "Future"\nsize = { kind = "parsecs" }\n')
    settings = Settings(path)
    settings.load()
    mine = SizePreset("Mine", Scale(2.0))
    settings.set(replace(settings.export, presets=(mine,)))
    settings.set(replace(settings.export, presets=()))
    assert settings.stop(timeout_s=5)
    assert [preset["name"] for preset in tomllib.loads(path.read_text())["export"]["presets"]] == ["Future"]


def test_two_running_programs_keep_each_others_shortcuts(qapp: object, path: Path) -> None:
    start = loaded(path)
    start.set(Keyboard({"open": ("O",), "next": ("N",), "about": ()}))
    assert start.stop(timeout_s=5)
    one, other = loaded(path), loaded(path)
    one.set(Keyboard({"open": ("O",), "next": ("M", "N"), "about": (), "compare": ("C",)}))
    assert one.stop(timeout_s=5)
    # One action is reset, one added, and one changed to and fro.
    other.set(Keyboard({"open": ("P",), "next": ("N",), "help": ("H",)}))
    other.set(Keyboard({"open": ("O",), "next": ("N",), "help": ("H",)}))
    assert other.stop(timeout_s=5)
    assert loaded(path).keyboard.shortcuts == {"open": ("O",), "next": ("M", "N"), "compare": ("C",), "help": ("H",)}


def test_the_later_of_two_changes_of_one_shortcut_holds(qapp: object, path: Path) -> None:
    one, other = loaded(path), loaded(path)
    one.set(Keyboard({"open": ("O",)}))
    assert one.stop(timeout_s=5)
    other.set(Keyboard({"open": ("P",)}))
    assert other.stop(timeout_s=5)
    assert loaded(path).keyboard.shortcuts == {"open": ("P",)}
    other.set(Keyboard())
    assert other.stop(timeout_s=5)
    assert "keyboard" not in tomllib.loads(path.read_text())


def test_keys_in_the_form_of_a_newer_version_stay_in_the_file(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[keyboard.shortcuts]\nopen = ["O"]\nnext = { chord = ["Ctrl+K", "N"] }\n')
    settings = Settings(path)
    settings.load()
    settings.set(Keyboard({"open": ("P",)}))
    assert settings.stop(timeout_s=5)
    written = tomllib.loads(path.read_text())["keyboard"]["shortcuts"]
    assert written == {"open": ["P"], "next": {"chord": ["Ctrl+K", "N"]}}


BAD_VALUES = {
    "appearance.theme": '"purple"',
    "appearance.language": "7",
    "appearance.color_space": '"relative.icc"',
    "view.fit_mode": "[]",
    "view.lock_view": '"yes"',
    "model.device": '"toaster"',
    "model.name": '""',
    "model.measured": '{ device = "cpu" }',
    "memory.photo_bytes": "1e9",
    "memory.tile_bytes": "true",
    "keyboard.shortcuts": '"Ctrl+O"',
    "window.geometry": '"???"',
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_value_has_its_default_and_the_others_survive(qapp: object, path: Path, name: str) -> None:
    table, key = name.split(".")
    good_table, good = ("view", "inertia = false") if table != "view" else ("appearance", 'theme = "dark"')
    path.parent.mkdir()
    path.write_text(f"version = 1\n[{table}]\n{key} = {BAD_VALUES[name]}\n[{good_table}]\n{good}\n")
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and name in notice and "\n" not in notice
    assert getattr(settings, table) == GROUPS[table]()
    assert getattr(settings, good_table) != GROUPS[good_table]()
    assert path.exists()


def test_a_bad_shortcut_leaves_the_others(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[keyboard.shortcuts]\n"file.open" = ["Ctrl+O"]\n"file.quit" = 3\n')
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and "keyboard.shortcuts.file.quit" in notice
    assert settings.keyboard.shortcuts == {"file.open": ("Ctrl+O",)}


def test_a_table_that_is_none_leaves_the_others(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('view = 3\n[appearance]\ntheme = "dark"\n')
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and "view" in notice
    assert settings.appearance.theme == "dark"
    settings.set(replace(settings.view, lock_view=True))
    assert settings.stop(timeout_s=60)
    assert loaded(path).view.lock_view


@pytest.mark.parametrize("data", [b"= nonsense", b"\xff\xfe\x00", b'theme = "cut', b"a = " + b"[" * 50_000])
def test_a_damaged_file_is_set_aside_and_told_in_one_sentence(qapp: object, path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    path.with_name("settings.damaged-1.toml").write_text("an older one")
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and "settings.damaged-2.toml" in notice and "\n" not in notice
    assert path.with_name("settings.damaged-2.toml").read_bytes() == data
    assert path.with_name("settings.damaged-1.toml").read_text() == "an older one"
    settings.set(replace(settings.view, lock_view=True))
    assert settings.stop(timeout_s=60)
    assert loaded(path).view.lock_view


def test_a_file_that_was_damaged_in_the_meantime_costs_nothing_that_was_known(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[appearance]\ntheme = "dark"\n')
    settings = loaded(path)
    path.write_text("= nonsense")
    settings.set(replace(settings.view, lock_view=True))
    assert settings.stop(timeout_s=60)
    assert (loaded(path).appearance.theme, loaded(path).view.lock_view) == ("dark", True)
    assert path.with_name("settings.damaged-1.toml").read_text() == "= nonsense"


def test_a_mark_of_byte_order_is_no_damage(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[appearance]\ntheme = "dark"\n', encoding="utf-8-sig")
    assert loaded(path).appearance.theme == "dark"


NEWER = """version = 99
future = 1979-05-27T07:32:00Z
[view]
lock_view = true
from_tomorrow = [1, 2.5, { x = "y" }]
[planets."mars 2".moons]
phobos = inf
"""


def test_what_a_newer_version_wrote_is_read_and_kept(qapp: object, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(NEWER)
    settings = loaded(path)
    assert settings.view.lock_view
    settings.set(replace(settings.view, show_overlay=True))
    assert settings.stop(timeout_s=60)
    expected = tomllib.loads(NEWER)
    expected["view"]["show_overlay"] = True
    assert tomllib.loads(path.read_text()) == expected


def test_an_old_version_is_migrated_step_by_step() -> None:
    steps = {
        1: lambda old: {**old, "look": old["looks"]},
        2: lambda old: {"appearance": {"theme": old["look"]["colour"]}},
    }
    document = files.parse('version = 1\n[looks]\ncolour = "dark"\n', migrations=steps, version=3)
    assert document == {"version": 3, "appearance": {"theme": "dark"}}
    with pytest.raises(ValueError, match="version 1"):
        files.parse("version = 1\nlooks = 3\n", migrations=steps, version=3)


def test_a_migrated_file_is_written_in_its_new_form(qapp: object, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {1: lambda old: {"appearance": {"theme": old["colour"]}}}
    monkeypatch.setattr("app.settings.parse", lambda text: files.parse(text, migrations=steps, version=2))
    path.parent.mkdir()
    path.write_text('version = 1\ncolour = "dark"\n')
    settings = loaded(path)
    assert settings.appearance.theme == "dark"
    settings.set(replace(settings.view, lock_view=True))
    assert settings.stop(timeout_s=60)
    assert tomllib.loads(path.read_text()) == {
        "version": 2,
        "appearance": {"theme": "dark"},
        "view": {"lock_view": True},
    }


def test_a_file_that_cannot_be_read_is_told_and_not_replaced(qapp: object, path: Path) -> None:
    path.mkdir(parents=True)
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and "settings.toml" in notice
    settings.set(replace(settings.view, lock_view=True))
    assert settings.stop(timeout_s=60)
    assert path.is_dir()


def test_a_place_that_cannot_be_written_is_told_once(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    settings = Settings(tmp_path / "config" / "settings.toml")
    settings.load()
    told: list[str] = []
    settings.save_failed.connect(told.append)
    settings.set(replace(settings.appearance, theme="dark"))
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    settings.set(replace(settings.appearance, theme="light"))
    assert settings.stop(timeout_s=60)
    qtbot.wait(50)
    assert len(told) == 1
    assert "settings.toml" in told[0] and "\n" not in told[0]
    assert settings.appearance.theme == "light"
