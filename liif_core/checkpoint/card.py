"""What a native model file says of itself, read without torch.

A safetensors file starts with the length of a JSON header (8 bytes, little endian), whose `__metadata__` holds strings.
Stepless keeps there `format` ("stepless-model"), `format_version`, `spec` and `card`, the last two as JSON.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from liif_core.checkpoint.sniff import check_waits_for_nobody
from liif_core.errors import CorruptCheckpoint, UnsupportedModel
from liif_core.models.spec import ModelSpec

FORMAT = "stepless-model"
FORMAT_VERSION = 1
MAX_HEADER_BYTES = 16_000_000
# Of the whole numbers that Qt can show, beside their sign.
_BITS = 63


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Where a model comes from and how good it was measured to be.

    Attributes:
        description: One sentence.
        training_data: What it learned from.
        licence: SPDX name or a sentence.
        min_scale: Smallest scale it was trained at.
        max_scale: Largest scale it was trained at; beyond it, a heat field keeps the pre-filter that it has there.
        recipe: How it was trained: a preset's name, or a sentence.
        iterations: Steps of training.
        hours: Time that they took.
        device: What they ran on.
        psnr: Decibels by "DATASET xSCALE", as measured by the evaluator.
    """

    description: str = ""
    training_data: str = "unknown"
    licence: str = "unknown"
    min_scale: float = 1.0
    max_scale: float = 4.0
    recipe: str = "unknown"
    iterations: int = 0
    hours: float = 0.0
    device: str = "unknown"
    psnr: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = (self.description, self.training_data, self.licence, self.recipe, self.device)
        numbers = (self.min_scale, self.max_scale, self.iterations, self.hours)
        if not (all(isinstance(text, str) for text in texts) and all(map(_is_number, numbers))):
            raise TypeError("a model card has texts and numbers")
        if not isinstance(self.psnr, Mapping) or not all(map(_is_number, self.psnr.values())):
            raise TypeError("the PSNR of a model card is a table of numbers")


def _is_number(value: object) -> bool:
    """Whether it can be computed with and shown: whole numbers of JSON may be of any length."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 1 << _BITS


def metadata(spec: ModelSpec, card: ModelCard) -> dict[str, str]:
    """The safetensors metadata of a model; `parse_metadata` takes it back."""
    return {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "spec": json.dumps(spec.to_dict()),
        "card": json.dumps(asdict(card)),
    }


def parse_metadata(data: Mapping[str, str], *, path: Path) -> tuple[ModelSpec, ModelCard]:
    """Specification and card from a file's metadata.

    Raises:
        UnsupportedModel: The file is of another program or of a newer version.
        CorruptCheckpoint: What it holds is no specification.
    """
    if data.get("format") != FORMAT:
        raise UnsupportedModel(
            f"{path}: a safetensors file, but not of Stepless: its metadata has no '{FORMAT}' format"
        )
    if data.get("format_version") != str(FORMAT_VERSION):
        raise UnsupportedModel(
            f"{path}: model format version {data.get('format_version')}, this program reads {FORMAT_VERSION}"
        )
    try:
        spec = json.loads(data["spec"])
        card = ModelCard(**json.loads(data.get("card", "{}")))
    except (KeyError, TypeError, ValueError, RecursionError) as exc:
        raise CorruptCheckpoint(f"{path}: the model's specification or card cannot be read: {exc}") from exc
    try:
        return ModelSpec.from_dict(spec), card
    except UnsupportedModel as exc:
        raise UnsupportedModel(f"{path}: {exc}") from exc


def read_card(path: Path) -> tuple[ModelSpec, ModelCard]:
    """Specification and card of a native model file, without torch and without its weights.

    Raises:
        CorruptCheckpoint: It cannot be read, or is cut off or no safetensors file.
        UnsupportedModel: It is not a model of Stepless, or a newer one.
    """
    header = _read_header(path)
    data = header.get("__metadata__", {})
    if not isinstance(data, dict):
        raise CorruptCheckpoint(f"{path}: damaged safetensors header: metadata is not a table")
    return parse_metadata(data, path=path)


def count_weights(path: Path) -> int:
    """How many numbers a native file holds, without reading them.

    Raises:
        CorruptCheckpoint: As for `read_card`, or its table of tensors is damaged.
    """
    tensors = [entry for name, entry in _read_header(path).items() if name != "__metadata__"]
    try:
        counts = [math.prod(int(side) for side in entry["shape"]) for entry in tensors]
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise CorruptCheckpoint(f"{path}: damaged safetensors header: a tensor has no shape") from exc
    if min(counts, default=0) < 0 or sum(counts) >= 1 << _BITS:
        raise CorruptCheckpoint(f"{path}: damaged safetensors header: no tensor holds so many numbers")
    return sum(counts)


def _read_header(path: Path) -> dict[str, Any]:
    check_waits_for_nobody(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = struct.unpack("<Q", file.read(8).ljust(8, b"\0"))[0]
            if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
                raise CorruptCheckpoint(
                    f"{path}: not a safetensors file or cut off: its header should take {length} bytes, "
                    f"the file has {size}"
                )
            header = json.loads(file.read(length))
    except OSError as exc:
        raise CorruptCheckpoint(f"{path}: cannot be read: {exc.strerror or exc}") from exc
    except (ValueError, RecursionError) as exc:
        raise CorruptCheckpoint(f"{path}: not a safetensors file: its header is no JSON") from exc
    if not isinstance(header, dict):
        raise CorruptCheckpoint(f"{path}: not a safetensors file: its header is no table")
    return header
