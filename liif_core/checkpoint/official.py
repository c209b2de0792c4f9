"""The published checkpoints of yinboc/liif: `{'model': {'name', 'args', 'sd'}, 'optimizer': ..., 'epoch': ...}`.

Read with torch's restricted unpickler, so that nothing in a file is run. The normalisation is not in the file: it is
(x - 0.5) / 0.5 for all of them. Optimiser and epoch are ignored; `encoder.sub_mean` and `encoder.add_mean` are in every
EDSR file and used by none.
"""

from __future__ import annotations

import pickle
import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.strict import load_strictly
from liif_core.errors import CorruptCheckpoint, UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec

UNUSED_PREFIXES = ("encoder.sub_mean.", "encoder.add_mean.")
# What torch's reader raises on damaged files, those of its old format included.
_DAMAGE = (
    *(RuntimeError, EOFError, KeyError, ValueError, TypeError, AttributeError),
    *(IndexError, AssertionError, struct.error, UnicodeDecodeError, RecursionError),
)
LIIF_FLAGS = ("local_ensemble", "feat_unfold", "cell_decode")


def load_official(path: Path) -> tuple[ImplicitModel, ModelCard]:
    """Read a published checkpoint, in evaluation mode, float32, on the CPU.

    Raises:
        CorruptCheckpoint: The file is damaged, cut off, holds code, or its weights do not fit its specification.
        UnsupportedModel: It is whole, but not a checkpoint of LIIF, or of an architecture unknown here.
    """
    content = _unpickled(path)
    entry = content.get("model") if isinstance(content, Mapping) else None
    if not isinstance(entry, Mapping) or not {"name", "args", "sd"} <= set(entry):
        raise UnsupportedModel(
            f"{path}: a torch file, but no LIIF checkpoint: expected a table 'model' with 'name', 'args' and 'sd'"
        )
    weights = entry["sd"]
    if not isinstance(weights, Mapping) or not all(isinstance(value, Tensor) for value in weights.values()):
        raise CorruptCheckpoint(f"{path}: the weights ('model.sd') are not a table of tensors")
    try:
        model = build_model(official_spec(entry["name"], entry["args"]))
    except UnsupportedModel as exc:
        raise UnsupportedModel(f"{path}: {exc}") from exc
    used = {str(key): value.float() for key, value in weights.items() if not str(key).startswith(UNUSED_PREFIXES)}
    renamed = {_native_key(key): value for key, value in used.items()}
    load_strictly(model, renamed, path=path)
    return model, ModelCard(description=f"published checkpoint {path.name}", training_data="not stated in the file")


def official_spec(name: object, args: object) -> ModelSpec:
    """The specification behind a checkpoint's `name` and `args`.

    Raises:
        UnsupportedModel: It is an architecture unknown here; the message names it.
    """
    if name != "liif" or not isinstance(args, Mapping):
        raise UnsupportedModel(f"unknown model '{name}': expected 'liif'")
    known = {"encoder_spec", "imnet_spec", *LIIF_FLAGS}
    unknown = sorted(str(key) for key in set(args) - known)
    if unknown:
        raise UnsupportedModel(f"unknown argument '{unknown[0]}' of the model 'liif'")
    encoder = PartSpec.from_dict(args.get("encoder_spec"), part="encoder")
    imnet = PartSpec.from_dict(args.get("imnet_spec"), part="imnet")
    if not encoder.args.get("no_upsampling", False):
        raise UnsupportedModel(f"the encoder '{encoder.name}' keeps its upsampling tail: expected 'no_upsampling'")
    if imnet.name != "mlp" or imnet.args.get("out_dim", 3) != 3:
        raise UnsupportedModel(f"unknown imnet '{imnet.name}' with {dict(imnet.args)}: expected 'mlp' with 3 outputs")
    hidden_list = imnet.args.get("hidden_list", [])
    if not isinstance(hidden_list, list | tuple):
        raise UnsupportedModel(f"the imnet's hidden_list is {hidden_list!r}: expected a list of widths")
    encoder_args: dict[str, Any] = {key: value for key, value in encoder.args.items() if key != "no_upsampling"}
    decoder_args: dict[str, Any] = {flag: bool(args[flag]) for flag in LIIF_FLAGS if flag in args}
    decoder_args["hidden_list"] = list(hidden_list)
    return ModelSpec(PartSpec(encoder.name, encoder_args), PartSpec("liif", decoder_args))


def _native_key(key: str) -> str:
    """imnet is a part of the decoder here."""
    return f"decoder.{key}" if key.startswith("imnet.") else key


def _unpickled(path: Path) -> object:
    try:
        # An open file, because torch goes by the suffix of a path. Old files make it warn about their pickle protocol.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as exc:
        raise CorruptCheckpoint(
            f"{path}: refused: it is no plain table of weights (it may hold code, or be no torch file at all)"
        ) from exc
    except OSError as exc:
        raise CorruptCheckpoint(f"{path}: cannot be read: {exc.strerror or exc}") from exc
    except _DAMAGE as exc:
        raise CorruptCheckpoint(f"{path}: damaged or cut off: expected a torch file of weights") from exc
