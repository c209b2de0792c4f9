"""From a specification to a model with random weights: one explicit table, no registration by import."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from liif_core.errors import UnsupportedModel
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.liif import Liif
from liif_core.models.decoders.metasr import MetaSr
from liif_core.models.encoders.edsr import Edsr, EdsrFull
from liif_core.models.encoders.light import LightEncoder
from liif_core.models.encoders.rcan import Rcan
from liif_core.models.encoders.rdn import Rdn
from liif_core.models.implicit import Decoder, Encoder, ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec

# Of blocks, channels and frequencies; more would take minutes to build, only to be refused.
MAX_COUNT = 4096
# EDSR, the largest published encoder, has 38 million without its tail.
MAX_PARAMETERS = 100_000_000

Part = TypeVar("Part")

ENCODERS: Mapping[str, Callable[..., Encoder]] = {
    "edsr-baseline": Edsr,
    "edsr": EdsrFull,
    "rdn": Rdn,
    "rcan": Rcan,
    "light": LightEncoder,
}
DECODERS: Mapping[str, Callable[..., Decoder]] = {"liif": Liif, "metasr": MetaSr, "heat-field": HeatField}


def build_model(spec: ModelSpec) -> ImplicitModel:
    """The model of a specification, randomly initialised, in evaluation mode.

    Raises:
        UnsupportedModel: A name or an argument is unknown; the message names it and what is known.
    """
    with _bounded_parameters():
        encoder: Encoder = _build_part(spec.encoder, ENCODERS, part="encoder")
        decoder: Decoder = _build_part(spec.decoder, DECODERS, part="decoder", in_dim=encoder.out_dim)
    return ImplicitModel(spec, encoder, decoder).eval()


@contextlib.contextmanager
def _bounded_parameters() -> Iterator[None]:
    """Refuse absurd sizes while a model is built, before the parameter that is too much is filled.

    Building on torch's meta device first would do the same, but imports for a second what nothing else needs.
    """
    count = 0

    def add(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        nonlocal count
        count += parameter.numel() if parameter is not None else 0
        if count > MAX_PARAMETERS:
            raise UnsupportedModel(f"the model would have more than {MAX_PARAMETERS:,} parameters, which is the limit")

    hook = register_module_parameter_registration_hook(add)
    try:
        yield
    finally:
        hook.remove()


def _build_part(spec: PartSpec, table: Mapping[str, Callable[..., Part]], *, part: str, **given: Any) -> Part:
    """One entry of a table, its arguments checked against the constructor's."""
    if spec.name not in table:
        raise UnsupportedModel(f"unknown {part} '{spec.name}': expected one of {', '.join(sorted(table))}")
    known = set(inspect.signature(table[spec.name]).parameters) - set(given)
    unknown = sorted(set(spec.args) - known)
    if unknown:
        raise UnsupportedModel(
            f"the {part} '{spec.name}' has no argument '{unknown[0]}': expected some of {', '.join(sorted(known))}"
        )
    for name, value in spec.args.items():
        numbers = value if isinstance(value, list | tuple) else [value]
        for number in numbers:
            if type(number) is int and not 1 <= number <= MAX_COUNT:
                raise UnsupportedModel(
                    f"the argument '{name}' of the {part} '{spec.name}' is {value}: expected 1 to {MAX_COUNT}"
                )
    try:
        return table[spec.name](**given, **spec.args)
    except (TypeError, ValueError, RuntimeError) as exc:
        raise UnsupportedModel(f"the {part} '{spec.name}' cannot be made of {dict(spec.args)}: {exc}") from exc
