"""What Windows wants to know of the program: the version resource of the executables.

`stepless.spec` writes it before it builds; `packaging/windows/stepless.iss` makes the installer. Neither could be tried
where this was written: only Linux bundles were built and tested.
"""

from __future__ import annotations

import re
from pathlib import Path

import release_facts as facts

# US English, Unicode: what explorers show in any language.
LANGUAGE, CODE_PAGE = 0x0409, 0x04B0


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows has them: 1.2.3 is (1, 2, 3, 0), and what follows the numbers is left out."""
    found = [int(number) for number in re.findall(r"\d+", version)[:3]]
    major, minor, patch = [*found, 0, 0, 0][:3]
    return major, minor, patch, 0


def version_resource() -> str:
    """The version resource in the form that PyInstaller reads."""
    numbers = four_numbers(facts.__version__)
    strings = {
        "CompanyName": facts.PUBLISHER,
        "FileDescription": facts.NAME,
        "FileVersion": facts.__version__,
        "InternalName": "stepless",
        "LegalCopyright": facts.COPYRIGHT,
        "OriginalFilename": "stepless.exe",
        "ProductName": facts.NAME,
        "ProductVersion": facts.__version__,
    }
    entries = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,\n"
        "                    fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        "  kids=[\n"
        f"    StringFileInfo([StringTable('{LANGUAGE:04x}{CODE_PAGE:04x}', [{entries}])]),\n"
        f"    VarFileInfo([VarStruct('Translation', [{LANGUAGE}, {CODE_PAGE}])]),\n"
        "  ],\n"
        ")\n"
    )


def write_version_resource(target: Path) -> None:
    """Write it to a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(version_resource(), encoding="utf-8")
