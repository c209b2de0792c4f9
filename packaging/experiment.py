"""What the experiments share: variants trained on equal budgets by the program's own trainer, and their table.

The first variant decides the budget where it is given in minutes: the steps that it reached are trained by all others,
whatever time they take. (Its learning rate then falls with the clock, theirs with their steps.) All variants draw the
same photos, crops and queries, because their seed is the same.

An experiment's folder holds a folder for each variant (a training run, and `result.json` with what was asked and, at
the end, measured), `results.json` and `results.md`. Started again, the experiment goes on where it was; finished
variants are not trained again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.cli import values
from liif_core.cli.text_files import write_text
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import RequestError, TrainingError, system_errors_as
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.training.config import TrainConfig
from liif_core.training.events import TrainEvent
from liif_core.training.run_files import LOG_FILE, STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.size_varied import SizeVaried

# Decibels by column: of a model, and of bicubic enlargement.
Figures = tuple[Mapping[str, float], Mapping[str, float]]

RESULT_FILE = "result.json"
# Models are measured when they are finished; only the trainer's last validation is wanted.
NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of an experiment's table.

    Attributes:
        name: The variant.
        parameters: Of the model.
        steps: Of training.
        train_s: Wall time of these steps in seconds.
        psnr: Decibels by column.
        bicubic: The same of bicubic enlargement.
    """

    name: str
    parameters: int
    steps: int
    train_s: float
    psnr: Mapping[str, float]
    bicubic: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished run.

    Attributes:
        model: The averaged weights, on the device to compute on.
        steps: Of training.
        train_s: Wall time of these steps in seconds, without reading photos and measuring.
        validation: The trainer's own figures of its held-out photos, in dB by "x2", "bicubic x2", ...
    """

    model: ImplicitModel
    steps: int
    train_s: float
    validation: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Where an experiment learns and writes, and how long.

    Attributes:
        data: Folder of photos.
        out: Folder of the experiment.
        steps: Of every variant, or None.
        minutes: Of the first variant, if there are no `steps`.
        device: See `device.choose_device`.
        settings: Everything else that the figures depend on, ready for JSON.
    """

    data: Path
    out: Path
    steps: int | None
    minutes: float | None
    device: str = "auto"
    settings: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(arguments: argparse.Namespace, settings: Mapping[str, Any]) -> Experiment:
        """The experiment that a command line asks for."""
        return Experiment(
            arguments.data, arguments.out, arguments.steps, arguments.minutes, arguments.device, dict(settings)
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every experiment: what to learn from, how long, and how small the model is."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of photos, with sub-folders")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the experiment")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--steps", type=whole, metavar="N", help="steps of every variant")
    budget.add_argument("--minutes", type=values.positive, metavar="M", help="of the first variant; its steps of all")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps or xpu (default: auto)")
    parser.add_argument("--n-resblocks", type=whole, default=16, help="of the EDSR encoder (EDSR-baseline: 16)")
    parser.add_argument("--n-feats", type=whole, default=64, help="its channels (EDSR-baseline: 64)")
    parser.add_argument("--hidden-list", type=whole, nargs="+", default=[256] * 4, metavar="N", help="of LIIF's MLP")
    parser.add_argument("--patch", type=whole, default=48, help="side of the inputs in pixels")
    parser.add_argument("--batch", type=whole, default=16, help="patches a step")
    parser.add_argument("--queries", type=whole, default=2304, help="pixels a patch to learn from")
    parser.add_argument("--max-scale", type=values.positive, default=4.0, help="largest scale to learn from")
    parser.add_argument("--learning-rate", type=values.positive, default=4e-4, help="peak rate of Adam")
    parser.add_argument("--seed", type=int, default=0)


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options that decide what is learned, for `Experiment.settings`."""
    names = ("n_resblocks", "n_feats", "hidden_list", "patch", "batch", "queries", "max_scale", "learning_rate", "seed")
    return {name: getattr(arguments, name) for name in names}


def whole(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number above 0")
    return number


def config_of(
    arguments: argparse.Namespace, *, size_varied: SizeVaried | None = None, **decoder: object
) -> TrainConfig:
    """A variant's configuration: EDSR as the encoder, and LIIF with other arguments where `decoder` says so.

    Raises:
        RequestError: A number is out of range.
    """
    encoder = PartSpec("edsr-baseline", {"n_resblocks": arguments.n_resblocks, "n_feats": arguments.n_feats})
    liif = PartSpec("liif", {"hidden_list": arguments.hidden_list, **decoder})
    return TrainConfig(
        model=ModelSpec(encoder, liif),
        patch=arguments.patch,
        batch=arguments.batch,
        max_scale=arguments.max_scale,
        size_varied=size_varied,
        queries=arguments.queries,
        learning_rate=arguments.learning_rate,
        warmup=100,
        validate_every=NEVER,
        seed=arguments.seed,
    )


def run_variants(
    experiment: Experiment,
    configs: Mapping[str, TrainConfig],
    *,
    measure: Callable[[Trained], Figures],
    cancel: CancelToken,
) -> Iterator[Outcome]:
    """Train and measure each variant that is not finished yet; an outcome for each, in their order.

    Raises:
        RequestError: The folder holds a variant of other settings.
        Cancelled: `cancel` was set; what is finished is kept, and what was interrupted goes on next time.
    """
    steps = experiment.steps
    for name, config in configs.items():
        out = experiment.out / name
        asked = _asked(experiment, config)
        outcome = _finished(out / RESULT_FILE, asked)
        if outcome is None:
            _begin(out, asked)
            print(f"{name}: training", flush=True)
            budgeted = config if steps is None else replace(config, iterations=steps)
            trained = train(budgeted, experiment, out, by_clock=steps is None, cancel=cancel)
            parameters = sum(parameter.numel() for parameter in trained.model.parameters())
            outcome = Outcome(name, parameters, trained.steps, trained.train_s, *measure(trained))
            write_text(out / RESULT_FILE, _json({"asked": asked, "outcome": asdict(outcome)}))
        print(f"{name}: {outcome.steps} steps in {outcome.train_s:.0f} s", flush=True)
        steps = outcome.steps
        yield outcome


def train(config: TrainConfig, experiment: Experiment, out: Path, *, by_clock: bool, cancel: CancelToken) -> Trained:
    """One variant by the program's trainer, from where an interrupted run of it stands.

    Raises:
        TrainingError: The budget ended before the first step.
        LiifError: As `TrainingSession.run`.
    """
    options = RunOptions(
        experiment.data,
        out,
        resume=(out / STATE_FILE).exists(),
        minutes=experiment.minutes if by_clock else None,
        device=experiment.device,
    )
    path = TrainingSession(config, options, _tell, cancel=cancel).run()
    model, _ = load_model(path)
    last = {event["kind"]: event for event in _logged(out / LOG_FILE)}
    if "step" not in last:
        raise TrainingError(f"{out}: the budget ended before the first step; give it more")
    device = choose_device(experiment.device)
    psnr = last["validated"]["values"] | last["baseline"]["values"]
    return Trained(model.to(device), last["step"]["step"], last["step"]["elapsed_s"], psnr)


def _logged(path: Path) -> Iterator[Mapping[str, Any]]:
    """The events of a run, but for lines that were cut off, as by a power cut."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def write_results(experiment: Experiment, outcomes: Sequence[Outcome], *, title: str) -> str:
    """Write `results.md` and `results.json`; the Markdown."""
    columns = list(outcomes[0].psnr)
    lines = [[title, "parameters", "steps", "seconds", *columns], ["---"] * (4 + len(columns))]
    lines.append(["bicubic", "-", "-", "-", *(hundredths(outcomes[0].bicubic[column]) for column in columns)])
    for outcome in outcomes:
        counts = f"{outcome.parameters:,}", f"{outcome.steps:,}", f"{outcome.train_s:.0f}"
        lines.append([outcome.name, *counts, *(hundredths(outcome.psnr[column]) for column in columns)])
    settings = _described(experiment)
    notes = ", ".join(f"{name.replace('_', ' ')} {_written(value)}" for name, value in settings.items())
    table = "".join("| " + " | ".join(cells) + " |\n" for cells in lines)
    text = f"{table}\nPSNR in dB, cut (not rounded) to hundredths. Settings: {notes}.\n"
    write_text(experiment.out / "results.md", text)
    plain = {"title": title, "settings": settings, "outcomes": [asdict(outcome) for outcome in outcomes]}
    write_text(experiment.out / "results.json", _json(plain))
    return text


def hundredths(decibels: float) -> str:
    """Decibels cut to two digits, so that no table shows more than was measured; "-" where they are not finite."""
    return f"{math.floor(decibels * 100) / 100:.2f}" if math.isfinite(decibels) else "-"


def _written(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _described(experiment: Experiment) -> dict[str, Any]:
    """The budget and the settings, without the folders' places."""
    budget = {"minutes of the first": experiment.minutes} if experiment.steps is None else {"steps": experiment.steps}
    device = choose_device(experiment.device)
    arithmetic = "bf16" if computes_bf16(device) else "fp32"
    place = {"data": experiment.data.resolve().name, "device": device.type, "arithmetic": arithmetic}
    return {**place, **budget, **experiment.settings}


def _asked(experiment: Experiment, config: TrainConfig) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(_json({"settings": _described(experiment), "config": config.to_dict()}))
    return asked


def _begin(out: Path, asked: Mapping[str, Any]) -> None:
    """Write down what is asked before it is trained, so that a run of other settings does not go on with it."""
    with system_errors_as(RequestError, f"{out}: this folder cannot be made"):
        out.mkdir(parents=True, exist_ok=True)
    write_text(out / RESULT_FILE, _json({"asked": asked, "outcome": None}))


def _finished(path: Path, asked: Mapping[str, Any]) -> Outcome | None:
    if not path.exists():
        return None
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        same, outcome = saved["asked"] == asked, Outcome(**saved["outcome"]) if saved["outcome"] else None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise RequestError(f"{path}: no result of this experiment; choose another folder") from exc
    if not same:
        raise RequestError(f"{path}: begun with other settings; choose another folder, or the settings it has")
    return outcome


def _json(plain: object) -> str:
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def _tell(event: TrainEvent) -> None:
    if event.text:
        print(f"  {event.text}", flush=True)
    if event.kind == "step":
        print(f"  step {event.step}  {event.elapsed_s:.0f} s  loss {event.values['loss']:.4f}", flush=True)
