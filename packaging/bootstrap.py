r"""Set up, run and check Stepless from a fresh clone, with nothing but Python 3.11 to 3.14.

`make` calls this file; without make (Windows) it is called directly::

    py -3.11 packaging\bootstrap.py run

Each command first brings `.venv` up to date (`virtual_environment`) and makes sure that Qt finds its libraries
(`system_libraries`), then hands over to the programs in `.venv`. Only the standard library is used here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import system_libraries
import virtual_environment
from virtual_environment import VirtualEnvironment

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "samples" / "dandelion.jpg"
SAMPLE_CENTER = "530,300"  # image pixels: where the seeds are sharpest
DEMO_NAME = "stepless-demo.png"
DEMO_ZOOM = 8
DEMO_SIZE = "1280x800"
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
# The tests of a module stay together, as they share what takes long to make. More processes than this need gigabytes.
IN_PARALLEL = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadfile")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code of the process."""
    if not virtual_environment.is_supported(sys.version_info[:2]):
        print(f"Stepless needs Python 3.11 to 3.14; {sys.executable} is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    options = parser().parse_args(argv)
    try:
        return COMMANDS[options.command](options)
    except (virtual_environment.SetupFailed, system_libraries.SystemPackagesMissing) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="bootstrap.py", description="Set up, run and check Stepless.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    setup = commands.add_parser("setup", help="make .venv and install everything, development tools included")
    setup.add_argument("--no-dev", action="store_true", help="only what the viewer needs")
    commands.add_parser("check-system", help="check the system libraries that Qt (Linux) and torch (Windows) need")
    run = commands.add_parser("run", help="open a photo in the viewer, the bundled sample by default")
    run.add_argument("photo", nargs="?", type=Path, metavar="PHOTO")
    test = commands.add_parser("test", help="run every check: ruff, mypy, import-linter, pytest")
    test.add_argument("--fast", action="store_true", help="leave out the tests marked slow")
    commands.add_parser("lint", help="run every check but the tests")
    commands.add_parser("format", help="format the code and fix what ruff can fix")
    bundle_parser = commands.add_parser("bundle", help="build a program that needs no Python, and test it (minutes)")
    bundle_parser.add_argument("--no-times", action="store_true", help="do not measure start-up times")
    commands.add_parser("dist", help="build wheel and source distribution, and try them in an empty environment")
    return top


def setup(options: argparse.Namespace) -> int:
    """Make the environment."""
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="" if options.no_dev else "dev")
    print(f"{venv.folder} is up to date.")
    return 0


def check_system(options: argparse.Namespace) -> int:
    """Check, and where possible install, the libraries for the display at hand."""
    platforms = system_libraries.qt_platforms(os.environ)
    system_libraries.check(platforms)
    print(f"Qt finds its system libraries (platform: {' or '.join(platforms)}).")
    return 0


def run(options: argparse.Namespace) -> int:
    """Open a photo in the viewer, or off-screen where there is no display."""
    photo: Path = options.photo or SAMPLE
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="")
    platforms = system_libraries.qt_platforms(os.environ)
    system_libraries.check(platforms)
    if platforms == ("offscreen",):
        return run_offscreen(venv, photo)
    return call([str(venv.program("stepless")), str(photo)])


def run_offscreen(venv: VirtualEnvironment, photo: Path) -> int:
    """Do the viewer's main job without a display and leave the picture beside the photo."""
    picture = demo_picture(photo)
    print(f"There is no display, so Stepless works off-screen: {photo} at {DEMO_ZOOM}x until sharp.", flush=True)
    start = time.perf_counter()
    status = call(demo_command(venv, photo, picture), OFFSCREEN)
    if status == 0:
        print(f"Wrote {picture} ({DEMO_SIZE}), {time.perf_counter() - start:.1f} s from start to file.")
    return status


def demo_picture(photo: Path) -> Path:
    """Where the off-screen picture goes: beside the photo, or in the current folder where that is not writable."""
    beside = photo.resolve().parent
    return (beside if os.access(beside, os.W_OK) else Path.cwd()) / DEMO_NAME


def demo_command(venv: VirtualEnvironment, photo: Path, picture: Path) -> list[str]:
    """The off-screen form of `stepless PHOTO`."""
    center = ["--center", SAMPLE_CENTER] if photo == SAMPLE else []
    view = [str(venv.program("stepless")), "view", str(photo), "--zoom", str(DEMO_ZOOM), *center]
    return [*view, "--size", DEMO_SIZE, "--screenshot", str(picture), "--timings"]


def test(options: argparse.Namespace) -> int:
    """Run all checks and tests, up to the first that fails."""
    venv = prepared_for_checks()
    pytest = [str(venv.python), "-m", "pytest", *IN_PARALLEL, *(["-m", "not slow"] if options.fast else [])]
    return run_checks({**lint_commands(venv), "pytest": pytest})


def lint(options: argparse.Namespace) -> int:
    """Run all checks that need no tests."""
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="dev")
    return run_checks(lint_commands(venv))


def format_code(options: argparse.Namespace) -> int:
    """Let ruff rewrite the code."""
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="dev")
    ruff = [str(venv.python), "-m", "ruff"]
    return call([*ruff, "check", "--fix", "."], folder=ROOT) or call([*ruff, "format", "."], folder=ROOT)


def bundle(options: argparse.Namespace) -> int:
    """Build the bundle and test it."""
    # What is not on this system cannot be put into it.
    for platform in ("xcb", "wayland"):
        system_libraries.check((platform,))
    return run_release_script("make_bundle.py", *(["--no-times"] if options.no_times else []))


def dist(options: argparse.Namespace) -> int:
    """Build what is uploaded for pip and pipx."""
    return run_release_script("make_dist.py")


def run_release_script(name: str, *arguments: str) -> int:
    """Run a script of this folder that needs what releases are built with."""
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="dev,bundle")
    system_libraries.check(("offscreen",))
    return call([str(venv.python), str(ROOT / "packaging" / name), *arguments], OFFSCREEN, folder=ROOT)


def prepared_for_checks() -> VirtualEnvironment:
    """The environment with the development tools, on a system where off-screen Qt starts."""
    venv = VirtualEnvironment(ROOT)
    virtual_environment.ensure(venv, extras="dev")
    system_libraries.check(("offscreen",))
    return venv


def lint_commands(venv: VirtualEnvironment) -> dict[str, list[str]]:
    """Name and command of every check but the tests, quickest first."""
    python = str(venv.python)
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import-linter": [str(venv.program("lint-imports"))],
    }


def run_checks(checks: Mapping[str, Sequence[str]]) -> int:
    """Run checks in order; the exit code of the first that fails, else 0."""
    for name, command in checks.items():
        print(f"\n== {name}", flush=True)
        status = call(command, OFFSCREEN, folder=ROOT)
        if status != 0:
            print(f"\nFAILED: {name} (exit code {status}).", file=sys.stderr)
            return status
    print(f"\nAll passed: {', '.join(checks)}.")
    return 0


def call(command: Sequence[str], environ: Mapping[str, str] | None = None, *, folder: Path | None = None) -> int:
    """Run a program with our own input and output; its exit code."""
    return subprocess.run(command, cwd=folder, env={**os.environ, **(environ or {})}, check=False).returncode


COMMANDS = {
    "setup": setup,
    "check-system": check_system,
    "run": run,
    "test": test,
    "lint": lint,
    "format": format_code,
    "bundle": bundle,
    "dist": dist,
}

if __name__ == "__main__":
    sys.exit(main())
