"""On whose work the program stands: the installed packages that it needs, and their licences.

A bundle holds one text that was made when it was built (`packaging/make_notices.py`, by the functions here). Where the
program is a Python package, its dependencies are packages too, and tell for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

from liif_core.paths import resource_path

NOTICES_FILE = "THIRD-PARTY-NOTICES.txt"
OURSELVES = "stepless"
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
# Longer ones are no names.
SHORT_LICENCE = 150
_LINE = "=" * 78


@dataclass(frozen=True, slots=True)
class Package:
    """One package of somebody else's.

    Attributes:
        name: As its author writes it.
        version: That is installed.
        licence: In short, as the package says itself.
        home: Its web page, "" if it has none.
        texts: Of the licences that come with it.
    """

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[str, ...]


def notices() -> str:
    """What the bundle brought along, or what the installed packages say; reads many files."""
    bundled = resource_path(NOTICES_FILE)
    return bundled.read_text(encoding="utf-8") if bundled.is_file() else notices_text(needed_packages())


def needed_packages(root: str = OURSELVES) -> list[Package]:
    """All packages that a package needs to run and that are installed, by name.

    Args:
        root: The package; it is not among them.
    """
    found: dict[str, metadata.Distribution] = {}
    done: set[tuple[str, str]] = set()
    # With what is wanted of each beyond its core; of the root, whatever is there.
    waiting = [(_normalised(root), extra) for extra in ("", *_extras(root))]
    while waiting:
        name, extra = waiting.pop()
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # For another system, or an extra that nobody asked for.
            continue
        wanted = [each for each in _requirements(found[name], extra) if each not in done]
        done.update(wanted)
        waiting += wanted
    found.pop(_normalised(root), None)
    return [_package(found[name]) for name in sorted(found)]


def _extras(root: str) -> list[str]:
    """Those for people who run it."""
    try:
        extras = metadata.metadata(root).get_all("Provides-Extra", [])
    except metadata.PackageNotFoundError:
        return []
    return [extra for extra in extras if extra not in ("dev", "bundle")]


def _requirements(distribution: metadata.Distribution, extra: str) -> Iterator[tuple[str, str]]:
    """Names of what a package requires for one of its extras ("": always), each with the extra that is wanted of it."""
    for requirement in distribution.requires or []:
        found = re.search(r"extra\s*==\s*['\"]([\w-]+)", requirement)
        if (found.group(1) if found else "") == extra:
            name, _, bracket = re.split(r"[\s;<>=!~(]", requirement, maxsplit=1)[0].partition("[")
            yield _normalised(name), ""
            for wanted in bracket.rstrip("]").split(",") if bracket else ():
                yield _normalised(name), wanted


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(distribution: metadata.Distribution) -> Package:
    told = distribution.metadata
    home = _home(told.get_all("Project-URL", []))
    return Package(told["Name"], distribution.version, _licence(told), home, _texts(distribution))


def _licence(told: metadata.PackageMetadata) -> str:
    """In short, from the newest field to the oldest; some put the whole text into one of them."""
    classified = [entry.rpartition(" :: ")[2] for entry in told.get_all("Classifier", []) if "License ::" in entry]
    fields = [*told.get_all("License-Expression", []), *told.get_all("License", []), " / ".join(classified)]
    return next((text.strip() for text in fields if 0 < len(text.strip()) < SHORT_LICENCE), "unknown")


def _home(urls: Sequence[str]) -> str:
    by_label = {label.strip().lower(): url.strip() for label, _, url in (entry.partition(",") for entry in urls)}
    for label in ("homepage", "home", "source", "repository", "source code"):
        if label in by_label:
            return by_label[label]
    return ""


def _texts(distribution: metadata.Distribution) -> tuple[str, ...]:
    texts: list[str] = []
    for file in distribution.files or []:
        parts = PurePosixPath(file).parts
        if any(part.endswith(".dist-info") for part in parts) and _LICENCE_FILE.search("/".join(parts[1:])):
            path = Path(str(distribution.locate_file(file)))
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                # Large libraries bring the same text with each of their parts.
                if text and text not in texts:
                    texts.append(text)
    return tuple(texts)


def notices_text(packages: Sequence[Package], further: Sequence[tuple[str, str]] = ()) -> str:
    """The notices as one text.

    Args:
        packages: Of Python.
        further: Titles and licences of what else is in a bundle.
    """
    width = max((len(f"{package.name} {package.version}") for package in packages), default=0) + 2
    overview = [f"{f'{package.name} {package.version}':<{width}}{package.licence}" for package in packages]
    chapters = [(f"{each.name} {each.version}\n{each.licence}\n{each.home}".strip(), each.texts) for each in packages]
    chapters += [(title, (text,)) for title, text in further]
    parts = ["Stepless is under the BSD 3-Clause licence. It stands on the work of others:\n", "\n".join(overview), ""]
    for title, texts in chapters:
        parts += [_LINE, title, _LINE, "", *(f"{text}\n" for text in texts)]
    return "\n".join(parts).rstrip() + "\n"
