"""One export for each of many photos; asks the disk, so it runs on a worker thread."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.export.draft import Draft
from liif_core.cancel import CancelToken
from liif_core.errors import LiifError
from liif_core.export.enlarger import EnlargerChoice
from liif_core.export.names import NameFacts, file_name, free_name, numbered, place_of
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale
from liif_core.export.task import ExportTask
from liif_core.imaging.read import read_size

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be exported in the same way.

    Attributes:
        photos: Their files.
        draft: How; its crop and its view belong to one photo and do not count.
        choice: What enlarges.
    """

    photos: tuple[Path, ...]
    draft: Draft
    choice: EnlargerChoice


def batch_tasks(batch: Batch, *, taken: Collection[Path] = (), cancel: CancelToken) -> Sequence[ExportTask]:
    """A task for each photo, with names that overwrite nothing.

    A photo that cannot be read has its task as well: the queue tells why it fails, and goes on.

    Args:
        batch: What is to be exported.
        taken: Files that other exports are about to write.
        cancel: Asked before each photo.

    Raises:
        RequestError: The names are not possible.
        Cancelled: `cancel` was set.
    """
    wish = batch.draft.wish or Scale(1.0)
    tasks: list[ExportTask] = []
    places = {place_of(path) for path in taken}
    # A pattern may give many photos one name.
    names: dict[Path, Iterator[Path]] = {}
    for number, photo in enumerate(batch.photos, 1):
        cancel.check()
        wanted = batch.draft.folder / _name(batch, photo, number)
        target = free_name(wanted, places, names=names.setdefault(wanted, numbered(wanted)))
        places.add(place_of(target))
        request = ExportRequest(target, Sized(wish), batch.draft.options)
        tasks.append(ExportTask(photo, request, batch.choice, replaces=False))
    return tasks


def are_apart(targets: Iterable[Path], taken: Collection[Path]) -> bool:
    """Whether no two of them might be one file, by their names alone; asks no disk."""
    names = {str(path).casefold() for path in taken}
    return names.isdisjoint(str(path).casefold() for path in targets)


def _name(batch: Batch, photo: Path, number: int) -> str:
    draft, extension = batch.draft, batch.draft.form.extensions[0]
    try:
        size = (draft.wish or Scale(1.0)).size_of(read_size(photo))
    except (LiifError, OverflowError) as exc:
        logger.info("%s will fail: %s", photo, exc)
        return f"{photo.stem}{extension}"
    return file_name(draft.pattern, NameFacts(photo, size, number, batch.choice.name), extension)
