"""Published checkpoints of the LIIF paper's code: they load strictly, and nothing in them is ever run."""

from __future__ import annotations

import pickle
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.official import OFFICIAL_ENCODERS, official_spec
from liif_core.errors import CheckpointError, CorruptCheckpoint, UnsupportedModel
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from tests.checkpoint.published import combination, saved
from tests.golden import make_golden

pytestmark = pytest.mark.usefixtures("one_thread")


def weights(flags: Mapping[str, bool] | None = None) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(array) for name, array in make_golden.official_state(flags or {}).items()}


def content(state: Mapping[str, Any] | None = None, **args: Any) -> dict[str, Any]:
    spec = make_golden.official_spec({})
    spec["args"] |= args
    return {"model": {**spec, "sd": weights() if state is None else state}, "optimizer": {"sd": {}}, "epoch": 1000}


def refused(path: Path, *reasons: str, kind: type[CheckpointError] = CheckpointError) -> None:
    """Loading `path` raises `kind` with one line that names the file and every reason."""
    with pytest.raises(kind) as refusal:
        load_model(path)
    message = str(refusal.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for reason in reasons:
        assert reason in message


def test_published_checkpoint_loads_without_its_unused_layers(tmp_path: Path) -> None:
    stored = weights()
    assert {"encoder.sub_mean.weight", "encoder.add_mean.bias"} <= stored.keys()
    model, card = load_model(saved(tmp_path / "edsr.pth", content()))
    expected = {name: value for name, value in stored.items() if "_mean." not in name}
    loaded = {name.replace("decoder.imnet", "imnet"): value for name, value in model.state_dict().items()}
    assert loaded.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.equal(loaded[name], value), name
    assert not model.training
    assert model.spec.norm == DataNorm(0.5, 0.5)
    assert "edsr.pth" in card.description


def test_checkpoint_may_lack_the_unused_layers(tmp_path: Path) -> None:
    state = {name: value for name, value in weights().items() if "_mean." not in name}
    load_model(saved(tmp_path / "edsr.pth", content(state)))


def test_old_torch_files_load_too(tmp_path: Path) -> None:
    path = tmp_path / "old.pth"
    torch.save(content(), path, _use_new_zipfile_serialization=False)
    assert load_model(path)[0].spec.decoder.name == "liif"


def test_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    assert load_model(saved(tmp_path / "model.safetensors", content()))[0].spec.encoder.name == "edsr-baseline"


def test_spec_of_the_published_baseline() -> None:
    args = {
        "encoder_spec": {"name": "edsr-baseline", "args": {"no_upsampling": True}},
        "imnet_spec": {"name": "mlp", "args": {"out_dim": 3, "hidden_list": [256, 256, 256, 256]}},
    }
    expected = ModelSpec(PartSpec("edsr-baseline", {}), PartSpec("liif", {"hidden_list": [256, 256, 256, 256]}))
    assert official_spec("liif", args) == expected


@pytest.mark.parametrize("flag", ["local_ensemble", "feat_unfold", "cell_decode"])
def test_flags_of_a_checkpoint_are_honoured(flag: str, tmp_path: Path) -> None:
    stored = content(weights({flag: False}), **{flag: False})
    model, _ = load_model(saved(tmp_path / "ablation.pth", stored))
    assert getattr(model.decoder, flag) is False


@pytest.mark.parametrize(("encoder", "name"), make_golden.COMBINATIONS)
def test_every_published_combination_loads(encoder: str, name: str, tmp_path: Path) -> None:
    stored = combination(encoder, name)
    model, _ = load_model(saved(tmp_path / "model.pth", stored))
    assert (model.spec.encoder.name, model.spec.decoder.name) == (encoder, name)
    loaded = {key.removeprefix("decoder."): value for key, value in model.state_dict().items()}
    expected = {key: value for key, value in stored["model"]["sd"].items() if "_mean." not in key}
    assert loaded.keys() == expected.keys()
    for key, value in expected.items():
        assert torch.equal(loaded[key], value), key


@pytest.mark.parametrize("encoder", make_golden.ENCODERS)
def test_arguments_of_the_tail_change_nothing(encoder: str, tmp_path: Path) -> None:
    stored = combination(encoder, "metasr")
    plain, _ = load_model(saved(tmp_path / "plain.pth", stored))
    stored["model"]["args"]["encoder_spec"]["args"] |= {"scale": 4} | ({} if encoder == "rdn" else {"rgb_range": 255})
    model, _ = load_model(saved(tmp_path / "scaled.pth", stored))
    assert model.spec == plain.spec
    assert not {"scale", "rgb_range", "no_upsampling"} & set(model.spec.encoder.args)
    for key, value in plain.state_dict().items():
        assert torch.equal(model.state_dict()[key], value), key


ADAM = {"state": {0: {"step": 7, "exp_avg": torch.zeros(6)}}, "param_groups": [{"lr": 1e-4, "params": [0]}]}


@pytest.mark.parametrize(
    "rest",
    [
        {},
        {"epoch": "last"},
        {"optimizer": {"name": "adam", "args": {"lr": 1e-4}, "sd": ADAM}, "epoch": 1000},
        {"optimizer": None, "notes": "anything"},
    ],
)
def test_state_of_the_training_is_ignored(rest: dict[str, Any], tmp_path: Path) -> None:
    model, _ = load_model(saved(tmp_path / "model.pth", {"model": content()["model"], **rest}))
    expected, _ = load_model(saved(tmp_path / "whole.pth", content()))
    for key, value in expected.state_dict().items():
        assert torch.equal(model.state_dict()[key], value), key


# Refusals.


def test_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.pth", content()).read_bytes()
    path = tmp_path / "cut.pth"
    for length in {*range(5, len(whole), 401), len(whole) - 1, len(whole) - 22, 5, 9, 64}:
        path.write_bytes(whole[:length])
        refused(path, kind=CorruptCheckpoint)


def test_old_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.pth"
    torch.save(content(), path, _use_new_zipfile_serialization=False)
    whole = path.read_bytes()
    for length in {*range(1, 200, 7), *range(200, len(whole), 401), len(whole) - 1}:
        path.write_bytes(whole[:length])
        refused(path, kind=CorruptCheckpoint)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old"])
def test_damaged_file_is_loaded_or_refused(zipped: bool, tmp_path: Path) -> None:
    """Some bytes are others: whatever torch's readers make of it, nothing but a refusal comes out."""
    path, rng = tmp_path / "damaged.pth", random.Random(0)
    torch.save(content(), path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    refusals: list[str] = []
    for _ in range(250):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 2, 8])):
            damaged[rng.randrange(rng.choice([1500, len(damaged)]))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            load_model(path)
        except CheckpointError as exc:
            refusals.append(str(exc))
    assert len(refusals) > 50
    assert all(refusal.startswith(f"{path}: ") for refusal in refusals)


class Command:
    """Unpickled by the unrestricted reader, makes a file: a checkpoint that runs code."""

    def __init__(self, touched: Path) -> None:
        self.touched = touched

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return open, (str(self.touched), "w")


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old"])
def test_code_in_a_checkpoint_is_not_run(zipped: bool, tmp_path: Path) -> None:
    touched, path = tmp_path / "touched", tmp_path / "evil.pth"
    torch.save({**content(), "extra": Command(touched)}, path, _use_new_zipfile_serialization=zipped)
    refused(path, "may hold code", kind=CorruptCheckpoint)
    assert not touched.exists()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_plain_pickle_with_code_is_not_run(tmp_path: Path) -> None:
    touched, path = tmp_path / "touched", tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(Command(touched), protocol=4))
    refused(path, kind=CorruptCheckpoint)
    assert not touched.exists()
    # The file would have run its code in a reader without restrictions.
    pickle.loads(path.read_bytes()).close()
    assert touched.exists()


def test_zip_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photos.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no model")
    refused(path, kind=CorruptCheckpoint)


@pytest.mark.parametrize("stored", [weights(), {"state_dict": weights()}, [1, 2], torch.zeros(3), {"model": weights()}])
def test_torch_files_of_another_layout_are_refused(stored: object, tmp_path: Path) -> None:
    refused(saved(tmp_path / "other.pth", stored), "no LIIF checkpoint", "'model'", kind=UnsupportedModel)


@pytest.mark.parametrize("state", [[1, 2], {"encoder.head.0.weight": 3}, None])
def test_weights_that_are_no_tensors_are_refused(state: Any, tmp_path: Path) -> None:
    stored = content()
    stored["model"]["sd"] = state
    refused(saved(tmp_path / "other.pth", stored), "not a table of tensors", kind=CorruptCheckpoint)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    state = weights()
    del state["imnet.layers.2.bias"]
    refused(
        saved(tmp_path / "a.pth", content(state)),
        "the weights 'imnet.layers.2.bias' are missing",
        kind=CorruptCheckpoint,
    )


def test_weights_of_no_part_are_refused(tmp_path: Path) -> None:
    state = {**weights(), "encoder.tail.0.weight": torch.zeros(1)}
    refused(saved(tmp_path / "a.pth", content(state)), "'encoder.tail.0.weight'", "no part", kind=CorruptCheckpoint)


def test_weights_by_names_of_ours_cannot_replace_published_ones(tmp_path: Path) -> None:
    state = {**weights(), "decoder.imnet.layers.0.weight": torch.zeros_like(weights()["imnet.layers.0.weight"])}
    refused(saved(tmp_path / "a.pth", content(state)), "'decoder.imnet.layers.0.weight'", kind=CorruptCheckpoint)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["sparse", "meta", "complex", "whole"])
def test_tensors_of_other_kinds_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    plain = weights()["imnet.layers.2.bias"]
    strange = {
        "sparse": plain.to_sparse(),
        "meta": plain.to("meta"),
        "complex": plain.to(torch.complex64),
        "whole": plain.to(torch.int8),
    }
    path = saved(tmp_path / "a.pth", content({**weights(), "imnet.layers.2.bias": strange[kind]}))
    refused(path, "imnet.layers.2.bias", kind=CorruptCheckpoint)


@pytest.mark.parametrize("args", [{"local_ensemble": "no"}, {"cell_decode": torch.zeros(2)}, {"feat_unfold": 1}])
def test_flags_that_are_no_flags_are_refused(args: dict[str, Any], tmp_path: Path) -> None:
    refused(saved(tmp_path / "a.pth", content(**args)), next(iter(args)), kind=UnsupportedModel)


def test_unknown_activation_is_refused(tmp_path: Path) -> None:
    imnet = {"name": "mlp", "args": {"out_dim": 3, "hidden_list": [16], "act": "sine"}}
    refused(saved(tmp_path / "a.pth", content(imnet_spec=imnet)), "'act'", kind=UnsupportedModel)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    refused(
        saved(tmp_path / "a.pth", content(weights(), cell_decode=False)),
        "imnet.layers.0.weight' have the shape (16, 58), expected (16, 56)",
        kind=CorruptCheckpoint,
    )


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    state = weights()
    state["encoder.head.0.weight"] = state["encoder.head.0.weight"].clone()
    state["encoder.head.0.weight"][0, 0, 0, 0] = float("nan")
    refused(saved(tmp_path / "a.pth", content(state)), "encoder.head.0.weight", "not finite", kind=CorruptCheckpoint)


def test_configuration_of_rdn_must_be_that_of_the_weights(tmp_path: Path) -> None:
    stored = combination("rdn", "metasr")
    args = stored["model"]["args"]["encoder_spec"]["args"]
    args["RDNconfig"] = "B"
    refused(saved(tmp_path / "a.pth", stored), "'encoder.RDBs.0.convs.6.conv.0.bias'", kind=CorruptCheckpoint)
    # B is what a file without it means.
    del args["RDNconfig"]
    refused(saved(tmp_path / "a.pth", stored), "'encoder.RDBs.0.convs.6.conv.0.bias'", kind=CorruptCheckpoint)


def test_weights_of_metasr_are_not_those_of_liif(tmp_path: Path) -> None:
    liif, metasr = combination("rcan", "liif"), combination("rcan", "metasr")
    liif["model"]["sd"], metasr["model"]["sd"] = metasr["model"]["sd"], liif["model"]["sd"]
    refused(saved(tmp_path / "a.pth", liif), "imnet.layers.4.bias' are missing", kind=CorruptCheckpoint)
    refused(saved(tmp_path / "a.pth", metasr), "imnet.layers.4.bias' belong to no part", kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    ("flag", "shapes"),
    [
        ("feat_unfold", ("(16, 58)", "(16, 10)")),
        ("cell_decode", ("(16, 58)", "(16, 56)")),
    ],
)
def test_flags_must_be_those_of_the_weights(flag: str, shapes: tuple[str, str], tmp_path: Path) -> None:
    found, expected = shapes
    stored = combination("rcan", "liif")
    stored["model"]["args"][flag] = False
    reason = "imnet.layers.0.weight' have the shape {}, expected {}"
    refused(saved(tmp_path / "a.pth", stored), reason.format(found, expected), kind=CorruptCheckpoint)
    stored = combination("rcan", "liif", {flag: False})
    stored["model"]["args"][flag] = True
    refused(saved(tmp_path / "a.pth", stored), reason.format(expected, found), kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    ("encoder", "key"),
    [
        ("edsr", "encoder.body.1.body.2.weight"),
        ("rdn", "encoder.RDBs.19.LFF.bias"),
        ("rcan", "encoder.body.1.body.0.body.3.conv_du.2.weight"),
        ("rcan", "imnet.layers.2.weight"),
    ],
)
def test_wrong_weights_are_refused_by_name(encoder: str, key: str, tmp_path: Path) -> None:
    path, stored = tmp_path / "a.pth", combination(encoder, "metasr")
    state = stored["model"]["sd"]
    weight = state.pop(key)
    refused(saved(path, stored), f"{key}' are missing", kind=CorruptCheckpoint)
    state[key] = weight[:1].clone()
    refused(saved(path, stored), f"{key}' have the shape", str(tuple(weight.shape)), kind=CorruptCheckpoint)
    state[key] = torch.full_like(weight, float("inf"))
    refused(saved(path, stored), key, "not finite", kind=CorruptCheckpoint)
    state[key] = weight
    load_model(saved(path, stored))
    state[f"{key}.old"] = weight
    refused(saved(path, stored), f"{key}.old' belong to no part", kind=CorruptCheckpoint)


def test_arguments_of_other_encoders_are_refused_by_name(tmp_path: Path) -> None:
    for encoder, argument in (("rdn", "n_feats"), ("rcan", "res_scale"), ("edsr", "reduction"), ("edsr", "n_colors")):
        stored = combination(encoder, "metasr")
        stored["model"]["args"]["encoder_spec"]["args"][argument] = 1
        refused(saved(tmp_path / "a.pth", stored), f"'{encoder}'", f"no argument '{argument}'", kind=UnsupportedModel)


@pytest.mark.parametrize("encoder", ["light", "swinir", ""])
def test_encoders_that_were_not_published_are_refused(encoder: str, tmp_path: Path) -> None:
    stored = combination("rdn", "metasr")
    stored["model"]["args"]["encoder_spec"]["name"] = encoder
    refused(saved(tmp_path / "a.pth", stored), f"unknown encoder '{encoder}'", *OFFICIAL_ENCODERS)


@pytest.mark.parametrize("encoder", OFFICIAL_ENCODERS)
@pytest.mark.parametrize("arguments", [{}, {"no_upsampling": False}])
def test_upsampling_tails_are_refused(encoder: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    stored = combination(encoder, "liif")
    given = stored["model"]["args"]["encoder_spec"]["args"]
    del given["no_upsampling"]
    given |= arguments
    refused(saved(tmp_path / "a.pth", stored), f"'{encoder}'", "upsampling tail", kind=UnsupportedModel)


@pytest.mark.parametrize("argument", ["imnet_spec", "local_ensemble", "feat_unfold", "cell_decode"])
def test_metasr_has_no_arguments_but_its_encoder(argument: str, tmp_path: Path) -> None:
    stored = combination("edsr", "metasr")
    stored["model"]["args"][argument] = MLP if argument == "imnet_spec" else True
    refused(saved(tmp_path / "a.pth", stored), f"unknown argument '{argument}'", "'metasr'", kind=UnsupportedModel)


MLP = {"name": "mlp", "args": {"out_dim": 3, "hidden_list": [16, 16]}}


@pytest.mark.parametrize(
    ("args", "reasons"),
    [
        ({"encoder_spec": {"name": "swin", "args": {"no_upsampling": True}}}, ["unknown encoder 'swin'"]),
        ({"encoder_spec": {"name": "edsr-baseline", "args": {}}}, ["'edsr-baseline'", "upsampling tail"]),
        (
            {"encoder_spec": {"name": "edsr-baseline", "args": {"no_upsampling": True, "n_colors": 1}}},
            ["no argument 'n_colors'"],
        ),
        ({"encoder_spec": None}, ["encoder has no name"]),
        ({"imnet_spec": {"name": "siren", "args": {}}}, ["unknown imnet 'siren'"]),
        ({"imnet_spec": {"name": "mlp", "args": {"out_dim": 4, "hidden_list": [16]}}}, ["'mlp'", "3 outputs"]),
        ({"colour": True}, ["unknown argument 'colour'"]),
    ],
)
def test_unknown_architectures_are_refused_by_name(args: dict[str, Any], reasons: list[str], tmp_path: Path) -> None:
    refused(saved(tmp_path / "a.pth", content(**args)), *reasons, kind=UnsupportedModel)


@pytest.mark.parametrize("name", ["lte", "LIIF", None])
def test_other_models_are_refused_by_name(name: str | None, tmp_path: Path) -> None:
    stored = content()
    stored["model"]["name"] = name
    refused(saved(tmp_path / "a.pth", stored), f"unknown model '{name}'", kind=UnsupportedModel)


def test_hidden_list_that_is_no_list_is_refused(tmp_path: Path) -> None:
    args = {"imnet_spec": {"name": "mlp", "args": {"out_dim": 3, "hidden_list": 256}}}
    refused(saved(tmp_path / "a.pth", content(**args)), "hidden_list", kind=UnsupportedModel)
