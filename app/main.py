"""The program's entry: `stepless [PHOTO ...]`, `stepless view ...`, and the commands of `liif_core.cli`."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from app.shutdown import end_with_threads
from liif_core.cli import values
from liif_core.cli.main import build_parser, run_guarded

VIEW = "view"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code.

    Args:
        argv: Without the program's name; None for that of the process, which may end here with the window.
    """
    parser, commands = build_parser()
    _add_view_parser(commands)
    _add_doctor_parser(commands)
    given = list(sys.argv[1:] if argv is None else argv)
    if given == ["help"]:
        given = ["--help"]
    # `stepless` and `stepless PHOTO` are short for `stepless view ...`.
    if not given or (given[0] not in commands.choices and given[0] not in ("-h", "--help", "--version")):
        if given and (meant := _misspelt(given[0], commands.choices)) is not None:
            parser.error(f"there is neither a command nor a photo called {given[0]!r}; {meant!r} is a command")
        given.insert(0, VIEW)
    arguments = parser.parse_args(given)
    code = run_guarded(arguments.run, arguments)
    if argv is None and given[0] == VIEW:
        end_with_threads(code)
    return code


def _misspelt(word: str, names: Collection[str]) -> str | None:
    """The command that was meant by a word, which would open a window otherwise; None if it may be a photo."""
    if Path(word).suffix or Path(word).name != word or os.path.lexists(word):
        return None
    return next(iter(difflib.get_close_matches(word, names, n=1)), None)


def _add_view_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(VIEW, help="open the viewer", description="Open the viewer.")
    parser.add_argument(
        "photos",
        type=Path,
        nargs="*",
        metavar="PHOTO",
        help="to open; a folder stands for its photos; several are gone through one after the other; without one, the "
        "start page",
    )
    parser.add_argument("--zoom", type=values.positive, metavar="Z", help="device pixels per photo pixel")
    parser.add_argument("--center", type=values.point, metavar="X,Y", help="photo pixel in the middle")
    parser.add_argument("--size", type=values.size, metavar="WxH", help="size of the window")
    parser.add_argument("--screenshot", type=Path, metavar="OUT.png", help="wait until sharp, save the window, exit")
    parser.add_argument("--photo-only", action="store_true", help="--size and --screenshot mean the photo's area")
    parser.add_argument("--compare", metavar="WITH", help="beside nearest, bilinear, bicubic, lanczos or another model")
    parser.add_argument("--overlay", action="store_true", help="show the pixel overlay")
    parser.add_argument("--drawer", action="store_true", help="show the drawer with information about the photo")
    parser.add_argument("--dpr", type=values.positive, metavar="D", help="device pixels per point, times the system's")
    parser.add_argument("--theme", choices=("system", "dark", "light"), help="of the window (default: the settings')")
    parser.add_argument(
        "--lang", choices=("system", "en", "zh_CN"), help="language of the window (default: the settings')"
    )
    parser.add_argument("--timings", action="store_true", help="print seconds from start to first paint and to sharp")
    values.add_model_options(parser, follows_settings=True)
    parser.set_defaults(run=_view)


def _view(arguments: argparse.Namespace) -> int:
    # Qt comes in here: the commands without a window run where Qt's system libraries are missing.
    from app.viewing import run_viewer

    return run_viewer(arguments)


def _add_doctor_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Tell versions, devices, models and folders, and what is wrong with them; exit code 1 if anything is."
    parser = commands.add_parser("doctor", help="tell what is wrong with this installation", description=text)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    from app.doctor.command import run

    return run(arguments)
