"""The descriptions by which desktops, Windows and macOS know the program."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import appdir
import application_icons
import linux_files
import macos_files
import make_bundle
import PIL.Image
import pytest
import release_facts
import windows_files
from bootstrap import ROOT

from app.identity import APPLICATION_ID
from liif_core import __version__
from liif_core.imaging.formats import READABLE_EXTENSIONS


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Path:
    folder = tmp_path_factory.mktemp("usr")
    linux_files.write(folder)
    return folder


def test_every_readable_format_is_offered_to_the_systems() -> None:
    told = {f".{extension}" for kind in release_facts.FILE_TYPES for extension in kind.extensions}
    assert told == set(READABLE_EXTENSIONS)
    assert all(kind.mime and kind.uniform for kind in release_facts.FILE_TYPES)


def test_the_application_id_is_written_in_one_place() -> None:
    files = [
        *(ROOT / "app").rglob("*.py"),
        *(path for path in (ROOT / "packaging").rglob("*") if path.suffix in (".py", ".in", ".spec", ".iss")),
    ]
    holding = [path for path in files if APPLICATION_ID in path.read_text(encoding="utf-8")]
    assert holding == [ROOT / "app" / "identity.py"]


@pytest.mark.parametrize(("name", "command"), make_bundle.VALIDATORS.items())
def test_the_desktops_validators_are_content(prefix: Path, name: str, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    result = subprocess.run([*command, str(prefix / "share" / name)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "error" not in result.stdout and "hint" not in result.stdout and "warning" not in result.stdout


def test_the_desktop_file_starts_the_program_with_a_photo(prefix: Path) -> None:
    text = (prefix / "share" / "applications" / f"{APPLICATION_ID}.desktop").read_text(encoding="utf-8")
    entries = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert entries["Exec"] == "stepless %F" and entries["Icon"] == APPLICATION_ID
    assert "image/jpeg" in entries["MimeType"].split(";")
    assert "@" not in text and entries["Name"] == "Stepless"


def test_the_metainfo_tells_version_screenshots_and_types(prefix: Path) -> None:
    root = ET.parse(prefix / "share" / "metainfo" / f"{APPLICATION_ID}.metainfo.xml").getroot()
    assert root.findtext("id") == APPLICATION_ID
    assert root.findtext("launchable") == f"{APPLICATION_ID}.desktop"
    release = root.find("releases/release")
    assert release is not None and release.get("version") == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", release.get("date", ""))
    for image in root.iterfind("screenshots/screenshot/image"):
        assert (ROOT / "resources" / "readme" / "gallery" / Path(image.text or "").name).is_file()
    assert len(root.findall("screenshots/screenshot")) == len(linux_files.SCREENSHOTS) >= 3
    assert "image/heic" in {entry.text for entry in root.iterfind("provides/mediatype")}


def test_icons_of_every_size_and_kind_are_there(prefix: Path) -> None:
    icons = prefix / "share" / "icons" / "hicolor"
    for side in application_icons.LINUX_SIDES:
        with PIL.Image.open(icons / f"{side}x{side}" / "apps" / f"{APPLICATION_ID}.png") as opened:
            assert opened.size == (side, side) and opened.mode == "RGBA"
    assert ET.parse(icons / "scalable" / "apps" / f"{APPLICATION_ID}.svg").getroot().tag.endswith("svg")
    symbolic = (icons / "symbolic" / "apps" / f"{APPLICATION_ID}-symbolic.svg").read_text(encoding="utf-8")
    # Desktops recolour symbolic icons: they have one colour.
    assert set(re.findall(r"#[0-9a-f]{6}", symbolic)) == {"#2e3436"}
    assert ET.fromstring(symbolic).get("viewBox") == "0 0 16 16"


def test_icons_of_windows_and_macos_have_their_sizes(tmp_path: Path, qapp: object) -> None:
    application_icons.write_ico(tmp_path / "a.ico")
    application_icons.write_icns(tmp_path / "a.icns")
    with PIL.Image.open(tmp_path / "a.ico") as opened:
        assert {width for width, _ in opened.info["sizes"]} == set(application_icons.WINDOWS_SIDES)
    with PIL.Image.open(tmp_path / "a.icns") as opened:
        assert max(width * scale for width, _, scale in opened.info["sizes"]) == 1024


def test_the_version_resource_of_windows_tells_the_version() -> None:
    text = windows_files.version_resource()
    ast.parse(text, mode="eval")
    assert text.count(repr(__version__)) == 2 and f"filevers={windows_files.four_numbers(__version__)}" in text


@pytest.mark.parametrize(
    ("version", "numbers"), [("1.2.3", (1, 2, 3, 0)), ("0.10", (0, 10, 0, 0)), ("2.0.1rc4", (2, 0, 1, 0))]
)
def test_versions_become_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert windows_files.four_numbers(version) == numbers


def test_the_info_plist_offers_types_without_taking_them_over() -> None:
    plist = macos_files.info_plist()
    assert plist["CFBundleShortVersionString"] == __version__
    assert {kind["LSHandlerRank"] for kind in plist["CFBundleDocumentTypes"]} == {"Alternate"}
    assert "public.jpeg" in plist["CFBundleDocumentTypes"][0]["LSItemContentTypes"]


def test_the_program_has_a_place_in_the_dock_though_it_also_writes_to_terminals() -> None:
    spec = (ROOT / "packaging" / "stepless.spec").read_text(encoding="utf-8")
    # PyInstaller's own value for such a program is True; only what is said here takes its place.
    assert "console=not IS_WINDOWS" in spec
    assert macos_files.info_plist()["LSBackgroundOnly"] is False


def test_the_installer_of_windows_offers_the_same_types() -> None:
    script = (ROOT / "packaging" / "windows" / "stepless.iss").read_text(encoding="utf-8")
    count, listed = re.search(r"#dim Extensions\[(\d+)\] \{(.+)\}", script).groups()  # type: ignore[union-attr]
    extensions = re.findall(r'"(\w+)"', listed)
    assert int(count) == len(extensions)
    assert {f".{extension}" for extension in extensions} == set(READABLE_EXTENSIONS)
    for file in re.findall(r"(?:LicenseFile|Source)[=:] *\"?\.\.\\\.\.\\(LICENSE)", script):
        assert (ROOT / file).is_file()


@pytest.mark.skipif(os.name == "nt", reason="the layout of Linux, with links and a shell")
def test_an_appdir_starts_the_bundle_and_holds_the_descriptions(tmp_path: Path, qapp: object) -> None:
    bundle = tmp_path / "stepless"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "_internal" / "THIRD-PARTY-NOTICES.txt").write_text("thanks")
    program = bundle / "stepless"
    program.write_text("#!/bin/sh\necho started as $0 with $1\n")
    program.chmod(0o755)
    target = tmp_path / "Stepless.AppDir"
    for _ in range(2):
        run = appdir.assemble(bundle, target)
    for start in (run, target / "usr" / "bin" / "stepless"):
        told = subprocess.run([str(start), "photo.jpg"], capture_output=True, text=True, check=True).stdout
        assert "with photo.jpg" in told
    assert (target / f"{APPLICATION_ID}.desktop").is_file() and (target / ".DirIcon").is_file()
    assert (target / "usr" / "share" / "doc" / "stepless" / "THIRD-PARTY-NOTICES.txt").read_text() == "thanks"


def test_build_products_are_dated_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert release_facts.source_date_epoch() == 86400 and release_facts.source_date() == "1970-01-02"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("PATH", "")
    assert release_facts.source_date_epoch() > 1_500_000_000
