"""Runs a built program off-screen and checks that it does what it is for: opens, zooms sharp, exports, trains.

    .venv/bin/python packaging/smoke_test.py dist/Stepless.AppDir/AppRun

The program gets an environment with nothing of this repository in it, and on Linux it is watched that it loads
libraries from nowhere but its own folder and the system's. `make bundle` runs this at its end.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import PIL.Image
from bootstrap import ROOT, SAMPLE, SAMPLE_CENTER

TIMEOUT_S = 600
# What the system itself may add to a program: its own libraries, and those of the kernel.
SYSTEM_FOLDERS = ("/usr/lib", "/lib", "/usr/share", "/etc", "/var/cache", "/dev", "/memfd", "/SYSV")
PASSED_ON = ("SYSTEMROOT", "TEMP", "TMP", "PATHEXT", "COMSPEC", "LANG")
# A copy of the sample photo: the repository is not to be touched.
PHOTO = "photo.jpg"
VIEW = ("view", PHOTO, "--zoom", "8", "--center", SAMPLE_CENTER, "--size", "640x480")


class SmokeTestFailed(Exception):
    """The program does not do what it should; `str(error)` says what."""


@dataclass
class Bench:
    """A program and a folder that it works in.

    Attributes:
        program: Its file.
        folder: For all that it writes.
        foreign: Libraries that it loaded from elsewhere.
    """

    program: Path
    folder: Path
    foreign: set[str] = field(default_factory=set)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command in a clean environment; what it prints.

        Raises:
            SmokeTestFailed: It ends with another code, with a warning of a library, or not at all.
        """
        process = subprocess.Popen(
            [str(self.program), *arguments],
            cwd=self.folder,
            env=clean_environment(os.environ, home=self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            self.foreign |= foreign_libraries(process.pid, self.program)
            try:
                out, err = process.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    process.kill()
                    raise SmokeTestFailed(f"{arguments[0]} did not end within {TIMEOUT_S} s") from None
        if process.returncode != code:
            raise SmokeTestFailed(f"{' '.join(arguments)}: exit code {process.returncode}\n{out}{err}")
        if "Warning" in err:
            raise SmokeTestFailed(f"{' '.join(arguments)} warns:\n{err}")
        return out


def clean_environment(environ: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """An environment that knows nothing of Python, this repository or the person."""
    folders = {"HOME": str(home), "USERPROFILE": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home)}
    kept = {name: environ[name] for name in PASSED_ON if name in environ}
    path = environ["PATH"] if os.name == "nt" else "/usr/bin:/bin"
    return {**kept, **folders, "PATH": path, "QT_QPA_PLATFORM": "offscreen"}


def foreign_libraries(pid: int, program: Path) -> set[str]:
    """Files mapped by a process that are neither in its own folder nor the system's; empty where nothing tells."""
    try:
        lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    own = str(program.resolve().parent)
    mapped = {line.split(maxsplit=5)[5] for line in lines if len(line.split(maxsplit=5)) == 6}
    return {name for name in mapped if name.startswith("/") and not name.startswith((own, *SYSTEM_FOLDERS))}


def photo_folder(folder: Path) -> Path:
    """Three cuts of the sample photo to train on."""
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    with PIL.Image.open(SAMPLE) as sample:
        for index in range(3):
            sample.crop((300 * index, 60, 300 * index + 320, 300)).save(photos / f"{index}.png")
    return photos


def sharpness(picture: Path) -> float:
    """Mean difference of neighbouring pixels, of 255."""
    with PIL.Image.open(picture) as opened:
        grey = np.asarray(opened.convert("L"), dtype=np.float32)
    return float(np.abs(np.diff(grey, axis=1)).mean())


def check_version(bench: Bench) -> str:
    """The program starts and knows its version."""
    return bench.run("--version").strip()


def check_doctor(bench: Bench) -> str:
    """Nothing is wrong, and child processes can be started (`multiprocessing`, "spawn")."""
    report = json.loads(bench.run("doctor", "--json"))
    found = {(entry["topic"], entry["name"]): entry["value"] for entry in report["findings"]}
    children = found["processes", "children"]
    if report["problems"] or found["program", "kind"] != "bundle" or children != "3 of 3 answered":
        raise SmokeTestFailed(f"the doctor finds: {json.dumps(report, indent=1)}")
    return f"nothing wrong; {children}"


def check_view(bench: Bench) -> str:
    """A photo opens and becomes sharper than by conventional enlargement."""
    picture, plain = bench.folder / "view.png", bench.folder / "bicubic.png"
    told = bench.run(*VIEW, "--photo-only", "--screenshot", str(picture), "--timings")
    bench.run(*VIEW, "--photo-only", "--model", "bicubic", "--screenshot", str(plain))
    found, conventional = sharpness(picture), sharpness(plain)
    if found < 1.02 * conventional:
        raise SmokeTestFailed(f"the view is no sharper than bicubic: {found:.3f} and {conventional:.3f}")
    return f"{' '.join(told.split())}; {100 * found / conventional - 100:.0f} % sharper than bicubic"


def check_languages(bench: Bench) -> str:
    """The window speaks another language and has another theme: catalogues, styles and icons are there."""
    pictures = [bench.folder / "en.png", bench.folder / "zh.png"]
    for picture, looks in zip(pictures, (("en", "light"), ("zh_CN", "dark")), strict=True):
        bench.run(*VIEW, "--model", "bicubic", "--lang", looks[0], "--theme", looks[1], "--screenshot", str(picture))
    if pictures[0].read_bytes() == pictures[1].read_bytes():
        raise SmokeTestFailed("the window looks the same in both languages and themes")
    return "English and Chinese, light and dark"


def check_export(bench: Bench) -> str:
    """A part of a photo is written at another size."""
    bench.run("export", PHOTO, "export.png", "--crop", "480,260,96,64", "--scale", "2.5")
    with PIL.Image.open(bench.folder / "export.png") as opened:
        if opened.size != (240, 160):
            raise SmokeTestFailed(f"the export has {opened.size}")
    return "96 x 64 pixels to 240 x 160"


def check_training(bench: Bench) -> str:
    """A model is trained, by the command line that the program gives its own children, and can be used."""
    photos = photo_folder(bench.folder)
    bench.run("-m", "app", "train", "--data", str(photos), "--out", "run", "--preset", "quick", "--minutes", "0.05")
    enlarge = ("export", PHOTO, "own.png", "--crop", "480,260,48,32", "--scale", "2")
    bench.run(*enlarge, "--model", "run/model.safetensors")
    return f"{(bench.folder / 'run' / 'model.safetensors').stat().st_size:,} bytes of model, used for an export"


def check_refusal(bench: Bench) -> str:
    """A mistake of the person ends in one sentence."""
    bench.run("export", "missing.jpg", "never.png", "--scale", "2", code=2)
    return "exit code 2 for a photo that is not there"


def check_libraries(bench: Bench) -> str:
    """Nothing was loaded from this machine's Python or this repository."""
    foreign = {name for name in bench.foreign if not name.startswith(str(bench.folder))}
    if foreign:
        raise SmokeTestFailed(f"libraries from elsewhere: {', '.join(sorted(foreign)[:10])}")
    return "all from the bundle or the system" if Path("/proc/self/maps").exists() else "cannot be watched here"


CHECKS: Mapping[str, Callable[[Bench], str]] = {
    "version": check_version,
    "doctor": check_doctor,
    "view": check_view,
    "languages": check_languages,
    "export": check_export,
    "training": check_training,
    "refusal": check_refusal,
    "libraries": check_libraries,
}


def smoke_test(program: Path) -> int:
    """Run all checks and print a line for each; 0 if all pass."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        bench = Bench(program.absolute(), Path(folder).resolve())
        shutil.copyfile(SAMPLE, bench.folder / PHOTO)
        for name, check in CHECKS.items():
            begun = time.perf_counter()
            try:
                result = check(bench)
            except SmokeTestFailed as failure:
                print(f"FAILED  {name}: {failure}", flush=True)
                return 1
            print(f"ok  {name:<10} {time.perf_counter() - begun:6.1f} s  {result}", flush=True)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Test the program named; 2 without one."""
    if len(arguments) != 1 or not Path(arguments[0]).exists():
        print(f"usage: smoke_test.py PROGRAM   (built by `make bundle` in {ROOT / 'dist'})", file=sys.stderr)
        return 2
    return smoke_test(Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
