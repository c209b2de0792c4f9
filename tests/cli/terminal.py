"""What a command line answers, in this process and in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


Stepless = Callable[..., Outcome]


def environment() -> dict[str, str]:
    """For child processes: one thread, so that they do not fight over the cores of whoever runs the tests."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def run_python(code: str, *arguments: object, cwd: Path) -> Outcome:
    """A fresh interpreter; `arguments` are its `sys.argv[1:]`."""
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    result = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False)
    return Outcome(result.returncode, result.stdout, result.stderr)


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, with pipes for what it reads and prints; it is gone at the end."""
    command = [sys.executable, "-W", "error", "-m", "app", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def assert_ends_unheard(process: subprocess.Popen[str]) -> None:
    """What it prints is read by nobody: no traceback, and exit code 2."""
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=200) == 2


def assert_refused(outcome: Outcome, *parts: object) -> None:
    """Exit code 2 and one sentence on stderr, which holds every part."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("stepless: ")
    assert outcome.err.endswith("\n")
    assert outcome.err.count("\n") == 1
    for part in parts:
        assert str(part) in outcome.err


def files_in(folder: Path) -> set[str]:
    """Names, hidden ones too: what a failure must not leave behind."""
    return {path.name for path in folder.iterdir()}
