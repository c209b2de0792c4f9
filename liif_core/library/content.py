"""What a model file is to hold, checked, and its writing: in chunks, beside the target, then renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from liif_core.atomic import atomic_path
from liif_core.cancel import CancelToken
from liif_core.checkpoint.sniff import FileKind, kind_of_file
from liif_core.errors import CorruptCheckpoint, ModelWriteError, system_errors_as
from liif_core.torch_loading import load_torch

OnProgress = Callable[[float], None]
Content = bytes | Path
"""Bytes, or the file that is to be copied."""

CHUNK_BYTES = 1 << 20


def ignore_progress(share: float) -> None:
    """For callers that show none."""


def native_content_of(path: Path, *, cancel: CancelToken) -> Content:
    """A model as a native file holds it: the file itself where it is one, otherwise what it is converted to.

    Raises:
        CheckpointError: The file cannot be read, is damaged, or holds no model that is known here.
        TorchNotLoaded: torch cannot be loaded.
        Cancelled: `cancel` was set.
    """
    kind = kind_of_file(path)
    cancel.check()
    load_torch()
    from liif_core.checkpoint.load import load_model
    from liif_core.checkpoint.native import native_content

    cancel.check()
    model, card = load_model(path)
    cancel.check()
    return path if kind is FileKind.NATIVE else native_content(model, card)


def official_content_of(path: Path, *, cancel: CancelToken) -> Content:
    """A model as a published file holds it.

    Raises:
        CheckpointError: As above, or the published code has no such architecture.
        TorchNotLoaded: torch cannot be loaded.
        Cancelled: `cancel` was set.
    """
    load_torch()
    from liif_core.checkpoint.load import load_model
    from liif_core.checkpoint.official import official_content

    cancel.check()
    model, _ = load_model(path)
    cancel.check()
    return official_content(model)


def write_content(
    target: Path,
    content: Content,
    *,
    cancel: CancelToken,
    on_progress: OnProgress = ignore_progress,
    before_rename: Callable[[], None] = lambda: None,
) -> None:
    """Write or replace a file.

    Args:
        target: The file.
        content: What it is to hold.
        cancel: Asked before each chunk.
        on_progress: Called after each chunk with the share that is written.
        before_rename: Called at the very end; what it raises leaves the old file.

    Raises:
        CorruptCheckpoint: The file to copy cannot be read, or was changed meanwhile.
        ModelWriteError: There is no room or no permission, or the target is a folder, a device or a pipe.
        Cancelled: `cancel` was set.
    """
    with system_errors_as(ModelWriteError, f"{target}: the model cannot be written"):
        if target.exists() and not target.is_file():
            # A file would take the place of a pipe, and whoever reads from it would wait for ever.
            raise ModelWriteError(f"{target} is a folder, a device or a pipe; a file name is expected")
        with atomic_path(target) as temporary, temporary.open("wb") as file:
            for chunk, share in _chunks(content):
                cancel.check()
                file.write(chunk)
                on_progress(share)
            # Windows renames no open file, and what is still buffered may find no room.
            file.close()
            cancel.check()
            before_rename()


def _chunks(content: Content) -> Iterator[tuple[bytes | memoryview, float]]:
    """The content piece by piece, each with the share that is done after it."""
    if isinstance(content, Path):
        yield from _chunks_of_file(content)
        return
    view = memoryview(content)
    for start in range(0, len(view), CHUNK_BYTES):
        chunk = view[start : start + CHUNK_BYTES]
        yield chunk, (start + len(chunk)) / len(view)


def _chunks_of_file(path: Path) -> Iterator[tuple[bytes, float]]:
    # Not for whoever writes the chunks to tell: its target is all right.
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"):
        before = path.stat()
        file = path.open("rb")
    done = 0
    with file:
        # A file that grows as quickly as it is read has no end.
        while done <= before.st_size and (chunk := _read(file, path)):
            done += len(chunk)
            yield chunk, min(1.0, done / max(1, before.st_size))
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"):
        after = path.stat()
    if (done, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise CorruptCheckpoint(f"{path}: was changed while it was copied")


def _read(file: IO[bytes], path: Path) -> bytes:
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"):
        return file.read(CHUNK_BYTES)
