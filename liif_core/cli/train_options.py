"""The options of `stepless train`, and what they ask for."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.cli import values
from liif_core.cli.presets import described_presets, preset_config
from liif_core.errors import LiifError, RequestError
from liif_core.library import AUTO, BICUBIC, find_model
from liif_core.library.defaults import kind_of

if TYPE_CHECKING:
    from liif_core.training.config import TrainConfig
    from liif_core.training.run_options import RunOptions, RunTerms

# Where a run that is only looked at would be; nothing is written there.
NOWHERE = Path()
DEFAULT_PRESET = "fast"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Describe them."""
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this help message and exit")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of photos, with sub-folders")
    parser.add_argument("--out", type=Path, metavar="RUN", help="folder of the run, made if missing")
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument(
        "--preset", metavar="NAME", help=f"see below (default: {DEFAULT_PRESET}, or that of the run to resume)"
    )
    recipe.add_argument("--config", type=Path, metavar="FILE.toml", help="a recipe of your own")
    parser.add_argument(
        "--check", action="store_true", help="only say what is in DIR and how long the run would take; needs no --out"
    )
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in RUN; photos, recipe, length and licence are as they were where none are given",
    )
    beginning.add_argument(
        "--start-from", metavar="NAME|PATH", help="begin with the weights of a model, as far as they fit"
    )
    measuring = parser.add_mutually_exclusive_group()
    measuring.add_argument(
        "--validation", type=Path, metavar="DIR", help="folder of photos to measure with, instead of some of --data"
    )
    measuring.add_argument(
        "--hold-out", action="store_true", help="measure with some of --data, even if it is DIV2K, which has its own"
    )
    parser.add_argument(
        "--minutes",
        type=values.positive,
        metavar="M",
        help="minutes of the whole run, those before --resume included, instead of the recipe's iterations",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps or xpu (default: auto)")
    parser.add_argument("--licence", help="of the photos, for the model card (default: unknown)")
    parser.add_argument(
        "--events", action="store_true", help="for programs: events as lines of JSON, commands by standard input"
    )
    parser.add_argument(
        "--background", action="store_true", help="give way to everything else that runs on this machine"
    )
    parser.add_argument("--tensorboard", action="store_true", help="also write curves for TensorBoard into RUN")


class _Help(argparse.Action):
    """Shows the presets, too: their files are read when somebody asks, and not whenever a parser is made."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.epilog = "\n  ".join(["presets:", *described_presets()])
        parser.print_help()
        parser.exit()


def given_config(arguments: argparse.Namespace) -> TrainConfig | None:
    """The configuration that was asked for, or the default one; None for that of the run to resume.

    Raises:
        RequestError: There is no such preset, or the file is no recipe.
    """
    from liif_core.training.config import TrainConfig

    if arguments.config is not None:
        return TrainConfig.read(arguments.config)
    if _takes_saved_config(arguments):
        return None
    return preset_config(DEFAULT_PRESET if arguments.preset is None else arguments.preset)


def _takes_saved_config(arguments: argparse.Namespace) -> bool:
    return arguments.resume and arguments.out is not None and arguments.preset is None and arguments.config is None


def saved_recipe_of(arguments: argparse.Namespace) -> tuple[TrainConfig, RunTerms]:
    """Configuration and terms of the run to resume; where there is none yet, the session says so, or begins it.

    Raises:
        CorruptCheckpoint: The state of the run is damaged.
        RequestError: Its configuration is none for this program.
    """
    from liif_core.training.run_files import STATE_FILE
    from liif_core.training.run_options import RunTerms
    from liif_core.training.state import read_state, saved_recipe

    if arguments.resume and arguments.out is not None and (path := arguments.out / STATE_FILE).exists():
        return saved_recipe(read_state(path), source=path)
    return preset_config(DEFAULT_PRESET), RunTerms()


def _recipe_name(arguments: argparse.Namespace) -> str:
    if arguments.config is not None:
        return str(arguments.config.name)
    return "" if _takes_saved_config(arguments) else arguments.preset or DEFAULT_PRESET


def check_places(arguments: argparse.Namespace) -> None:
    """Refuse what names no place to write to, or none to learn from.

    Raises:
        RequestError: It does.
    """
    if arguments.out is None and not arguments.check:
        raise RequestError("nowhere to train to: give the folder of the run with --out, or --check to only look")
    if arguments.data is None and (arguments.out is None or not arguments.resume):
        raise RequestError("nothing to learn from: give a folder of photos with --data")


def options_of(arguments: argparse.Namespace, terms: RunTerms) -> RunOptions:
    """What was asked for, and where nothing was, what a run that goes on was told before.

    Raises:
        RequestError: Nobody says what to learn from, or two options contradict each other.
        CorruptCheckpoint: There is no model of the name to start from.
    """
    from liif_core.training.photo_folder import recognised
    from liif_core.training.run_options import RunOptions

    data, validation = arguments.data, arguments.validation
    # A file stands for its folder only where somebody chose a photo of it in a dialog: here it may be any, by mistake.
    if data is not None and validation is None and not os.path.isfile(data):  # noqa: PTH113  # `Path` may raise here
        known = recognised(data)
        data, validation = known.data, None if arguments.hold_out else known.validation
    data = data or terms.data
    # A recipe that is given anew says how long it is.
    minutes = terms.minutes if _takes_saved_config(arguments) else None
    if data is None:
        raise RequestError(
            f"{arguments.out}: no run to resume in this folder that says what it learns from; give --data"
        )
    return RunOptions(
        data,
        arguments.out or NOWHERE,
        resume=arguments.resume,
        minutes=arguments.minutes or minutes,
        device=arguments.device,
        licence=arguments.licence or terms.licence,
        validation=validation or (None if arguments.hold_out else terms.validation),
        start_from=None if arguments.start_from is None else _start_of(arguments.start_from, arguments.device),
        beside=default_model_file(arguments.device),
        recipe=_recipe_name(arguments),
    )


def _start_of(name: str, device: str) -> Path:
    """The file of the model to begin with; the default one is that of the device."""
    return _default_of(device) if name == AUTO else find_model(name)


def _default_of(device: str) -> Path:
    from liif_core.device import choose_device

    return find_model(AUTO, kind=kind_of(choose_device(device).type))


def default_model_file(device: str) -> Path | None:
    """Of the model that photos are enlarged by here, unless its name would be taken for something else.

    Nor if it is asked for each pixel: to measure that could take longer than a short training.
    """
    from liif_core.checkpoint.card import read_card
    from liif_core.training.config import DENSE_DECODER

    try:
        path = _default_of(device)
        is_quick = read_card(path)[0].decoder.name == DENSE_DECODER
    except LiifError:
        return None
    return path if is_quick and path.stem not in ("start", BICUBIC) else None
