"""The command: everything is asked, and printed for a report of a bug."""

from __future__ import annotations

import argparse

from app.doctor import files, imaging_probe, machine, qt_probe, torch_probe
from app.doctor.children import Probe, asked
from app.doctor.finding import Finding, as_json, as_text, problems, verdict

PROBES: dict[str, Probe] = {
    imaging_probe.TOPIC: imaging_probe.probe,
    torch_probe.TOPIC: torch_probe.probe,
    qt_probe.TOPIC: qt_probe.probe,
}
EXIT_WRONG = 1


def run(arguments: argparse.Namespace) -> int:
    """Ask, print, and tell by the exit code whether something is wrong."""
    findings = examined()
    print(as_json(findings) if arguments.json else f"{as_text(findings)}\n{verdict(findings)}")
    return EXIT_WRONG if problems(findings) else 0


def examined() -> list[Finding]:
    """All findings; takes seconds."""
    return [
        *machine.program(),
        *machine.machine(),
        *asked(PROBES),
        *files.models(),
        *files.folders(),
        *files.settings(),
    ]
