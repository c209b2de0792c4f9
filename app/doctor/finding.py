"""What was found, as text for people and as JSON for programs; neither names the person."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

WIDTH = 22


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact.

    Attributes:
        topic: Which part of the installation it is about.
        name: What is told.
        value: What it is.
        problem: What is wrong and what helps, a sentence; "" where it is as it should be.
        note: What is good to know and no fault.
    """

    topic: str
    name: str
    value: str
    problem: str = ""
    note: str = ""


def problems(findings: Sequence[Finding]) -> list[Finding]:
    """Those that are wrong."""
    return [finding for finding in findings if finding.problem]


def as_text(findings: Sequence[Finding]) -> str:
    """A paragraph for each topic, without what names the person."""
    lines = []
    for topic, members in groupby(findings, key=lambda finding: finding.topic):
        lines.append(f"{topic}:")
        for finding in members:
            mark = "!" if finding.problem else " "
            lines.append(f"{mark} {finding.name:<{WIDTH}}{finding.value}".rstrip())
            lines += [f"  {'':<{WIDTH}}{text}" for text in (finding.problem, finding.note) if text]
    return without_home("\n".join(lines) + "\n")


def verdict(findings: Sequence[Finding]) -> str:
    """One line: what is wrong."""
    wrong = problems(findings)
    if not wrong:
        return "Nothing is wrong."
    things = "1 thing is" if len(wrong) == 1 else f"{len(wrong)} things are"
    return f"{things} wrong: {', '.join(f'{finding.topic}, {finding.name}' for finding in wrong)}."


def as_json(findings: Sequence[Finding]) -> str:
    """All of it, without what names the person."""
    content = {"problems": len(problems(findings)), "findings": [asdict(finding) for finding in findings]}
    return without_home(json.dumps(content, indent=2, ensure_ascii=False))


def without_home(text: str) -> str:
    """A text in which the person's own folder is "~", as its path as a rule has the person's name."""
    home = Path.home()
    if len(home.parts) < 2:
        return text
    # As such, with the other slash, and as Python, TOML and JSON write backslashes.
    forms = {str(home), home.as_posix(), str(home).replace("\\", "\\\\")}
    pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    flags = re.IGNORECASE if sys.platform == "win32" else re.NOFLAG
    return re.sub(rf"({pattern})(?![\w-])", "~", text, flags=flags)
