"""Native model files: safetensors whose metadata holds the specification and the model card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from liif_core.atomic import atomic_path
from liif_core.checkpoint.card import ModelCard, metadata, read_card
from liif_core.checkpoint.strict import load_strictly
from liif_core.errors import CorruptCheckpoint, UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.implicit import ImplicitModel


def native_content(model: ImplicitModel, card: ModelCard, *, storage: torch.dtype = torch.float32) -> bytes:
    """What the file of a model holds.

    Args:
        model: On any device.
        card: What is told of it.
        storage: Of the weights in the file; they are loaded as float32 whatever it is.
    """
    state = {key: value.detach().to("cpu", storage).contiguous() for key, value in model.state_dict().items()}
    content: bytes = safetensors.torch.save(state, metadata(model.spec, card))
    return content


def save_native(path: Path, model: ImplicitModel, card: ModelCard, *, storage: torch.dtype = torch.float32) -> None:
    """Write a model, beside the target first and then renamed; the arguments are those of `native_content`.

    Raises:
        OSError: It cannot be written; the old file is untouched.
    """
    # In memory first: writing by itself, safetensors reports a full disk as an error of its own and sets its own
    # permissions.
    content = native_content(model, card, storage=storage)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def load_native(path: Path) -> tuple[ImplicitModel, ModelCard]:
    """Read a model, in evaluation mode, float32, on the CPU.

    Raises:
        CorruptCheckpoint: The file is damaged or cut off, or its weights do not fit its specification.
        UnsupportedModel: It is not a model of Stepless, or holds parts unknown here.
    """
    spec, card = read_card(path)
    try:
        model = build_model(spec)
    except UnsupportedModel as exc:
        raise UnsupportedModel(f"{path}: {exc}") from exc
    load_strictly(model, _read_weights(path), path=path)
    if isinstance(model.decoder, HeatField):
        model.decoder.keep_to(card.max_scale)
    return model, card


def _read_weights(path: Path) -> Mapping[str, Tensor]:
    try:
        # Not by the file's name, which safetensors refuses where it is not UTF-8; nor is the file held open then.
        weights: Mapping[str, Tensor] = safetensors.torch.load(path.read_bytes())
        return weights
    except KeyError as exc:
        # The format has types of 4 and 6 bits, which torch has none of.
        raise CorruptCheckpoint(f"{path}: its weights are of the type {exc}, which cannot be read here") from exc
    except (safetensors.SafetensorError, OSError, ValueError) as exc:
        raise CorruptCheckpoint(f"{path}: damaged or cut off: {exc}") from exc
