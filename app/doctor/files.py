"""Models and folders: what is damaged, and what cannot be written."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from app.doctor.finding import Finding
from app.settings_file import groups_of, parse
from app.settings_values import Appearance
from liif_core import paths
from liif_core.checkpoint.card import read_card
from liif_core.errors import CheckpointError, CorruptCheckpoint
from liif_core.library import ManifestEntry, read_manifest
from liif_core.memory import MB
from liif_core.own_text import decoded

# Of a SHA-256, enough to recognise a file by.
SHOWN_DIGITS = 12
# A photo beyond the memory's share is held in the cache, 16 bytes a pixel.
LITTLE_SPACE_BYTES = 500 * MB


def models(manifest: Path | None = None) -> list[Finding]:
    """Every installed model with its hash; reads all of the files.

    Args:
        manifest: Of the bundled models; by default that of the program.
    """
    try:
        entries = read_manifest(manifest)
    except CorruptCheckpoint as exc:
        return [Finding("models", "bundled", "none", problem=f"{exc}; install Stepless again"), *_own_models()]
    folder = manifest.parent if manifest is not None else paths.resource_path("models")
    return [*(_bundled_model(entry, folder / entry.file) for entry in entries), *_own_models()]


def _bundled_model(entry: ManifestEntry, path: Path) -> Finding:
    try:
        found = _sha256(path)
    except OSError as exc:
        problem = f"{path} cannot be read ({exc.strerror or exc}); install Stepless again"
        return Finding("models", entry.name, "missing", problem=problem)
    shown = f"bundled, sha256 {found[:SHOWN_DIGITS]}"
    if found != entry.sha256:
        expected = entry.sha256[:SHOWN_DIGITS]
        problem = f"{path} is damaged: its sha256 should begin with {expected}; install Stepless again"
        return Finding("models", entry.name, shown, problem=problem)
    return Finding("models", entry.name, shown)


def _own_models() -> list[Finding]:
    findings = []
    for path in sorted(paths.user_models_folder().glob("*.safetensors")):
        try:
            spec, _ = read_card(path)
            value = f"{spec.encoder.name} + {spec.decoder.name}, sha256 {_sha256(path)[:SHOWN_DIGITS]}"
            findings.append(Finding("models", path.stem, value))
        except (CheckpointError, OSError) as exc:
            problem = f"{exc}; train or import it again, or remove the file"
            findings.append(Finding("models", path.stem, "damaged", problem=problem))
    return findings


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folders() -> list[Finding]:
    """Where the program writes, and whether it can."""
    places = {
        "data": paths.data_folder(),
        "settings": paths.config_folder(),
        "last session": paths.state_folder(),
        "log": paths.log_folder(),
        "cache": paths.cache_folder(),
    }
    return [_folder(name, folder) for name, folder in places.items()]


def _folder(name: str, folder: Path) -> Finding:
    reason = _why_not_writable(folder)
    if reason:
        problem = f"nothing can be written there ({reason}); change its permissions"
        return Finding("folders", name, str(folder), problem=problem)
    free = shutil.disk_usage(_existing(folder)).free
    note = f"only {free // MB} MB are free there" if free < LITTLE_SPACE_BYTES else ""
    return Finding("folders", name, str(folder), note=note)


def _why_not_writable(folder: Path) -> str:
    """By trying: permissions tell little on Windows and on network drives. Makes no folder, leaves no file."""
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return ""
    except OSError as exc:
        return exc.strerror or str(exc)


def _existing(folder: Path) -> Path:
    """The folder, or the first above it that is there; a file in its place counts as there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def settings(file: Path | None = None) -> list[Finding]:
    """Whether the settings can be understood.

    Args:
        file: The settings; by default those of the person.
    """
    source = file or paths.settings_file()
    try:
        data = source.read_bytes()
    except FileNotFoundError:
        return [Finding("folders", "settings file", "none: everything has its default")]
    except OSError as exc:
        return [Finding("folders", "settings file", str(source), problem=f"it cannot be read: {exc}")]
    try:
        _, bad = groups_of(parse(decoded(data)))
    except (ValueError, RecursionError) as exc:
        problem = f"it cannot be understood ({exc}); correct or remove it"
        return [Finding("folders", "settings file", str(source), problem=problem)]
    problem = f"these have their defaults instead, as their values cannot be used: {', '.join(bad)}" if bad else ""
    return [Finding("folders", "settings file", str(source), problem=problem)]


def appearance() -> Appearance:
    """What the settings say of the window's looks; the defaults where they cannot be read."""
    try:
        groups, _ = groups_of(parse(decoded(paths.settings_file().read_bytes())))
    except (OSError, ValueError, RecursionError):
        return Appearance()
    group = groups[Appearance]
    return group if isinstance(group, Appearance) else Appearance()
