"""From a specification to a model, and every way that a specification can be wrong."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from liif_core.errors import UnsupportedModel
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.models import build
from liif_core.models.build import build_model
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import DECODERS, ENCODERS, any_model, any_spec, heat_spec, liif_spec

pytestmark = pytest.mark.usefixtures("one_thread")

LIGHT, HEAT = PartSpec("light", {"n_feats": 4}), PartSpec("heat-field", {"n_frequencies": 3})


def test_spec_survives_its_plain_form() -> None:
    spec = ModelSpec(LIGHT, PartSpec("liif", {"hidden_list": [3, 4]}), DataNorm(0.25, 2.0))
    assert ModelSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_encoder_goes_with_every_decoder(encoder: str, decoder: str) -> None:
    """The specification survives JSON, and what is built from it renders a photo."""
    spec = any_spec(encoder, decoder)
    read = ModelSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert read == spec
    model = build_model(read)
    original = any_model(encoder, decoder)
    model.load_state_dict(original.state_dict())
    pixels = np.random.default_rng(5).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    image = Image(pixels)
    grid = OutputGrid(image.size, Size(20, 23))
    shown, expected = (
        Renderer(image, made, FeatureCache(1 << 30)).render(grid, grid.output.rect) for made in (model, original)
    )
    assert shown.shape == (20, 23, 3)
    assert np.isfinite(shown).all()
    assert shown.std() > 0.02
    np.testing.assert_array_equal(shown, expected)


def test_every_part_of_the_table_is_tried_above() -> None:
    assert ENCODERS.keys() == build.ENCODERS.keys()
    assert DECODERS.keys() == build.DECODERS.keys()


def test_norm_is_that_of_the_paper_by_default() -> None:
    plain = {"encoder": LIGHT.to_dict(), "decoder": HEAT.to_dict()}
    assert ModelSpec.from_dict(plain).norm == DataNorm(0.5, 0.5)


def test_built_model_states_what_its_parts_need() -> None:
    model = build_model(liif_spec(n_resblocks=3, local_ensemble=False))
    assert (model.halo, model.margin, model.needs_image) == (8, 1, False)
    model = build_model(heat_spec(n_resblocks=2))
    assert (model.halo, model.margin, model.needs_image) == (6, 0, True)
    assert not model.training


def test_model_normalises_by_its_specification() -> None:
    spec = heat_spec()
    model = build_model(ModelSpec(spec.encoder, spec.decoder, DataNorm(0.25, 0.5)))
    rgb = torch.tensor([0.0, 0.25, 1.0])
    assert model.normalised(rgb).tolist() == [-0.5, 0.0, 1.5]


def test_features_are_of_the_inputs_type_also_where_convolutions_are_not() -> None:
    inp = torch.rand(1, 3, 4, 5)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        feat, with_photo = (build_model(spec).encode(inp) for spec in (liif_spec(), heat_spec()))
    assert feat.dtype == with_photo.dtype == torch.float32
    assert torch.equal(with_photo[:, -3:], inp), "the photo's own channels are not rounded"


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
        (PartSpec("resnet"), HEAT, ["resnet", "edsr-baseline", "edsr", "rdn", "rcan", "light"]),
        (LIGHT, PartSpec("lte"), ["lte", "liif", "metasr", "heat-field"]),
        (PartSpec("light", {"depth": 3}), HEAT, ["light", "depth", "n_resblocks"]),
        (LIGHT, PartSpec("heat-field", {"in_dim": 3}), ["heat-field", "in_dim"]),
        (LIGHT, PartSpec("liif", {"hidden": 3}), ["liif", "hidden", "hidden_list"]),
        (PartSpec("light", {"n_feats": -4}), HEAT, ["light", "-4"]),
        (PartSpec("rdn", {"RDNconfig": "C"}), HEAT, ["rdn", "RDNconfig", "A, B"]),
        (PartSpec("rdn", {"RDNconfig": 3}), HEAT, ["rdn", "RDNconfig", "3"]),
        (PartSpec("rdn", {"RDNkSize": 5}), HEAT, ["rdn", "RDNkSize", "5"]),
        (PartSpec("rdn", {"scale": 2}), HEAT, ["rdn", "scale", "RDNconfig"]),
        (PartSpec("rcan", {"reduction": 0}), HEAT, ["rcan", "reduction", "0"]),
        (PartSpec("rcan", {"res_scale": 0.1}), HEAT, ["rcan", "res_scale", "n_resgroups"]),
        (PartSpec("edsr", {"n_feats": 4000}), HEAT, ["parameters", "100,000,000"]),
        (PartSpec("edsr", {"n_resblocks": 300_000}), HEAT, ["n_resblocks", "4096"]),
        (PartSpec("edsr", {"res_scale": "a"}), HEAT, ["res_scale", "'a'"]),
        (PartSpec("rcan", {"n_feats": 6}), HEAT, ["reduction"]),
        (LIGHT, PartSpec("metasr", {"hidden_list": [256]}), ["metasr", "hidden_list"]),
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
