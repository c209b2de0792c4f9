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
