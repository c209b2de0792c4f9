"""From a specification to a model, and every way that a specification can be wrong."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from liif_core.errors import UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from tests.models.builders import heat_spec, liif_spec

pytestmark = pytest.mark.usefixtures("one_thread")

LIGHT, HEAT = PartSpec("light", {"n_feats": 4}), PartSpec("heat-field", {"n_frequencies": 3})


def test_spec_survives_its_plain_form() -> None:
    spec = ModelSpec(LIGHT, PartSpec("liif", {"hidden_list": [3, 4]}), DataNorm(0.25, 2.0))
    assert ModelSpec.from_dict(spec.to_dict()) == spec


def test_norm_is_that_of_the_paper_by_default() -> None:
    plain = {"encoder": LIGHT.to_dict(), "decoder": HEAT.to_dict()}
    assert ModelSpec.from_dict(plain).norm == DataNorm(0.5, 0.5)


def test_built_model_states_what_its_parts_need() -> None:
    model = build_model(liif_spec(n_resblocks=3, local_ensemble=False))
    assert (model.halo, model.margin, model.needs_image) == (8, 1, False)
    model = build_model(heat_spec(n_resblocks=2))
    assert (model.halo, model.margin, model.needs_image) == (6, 0, True)
    assert not model.training


def test_model_normalises_there_and_back() -> None:
    spec = heat_spec()
    model = build_model(ModelSpec(spec.encoder, spec.decoder, DataNorm(0.25, 0.5)))
    rgb = torch.tensor([0.0, 0.25, 1.0])
    assert model.normalised(rgb).tolist() == [-0.5, 0.0, 1.5]
    assert torch.equal(model.denormalised(model.normalised(rgb)), rgb)


def test_photo_is_three_more_channels_where_the_decoder_needs_it() -> None:
    inp = torch.rand(1, 3, 4, 5)
    with torch.inference_mode():
        feat = build_model(heat_spec(out_dim=6)).encode(inp)
        assert feat.shape == (1, 9, 4, 5)
        assert torch.equal(feat[:, 6:], inp)
        assert build_model(liif_spec(n_feats=6)).encode(inp).shape == (1, 6, 4, 5)


@pytest.mark.parametrize(
    ("encoder", "decoder", "named"),
    [
        (PartSpec("resnet"), HEAT, ["resnet", "edsr-baseline", "light"]),
        (LIGHT, PartSpec("metasr"), ["metasr", "liif", "heat-field"]),
        (PartSpec("light", {"depth": 3}), HEAT, ["light", "depth", "n_resblocks"]),
        (LIGHT, PartSpec("heat-field", {"in_dim": 3}), ["heat-field", "in_dim"]),
        (LIGHT, PartSpec("liif", {"hidden": 3}), ["liif", "hidden", "hidden_list"]),
        (PartSpec("light", {"n_feats": -4}), HEAT, ["light", "-4"]),
        (PartSpec("light", {"n_feats": "many"}), HEAT, ["light", "many"]),
        (PartSpec("light", {"n_feats": 10**30}), HEAT, ["light"]),
        (PartSpec("light", {"n_resblocks": 1.5}), HEAT, ["light", "1.5"]),
        (LIGHT, PartSpec("liif", {"hidden_list": 256}), ["liif", "256"]),
        (LIGHT, PartSpec("heat-field", {"n_frequencies": -1}), ["heat-field", "-1"]),
    ],
)
def test_unknown_parts_and_arguments_are_refused_by_name(
    encoder: PartSpec, decoder: PartSpec, named: list[str]
) -> None:
    with pytest.raises(UnsupportedModel) as refusal:
        build_model(ModelSpec(encoder, decoder))
    for word in named:
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "specification is not a table"),
        ([1], "specification is not a table"),
        ({}, "encoder has no name"),
        ({"encoder": {"name": "light"}}, "decoder has no name"),
        ({"encoder": {"name": 3}, "decoder": {"name": "liif"}}, "encoder has no name"),
        ({"encoder": {"name": "light", "args": [1]}, "decoder": {"name": "liif"}}, "encoder are not a table"),
        ({"encoder": {"name": "light"}, "decoder": {"name": "liif"}, "norm": 3}, "normalisation"),
        ({"encoder": {"name": "light"}, "decoder": {"name": "liif"}, "norm": {"mean": "x"}}, "normalisation"),
        ({"encoder": {"name": "light"}, "decoder": {"name": "liif"}, "norm": {"std": None}}, "normalisation"),
    ],
)
def test_malformed_specifications_are_refused(data: Any, reason: str) -> None:
    with pytest.raises(UnsupportedModel, match=reason):
        ModelSpec.from_dict(data)
