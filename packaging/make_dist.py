"""Builds the source distribution and the wheel, twice, and tries the wheel in an empty environment.

    make dist

The second build starts from the unpacked source distribution of the first one, in another folder and with other
permissions: both results have to be equal byte by byte. So whoever has the source distribution can make the wheel.
Times inside are those of `SOURCE_DATE_EPOCH`, or of the last commit.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bootstrap import ROOT, SAMPLE
from release_facts import source_date_epoch

DIST = ROOT / "dist"
RESOURCES = "liif_core/_resources/"
# One of each kind that the program cannot do without.
NEEDED_IN_WHEEL = (
    "app/main.py",
    "liif_core/__init__.py",
    f"{RESOURCES}icons/stepless.svg",
    f"{RESOURCES}models/manifest.json",
    f"{RESOURCES}models/fast.safetensors",
    f"{RESOURCES}presets/fast.toml",
    f"{RESOURCES}published_psnr.toml",
    f"{RESOURCES}samples/dandelion.jpg",
    f"{RESOURCES}styles/stepless.qss",
    f"{RESOURCES}translations/stepless_zh_CN.qm",
)


class DistFailed(Exception):
    """What was built is not as it should be; `str(error)` says how."""


def build(source: Path, target: Path) -> dict[str, Path]:
    """Build both; their files by kind ("sdist", "wheel").

    Args:
        source: The repository or an unpacked source distribution.
        target: Where they go; made if missing.

    Raises:
        DistFailed: hatchling failed.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(source_date_epoch()), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target), "-t", "sdist", "-t", "wheel"]
    result = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise DistFailed(f"hatchling failed:\n{result.stdout}{result.stderr}")
    (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


def built_twice(folder: Path, *, source: Path = ROOT) -> dict[str, Path]:
    """Build, unpack, build again, compare; the files of the first build.

    Args:
        folder: Empty.
        source: The repository.

    Raises:
        DistFailed: The second ones differ, or something is missing.
    """
    first = build(source, folder / "first")
    with tarfile.open(first["sdist"]) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    for path in unpacked.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode & 0o700)
            os.utime(path, (1_500_000_000, 1_500_000_000))
    second = build(unpacked, folder / "second")
    for kind, file in first.items():
        if not filecmp.cmp(file, second[kind], shallow=False):
            raise DistFailed(f"two builds of {file.name} differ")
    check_contents(first["wheel"])
    return first


def check_contents(wheel: Path) -> None:
    """What has to be in a wheel is, and what is only for developers is not.

    Raises:
        DistFailed: Otherwise.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    missing = [name for name in NEEDED_IN_WHEEL if name not in names]
    foreign = [name for name in names if name.split("/")[0] not in ("app", "liif_core") and ".dist-info/" not in name]
    foreign += [name for name in names if "__pycache__" in name or name.startswith(f"{RESOURCES}readme")]
    if missing or foreign:
        raise DistFailed(f"{wheel.name}: missing {missing}, too much {sorted(foreign)[:10]}")


def try_wheel(wheel: Path, folder: Path) -> None:
    """Install a wheel into an empty environment, as pipx does, and take a picture with it.

    Raises:
        DistFailed: It cannot be installed or does not work.
    """
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    picture = folder / "picture.png"
    suffix = ".exe" if os.name == "nt" else ""
    program = str(scripts / f"stepless{suffix}")
    pip = [str(scripts / f"python{suffix}"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    view = ["view", str(SAMPLE), "--size", "640x480", "--zoom", "8", "--screenshot", str(picture)]
    for command in (
        [sys.executable, "-m", "venv", str(folder / "venv")],
        [*pip, "-c", str(ROOT / "constraints.txt"), str(wheel)],
        [program, "--version"],
        [program, "doctor"],
        [program, *view],
    ):
        print(f"$ {' '.join(Path(part).name if os.sep in part else part for part in command)}", flush=True)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
            raise DistFailed(f"`{' '.join(command)}` failed")
    if not picture.is_file():
        raise DistFailed("the installed program took no picture")


def main(arguments: Sequence[str]) -> int:
    """Build into `dist/` and try."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-install", action="store_true", help="do not install the wheel to try it")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        try:
            built = built_twice(Path(temporary))
            if not options.no_install:
                try_wheel(built["wheel"], Path(temporary))
        except DistFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
        DIST.mkdir(exist_ok=True)
        for file in built.values():
            target = DIST / file.name
            target.write_bytes(file.read_bytes())
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes, the same in both builds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
