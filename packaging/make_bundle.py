"""Builds the bundle, a folder that runs without Python and Internet, reports its size, and tests it.

    make bundle

`dist/stepless` is the folder on all systems, `dist/Stepless.AppDir` the same in the layout of Linux applications
(`appdir`), `dist/Stepless.app` that of macOS; the installer of Windows is made of the folder by
`packaging/windows/stepless.iss`. Only Linux was tried.

PyInstaller does the work, by `stepless.spec`. What is done afterwards: symbols that only debuggers read are taken out
of large libraries, the AppDir is assembled, its descriptions are validated where the validators are installed, sizes
and start-up times are measured, and the smoke test runs the program.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import appdir
import bundle_report
import smoke_test
from bootstrap import ROOT

from app.identity import APPLICATION_ID
from liif_core import __version__

DIST, BUILD = ROOT / "dist", ROOT / "build"
BUNDLE = DIST / "stepless"
APPDIR = DIST / "Stepless.AppDir"
# Other libraries come without such symbols, or were changed in ways that `strip` breaks.
WITH_SYMBOLS = ("torch/lib/*.so*", "libpython*.so*", "python*/lib-dynload/*.so")
VALIDATORS = {
    f"applications/{APPLICATION_ID}.desktop": ["desktop-file-validate"],
    f"metainfo/{APPLICATION_ID}.metainfo.xml": ["appstreamcli", "validate", "--no-net"],
}


class BundleFailed(Exception):
    """The bundle cannot be built; `str(error)` says why."""


def refuse_large_torch() -> None:
    """The bundle is for every machine: torch for graphics cards would make it several gigabytes large.

    Raises:
        BundleFailed: This environment has such a torch.
    """
    import torch

    kind = torch.version.cuda or getattr(torch.version, "hip", None)
    if kind:
        raise BundleFailed(
            f"torch {torch.__version__} in .venv is built for graphics cards; a bundle needs the build for CPUs.\n"
            "Install it first, as the PyTorch web site tells for your system with the compute platform 'CPU'."
        )


def build() -> None:
    """Let PyInstaller make `dist/stepless`.

    Raises:
        BundleFailed: It cannot.
    """
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller")]
    status = subprocess.run([*command, str(ROOT / "packaging" / "stepless.spec")], cwd=ROOT, check=False).returncode
    if status != 0:
        raise BundleFailed(f"PyInstaller failed with exit code {status}; its output above says why")


def stripped(bundle: Path) -> int:
    """Take symbols out of the libraries that have many; bytes saved. Does nothing where there is no `strip`."""
    if sys.platform != "linux" or shutil.which("strip") is None:
        return 0
    saved = 0
    for library in _libraries_with_symbols(bundle / "_internal"):
        before = library.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)
        saved += before - library.stat().st_size
    return saved


def _libraries_with_symbols(folder: Path) -> Iterator[Path]:
    for pattern in WITH_SYMBOLS:
        yield from (path for path in sorted(folder.glob(pattern)) if path.is_file() and not path.is_symlink())


def validate(share: Path) -> None:
    """Ask the validators of the desktop's descriptions.

    Raises:
        BundleFailed: One of them refuses.
    """
    for name, command in VALIDATORS.items():
        if shutil.which(command[0]) is None:
            print(f"{command[0]} is not installed: {name} was not validated", flush=True)
            continue
        print(f"{' '.join(command)} {name}", flush=True)
        if subprocess.run([*command, str(share / name)], check=False).returncode != 0:
            raise BundleFailed(f"{command[0]} refuses {name}")


def make(*, measure: bool) -> Path:
    """Everything up to the smoke test; the program to test.

    Raises:
        BundleFailed: A step failed.
    """
    refuse_large_torch()
    build()
    print(f"symbols taken out: {stripped(BUNDLE) / bundle_report.MB:.1f} MB", flush=True)
    if sys.platform == "linux":
        program = appdir.assemble(BUNDLE, APPDIR)
        validate(APPDIR / "usr" / "share")
    else:
        program = BUNDLE / ("stepless-console.exe" if sys.platform == "win32" else "stepless")
    print(f"\n{bundle_report.size_table(bundle_report.sizes(BUNDLE))}\n", flush=True)
    if measure:
        programs = {"bundle": [str(program)], "source": [sys.executable, "-m", "app"]}
        caches = {"bundle": [BUNDLE], "source": [ROOT / ".venv", ROOT / "app", ROOT / "liif_core"]}
        print(f"{bundle_report.start_up(programs, caches)}\n", flush=True)
    return program


def main(arguments: Sequence[str]) -> int:
    """Build, report, test."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-times", action="store_true", help="do not measure start-up times")
    options = parser.parse_args(arguments)
    try:
        program = make(measure=not options.no_times)
    except BundleFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    status = smoke_test.smoke_test(program)
    if status == 0:
        print(f"\nBuilt and tested: {program}")
    if status == 0 and sys.platform == "win32":
        print(f"The installer: iscc /DVersion={__version__} packaging\\windows\\stepless.iss")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
