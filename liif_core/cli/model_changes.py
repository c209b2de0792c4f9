"""`stepless models import|rename|remove|default|export`: what changes the installed models, and the way out of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress

from liif_core.cli.stopping import cancelled_by_signals
from liif_core.errors import Cancelled, RequestError
from liif_core.library import (
    default_model,
    find_model,
    install_model,
    installed_models,
    read_defaults,
    remove_model,
    rename_model,
)
from liif_core.library.defaults import KINDS, Kind, replace_default, write_default
from liif_core.library.operations import export_model, own_model


def add_parsers(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    importer = actions.add_parser(
        "import", help="install a model file", description="Check a model file, convert it and install it."
    )
    importer.add_argument("file", type=Path, metavar="FILE", help="a published .pth or a .safetensors of Stepless")
    importer.add_argument("--name", help="what to call it (default: the file's name)")
    importer.set_defaults(run=run_import)
    renamer = actions.add_parser(
        "rename", help="rename a model of your own", description="Rename a model of your own; bundled ones stay."
    )
    renamer.add_argument("model", metavar="NAME")
    renamer.add_argument("new_name", metavar="NEW")
    renamer.set_defaults(run=run_rename)
    remover = actions.add_parser(
        "remove", help="delete a model of your own", description="Delete a model of your own; bundled ones stay."
    )
    remover.add_argument("model", metavar="NAME")
    remover.add_argument("--yes", action="store_true", help="do not ask")
    remover.set_defaults(run=run_remove)
    chooser = actions.add_parser(
        "default",
        help="show or choose the default models",
        description="Show which model is the default on a CPU and on a GPU, or choose one.",
    )
    chooser.add_argument("model", metavar="NAME", nargs="?", help="an installed model (default: only show)")
    chooser.add_argument("--on", choices=KINDS, help="the kind of device it is the default on (default: both)")
    chooser.set_defaults(run=run_default)
    exporter = actions.add_parser(
        "export",
        help="write a model to a file",
        description="Write a model as a native file, or as a .pth for the published LIIF code.",
    )
    exporter.add_argument("model", metavar="NAME|PATH")
    exporter.add_argument("file", type=Path, metavar="FILE.pth|FILE.safetensors")
    exporter.set_defaults(run=run_export)


def run_import(arguments: argparse.Namespace) -> int:
    """Install a model file under a name."""
    name = arguments.name if arguments.name is not None else arguments.file.stem
    try:
        with _progress(arguments.file.name) as on_progress, cancelled_by_signals() as cancel:
            model = install_model(arguments.file, name=name, cancel=cancel, on_progress=on_progress)
    except RequestError as exc:
        if arguments.name is not None:
            raise
        raise RequestError(f"{exc}; choose another name with --name") from exc
    print(f"installed as '{model.name}': {model.path}")
    return 0


def run_rename(arguments: argparse.Namespace) -> int:
    """Rename a model; where it is the default, it stays so."""
    model = rename_model(arguments.model, arguments.new_name)
    replace_default(arguments.model, model.name)
    print(f"renamed to '{model.name}': {model.path}")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Delete a model, after asking."""
    model = own_model(arguments.model, done="removed")
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise RequestError(f"'{model.name}' is removed for good; say so with --yes")
        answer = input(f"Remove '{model.name}' ({model.size_bytes / 1e6:.1f} MB) for good? [y/N] ")
        if answer.strip().casefold() not in ("y", "yes"):
            raise Cancelled
    remove_model(model.name)
    kinds = replace_default(model.name, None)
    print(f"removed: {model.path}")
    if kinds:
        _show_defaults()
    return 0


def run_default(arguments: argparse.Namespace) -> int:
    """Choose the default model of a kind of device, or of both; without a name, only show it."""
    kinds = KINDS if arguments.on is None else [arguments.on]
    if arguments.model is None:
        _show_defaults(kinds)
        return 0
    names = [model.name for model in installed_models()]
    if arguments.model not in names:
        raise RequestError(f"there is no model '{arguments.model}' (installed: {', '.join(names) or 'none'})")
    for kind in kinds:
        write_default(kind, arguments.model)
    _show_defaults()
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write a model to a file."""
    source = find_model(arguments.model)
    with _progress(arguments.file.name) as on_progress, cancelled_by_signals() as cancel:
        export_model(source, arguments.file, cancel=cancel, on_progress=on_progress)
    print(arguments.file)
    return 0


def _show_defaults(kinds: Iterable[Kind] = KINDS) -> None:
    models, defaults = installed_models(), read_defaults()
    for kind in kinds:
        model = default_model(models, kind=kind, defaults=defaults)
        found = "none is installed" if model is None else model.name
        wanted = defaults.of(kind)
        print(f"{kind.upper()}: {found}" + (f" ('{wanted}' is not installed)" if found != wanted else ""))


@contextmanager
def _progress(title: str) -> Iterator[Callable[[float], None]]:
    """A bar in a terminal; in a file or a pipe it would leave an empty line."""
    with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(escape(title), total=1.0)
        yield lambda share: progress.update(task, completed=share)
