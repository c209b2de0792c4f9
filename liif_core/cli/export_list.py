"""From the names on the command line to a list of tasks."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.errors import ImageWriteError, LiifError, RequestError, system_errors_as

if TYPE_CHECKING:
    from liif_core.export.enlarger import EnlargerChoice
    from liif_core.export.request import Sized
    from liif_core.export.task import ExportTask
    from liif_core.geometry import Size
    from liif_core.imaging.encoding import EncodingOptions

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """A photo of a list: what is to be done with it, or why that cannot be."""

    source: Path
    task: ExportTask | None
    error: LiifError | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is the same for all photos of a list.

    Attributes:
        what_of: What is to be exported of a photo of a size.
        options: How to encode.
        choice: What enlarges.
        needs_place: Whether the folder has to be there; it may be missing for a list that is only told.
    """

    what_of: Callable[[Size], Sized]
    options: EncodingOptions
    choice: EnlargerChoice
    needs_place: bool = True


def is_one_file(inputs: Sequence[str], output: str) -> bool:
    """Whether a command line names one photo and one file, and not a list and a folder."""
    from liif_core.imaging.encoding import writable_extensions

    if len(inputs) != 1 or output.endswith(("/", os.sep)) or Path(inputs[0]).is_dir():
        return False
    if not Path(inputs[0]).exists() and _WILD & set(inputs[0]):
        return False
    # A folder may be called like a file, and is then more likely a mistake.
    return not Path(output).is_dir() or Path(output).suffix.lower() in writable_extensions()


def photos_of(inputs: Sequence[str]) -> list[Path]:
    """All photos that names, patterns and folders stand for, each once, in their order.

    Raises:
        RequestError: A pattern matches no file, or a folder holds no photo.
    """
    photos: dict[str, Path] = {}
    for given in inputs:
        for path in _matches(given):
            photos.setdefault(os.path.realpath(path), path)
    return list(photos.values())


def _matches(given: str) -> list[Path]:
    from liif_core.imaging.formats import RAW_EXTENSIONS, READABLE_EXTENSIONS

    path = Path(given)
    if path.is_dir():
        known = {*READABLE_EXTENSIONS, *RAW_EXTENSIONS}
        # Hidden files are left-overs of other systems ("._photo.jpg"); patterns pass them over as well.
        shown = (inner for inner in path.iterdir() if inner.suffix.lower() in known and inner.name[0] != ".")
        found = sorted(inner for inner in shown if inner.is_file())
        if not found:
            raise RequestError(f"{given}: there is no photo in this folder")
        return found
    if path.exists() or not _WILD & set(given):
        return [path]
    found = sorted(Path(name) for name in glob.glob(given, recursive=True) if Path(name).is_file())  # noqa: PTH207
    if not found:
        raise RequestError(f"{given}: no file matches this pattern")
    return found


def listed(photos: Sequence[Path], folder: Path, wanted: Wanted, *, pattern: str, extension: str) -> list[ListedPhoto]:
    """The tasks of a list; a photo that cannot be read, or is refused, has an error instead.

    Raises:
        RequestError: Two photos would become the same file, or one would overwrite another.
    """
    from liif_core.export.names import NameFacts, file_name, place_of
    from liif_core.export.plan import plan_export
    from liif_core.export.request import ExportRequest
    from liif_core.export.task import ExportTask, check_task
    from liif_core.imaging.read import read_size

    made: list[ListedPhoto] = []
    sources: dict[str, Path] = {}
    # Also those that are refused below: their files are to stay as they are.
    originals = {_identity(photo): photo for photo in photos}
    originals.pop(None, None)
    for number, source in enumerate(photos, 1):
        try:
            photo = read_size(source)
            what = wanted.what_of(photo)
            nameless = ExportRequest(folder / f"export{extension}", what, wanted.options)
            plan = plan_export(photo, nameless, needs_place=wanted.needs_place)
            facts = NameFacts(source, plan.size, number, wanted.choice.name)
            target = folder / file_name(pattern, facts, extension)
            task = ExportTask(source, ExportRequest(target, what, wanted.options), wanted.choice)
            check_task(task, needs_place=wanted.needs_place)
        except LiifError as exc:
            made.append(ListedPhoto(source, None, exc))
            continue
        original = originals.get(_identity(target))
        if original is not None:
            raise RequestError(
                f"{source} would overwrite {original}, a photo of the list: choose another folder, or other names by "
                "--name"
            )
        other = sources.setdefault(place_of(target), source)
        if other is not source:
            raise RequestError(
                f"{other} and {source} would both become {target}: use {{folder}} or {{number}} in --name"
            )
        made.append(ListedPhoto(source, task))
    return made


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file is known by under all of its names; None if there is none, or none that can be asked."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def make_folder(folder: Path) -> None:
    """The folder of a list, made where it is missing.

    Raises:
        ImageWriteError: It cannot be made, or not be written.
    """
    with system_errors_as(ImageWriteError, f"the folder {folder} cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise ImageWriteError(f"permission to write in the folder {folder} is denied")


def check_folder(folder: Path) -> None:
    """Refuse a folder that `make_folder` would refuse, without making it.

    Raises:
        ImageWriteError: It cannot be made, or not be written.
    """
    place = next(place for place in (folder, *folder.parents) if place.exists())
    if not place.is_dir():
        raise ImageWriteError(f"the folder {folder} cannot be made: {place} is a file")
    if not os.access(place, os.W_OK):
        raise ImageWriteError(f"permission to write in the folder {place} is denied")


def share_of(photos: Sequence[ListedPhoto], environment: Mapping[str, str]) -> tuple[list[ListedPhoto], int, int]:
    """Which photos of a list are this process': all, or every n-th under `torchrun`; and its rank and local rank.

    Raises:
        RequestError: The variables of `torchrun` are incomplete.
    """
    if "RANK" not in environment:
        return list(photos), 0, 0
    # With torch, which a single process loads only when it has something to enlarge.
    from liif_core.training.distributed import Place

    place = Place.from_environment(environment)
    return list(photos[place.rank :: place.world]), place.rank, place.local_rank
