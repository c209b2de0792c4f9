"""`stepless survey`: what a folder of photos holds, and how long recipes would take here; lines of JSON for programs.

Lines, each with its "kind": "devices" (those of this machine that compute), "reading" (progress), "report" (see
`dataset_report.DatasetReport`, and how many photos each recipe can use), "time" (a recipe and its seconds, or why it
cannot be trained).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from liif_core.cli.background import give_way
from liif_core.cli.event_stream import EventLines
from liif_core.cli.presets import named_config, preset_names
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.errors import LiifError
from liif_core.memory import keep_all_freed_memory
from liif_core.torch_loading import load_torch

# For the times of all recipes together, beside the start of the process.
PROBE_S = 10.0


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "survey", help="for programs: what photos and recipes there are to train with", description=__doc__
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of photos, with sub-folders")
    parser.add_argument("--validation", type=Path, metavar="DIR", help="folder of photos to measure with")
    parser.add_argument(
        "--recipe",
        action="append",
        metavar="NAME|FILE.toml",
        help=f"one of {', '.join(preset_names())}, or a file; may be given several times (default: all presets)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps or xpu (default: auto)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--only-photos", action="store_true", help="measure no times")
    what.add_argument("--only-times", action="store_true", help="read some of the photos only")
    parser.add_argument("--background", action="store_true", help="give way to everything else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write what is found."""
    recipes = {name: named_config(name) for name in arguments.recipe or preset_names()}
    load_torch()
    if arguments.background:
        give_way()
    # As the trainings do, whose times are measured.
    keep_all_freed_memory()
    from liif_core.device import working_devices
    from liif_core.training.probe import ProbePhotos, SharedTime, probe
    from liif_core.training.survey import survey_photos

    lines = EventLines(sys.stdout)
    lines.write({"kind": "devices", "devices": working_devices()})
    with cancelled_by_signals() as cancel:
        if not arguments.only_times:
            survey = survey_photos(
                arguments.data,
                recipes,
                validation=arguments.validation,
                cancel=cancel,
                on_progress=lambda done, total: lines.write({"kind": "reading", "progress": done / total}),
            )
            report = {**survey.report.to_dict(), "more_would_help": survey.report.more_would_help}
            lines.write({"kind": "report", "report": report, "usable": dict(survey.usable)})
        if arguments.only_photos:
            return 0
        photos, shared = ProbePhotos(arguments.data), SharedTime(PROBE_S, count=len(recipes))
        for name, config in recipes.items():
            outcome: dict[str, object] = {}
            try:
                outcome["seconds"] = probe(
                    config, photos, device=arguments.device, seconds=shared.next_share(), cancel=cancel
                )
            except LiifError as exc:
                outcome["problem"] = str(exc)
            lines.write({"kind": "time", "recipe": name, **outcome})
    return 0
