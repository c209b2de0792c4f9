"""Small models with weights that are functions of their names, so that every run and machine has the same ones."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from liif_core.models.build import build_model
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec


def named_weights(name: str, shape: tuple[int, ...], gain: float = 1.7) -> NDArray[np.float32]:
    """Uniform in +-gain / sqrt(fan in), never 0, seeded by the name alone."""
    rng = np.random.RandomState(zlib.crc32(name.encode()))
    fan_in = max(1, int(np.prod(shape[1:]))) if len(shape) > 1 else 16
    return np.asarray(rng.uniform(-1, 1, shape) * gain / np.sqrt(fan_in), np.float32)


def filled(module: nn.Module, *, gain: float = 1.7) -> nn.Module:
    """`module` with `named_weights`."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(named_weights(name, tuple(parameter.shape), gain)))
    return module


# Every part in the smallest form that keeps its structure: RDN's depth is fixed by its configuration.
ENCODERS: Mapping[str, Mapping[str, Any]] = {
    "edsr-baseline": {"n_resblocks": 1, "n_feats": 6},
    "edsr": {"n_resblocks": 2, "n_feats": 5},
    "rdn": {"G0": 4, "RDNconfig": "A"},
    "rcan": {"n_resgroups": 2, "n_resblocks": 2, "n_feats": 6, "reduction": 2},
    "light": {"n_resblocks": 1, "n_feats": 8, "out_dim": 6},
}
DECODERS: Mapping[str, Mapping[str, Any]] = {
    "liif": {"hidden_list": [12, 12]},
    "metasr": {},
    "heat-field": {"n_frequencies": 5},
}


def any_spec(encoder: str, decoder: str) -> ModelSpec:
    return ModelSpec(PartSpec(encoder, ENCODERS[encoder]), PartSpec(decoder, DECODERS[decoder]))


def any_model(encoder: str, decoder: str) -> ImplicitModel:
    """A model of any combination, filled by name; the heat field keeps its own constants, with visible latents."""
    torch.manual_seed(1)
    model = build_model(any_spec(encoder, decoder))
    # The outputs of RDN's blocks add up.
    filled(model.encoder, gain=0.7 if encoder == "rdn" else 1.0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "conv_du" in name:
                # Gates that depend on what they see, rather than about one half.
                parameter.mul_(5)
    if decoder == "heat-field":
        with torch.no_grad():
            model.get_parameter("decoder.coef").mul_(50)
    else:
        # Few predictions leave [0, 1], where clamping would hide what they are.
        filled(model.decoder, gain=0.8 if decoder == "metasr" else 1.5)
    return model


def heat_spec(*, n_resblocks: int = 1, n_feats: int = 8, out_dim: int = 6, n_frequencies: int = 5) -> ModelSpec:
    return ModelSpec(
        PartSpec("light", {"n_resblocks": n_resblocks, "n_feats": n_feats, "out_dim": out_dim}),
        PartSpec("heat-field", {"n_frequencies": n_frequencies}),
    )


def liif_spec(*, n_resblocks: int = 1, n_feats: int = 6, **decoder: Any) -> ModelSpec:
    args: Mapping[str, Any] = {"hidden_list": [12, 12], **decoder}
    return ModelSpec(
        PartSpec("edsr-baseline", {"n_resblocks": n_resblocks, "n_feats": n_feats}), PartSpec("liif", args)
    )


def heat_model(**sizes: int) -> ImplicitModel:
    """Encoder filled by name; the decoder's own initial values from a fixed seed, with visible latents."""
    torch.manual_seed(1)
    model = build_model(heat_spec(**sizes))
    filled(model.encoder, gain=1.0)
    with torch.no_grad():
        model.get_parameter("decoder.coef").mul_(50)
    return model


def liif_model(**args: Any) -> ImplicitModel:
    model = build_model(liif_spec(**args))
    filled(model)
    return model
