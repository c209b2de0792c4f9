"""`stepless export`: photos to files of any size, one by one or a whole list."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liif_core.cli import values
from liif_core.cli.exit_codes import EXIT_ERROR, EXIT_SOME_FAILED
from liif_core.cli.export_list import (
    ListedPhoto,
    Wanted,
    check_folder,
    is_one_file,
    listed,
    make_folder,
    photos_of,
    share_of,
)
from liif_core.cli.export_options import add_encoding_options, add_size_options, encoding_of, what_of, wish_of
from liif_core.cli.text_files import check_takes_no_place, check_text_targets, write_text
from liif_core.errors import Cancelled, LiifError, RequestError
from liif_core.library import AUTO, BICUBIC, CPU, GPU, find_model, kind_of
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.cli.export_estimates import EstimatedPhoto
    from liif_core.export.enlarger import EnlargerChoice
    from liif_core.export.job import ExportResult
    from liif_core.export.queue import QueueEntry

_PATTERN = (
    "of their names (default: {name}-{width}x{height}), where {name}, {folder}, {width}, {height}, {megapixels}, "
    "{number} and {model} stand for facts of each; {number:03} counts 001, 002"
)
_FORMAT = "png"
_NOTES = {
    "first page": "its file has several pages, and this is the first one",
    "flattened": "its transparency was flattened over white",
    "exif too long": "its EXIF block is too long for the format and was left out",
    "xmp too long": "its XMP block is too long for the format and was left out",
    "iptc left out": "its IPTC records have no place in the format and were left out",
    "made on the CPU": "the device failed, and the CPU took over",
}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "export",
        help="write photos at any size",
        description=__doc__,
        epilog="exit codes: 0 every file is there, 1 some failed, 2 the request cannot be carried out, 130 stopped",
    )
    parser.add_argument("input", nargs="+", metavar="IN", help='photo, pattern like "photos/*.jpg", or folder')
    parser.add_argument("output", metavar="OUT", help="file to write, whose extension is the format; or folder")
    add_size_options(parser)
    add_encoding_options(parser)
    many = parser.add_argument_group("lists of photos")
    many.add_argument("--format", metavar="EXT", help=f"of the files in a folder (default: {_FORMAT})")
    many.add_argument("--name", metavar="PATTERN", help=_PATTERN)
    many.add_argument(
        "--jobs", type=values.count, default=1, metavar="N", help="how many photos at a time (default: 1)"
    )
    many.add_argument("--skip-finished", action="store_true", help="leave out what an earlier run has finished")
    many.add_argument("--json", type=Path, metavar="FILE", help="also write a report as JSON")
    parser.add_argument("--estimate", action="store_true", help="only tell pixels, bytes, time and memory")
    values.add_model_options(parser)
    values.add_self_ensemble_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export one photo or many."""
    from liif_core.export.enlarger import EnlargerChoice

    if arguments.json is not None:
        check_text_targets([arguments.json])
    what = partial(what_of, wish_of(arguments), arguments.crop, arguments.aspect)
    choice = EnlargerChoice(None, arguments.device, arguments.precision, self_ensemble=arguments.self_ensemble)
    wanted = Wanted(what, encoding_of(arguments), choice)
    if is_one_file(arguments.input, arguments.output):
        return _run_one(arguments, wanted)
    return _run_list(arguments, wanted)


def _run_one(arguments: argparse.Namespace, wanted: Wanted) -> int:
    from liif_core.export.request import ExportRequest
    from liif_core.export.task import ExportTask, check_task
    from liif_core.imaging.read import read_size

    for option, value in (("--name", arguments.name), ("--format", arguments.format)):
        if value is not None:
            raise RequestError(
                f"{option} is for the files in a folder, and '{arguments.output}' is the name of a single file, whose "
                "extension is the format; a folder that is not there yet ends with '/'"
            )
    source, target = Path(arguments.input[0]), Path(arguments.output)
    if arguments.json is not None:
        check_takes_no_place(arguments.json, (source, target))
    request = ExportRequest(target, wanted.what_of(read_size(source)), wanted.options)
    task = ExportTask(source, request, wanted.choice)
    check_task(task)
    task = replace(task, choice=_with_model(wanted.choice, arguments.model))
    photo = ListedPhoto(source, task)
    if arguments.estimate:
        for one in _estimated([photo], arguments, tell_failure=lambda source, error: None):
            if one.error is not None:
                raise one.error
        return 0
    entries = _carried_out([photo], arguments, tell=_tell_success)
    for entry in entries:
        if entry.error is not None:
            raise entry.error
        if entry.state.value == "cancelled":
            raise Cancelled
    return 0


def _run_list(arguments: argparse.Namespace, wanted: Wanted) -> int:
    from liif_core.export.names import DEFAULT_PATTERN, check_pattern
    from liif_core.geometry import Size
    from liif_core.imaging.encoding import check_encoding

    pattern = DEFAULT_PATTERN if arguments.name is None else arguments.name
    form = _FORMAT if arguments.format is None else arguments.format
    extension = f".{form.lower().removeprefix('.')}"
    check_pattern(pattern)
    folder = Path(arguments.output)
    check_encoding(folder / f"name{extension}", Size(1, 1), wanted.options)
    photos = photos_of(arguments.input)
    if arguments.json is not None:
        check_takes_no_place(arguments.json, photos)
    wanted = replace(wanted, choice=_with_model(wanted.choice, arguments.model))
    if arguments.estimate:
        check_folder(folder)
        wanted = replace(wanted, needs_place=folder.exists())
    else:
        make_folder(folder)
    everything = listed(photos, folder, wanted, pattern=pattern, extension=extension)
    share, rank, local_rank = share_of(everything, os.environ)
    if rank > 0 and arguments.json is not None:
        arguments.json = arguments.json.with_stem(f"{arguments.json.stem}-{rank}")
    if arguments.json is not None:
        targets = [photo.task.request.target for photo in everything if photo.task is not None]
        check_takes_no_place(arguments.json, targets)
    share = [_on_device(photo, local_rank) for photo in share]
    return (_estimate_share if arguments.estimate else _export_share)(share, arguments)


def _estimate_share(share: list[ListedPhoto], arguments: argparse.Namespace) -> int:
    from liif_core.cli.export_progress import tell_failure

    estimates = _estimated(share, arguments, tell_failure=tell_failure)
    failed = sum(one.error is not None for one in estimates)
    print(f"{len(estimates) - failed} estimated, {failed} failed")
    return _exit_code(share, failed)


def _export_share(share: list[ListedPhoto], arguments: argparse.Namespace) -> int:
    entries = _carried_out(share, arguments, tell=_tell)
    states = [entry.state.value for entry in entries]
    done, skipped, cancelled = (states.count(state) for state in ("done", "skipped", "cancelled"))
    failed = states.count("failed") + sum(photo.task is None for photo in share)
    told = [f"{done} exported", f"{failed} failed", *([f"{skipped} skipped"] if skipped else [])]
    print(", ".join(told))
    if cancelled:
        raise Cancelled
    return _exit_code(share, failed)


def _exit_code(share: list[ListedPhoto], failed: int) -> int:
    if share and all(photo.task is None for photo in share):
        return EXIT_ERROR
    return EXIT_SOME_FAILED if failed else 0


def _with_model(choice: EnlargerChoice, name: str | None) -> EnlargerChoice:
    """The model of a name; torch is asked for the device only where that decides which model is meant."""
    if name == BICUBIC:
        return choice
    path = find_model(name, kind=CPU)
    if name in (None, AUTO) and choice.device != "cpu" and find_model(name, kind=GPU) != path:
        load_torch()
        from liif_core.device import choose_device

        path = find_model(name, kind=kind_of(choose_device(choice.device).type))
    return replace(choice, model=path)


def _on_device(photo: ListedPhoto, local_rank: int) -> ListedPhoto:
    """Under `torchrun`, each process of a machine takes a GPU of its own."""
    if local_rank == 0 or photo.task is None or photo.task.choice.device != "auto":
        return photo
    from liif_core.device import available_devices

    if available_devices()[0] != "cuda":
        return photo
    import torch

    device = f"cuda:{local_rank % torch.cuda.device_count()}"
    return replace(photo, task=replace(photo.task, choice=replace(photo.task.choice, device=device)))


def _carried_out(
    photos: list[ListedPhoto], arguments: argparse.Namespace, *, tell: Callable[[QueueEntry], None]
) -> list[QueueEntry]:
    """Do the work of a list; what has become of it, in the order of the list."""
    from liif_core.cli.export_progress import work_through
    from liif_core.export.report import QueueReport

    for photo in photos:
        if photo.error is not None:
            print(f"stepless: {photo.error}", file=sys.stderr)
    tasks = [photo.task for photo in photos if photo.task is not None]
    entries = work_through(tasks, jobs=arguments.jobs, skip_finished=arguments.skip_finished, tell=tell)
    if arguments.json is not None:
        report: dict[str, Any] = QueueReport.of(entries).to_dict()
        refused = [photo for photo in photos if photo.error is not None]
        report["failed"] += len(refused)
        report["files"] += [
            {"source": str(photo.source), "target": None, "state": "failed", "error": str(photo.error)}
            for photo in refused
        ]
        _write_report(arguments.json, report)
    return entries


def _estimated(
    photos: list[ListedPhoto], arguments: argparse.Namespace, *, tell_failure: Callable[[Path, LiifError], None]
) -> list[EstimatedPhoto]:
    """Tell what the work of a list would take, in the order of the list."""
    from liif_core.cli.export_estimates import report_of, tell_estimates

    estimates = tell_estimates(photos, tell_failure=tell_failure)
    if arguments.json is not None:
        _write_report(arguments.json, report_of(estimates))
    return estimates


def _write_report(target: Path, report: dict[str, Any]) -> None:
    write_text(target, json.dumps(report, indent=2, allow_nan=False) + "\n")


def _tell_success(entry: QueueEntry) -> None:
    """One line about a photo that is there; a failure is told by whoever catches it."""
    if entry.result is not None:
        print(_line(entry.result), flush=True)
    elif entry.state.value == "skipped":
        print(f"{entry.task.request.target}: finished earlier", flush=True)


def _tell(entry: QueueEntry) -> None:
    """One line about what has become of a photo of a list."""
    _tell_success(entry)
    if entry.error is not None:
        from liif_core.cli.export_progress import tell_failure

        tell_failure(entry.task.source, entry.error)


def _line(result: ExportResult) -> str:
    size = result.size
    line = f"{result.path}: {size.width} x {size.height} pixels in {result.elapsed_s:.1f} s"
    return "; ".join([line, *(_NOTES[note.value] for note in result.notes)])
