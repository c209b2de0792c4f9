"""What every platform's files say of the program: name, address, file types, releases. From one place each."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from dataclasses import dataclass

from bootstrap import ROOT

from app.identity import APPLICATION_ID
from liif_core import __version__

NAME = "Stepless"
SUMMARY = "A photo viewer whose zoom never runs out of pixels"
PUBLISHER = "the Stepless developers"
COPYRIGHT = "Copyright (c) the Stepless developers, BSD 3-Clause licence"
# ".example" is no real domain: whoever publishes the program puts the project's own address here.
HOMEPAGE = "https://stepless.example"

__all__ = ["APPLICATION_ID", "COPYRIGHT", "HOMEPAGE", "NAME", "PUBLISHER", "SUMMARY", "__version__"]


@dataclass(frozen=True, slots=True)
class FileType:
    """A format that the program opens, by its names on the three platforms.

    Attributes:
        name: For people.
        mime: Internet media types.
        uniform: Uniform type identifiers of macOS.
        extensions: Without dots.
    """

    name: str
    mime: tuple[str, ...]
    uniform: tuple[str, ...]
    extensions: tuple[str, ...]


# All are known to the systems: no type has to be declared. Those of cameras are left to viewers that come with rawpy.
FILE_TYPES = (
    FileType("JPEG", ("image/jpeg",), ("public.jpeg",), ("jpg", "jpeg", "jpe", "jfif")),
    FileType("PNG", ("image/png",), ("public.png",), ("png",)),
    FileType("TIFF", ("image/tiff",), ("public.tiff",), ("tif", "tiff")),
    FileType("WebP", ("image/webp",), ("org.webmproject.webp",), ("webp",)),
    FileType("AVIF", ("image/avif",), ("public.avif",), ("avif",)),
    FileType("HEIC", ("image/heic", "image/heif"), ("public.heic", "public.heif"), ("heic", "heif", "hif")),
    FileType(
        "JPEG 2000",
        ("image/jp2", "image/jpx", "image/x-jp2-codestream"),
        ("public.jpeg-2000",),
        ("jp2", "j2k", "j2c", "jpc", "jpf", "jpx"),
    ),
    FileType("BMP", ("image/bmp",), ("com.microsoft.bmp",), ("bmp", "dib")),
    FileType("GIF", ("image/gif",), ("com.compuserve.gif",), ("gif",)),
)


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the changelog.

    Attributes:
        version: As 1.2.3.
        date: ISO date; None for one that is not released yet.
    """

    version: str
    date: str | None


def releases() -> list[Release]:
    """Those of the changelog, newest first, and before them the version at work where it is not among them."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.findall(r"^## \[(\d+\.\d+\.\d+\w*)\] - (\d{4}-\d{2}-\d{2})$", text, re.MULTILINE)
    known = [Release(version, date) for version, date in found]
    return known if any(release.version == __version__ for release in known) else [Release(__version__, None), *known]


def source_date_epoch() -> int:
    """The moment that build products are dated with, in seconds: as told by the environment, or the last commit's.

    Where there is no commit, as in an unpacked source distribution, that of the changelog's last release, or 2020.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if told.isdecimal():
        return int(told)
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        found = ""
    if found.isdecimal():
        return int(found)
    dated = [release.date for release in releases() if release.date]
    moment = datetime.datetime.fromisoformat(f"{dated[0] if dated else '2020-01-01'}T00:00:00+00:00")
    return int(moment.timestamp())


def source_date() -> str:
    """The same as an ISO date."""
    return datetime.datetime.fromtimestamp(source_date_epoch(), tz=datetime.UTC).date().isoformat()
