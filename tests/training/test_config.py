"""Configurations of training runs: there and back, and every value that is refused."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from liif_core.errors import RequestError
from liif_core.models.build import build_model
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from liif_core.paths import resource_path
from liif_core.training.config import TrainConfig
from liif_core.training.degrade import Degrade
from liif_core.training.schedule import learning_rate
from liif_core.training.size_varied import SizeVaried
from tests.models.builders import heat_spec, liif_spec

MODEL = """
[model.encoder]
name = "light"
args = { n_resblocks = 1, n_feats = 8, out_dim = 6 }

[model.decoder]
name = "heat-field"
args = { n_frequencies = 5 }
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def as_toml(config: TrainConfig) -> str:
    """What TOML looks like for the values of a configuration; JSON strings, numbers and lists are TOML too."""
    plain = config.to_dict()
    lines = []
    for part in ("encoder", "decoder"):
        lines += [f"[model.{part}]", f"name = {json.dumps(plain['model'][part]['name'])}", f"[model.{part}.args]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in plain["model"][part]["args"].items()]
    lines += ["[model.norm]", *(f"{key} = {value}" for key, value in plain["model"]["norm"].items())]
    tables = {name: plain["train"].pop(name) for name in ("size_varied", "degrade") if name in plain["train"]}
    lines += ["[train]", *(f"{key} = {json.dumps(value)}" for key, value in plain["train"].items())]
    for name, table in tables.items():
        lines += [f"[train.{name}]", *(f"{key} = {value}" for key, value in table.items())]
    return "\n".join(lines)


def refused(path: Path, *reasons: str) -> None:
    with pytest.raises(RequestError) as refusal:
        TrainConfig.read(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert str(refusal.value).count(str(path)) == 1
    for reason in reasons:
        assert reason in str(refusal.value)


def test_configuration_survives_toml(tmp_path: Path) -> None:
    """Two of them, since not every setting goes with every decoder."""
    liif, heat = liif_spec(), heat_spec()
    sampled = TrainConfig(
        model=ModelSpec(liif.encoder, liif.decoder, DataNorm(0.25, 0.5)),
        patch=24,
        batch=6,
        accumulate=3,
        max_scale=2.5,
        size_varied=SizeVaried(1.25, 48),
        pre_shrink=1.5,
        detail=0.3,
        high_contrast=0.2,
        degrade=Degrade((10, 20), 0.25, (0.5, 1.0), (2.0, 2.0)),
        queries=7,
        iterations=11,
        learning_rate=2e-4,
        schedule="halving",
        halve_every=3,
        warmup=0,
        clip=1.5,
        ema=0.5,
        bf16=False,
        validate_every=9,
        seed=42,
    )
    continuous = TrainConfig(model=liif, min_scale=1.2, continuous_scales=True)
    dense = TrainConfig(
        model=heat,
        min_scale=1.5,
        pixel_loss="l2",
        fft_loss=0.5,
        tv_prior=1e-4,
        luma_share=0.5,
        optimiser="muon",
        weight_decay=0.1,
    )
    changed = set()
    for config in (sampled, continuous, dense):
        defaults = TrainConfig(model=heat if config is sampled else config.model)
        changed |= {
            field.name for field in fields(config) if getattr(config, field.name) != getattr(defaults, field.name)
        }
        assert TrainConfig.read(written(tmp_path / "run.toml", as_toml(config))) == config
        assert TrainConfig.from_dict(config.to_dict(), source="test") == config
        json.dumps(config.to_dict())
    assert changed == {field.name for field in fields(TrainConfig)}


def test_settings_left_out_have_their_defaults(tmp_path: Path) -> None:
    assert TrainConfig.read(written(tmp_path / "run.toml", MODEL)) == TrainConfig(model=heat_spec())


def test_mark_of_byte_order_before_a_recipe_is_no_part_of_it(tmp_path: Path) -> None:
    assert TrainConfig.read(written(tmp_path / "run.toml", "\ufeff" + MODEL)) == TrainConfig(model=heat_spec())


@pytest.mark.parametrize("path", sorted(resource_path("presets").glob("*.toml")), ids=lambda path: path.stem)
def test_bundled_presets_load_and_build(path: Path) -> None:
    config = TrainConfig.read(path)
    assert build_model(config.model).spec == config.model
    assert config.trained_scales == (1.5 if path.stem in ("fast", "quick", "quality", "photo") else 1.0, 4.0)
    assert TrainConfig.from_dict(config.to_dict(), source="test") == config


SHORT = ("fast", "quick", "quality", "quality-liif", "photo")


def test_there_are_presets() -> None:
    expected = {"fast", "quick", "quality", "quality-liif", "photo", "paper-edsr-liif", "paper-rdn-liif"}
    assert {path.stem for path in resource_path("presets").glob("*.toml")} == expected


@pytest.mark.parametrize(("name", "encoder"), [("paper-edsr-liif", "edsr-baseline"), ("paper-rdn-liif", "rdn")])
def test_papers_recipes_are_the_papers(name: str, encoder: str) -> None:
    """Chen et al., CVPR 2021, section 5.1: 1000 epochs of 1000 steps."""
    config = TrainConfig.read(resource_path("presets", f"{name}.toml"))
    assert (config.model.encoder.name, config.model.decoder.name) == (encoder, "liif")
    assert not config.model.encoder.args and not config.model.decoder.args
    assert (config.patch, config.batch, config.queries, config.iterations) == (48, 16, 2304, 10**6)
    assert config.continuous_scales and config.pre_shrink == 1 and config.degrade is None
    rates = [learning_rate(config, step=epoch * 1000, progress=epoch / 1000) for epoch in (0, 199, 200, 999)]
    assert rates == [1e-4, 1e-4, 5e-5, 1e-4 / 16]
    assert (config.ema, config.clip) == (0.0, math.inf)
    assert (config.optimiser, config.pixel_loss, config.bf16, config.warmup) == ("adam", "l1", False, 0)
    assert config.fft_loss == config.tv_prior == 0


def test_recipes_for_a_short_budget_have_what_pays_then() -> None:
    recipes = {name: TrainConfig.read(resource_path("presets", f"{name}.toml")) for name in SHORT}
    for name, config in recipes.items():
        assert config.warmup > 0 and config.bf16 == "auto", name
        # The rate falls to 0, and by which way is what was measured to be the better one.
        assert config.schedule == ("trapezoid" if config.optimiser == "muon" else "cosine"), name
        assert 0.99 < config.ema < 1 and config.clip < math.inf, name
    for name in ("quality", "quality-liif"):
        assert recipes[name].batch > 16 and recipes[name].pre_shrink > 1
    for name in set(SHORT) - {"quality-liif"}:
        assert recipes[name].fft_loss > 0 and recipes[name].model.decoder.name == "heat-field", name
    assert recipes["quality"].tv_prior > 0 and recipes["fast"].tv_prior > 0
    for name in ("fast", "quality", "photo"):
        # A long training by Muon comes apart without them.
        assert recipes[name].optimiser == "muon", name
        assert recipes[name].weight_decay > 0 and recipes[name].high_contrast > 0, name
    assert recipes["quality-liif"].model.encoder.name == "edsr-baseline"
    assert recipes["quality-liif"].model.decoder.name == "liif"


def test_recipe_for_photos_learns_to_remove_what_cameras_add() -> None:
    fast, photo = (TrainConfig.read(resource_path("presets", f"{name}.toml")) for name in ("fast", "photo"))
    assert photo.degrade is not None
    assert replace(photo, degrade=None, iterations=fast.iterations) == fast
    assert tuple(photo.degrade.jpeg_quality) == (50, 95)
    assert 0 < photo.degrade.chroma_subsampling < 1
    for low, high in (photo.degrade.blur_sigma, photo.degrade.noise_sigma):
        assert low == 0 < high


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patch", 11),
        ("patch", 6),
        ("patch", 50),
        ("batch", 0),
        ("max_scale", 0.5),
        ("max_scale", 9.0),
        ("max_scale", math.nan),
        ("min_scale", 0.9),
        ("min_scale", 4.1),
        ("min_scale", math.nan),
        ("accumulate", 0),
        ("accumulate", 3),
        ("accumulate", 32),
        ("continuous_scales", 1),
        ("pre_shrink", 0.5),
        ("pre_shrink", 9.0),
        ("pre_shrink", math.nan),
        ("detail", -0.1),
        ("detail", 1.1),
        ("high_contrast", -0.1),
        ("high_contrast", 1.1),
        ("high_contrast", math.nan),
        ("queries", 0),
        ("iterations", 0),
        ("schedule", "linear"),
        ("halve_every", 0),
        ("pixel_loss", "l3"),
        ("luma_share", -0.1),
        ("luma_share", 1.1),
        ("luma_share", math.nan),
        ("fft_loss", -1.0),
        ("fft_loss", math.inf),
        ("fft_loss", math.nan),
        ("tv_prior", -1.0),
        ("tv_prior", math.inf),
        ("optimiser", "sgd"),
        ("weight_decay", -0.1),
        ("weight_decay", 1.0),
        ("weight_decay", math.nan),
        ("learning_rate", 0.0),
        ("learning_rate", 1.0),
        ("learning_rate", math.nan),
        ("warmup", -1),
        ("clip", 0.0),
        ("clip", math.nan),
        ("ema", 1.0),
        ("ema", -0.1),
        ("bf16", "yes"),
        ("validate_every", 0),
    ],
)
def test_values_out_of_range_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(RequestError, match=f"'{name}' cannot be"):
        replace(TrainConfig(model=heat_spec()), **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", "1e-3"),
        ("batch", "16"),
        ("accumulate", 2.0),
        ("min_scale", "1"),
        ("pre_shrink", [1, 2]),
        ("high_contrast", "some"),
        ("halve_every", 2.5),
        ("fft_loss", True),
        ("tv_prior", "small"),
        ("clip", [1]),
        ("patch", 48.0),
        ("batch", 2.5),
        ("queries", 2.5),
        ("validate_every", 1.5),
        ("iterations", math.inf),
        ("seed", "lucky"),
        ("seed", -1),
        ("seed", 1.5),
    ],
)
def test_values_of_the_wrong_type_are_refused(name: str, value: Any) -> None:
    plain = TrainConfig(model=heat_spec()).to_dict()
    plain["train"][name] = value
    with pytest.raises(RequestError, match=r"^run\.toml: "):
        TrainConfig.from_dict(plain, source="run.toml")


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (MODEL + "[train]\npatches = 3\n", ["unknown training setting 'patches'", "patch"]),
        (MODEL + "[training]\npatch = 48\n", ["'training' is unknown, expected [model] and [train]"]),
        ("patch = 48\n" + MODEL, ["'patch' belongs into the table [train]"]),
        (MODEL + "[train]\npatch = 7\n", ["'patch' cannot be 7"]),
        ("[train]\npatch = 48\n", ["specification is not a table"]),
        ("", ["specification is not a table"]),
        ("[model.encoder]\nname = 'light'\n", ["decoder has no name"]),
        ("model = 3\n", ["specification is not a table"]),
        ("patch: 48\n", ["no training configuration"]),
        pytest.param(MODEL + f"[train]\nclip = 1{400 * '0'}\n", ["'clip' is too large"], id="huge number"),
        pytest.param(MODEL + f"[train]\niterations = 1{400 * '0'}\n", ["'iterations' is too large"], id="huge count"),
        pytest.param(
            MODEL + f"[train]\niterations = 1{5000 * '0'}\n",
            ["no training configuration"],
            id="number that Python refuses",
        ),
        pytest.param(
            MODEL + f"[train]\npatch = {5000 * '['}\n", ["no training configuration"], id="lists within lists"
        ),
    ],
)
def test_malformed_files_are_refused_by_name(text: str, reasons: list[str], tmp_path: Path) -> None:
    refused(written(tmp_path / "run.toml", text), *reasons)


@pytest.mark.parametrize("train", ["train = 5\n", "train = [1]\n"])
def test_train_that_is_no_table_is_refused(train: str, tmp_path: Path) -> None:
    refused(written(tmp_path / "run.toml", train + MODEL))


@pytest.mark.parametrize("extra", ["[model.encodr]\nname = 'light'\n", "[model.norm]\nmena = 0.4\n"])
def test_unknown_keys_of_the_model_are_refused(extra: str, tmp_path: Path) -> None:
    refused(written(tmp_path / "run.toml", MODEL + extra))


def test_missing_binary_and_folder_files_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "absent.toml", "no training configuration", "No such file")
    refused(tmp_path, "no training configuration")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    refused(binary, "no training configuration")


def test_configuration_of_one_size_names_no_other(tmp_path: Path) -> None:
    """So that states saved before there were size-varied targets say the same as those saved today."""
    assert "size_varied" not in TrainConfig(model=heat_spec()).to_dict()["train"]
    unset = TrainConfig(model=liif_spec(), size_varied=SizeVaried())
    assert unset.to_dict()["train"]["size_varied"] == {"min_scale": 1.0}
    assert TrainConfig.from_dict(unset.to_dict(), source="test") == unset
    assert TrainConfig.read(written(tmp_path / "run.toml", as_toml(unset))) == unset


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (3, "'size_varied' is a table, not 3"),
        ({"min_size": 32}, "unknown training setting 'size_varied.min_size'"),
        ({"min_scale": "1"}, "'size_varied.min_scale' is a number, not '1'"),
        ({"min_scale": 0.5}, "'size_varied.min_scale' cannot be 0.5"),
        ({"min_scale": 4.5}, "'size_varied.min_scale' cannot be 4.5"),
        ({"min_scale": math.nan}, "'size_varied.min_scale' cannot be nan"),
        ({"resize_targets_to": 96.0}, "'size_varied.resize_targets_to' is a whole number, not 96.0"),
        ({"resize_targets_to": 47}, "'size_varied.resize_targets_to' cannot be 47"),
        ({"resize_targets_to": 385}, "'size_varied.resize_targets_to' cannot be 385"),
    ],
)
def test_malformed_size_varied_targets_are_refused_by_name(table: object, reason: str) -> None:
    plain = TrainConfig(model=liif_spec()).to_dict()
    plain["train"]["size_varied"] = table
    with pytest.raises(RequestError, match=r"^run\.toml: ") as refusal:
        TrainConfig.from_dict(plain, source="run.toml")
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("jpeg", "'degrade' is a table, not 'jpeg'"),
        ({"jpeg": 90}, "unknown training setting 'degrade.jpeg'"),
        ({"jpeg_quality": 90}, "'degrade.jpeg_quality' is a range of two numbers, not 90"),
        ({"jpeg_quality": [50]}, "'degrade.jpeg_quality' is a range of two numbers, not [50]"),
        ({"jpeg_quality": ["a", "b"]}, "'degrade.jpeg_quality' is a number, not 'a'"),
        ({"jpeg_quality": [0, 50]}, "'degrade.jpeg_quality' cannot be [0, 50]: expected a range within 1 to 100"),
        ({"jpeg_quality": [95, 50]}, "'degrade.jpeg_quality' cannot be [95, 50]"),
        ({"jpeg_quality": [50, 101]}, "'degrade.jpeg_quality' cannot be [50, 101]"),
        ({"blur_sigma": [0, math.nan]}, "'degrade.blur_sigma' cannot be"),
        ({"blur_sigma": [0, 4.1]}, "'degrade.blur_sigma' cannot be [0, 4.1]: expected a range within 0 to 4"),
        ({"noise_sigma": [-1, 1]}, "'degrade.noise_sigma' cannot be"),
        ({"chroma_subsampling": 1.5}, "'degrade.chroma_subsampling' cannot be 1.5"),
        ({"chroma_subsampling": True}, "'degrade.chroma_subsampling' is a number, not True"),
    ],
)
def test_malformed_defects_are_refused_by_name(table: object, reason: str) -> None:
    plain = TrainConfig(model=heat_spec()).to_dict()
    plain["train"]["degrade"] = table
    with pytest.raises(RequestError, match=r"^run\.toml: ") as refusal:
        TrainConfig.from_dict(plain, source="run.toml")
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "spec"),
    [
        ("continuous_scales", True, heat_spec()),
        ("fft_loss", 0.5, liif_spec()),
        ("tv_prior", 1e-4, liif_spec()),
    ],
)
def test_settings_of_other_decoders_are_refused(name: str, value: Any, spec: ModelSpec) -> None:
    with pytest.raises(RequestError, match=f"'{name}' is for the decoder .* not for '{spec.decoder.name}'"):
        replace(TrainConfig(model=spec), **{name: value})


def test_weight_decay_is_for_muon_only() -> None:
    with pytest.raises(RequestError, match="'weight_decay' is for the optimiser 'muon', not for 'adam'"):
        TrainConfig(model=heat_spec(), weight_decay=0.1)


@pytest.mark.parametrize("other", [{"continuous_scales": True}, {"min_scale": 1.5}])
def test_size_varied_targets_and_drawn_scales_exclude_each_other(other: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match=f"'size_varied' and '{next(iter(other))}' exclude each other"):
        replace(TrainConfig(model=liif_spec(), size_varied=SizeVaried()), **other)


def test_range_without_any_scale_is_refused() -> None:
    config = replace(TrainConfig(model=liif_spec()), min_scale=1.1, max_scale=1.3, continuous_scales=True)
    assert config.trained_scales == (1.1, 1.3)
    with pytest.raises(RequestError, match=r"'min_scale' cannot be 1.1: .* max_scale of 1.3"):
        replace(config, continuous_scales=False)


@pytest.mark.parametrize("scale", [1, 5 / 3, 7 / 3, 2.5, 10 / 3, 23 / 3, 7.5, 8])
def test_single_scale_may_be_any_third_or_half(scale: float) -> None:
    config = replace(TrainConfig(model=heat_spec()), min_scale=scale, max_scale=scale)
    assert list(map(float, config.scales())) == [scale] and config.trained_scales == (scale, scale)


@pytest.mark.parametrize("decoder", ["heat-field", "metasr"])
def test_only_liif_learns_from_size_varied_targets(decoder: str) -> None:
    """Meta-SR learns from single pixels as well, so that this is not what to say of it."""
    model = ModelSpec(heat_spec().encoder, PartSpec(decoder))
    with pytest.raises(RequestError, match=f"size-varied targets needs the decoder 'liif', not '{decoder}'$"):
        TrainConfig(model=model, size_varied=SizeVaried())


def test_trained_scales_and_crops_are_those_of_the_targets() -> None:
    config = TrainConfig(model=liif_spec(), max_scale=2.4)
    assert config.crop_side == 112
    assert config.trained_scales == (1.0, 7 / 3)
    varied = replace(config, size_varied=SizeVaried(1.5))
    assert varied.crop_side == 115
    assert varied.trained_scales == (1.5, 2.4)
    assert replace(config, size_varied=SizeVaried(1.5, 96)).trained_scales == (2.0, 2.0)
    continuous = replace(config, continuous_scales=True)
    assert continuous.crop_side == 115
    assert continuous.trained_scales == (1.0, 2.4)
    assert replace(config, min_scale=1.4).trained_scales == (1.5, 7 / 3)


def test_scales_are_wholes_halves_and_thirds() -> None:
    scales = replace(TrainConfig(model=heat_spec()), max_scale=2.0).scales()
    assert scales == [Fraction(text) for text in ("1", "4/3", "3/2", "5/3", "2")]
    assert len(TrainConfig(model=heat_spec()).scales()) == 13
    assert replace(TrainConfig(model=heat_spec()), max_scale=1.0).scales() == [1]
    assert max(replace(TrainConfig(model=heat_spec()), max_scale=2.4).scales()) == Fraction(7, 3)


@pytest.mark.parametrize("patch", [12, 18, 48])
def test_patches_have_whole_sides_at_every_scale(patch: int) -> None:
    config = replace(TrainConfig(model=heat_spec()), patch=patch, max_scale=8.0)
    assert all((patch * scale).denominator == 1 and patch % scale.denominator == 0 for scale in config.scales())
