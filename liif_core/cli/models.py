"""`stepless models`: what is installed, and the way in and out for model files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from liif_core.cli import model_changes
from liif_core.library import BICUBIC, InstalledModel, default_model, find_model, installed_models, read_defaults
from liif_core.library.defaults import KINDS
from liif_core.paths import user_models_folder


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    parser = commands.add_parser(
        "models",
        help="list, describe, import, export, rename and remove models, and choose the defaults",
        description=__doc__,
    )
    parser.set_defaults(run=list_models)
    actions = parser.add_subparsers(metavar="ACTION", title="actions", description="Without one: list them.")
    actions.add_parser("list", help="list what is installed", description="List what is installed.").set_defaults(
        run=list_models
    )
    information = actions.add_parser("info", help="describe a model", description="Describe a model.")
    information.add_argument("model", metavar="NAME|PATH", help="an installed model, or a model file")
    information.set_defaults(run=describe)
    model_changes.add_parsers(actions)


def list_models(arguments: argparse.Namespace) -> int:
    """Print the installed models."""
    models = installed_models()
    for model in models:
        origin = "bundled" if model.bundled else str(model.path)
        print(f"{model.name:<12} {_parts(model):<28} {origin}{_default_text(model, models)}")
        if model.card.description:
            print(f"{'':<12} {model.card.description}")
    print(f"{BICUBIC:<12} {'no model':<28} conventional enlargement, for comparison")
    own = [model for model in models if not model.bundled]
    size = f" ({len(own)} of them, {sum(model.size_bytes for model in own) / 1e6:.1f} MB)" if own else ""
    print(f"\nYour own models: {user_models_folder()}{size}")
    return 0


def _default_text(model: InstalledModel, models: Sequence[InstalledModel]) -> str:
    defaults = read_defaults()
    kinds = [kind.upper() for kind in KINDS if default_model(models, kind=kind, defaults=defaults) == model]
    return f", default on {' and '.join(kinds)}" if kinds else ""


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
        "training time": f"{_duration(card.hours)} on {card.device}" if card.hours else "unknown",
        "training data": card.training_data,
        "licence": card.licence,
    }
    facts |= {f"PSNR {name}": f"{value:.2f} dB" for name, value in card.psnr.items()}
    width = max(map(len, facts)) + len(": ")
    for name, text in facts.items():
        print(f"{name + ':':<{width}}{text}")
    return 0


def _duration(hours: float) -> str:
    return f"{hours:.1f} hours" if hours >= 1 else f"{60 * hours:.0f} minutes"


def _parts(model: InstalledModel) -> str:
    return f"{model.spec.encoder.name} + {model.spec.decoder.name}"


def _part_text(name: str, args: object) -> str:
    entries = args.items() if isinstance(args, dict) else ()
    return " ".join([name, *(f"{key}={value}" for key, value in entries)])
