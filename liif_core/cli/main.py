"""The parser of all commands and the one place where errors become exit codes."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from liif_core import __version__, openmp
from liif_core.cli import bench, evaluate, export, models, survey, train
from liif_core.cli.exit_codes import EXIT_ERROR, EXIT_STOPPED
from liif_core.errors import Cancelled, LiifError
from liif_core.memory import keep_freed_memory

# A command's function: parsed arguments to exit code.
Run = Callable[[argparse.Namespace], int]

_FULL = (errno.ENOSPC, errno.EDQUOT)


def build_parser() -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    """The parser, and the group that further commands are added to."""
    parser = argparse.ArgumentParser(
        prog="stepless",
        allow_abbrev=False,
        description="Zoom into photos without steps. `stepless PHOTO` opens the viewer.",
        epilog="`stepless COMMAND --help` explains a command. Exit codes: 0 done, 1 some of a list failed or `doctor` "
        "found something, 2 a failure that one sentence tells of, 130 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"Stepless {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (export, evaluate, train, survey, models, bench):
        module.add_parser(commands)
    return parser, commands


def run_guarded(run: Run, arguments: argparse.Namespace) -> int:
    """Run a command; failures that a user can cause end in one sentence on stderr."""
    openmp.wait_briefly()
    keep_freed_memory()
    with _streams_to_nowhere():
        _let_any_name_be_printed()
        return _guarded(run, arguments)


def _guarded(run: Run, arguments: argparse.Namespace) -> int:
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except LiifError as exc:
        print(f"stepless: {exc}", file=sys.stderr)
        return EXIT_ERROR
    except (Cancelled, KeyboardInterrupt):
        print("stepless: stopped", file=sys.stderr)
        return EXIT_STOPPED
    except BrokenPipeError:
        # `stepless models | head -1`: nobody reads on.
        _give_up_printing()
        return EXIT_ERROR
    except OSError as exc:
        if exc.filename is None and exc.errno in _FULL:
            # `stepless models > list.txt` on a full disk: streams have no name.
            _give_up_printing()
            print(f"stepless: what is printed, or a file, cannot be written: {exc.strerror}", file=sys.stderr)
            return EXIT_ERROR
        if exc.filename is None:
            raise
        # Merely asking whether a file is there fails for names that are too long, and in folders that are closed to us.
        print(f"stepless: {os.fsdecode(exc.filename)}: {exc.strerror}", file=sys.stderr)
        return EXIT_ERROR


@contextlib.contextmanager
def _streams_to_nowhere() -> Iterator[None]:
    """Stand-ins for the streams that a program was started without: `>&-`, or Windows without a console.

    Commands need not ask then; nor does a file that is written take a closed one's number, and what others print there.
    """
    with contextlib.ExitStack() as stack:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                nowhere = stack.enter_context(Path(os.devnull).open(mode, encoding="utf-8"))
                setattr(sys, name, nowhere)
                stack.callback(setattr, sys, name, None)
        yield


def _give_up_printing() -> None:
    """Send what is still buffered nowhere: it must not fail Python's exit as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        sys.stdout.flush()


def _let_any_name_be_printed() -> None:
    """Escape what a stream's encoding lacks: the name of a file must not fail a command that has done its work."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(argv: Sequence[str] | None = None) -> int:
    """The commands that need no window."""
    parser, _ = build_parser()
    arguments = parser.parse_args(argv)
    return run_guarded(arguments.run, arguments)
