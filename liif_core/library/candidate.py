"""What a file would be as a model, before it is installed; and which file it is, to the bit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard, count_weights, read_card
from liif_core.checkpoint.sniff import FileKind, kind_of_file
from liif_core.errors import CorruptCheckpoint, system_errors_as
from liif_core.library.installed import taken_names
from liif_core.library.names import suggested_name
from liif_core.models.spec import ModelSpec
from liif_core.torch_loading import load_torch

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model file that could be installed.

    Attributes:
        path: The file.
        kind: Native, or published and to be converted.
        spec: What the model is made of.
        card: What the file says of it; a published one says nothing.
        parameters: How many numbers the model has learned.
        size_bytes: Of the file.
        suggested_name: A name that can be had, near to the file's.
        taken: Names that cannot be had.
    """

    path: Path
    kind: FileKind
    spec: ModelSpec
    card: ModelCard
    parameters: int
    size_bytes: int
    suggested_name: str
    taken: frozenset[str]


def examine(path: Path) -> Candidate:
    """Look at a model file. A published one is read and checked for that, which takes torch.

    Raises:
        CheckpointError: The file cannot be read, is damaged, or holds no model that is known here.
        TorchNotLoaded: torch cannot be loaded.
    """
    kind = kind_of_file(path)
    if kind is FileKind.NATIVE:
        spec, card = read_card(path)
        parameters = count_weights(path)
    else:
        load_torch()
        from liif_core.checkpoint.official import load_official

        model, card = load_official(path)
        spec, parameters = model.spec, sum(parameter.numel() for parameter in model.parameters())
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"):
        size_bytes = path.stat().st_size
    taken = taken_names()
    return Candidate(
        path, kind, spec, card, parameters, size_bytes, suggested_name(path.stem, taken=taken), frozenset(taken)
    )


def sha256_of(path: Path, *, cancel: CancelToken | None = None) -> str:
    """The SHA-256 of a file's content, in hexadecimal.

    Raises:
        CorruptCheckpoint: It cannot be read.
        Cancelled: `cancel` was set.
    """
    digest = hashlib.sha256()
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"), path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            if cancel is not None:
                cancel.check()
            digest.update(chunk)
    return digest.hexdigest()
