"""Which photos there are beside a photo, in the order of their names; without Qt, and for a worker's thread."""

from __future__ import annotations

import bisect
import functools
import importlib.util
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.file_state import FileState, state_of
from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError, system_errors_as
from liif_core.imaging.read import RAW_EXTENSIONS, READABLE_EXTENSIONS
from liif_core.ordering import Key, natural_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PhotoList:
    """Photos in their order.

    Attributes:
        paths: Absolute, each once, sorted by `order`.
    """

    paths: tuple[Path, ...]

    def place(self, path: Path) -> tuple[int, bool]:
        """The index of a photo and True; of one that is not there, the index that it would have, and False."""
        index = bisect.bisect_left(self.paths, order(path), key=order)
        return index, index < len(self.paths) and self.paths[index] == path


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at the disk saw.

    Attributes:
        current: The photo that was looked at.
        photos: The photos now: the known list itself, unless there are others.
        state: Of the current photo's file; None if it is gone.
    """

    current: Path
    photos: PhotoList
    state: FileState | None


def order(path: Path) -> tuple[Key, Key]:
    """The key that sorts photos: by folder, then by name, both as people do."""
    return _folder_key(str(path.parent)), natural_key(path.name)


@functools.lru_cache(maxsize=256)
def _folder_key(folder: str) -> Key:
    return natural_key(folder)


def absolute(path: str | os.PathLike[str]) -> Path:
    """The path that a photo goes by in lists; links stay, and the disk is not asked."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves ".." in


def photos_of_folder(folder: Path, *, current: Path | None = None, cancel: CancelToken | None = None) -> PhotoList:
    """The photos in a folder, but not in folders within it.

    Args:
        folder: The folder.
        current: A photo that belongs to the list whatever its extension, as long as it exists.
        cancel: Asked now and then.

    Raises:
        ImageReadError: The folder cannot be listed.
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    extensions = shown_extensions()
    names = []
    with system_errors_as(ImageReadError, f"{folder} cannot be listed"), os.scandir(folder) as entries:
        for entry in entries:
            token.check()
            # Hidden ones are left-overs of other systems ("._photo.jpg") or no photos for showing.
            if entry.name.lower().endswith(extensions) and entry.name[0] != "." and _is_file(entry):
                names.append(entry.name)
    if current is not None and current.name not in names:
        twin = _other_spelling(current, names)
        if twin is not None:
            names.remove(twin)
        if twin is not None or state_of(current) is not None:
            names.append(current.name)
    token.check()
    return PhotoList(tuple(folder / name for name in sorted(names, key=natural_key)))


def photos_in(paths: Sequence[Path], *, cancel: CancelToken | None = None) -> PhotoList:
    """The photos that several files and folders stand for: the files, and the photos in the folders.

    Args:
        paths: What was dropped or chosen.
        cancel: Asked now and then.

    Returns:
        Also files that seem to be no photos, if there is nothing else; the reader then says why.

    Raises:
        ImageReadError: There is no photo in what was chosen, or a folder cannot be listed.
        Cancelled: `cancel` was set.
    """
    photos: list[Path] = []
    others: list[Path] = []
    for path in map(absolute, paths):
        if _is_folder(path):
            photos += photos_of_folder(path, cancel=cancel).paths
        elif path.name.lower().endswith(shown_extensions()):
            photos.append(path)
        else:
            others.append(path)
    chosen = sorted(set(photos or others), key=order)
    if not chosen:
        named = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
        raise ImageReadError(f"{named}: there is no photo in it (looked for {', '.join(shown_extensions())})")
    return PhotoList(tuple(chosen))


def chosen_photos(paths: Sequence[Path], *, cancel: CancelToken) -> PhotoList:
    """As `photos_in`, except that a single file is taken as it is: whoever names one wants that one.

    Raises:
        ImageReadError: See `photos_in`.
        Cancelled: `cancel` was set.
    """
    if len(paths) == 1 and not _is_folder(paths[0]):
        return PhotoList((absolute(paths[0]),))
    return photos_in(paths, cancel=cancel)


def look_at(current: Path, known: PhotoList, *, is_stale: bool, cancel: CancelToken) -> Sight:
    """Look at a photo and what is beside it.

    Args:
        current: The photo.
        known: The list as it was seen last; it stays where the folder cannot be listed.
        is_stale: Whether it is that of the photo's folder, which may have changed since.
        cancel: Asked now and then.

    Raises:
        Cancelled: `cancel` was set.
    """
    state = state_of(current)
    if not is_stale:
        return Sight(current, known, state)
    try:
        photos = photos_of_folder(current.parent, current=current, cancel=cancel)
    except ImageReadError as exc:
        logger.warning("%s", exc)
        return Sight(current, known, state)
    # Of very many photos that takes a moment, which the window should not wait for.
    return Sight(current, known if photos.paths == known.paths else photos, state)


@functools.cache
def shown_extensions() -> tuple[str, ...]:
    """Extensions of files that are offered; those of camera raw files only where they can be read."""
    has_raw = importlib.util.find_spec("rawpy") is not None
    return READABLE_EXTENSIONS + (RAW_EXTENSIONS if has_raw else ())


def _is_folder(path: Path) -> bool:
    """What cannot be asked (too long a name, or a closed folder above it) is none; the reader says why."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _other_spelling(path: Path, names: Iterable[str]) -> str | None:
    """The name under which a folder lists a photo, where the system takes other cases or forms of letters, too."""
    wanted = natural_key(path.name)[:-1]
    for name in names:
        if natural_key(name)[:-1] == wanted:
            try:
                if path.samefile(path.with_name(name)):
                    return name
            except OSError:
                continue
    return None
