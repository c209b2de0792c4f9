"""`stepless models`: what is installed, and the way in and out for model files."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from liif_core.errors import ImageWriteError, RequestError
from liif_core.library import BICUBIC, DEFAULT_MODEL, InstalledModel, find_model, installed_models
from liif_core.paths import user_models_folder


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    parser = commands.add_parser("models", help="list, describe, import and export models", description=__doc__)
    parser.set_defaults(run=list_models)
    actions = parser.add_subparsers(metavar="ACTION")
    information = actions.add_parser("info", help="describe a model", description="Describe a model.")
    information.add_argument("model", metavar="NAME|PATH")
    information.set_defaults(run=describe)
    importer = actions.add_parser(
        "import", help="install a model file", description="Check a model file, convert it and install it."
    )
    importer.add_argument("file", type=Path, metavar="FILE", help="a published .pth or a .safetensors of Stepless")
    importer.add_argument("--name", help="what to call it (default: the file's name)")
    importer.set_defaults(run=import_model)
    exporter = actions.add_parser(
        "export", help="write a model for the published code", description="Write a model for the published LIIF code."
    )
    exporter.add_argument("model", metavar="NAME|PATH")
    exporter.add_argument("file", type=Path, metavar="FILE.pth")
    exporter.set_defaults(run=export_model)


def list_models(arguments: argparse.Namespace) -> int:
    """Print the installed models."""
    for model in installed_models():
        default = ", default" if model.name == DEFAULT_MODEL else ""
        origin = "bundled" if model.bundled else str(model.path)
        print(f"{model.name:<12} {_parts(model):<28} {origin}{default}")
        if model.card.description:
            print(f"{'':<12} {model.card.description}")
    print(f"{BICUBIC:<12} {'no model':<28} conventional enlargement, for comparison")
    print(f"\nYour own models: {user_models_folder()}")
    return 0


def describe(arguments: argparse.Namespace) -> int:
    """Print what a model is, what it costs and how good it was measured to be."""
    if arguments.model == BICUBIC:
        print("bicubic: four by four pixels, weighted by the cubic of Keys (a = -0.5); no parameters, nothing learned")
        return 0
    from liif_core.checkpoint.load import load_model
    from liif_core.models.cost import cost_of

    path = find_model(arguments.model)
    model, card = load_model(path)
    cost = cost_of(model)
    spec = model.spec
    reach = "the whole photo" if cost.receptive_field is None else f"{cost.receptive_field} photo pixels a side"
    facts = {
        "file": f"{path} ({path.stat().st_size / 1e6:.1f} MB)",
        "description": card.description,
        "encoder": _part_text(spec.encoder.name, spec.encoder.args),
        "decoder": _part_text(spec.decoder.name, spec.decoder.args),
        "normalisation": f"(x - {spec.norm.mean:g}) / {spec.norm.std:g}",
        "parameters": f"{cost.parameters:,}",
        "multiply-adds": f"{cost.per_lr_pixel:,} a photo pixel, {cost.per_output_pixel:,} an output pixel",
        "receptive field": reach,
        "trained scales": f"{card.min_scale:g} to {card.max_scale:g}",
        "recipe": card.recipe,
        "iterations": f"{card.iterations:,}" if card.iterations else "unknown",
        "training time": f"{card.hours:.1f} hours on {card.device}" if card.hours else "unknown",
        "training data": card.training_data,
        "licence": card.licence,
    }
    for name, text in facts.items():
        print(f"{name + ':':<18}{text}")
    for name, value in card.psnr.items():
        print(f"{'PSNR ' + name + ':':<18}{value:.2f} dB")
    return 0


def import_model(arguments: argparse.Namespace) -> int:
    """Install a model file under a name."""
    name = arguments.name if arguments.name is not None else arguments.file.stem
    target = _new_place(name)

    from liif_core.checkpoint.load import load_model
    from liif_core.checkpoint.native import save_native

    model, card = load_model(arguments.file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_native(target, model, card)
    except OSError as exc:
        raise ImageWriteError(f"{target}: the model cannot be written: {exc.strerror or exc}") from exc
    print(f"installed as '{name}': {target}")
    return 0


def _new_place(name: str) -> Path:
    """Where a new model of the user's goes."""
    if not re.fullmatch(r"[\w][\w.-]*", name):
        raise RequestError(
            f"'{name}' cannot name a model: letters, digits, '.', '_' and '-' can; choose one with --name"
        )
    if name == BICUBIC or name in {model.name for model in installed_models()}:
        raise RequestError(f"there is a model '{name}' already; choose another name with --name")
    return user_models_folder() / f"{name}.safetensors"


def export_model(arguments: argparse.Namespace) -> int:
    """Write a model in the published format."""
    if arguments.file.suffix != ".pth":
        raise RequestError(f"{arguments.file}: a model for the published code is a .pth file")

    from liif_core.checkpoint.load import load_model
    from liif_core.checkpoint.official import save_official

    model, _ = load_model(find_model(arguments.model))
    try:
        save_official(arguments.file, model)
    except OSError as exc:
        raise ImageWriteError(f"{arguments.file}: the model cannot be written: {exc.strerror or exc}") from exc
    print(arguments.file)
    return 0


def _parts(model: InstalledModel) -> str:
    return f"{model.spec.encoder.name} + {model.spec.decoder.name}"


def _part_text(name: str, args: object) -> str:
    entries = args.items() if isinstance(args, dict) else ()
    return " ".join([name, *(f"{key}={value}" for key, value in entries)])
