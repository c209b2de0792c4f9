"""The licences of what the program stands on."""

from __future__ import annotations

from pathlib import Path

import make_notices
import pytest

from app import third_party
from app.third_party import NOTICES_FILE, needed_packages, notices, notices_text


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages before all others."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(site: Path, name: str, *fields: str, **files: str) -> None:
    """A package's metadata and licence files."""
    folder = site / f"{name.replace('-', '_')}-1.0.dist-info"
    (folder / "licenses").mkdir(parents=True)
    (folder / "METADATA").write_text(
        "\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *fields]) + "\n"
    )
    for file, text in files.items():
        (folder / "licenses" / file).write_text(text)
    listed = [f"{folder.name}/METADATA,,", *(f"{folder.name}/licenses/{file},," for file in files)]
    (folder / "RECORD").write_text("\n".join(listed))


def test_everything_that_runs_with_us_is_named_with_its_licence() -> None:
    found = {package.name.lower().replace("_", "-"): package for package in needed_packages()}
    assert {"torch", "numpy", "pyside6-essentials", "shiboken6", "pyvips-binary", "pi-heif", "rich"} <= set(found)
    assert not {"stepless", "pytest", "mypy", "pyinstaller", "pillow-heif"} & set(found)
    assert "LGPL" in found["pyside6-essentials"].licence and found["torch"].texts
    assert all(package.licence != "unknown" for package in found.values())


def test_what_is_needed_by_what_is_needed_is_found_and_what_only_developers_need_is_not(site: Path) -> None:
    extras = ["Provides-Extra: raw", "Provides-Extra: dev"]
    install(
        site,
        "root-thing",
        *extras,
        "Requires-Dist: a-lib[fast]>=1",
        'Requires-Dist: c-lib; extra == "raw"',
        'Requires-Dist: d-lib; extra == "dev"',
        "Requires-Dist: not-there",
    )
    install(
        site, "a-lib", "Provides-Extra: fast", 'Requires-Dist: b_lib<2; extra == "fast"', "Requires-Dist: root-thing"
    )
    for name in ("b-lib", "c-lib", "d-lib"):
        install(site, name, "License: MIT")
    assert [package.name for package in needed_packages("root-thing")] == ["a-lib", "b-lib", "c-lib"]


def test_the_licence_is_the_newest_statement_and_texts_are_not_repeated(site: Path) -> None:
    install(
        site,
        "one",
        "License-Expression: BSD-2-Clause",
        "License: BSD",
        LICENSE="the text",
        COPYING="the text",
        NOTICE="more",
    )
    install(
        site, "two", "Classifier: License :: OSI Approved :: MIT License", "Project-URL: Homepage, https://two.example"
    )
    install(site, "three", f"License: {'a very long text ' * 20}")
    install(site, "root-thing", *(f"Requires-Dist: {name}" for name in ("one", "two", "three")))
    one, three, two = needed_packages("root-thing")
    assert (one.licence, one.texts) == ("BSD-2-Clause", ("the text", "more"))
    assert (two.licence, two.home) == ("MIT License", "https://two.example")
    assert three.licence == "unknown"
    text = notices_text([one, three, two], [("Qt", "lesser")])
    assert text.index("one 1.0") < text.index("two 1.0") < text.index("the text") < text.index("lesser")


def test_a_bundle_shows_what_was_collected_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(third_party, "resource_path", lambda name: tmp_path / name)
    assert "torch" in notices()
    (tmp_path / NOTICES_FILE).write_text("of the bundle")
    assert notices() == "of the bundle"


def test_the_bundles_notices_have_the_texts_that_packages_lack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_notices.main([str(tmp_path / "deep" / "notices.txt")]) == 0
    text = (tmp_path / "deep" / "notices.txt").read_text(encoding="utf-8")
    for words in (
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "GNU GENERAL PUBLIC LICENSE",
        "PyInstaller's bootloader",
        "Qt and PySide6",
    ):
        assert words in text
    assert make_notices.main([]) == 2 and "usage" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/var/lib/dpkg").is_dir(), reason="not a Debian system")
def test_copyright_notices_of_debians_libraries_are_found() -> None:
    library = next(Path("/usr/lib").glob("*/libz.so.1"), None)
    if library is None:
        pytest.skip("no zlib here")
    ((title, text),) = make_notices.debian_copyrights([library, library])
    assert title == "zlib1g (Debian)" and "zlib" in text
    assert make_notices.debian_copyrights([Path("/nowhere/libx.so")]) == []
