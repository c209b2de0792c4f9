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
from torch import Tensor, nn

from liif_core.atomic import atomic_path
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.strict import load_strictly
from liif_core.checkpoint.torch_file import torch_content
from liif_core.errors import CorruptCheckpoint, UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.decoders.liif import Liif
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec

UNUSED_PREFIXES = ("encoder.sub_mean.", "encoder.add_mean.")
# What torch's reader raises on damaged files, those of its old format included.
_DAMAGE = (
    *(RuntimeError, EOFError, KeyError, ValueError, TypeError, AttributeError),
    *(IndexError, AssertionError, struct.error, UnicodeDecodeError, RecursionError),
)
OFFICIAL_ENCODERS = ("edsr-baseline", "edsr", "rdn", "rcan")
# Arguments of published encoders that only their upsampling tail, or nothing, depends on.
TAIL_ARGUMENTS = ("no_upsampling", "scale", "rgb_range")
DIV2K_MEAN = (0.4488, 0.4371, 0.4040)
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
    used = {str(key): value for key, value in weights.items() if not str(key).startswith(UNUSED_PREFIXES)}
    foreign = sorted(key for key in used if not key.startswith(("encoder.", "imnet.")))
    if foreign:
        raise CorruptCheckpoint(f"{path}: the weights '{foreign[0]}' belong to no part of the model")
    renamed = {_native_key(key): value for key, value in used.items()}
    load_strictly(model, renamed, path=path, name_of=lambda key: key.removeprefix("decoder."))
    return model, ModelCard(description=f"published checkpoint {path.name}", training_data="not stated in the file")


def official_spec(name: object, args: object) -> ModelSpec:
    """The specification behind a checkpoint's `name` and `args`.

    Raises:
        UnsupportedModel: It is an architecture unknown here; the message names it.
    """
    if name not in ("liif", "metasr") or not isinstance(args, Mapping):
        raise UnsupportedModel(f"unknown model '{name}': expected 'liif' or 'metasr'")
    known = {"encoder_spec"} if name == "metasr" else {"encoder_spec", "imnet_spec", *LIIF_FLAGS}
    unknown = sorted(str(key) for key in set(args) - known)
    if unknown:
        raise UnsupportedModel(f"unknown argument '{unknown[0]}' of the model '{name}'")
    encoder = _encoder_spec(args.get("encoder_spec"))
    return ModelSpec(encoder, PartSpec("metasr") if name == "metasr" else _liif_spec(args))


def _encoder_spec(data: object) -> PartSpec:
    encoder = PartSpec.from_dict(data, part="encoder")
    if encoder.name not in OFFICIAL_ENCODERS:
        raise UnsupportedModel(f"unknown encoder '{encoder.name}': expected one of {', '.join(OFFICIAL_ENCODERS)}")
    if encoder.args.get("no_upsampling", False) is not True:
        raise UnsupportedModel(f"the encoder '{encoder.name}' keeps its upsampling tail: expected 'no_upsampling'")
    return PartSpec(encoder.name, {key: value for key, value in encoder.args.items() if key not in TAIL_ARGUMENTS})


def _liif_spec(args: Mapping[Any, Any]) -> PartSpec:
    imnet = PartSpec.from_dict(args.get("imnet_spec"), part="imnet")
    unknown = sorted(set(imnet.args) - {"in_dim", "out_dim", "hidden_list"})
    if unknown:
        raise UnsupportedModel(f"unknown argument '{unknown[0]}' of the imnet")
    out_dim = imnet.args.get("out_dim", 3)
    if imnet.name != "mlp" or type(out_dim) is not int or out_dim != 3:
        raise UnsupportedModel(f"unknown imnet '{imnet.name}' with {dict(imnet.args)}: expected 'mlp' with 3 outputs")
    hidden_list = imnet.args.get("hidden_list", [])
    if not isinstance(hidden_list, list | tuple):
        raise UnsupportedModel(f"the imnet's hidden_list is {hidden_list!r}: expected a list of widths")
    flags = {flag: args[flag] for flag in LIIF_FLAGS if flag in args}
    wrong = [flag for flag, value in flags.items() if type(value) is not bool]
    if wrong:
        raise UnsupportedModel(f"the argument '{wrong[0]}' of the model 'liif' is {flags[wrong[0]]!r}: expected a bool")
    return PartSpec("liif", {**flags, "hidden_list": list(hidden_list)})


def save_official(path: Path, model: ImplicitModel) -> None:
    """Write a model as the published code reads it: `models.make(torch.load(path)['model'], load_sd=True)`.

    Raises:
        UnsupportedModel: See `official_content`.
        OSError: The file cannot be written; the old one is untouched.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(official_content(model))


def official_content(model: ImplicitModel) -> bytes:
    """What `save_official` writes.

    Raises:
        UnsupportedModel: The published code has no such architecture or normalisation.
    """
    return torch_content({"model": _official_entry(model), "optimizer": {}, "epoch": 1})


def _official_entry(model: ImplicitModel) -> dict[str, Any]:
    encoder, decoder = model.spec.encoder, model.spec.decoder
    if encoder.name not in OFFICIAL_ENCODERS or decoder.name not in ("liif", "metasr"):
        raise UnsupportedModel(
            f"the published code has no encoder '{encoder.name}' with a decoder '{decoder.name}': only "
            f"{', '.join(OFFICIAL_ENCODERS)} with liif or metasr can be written in its format"
        )
    if model.spec.norm != DataNorm():
        raise UnsupportedModel("the published format has no place for another normalisation than (x - 0.5) / 0.5")
    args: dict[str, Any] = {"encoder_spec": {"name": encoder.name, "args": {**encoder.args, "no_upsampling": True}}}
    if isinstance(model.decoder, Liif):
        hidden_list = [layer.out_features for layer in model.decoder.imnet.layers if isinstance(layer, nn.Linear)][:-1]
        args["imnet_spec"] = {"name": "mlp", "args": {"out_dim": 3, "hidden_list": hidden_list}}
        args |= {flag: getattr(model.decoder, flag) for flag in LIIF_FLAGS}
    weights = {key.removeprefix("decoder."): value.detach().cpu() for key, value in model.state_dict().items()}
    if encoder.name != "rdn":
        # Layers that the published encoders have and never use; their loader wants them.
        for name, sign in (("sub_mean", -1.0), ("add_mean", 1.0)):
            weights[f"encoder.{name}.weight"] = torch.eye(3).view(3, 3, 1, 1)
            weights[f"encoder.{name}.bias"] = sign * torch.tensor(DIV2K_MEAN)
    return {"name": decoder.name, "args": args, "sd": weights}


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
