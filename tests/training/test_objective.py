"""The number that is made small, for each way of learning."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from liif_core.errors import UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import PartSpec
from liif_core.training.config import TrainConfig
from liif_core.training.losses import field_variation, spectral_l1
from liif_core.training.objective import Objective
from tests.models.builders import filled
from tests.training.configs import MakeConfig
from tests.training.drawn import dense_batch, query_batch, smooth_photo

pytestmark = pytest.mark.usefixtures("one_thread")


def model_of(config: TrainConfig) -> ImplicitModel:
    torch.manual_seed(0)
    return build_model(config.model)


def objective_of(config: TrainConfig, *, bf16: bool = False) -> Objective:
    return Objective(model_of(config), config, bf16=bf16)


@pytest.mark.parametrize("bf16", [False, True])
def test_heat_field_without_coefficients_is_the_bilinear_enlargement(heat_config: MakeConfig, bf16: bool) -> None:
    config = heat_config()
    objective = objective_of(config, bf16=bf16)
    with torch.no_grad():
        objective.model.get_parameter("decoder.coef").zero_()
    for step in range(6):
        batch = dense_batch([smooth_photo()], config, step)
        enlarged = F.interpolate(batch.inp, scale_factor=float(batch.scale), mode="bilinear", align_corners=False)
        # In normalised values, which are twice as far apart.
        expected = 2 * (enlarged - batch.gt).abs().mean()
        torch.testing.assert_close(objective(batch), expected, rtol=1e-5, atol=1e-6)


def test_additions_are_weighed(heat_config: MakeConfig) -> None:
    plain = heat_config()
    batch = dense_batch([smooth_photo()], plain, 1)
    model = model_of(plain)
    filled(model.encoder)
    decoder = model.decoder
    assert isinstance(decoder, HeatField)
    with torch.no_grad():
        latent = model.encoder(model.normalised(batch.inp))
        field = decoder.decode_dense(latent, numerator=batch.scale.numerator, denominator=batch.scale.denominator)
        inp, gt = model.normalised(batch.inp), model.normalised(batch.gt)
        pred = F.interpolate(inp, size=gt.shape[-2:], mode="bilinear", align_corners=False) + field
        pixels, spectrum = F.l1_loss(pred, gt), spectral_l1(pred - gt)
        variation = field_variation(decoder.field, latent)
        assert variation > 0
        for fft_loss, tv_prior in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.25), (0.5, 0.25)):
            config = replace(plain, fft_loss=fft_loss, tv_prior=tv_prior)
            expected = pixels + fft_loss * spectrum + tv_prior * variation
            torch.testing.assert_close(Objective(model, config, bf16=False)(batch), expected)
        squared = Objective(model, replace(plain, pixel_loss="l2"), bf16=False)
        torch.testing.assert_close(squared(batch), (pred - gt).square().mean())
        # Half of it of brightness alone, by the weights that tables compare it with; spectra likewise.
        luma = luma_by_hand(pred - gt)
        of_luma = luma.abs().mean() + 0.5 * spectral_l1(luma)
        expected = 0.75 * (pixels + 0.5 * spectrum) + 0.25 * of_luma
        shared = Objective(model, replace(plain, fft_loss=0.5, luma_share=0.25), bf16=False)
        torch.testing.assert_close(shared(batch), expected, rtol=1e-3, atol=1e-6)


def luma_by_hand(rgb: torch.Tensor, channels: int = 1) -> torch.Tensor:
    red, green, blue = rgb.unbind(channels)
    return (0.299 * red + 0.587 * green + 0.114 * blue).unsqueeze(channels)


@pytest.mark.parametrize("decoder", ["liif", "metasr"])
def test_queries_are_compared_in_the_papers_form(decoder: str, liif_config: MakeConfig) -> None:
    config = liif_config(continuous_scales=True, batch=3)
    args = {"hidden_list": [8, 8]} if decoder == "liif" else {}
    config = replace(config, model=replace(config.model, decoder=PartSpec(decoder, args)))
    objective = objective_of(config)
    filled(objective.model)
    batch = query_batch([smooth_photo()], config, 1)
    with torch.no_grad():
        feat = objective.model.encoder(objective.model.normalised(batch.inp))
        form = objective.model.decoder
        assert isinstance(form, QueryDecoder)
        pred = form.query(form.unfolded(feat), batch.coord, batch.cell)
        expected = F.l1_loss(pred, objective.model.normalised(batch.target))
        torch.testing.assert_close(objective(batch), expected)
        squared = Objective(objective.model, replace(config, pixel_loss="l2"), bf16=False)
        torch.testing.assert_close(squared(batch), F.mse_loss(pred, objective.model.normalised(batch.target)))
        luma = luma_by_hand(pred - objective.model.normalised(batch.target), channels=-1).abs().mean()
        shared = Objective(objective.model, replace(config, luma_share=0.5), bf16=False)
        torch.testing.assert_close(shared(batch), 0.5 * expected + 0.5 * luma, rtol=1e-4, atol=1e-6)


def test_differences_are_taken_in_float32(make_config: MakeConfig) -> None:
    config = make_config(batch=1)
    photo = [smooth_photo()]
    batch = dense_batch(photo, config) if config.model.decoder.name == "heat-field" else query_batch(photo, config)
    loss = objective_of(config, bf16=True)(batch)
    assert loss.dtype == torch.float32


def test_model_of_another_decoder_is_refused(heat_config: MakeConfig) -> None:
    config = heat_config()
    model = model_of(config)
    model.decoder = torch.nn.Identity()
    with pytest.raises(UnsupportedModel, match="cannot be trained"):
        Objective(model, config, bf16=False)
