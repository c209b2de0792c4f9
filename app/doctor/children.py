"""Questions that are asked in processes of their own, for what may end the process, or wait for ever."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.doctor.finding import Finding

# A cold start of torch from a slow disk takes half of it.
TIMEOUT_S = 120.0
SHOWN_LINES = 3

Probe = Callable[[], list[Finding]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A process that was asked.

    Attributes:
        process: It.
        answers: Its answer comes out here.
        said: What it prints on stderr.
    """

    process: BaseProcess
    answers: Connection
    said: Path


def asked(probes: Mapping[str, Probe], *, timeout_s: float = TIMEOUT_S) -> list[Finding]:
    """The findings of all probes, which run at the same time.

    Args:
        probes: By topic; importable functions.
        timeout_s: For all of them together.
    """
    deadline = time.monotonic() + timeout_s
    findings, working = [], 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        started = {topic: _start(probe, Path(folder) / f"{topic}.txt") for topic, probe in probes.items()}
        for topic, child in started.items():
            if isinstance(child, str):
                findings.append(Finding("processes", topic, "none", problem=child))
                continue
            found = _answer(topic, child, deadline)
            working += not any(finding.name == "process" for finding in found)
            findings += found
    return [*findings, Finding("processes", "children", f"{working} of {len(probes)} answered")]


def _start(probe: Probe, said: Path) -> _Asked | str:
    """A process at work on a probe, or why there is none."""
    # "spawn" everywhere: the child shares nothing with this process, and the bundle has to be able to do it.
    context = multiprocessing.get_context("spawn")
    answers, other_end = context.Pipe(duplex=False)
    process = context.Process(target=_ask, args=(probe, other_end, said), daemon=True)
    try:
        process.start()
    except OSError as exc:
        return f"no process can be started ({exc.strerror or exc}), so nothing can be trained in the window"
    finally:
        other_end.close()
    return _Asked(process, answers, said)


def _ask(probe: Probe, answers: Connection, said: Path) -> None:
    """Runs in the child."""
    with said.open("wb") as file:
        # Of the process and not of Python: Qt and the loader of libraries print by themselves.
        os.dup2(file.fileno(), 2)
        answers.send(probe())


def _answer(topic: str, child: _Asked, deadline: float) -> list[Finding]:
    """What a child found, or what became of it."""
    found: list[Finding] | None = None
    # The end of the file is that of the child.
    with child.answers, contextlib.suppress(EOFError, OSError):
        if child.answers.poll(max(0.0, deadline - time.monotonic())):
            found = child.answers.recv()
    waits = found is None and child.process.is_alive()
    child.process.join(timeout=max(1.0, deadline - time.monotonic()) if found is not None else 1.0)
    waits = waits and child.process.is_alive()
    if child.process.is_alive():
        child.process.kill()
        child.process.join()
    if found is not None:
        return found
    what = "it did not answer in time" if waits else f"it ended the process (code {child.process.exitcode})"
    last = _last_lines(child.said)
    return [Finding(topic, "process", "no answer", problem=f"{what}{': ' + last if last else ''}")]


def _last_lines(said: Path) -> str:
    try:
        lines = said.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return " ".join([line.strip() for line in lines if line.strip()][-SHOWN_LINES:])
