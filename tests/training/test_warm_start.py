"""A model begins with the weights of another one, as far as they fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import CorruptCheckpoint, RequestError
from liif_core.models.build import build_model
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from liif_core.training.run_files import STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.warm_start import NEARLY_NEW, start_from
from tests.models.builders import heat_model, heat_spec, liif_model
from tests.training.configs import MakeConfig
from tests.training.runs import run, run_until, saved_state

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


def saved(model: ImplicitModel, folder: Path) -> Path:
    path = folder / "start.safetensors"
    save_native(path, model, ModelCard())
    return path


def encoded(model: ImplicitModel) -> torch.Tensor:
    with torch.no_grad():
        return model.encode(torch.linspace(-1, 1, 3 * 9 * 8).reshape(1, 3, 9, 8))


def test_same_model_starts_as_it_is(tmp_path: Path) -> None:
    other = heat_model()
    model = build_model(heat_spec())
    sentence = start_from(saved(other, tmp_path), model)
    count = len(other.state_dict())
    assert sentence == f"starts from {tmp_path / 'start.safetensors'}: {count} of {count} tensors fit"
    assert NEARLY_NEW not in sentence
    assert torch.equal(encoded(model), encoded(other))


@pytest.mark.parametrize("pixel_attention", [False, True])
def test_deeper_model_starts_as_the_shallower_one(pixel_attention: bool, tmp_path: Path) -> None:
    other = heat_model(n_resblocks=2)
    spec = heat_spec(n_resblocks=5)
    encoder = PartSpec("light", {**spec.encoder.args, "pixel_attention": pixel_attention})
    model = build_model(ModelSpec(encoder, spec.decoder))
    sentence = start_from(saved(other, tmp_path), model)
    assert "3 new residual blocks begin as the identity" in sentence and NEARLY_NEW not in sentence
    torch.testing.assert_close(encoded(model), encoded(other), rtol=0, atol=1e-6)


def test_new_blocks_learn(tmp_path: Path, heat_config: MakeConfig, photos: Path) -> None:
    config = heat_config()
    shallow = build_model(config.model)
    path = saved(shallow, tmp_path)
    deep = heat_config(iterations=4)
    spec = heat_spec(n_resblocks=2, n_feats=6, out_dim=5, n_frequencies=4)
    deep = type(deep)(**{name: getattr(deep, name) for name in deep.__slots__} | {"model": spec})
    events = run(deep, photos, tmp_path / "run", start_from=path)
    assert any("1 new residual block begins" in event.text for event in events)
    last = saved_state(tmp_path / "run")["model"]["encoder.blocks.1.body.2.weight"]
    assert float(last.abs().max()) > 0


def test_other_encoder_gives_its_decoder(tmp_path: Path) -> None:
    """Only names and shapes count: the heat fields are the same, and nothing of the encoders is."""
    other = heat_model(n_feats=8)
    model = build_model(heat_spec(n_feats=12))
    assert start_from(saved(other, tmp_path), model).endswith(NEARLY_NEW)
    decoder = {name: value for name, value in other.state_dict().items() if name.startswith("decoder.")}
    assert decoder
    assert all(torch.equal(model.state_dict()[name], value) for name, value in decoder.items())


def test_nothing_that_fits_is_refused(tmp_path: Path) -> None:
    path = saved(liif_model(), tmp_path)
    model = heat_model()
    before = encoded(model)
    with pytest.raises(RequestError, match=r"none of its .* \(light with heat-field\)") as refusal:
        start_from(path, model)
    assert str(path) in str(refusal.value)
    assert torch.equal(encoded(model), before)


def test_model_of_pixel_values_in_another_range_is_refused(tmp_path: Path) -> None:
    """Its weights would have the right names and shapes, and a wrong meaning."""
    spec = heat_spec()
    model = build_model(ModelSpec(spec.encoder, spec.decoder, DataNorm(0.25, 0.5)))
    path = saved(heat_model(), tmp_path)
    before = encoded(model)
    with pytest.raises(RequestError, match="another mean or range") as refusal:
        start_from(path, model)
    assert str(path) in str(refusal.value)
    assert torch.equal(encoded(model), before)


def test_no_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptCheckpoint):
        start_from(tmp_path / "none.safetensors", heat_model())


def test_average_starts_there_as_well(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = heat_config(learning_rate=1e-9)
    run(config, photos, tmp_path / "first")
    state = saved_state(tmp_path / "first")
    run_until(
        1,
        heat_config(seed=5, learning_rate=1e-9),
        photos,
        tmp_path / "second",
        start_from=tmp_path / "first" / "model.safetensors",
    )
    again = saved_state(tmp_path / "second")
    for kind in ("model", "ema"):
        for name, value in state["ema"].items():
            torch.testing.assert_close(again[kind][name], value, rtol=0, atol=1e-6)


def test_resumed_run_starts_from_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="--start-from"):
        RunOptions(tmp_path, tmp_path / STATE_FILE, resume=True, start_from=tmp_path)
