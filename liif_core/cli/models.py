"""`stepless models`: what is installed."""

from __future__ import annotations

import argparse

from liif_core.library import DEFAULT_MODEL, installed_models
from liif_core.paths import user_models_folder


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("models", help="list the installed models", description=__doc__)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line a model."""
    for model in installed_models():
        origin = "bundled" if model.bundled else str(model.path)
        default = ", default" if model.name == DEFAULT_MODEL else ""
        parts = f"{model.spec.encoder.name} + {model.spec.decoder.name}"
        print(f"{model.name:<12} {parts:<28} {origin}{default}")
        for line in (model.card.description, _psnr_line(model.card.psnr)):
            if line:
                print(f"{'':<12} {line}")
    print(f"\nYour own models: {user_models_folder()}")
    return 0


def _psnr_line(psnr: object) -> str:
    entries = psnr.items() if isinstance(psnr, dict) else ()
    return ", ".join(f"{name} {value:.2f} dB" for name, value in entries)
