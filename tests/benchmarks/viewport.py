"""Decoding a full-HD view at one zoom after the other, as the viewer does it, beside plain LIIF on the same machine.

A row is `Renderer.render_display` of a rectangle in the middle of the enlarged sample photo, its features cached: the
median after a warm-up. `encode_ms` is what the features took, on an empty cache, in the tiles of 128 pixels that the
viewer encodes. The baseline is EDSR-baseline-LIIF in float32 by `decode_plain`, for the same output size at x4 on a
photo that is no larger than the view needs; its time is that of its chunks of 30000 queries, which are all alike, so a
few of them tell its speed. It is measured before and after the rows, and the quicker of the two medians counts.

LIIF and Meta-SR have fixed random weights, since their speed does not depend on weights.

Two errors, both the largest difference of any value of a sample rectangle, in pixel values of [0, 1], before they are
rounded to bytes: `max_error` from the direct evaluation (`direct`) of the same features, so that of the decoder alone,
and `picture_error` from the direct evaluation of features encoded in float32, so that of the picture.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.cli.bench import BenchOptions
from liif_core.device import choose_device, computes_bf16, use_bf16
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.library import DEFAULT_MODEL, find_model
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.liif import Liif
from liif_core.models.decoders.pixel_form import rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.paths import sample_photo
from liif_core.render.encode import encode_rect
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.feature_map import FeatureMap
from liif_core.render.renderer import Renderer
from tests.benchmarks.direct import direct_picture
from tests.benchmarks.plain_liif import CHUNK_QUERIES, decode_plain
from tests.benchmarks.roofline import multiply_adds, peak, seconds_of
from tests.models.builders import filled

TITLE = "Decoding a view, features cached"
COLUMNS = (
    ("model", "model"),
    ("precision", "prec."),
    ("zoom", "zoom"),
    ("encode_ms", "encode\nms"),
    ("decode_ms", "decode\nms"),
    ("mpix_per_s", "Mpix/s"),
    ("ratio", "ratio"),
    ("multiply_adds", "prod.\na pixel"),
    ("gmac_per_s", "G prod.\na second"),
    ("peak_share", "% of\npeak"),
    ("max_error", "decoder\nerror"),
    ("picture_error", "picture\nerror"),
)

VIEW = Size(1080, 1920)
SAMPLE = Size(40, 56)
HEAT_ZOOMS = (2.0, 2.7, 4.0, 4.13, 8.0, 30.0)
QUERY_ZOOMS = (4.0,)
BASELINE_ZOOM = 4.0
ENCODER = PartSpec("edsr-baseline")
LIIF, METASR = "LIIF EDSR-baseline", "Meta-SR EDSR-baseline"
# Gains of the random weights by which predictions have the magnitude of pixel values, and errors a meaning.
DECODERS = {LIIF: (PartSpec("liif"), 2.4), METASR: (PartSpec("metasr"), 0.8)}
PRECISIONS = {False: "fp32", True: "bf16"}

REPEATS, BASELINE_CHUNKS = 25, 3
# Of the repetitions of one row, after the third.
BUDGET_S = 2.0
# Views that take longer are warmed up with a tenth of one.
WARM_UP_S = 2.0
# Between the baseline's two measurements, as a share; more is worth a warning.
DRIFT = 0.1


@dataclass(frozen=True, slots=True)
class Effort:
    """How thoroughly to measure."""

    repeats: int
    chunks: int
    peak_repeats: int

    @staticmethod
    def of(options: BenchOptions) -> Effort:
        """What the options ask for."""
        if options.quick:
            return Effort(options.repeats or 1, 1, 2)
        return Effort(options.repeats or REPEATS, BASELINE_CHUNKS, 30)


@dataclass(frozen=True, slots=True)
class Subject:
    """A model on its device, and how to run it."""

    name: str
    model: ImplicitModel
    bf16: bool
    zooms: tuple[float, ...]

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.model.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        """Of its products."""
        return torch.bfloat16 if self.bf16 else torch.float32


def rows(options: BenchOptions) -> list[dict[str, Any]]:
    """The rows of `report`."""
    found: list[dict[str, Any]] = report(options)["rows"]
    return found


def report(options: BenchOptions) -> dict[str, Any]:
    """Measure: "rows", "roofline" (products a second in fp32 and bf16), "baseline" (both measurements), "notes"."""
    device, effort = choose_device(options.device), Effort.of(options)
    subjects = _subjects(options, device)
    photo = read_image(sample_photo())
    peaks = _peaks(device, effort)
    plain = Baseline(device, photo)
    before = plain.measured(effort)
    table = [_row(subject, photo, zoom, effort) for subject in subjects for zoom in subject.zooms]
    after = plain.measured(effort)
    # A peak is the most that was ever reached.
    peaks = {name: max(rate, peaks[name]) for name, rate in _peaks(device, effort).items()}
    baseline = {"before": statistics.median(before), "after": statistics.median(after)}
    for row in table:
        _compare(row, baseline=max(baseline.values()), peaks=peaks)
    runs = {"before_runs": before, "after_runs": after}
    return {
        "rows": table,
        "roofline": {name: {"gmac_per_s": rate / 1e9} for name, rate in peaks.items()},
        "baseline": {**baseline, **runs, "model": LIIF, "zoom": BASELINE_ZOOM, "chunks": effort.chunks},
        "notes": _notes(baseline, peaks, device),
    }


def _peaks(device: torch.device, effort: Effort) -> dict[str, float]:
    dtypes = {"fp32": torch.float32} | ({"bf16": torch.bfloat16} if computes_bf16(device) else {})
    return {name: peak(device, dtype, repeats=effort.peak_repeats) for name, dtype in dtypes.items()}


def _notes(baseline: dict[str, float], peaks: dict[str, float], device: torch.device) -> list[str]:
    drift = max(baseline.values()) / min(baseline.values()) - 1
    warning = (
        [f"The baseline drifted by {drift:.0%}: the machine was not idle. Measure again."] if drift > DRIFT else []
    )
    known = ", ".join(f"{rate / 1e9:,.0f} G in {name}" for name, rate in peaks.items())
    return [
        f"View of {VIEW.width} x {VIEW.height} pixels on {device}; peak, products a second: {known}.",
        f"Baseline: plain LIIF (EDSR-baseline, fp32, x{BASELINE_ZOOM:g}), {baseline['before']:.4f} Mpix/s before the "
        f"rows, {baseline['after']:.4f} after them, measured on a few chunks of {CHUNK_QUERIES} queries.",
        "Errors in pixel values of [0, 1]; half a step of 8 bits is 0.002. LIIF and Meta-SR have random weights: speed "
        "does not depend on them, errors do, and tell those of trained models to an order of magnitude only.",
        *warning,
    ]


def _compare(row: dict[str, Any], *, baseline: float, peaks: dict[str, float]) -> None:
    """What needs more than the row itself."""
    row["baseline_mpix_per_s"] = baseline
    row["ratio"] = row["mpix_per_s"] / baseline
    row["peak_share"] = 100 * row["gmac_per_s"] * 1e9 / peaks[row["precision"]]


def _subjects(options: BenchOptions, device: torch.device) -> list[Subject]:
    """The models asked for, in every precision asked for."""
    if options.precision == "auto":
        precisions = [False, True] if computes_bf16(device) else [False]
    else:
        precisions = [use_bf16(options.precision, device)]
    if options.model is not None:
        return [_installed(options.model, device, bf16) for bf16 in precisions]
    known = [Subject(LIIF, random_model(LIIF).to(device), bf16, QUERY_ZOOMS) for bf16 in precisions]
    known.append(Subject(METASR, random_model(METASR).to(device), precisions[0], QUERY_ZOOMS))
    return known + [_installed(DEFAULT_MODEL, device, bf16) for bf16 in precisions]


def random_model(name: str) -> ImplicitModel:
    """LIIF or Meta-SR with weights that are functions of their names, the same in every run."""
    decoder, gain = DECODERS[name]
    model = build_model(ModelSpec(ENCODER, decoder))
    filled(model.encoder, gain=1.0)
    filled(model.decoder, gain=gain)
    return model


def _installed(name: str, device: torch.device, bf16: bool) -> Subject:
    path = find_model(name)
    model, _ = load_model(path)
    zooms = HEAT_ZOOMS if isinstance(model.decoder, HeatField) else QUERY_ZOOMS
    return Subject(path.stem, model.to(device), bf16, zooms)


def _row(subject: Subject, photo: Image, zoom: float, effort: Effort) -> dict[str, Any]:
    grid = OutputGrid(photo.size, photo.size.scaled(zoom))
    rect = _middle(grid.output, VIEW)
    cache = FeatureCache(1 << 31)
    encode_s = _encode_s(subject, photo, grid, rect, cache)
    renderer = Renderer(photo, subject.model, cache, bf16=subject.bf16)
    decode_times = _decode_times(subject, renderer, grid, rect, effort)
    decode_s = statistics.median(decode_times)
    work = multiply_adds(subject.model, grid)
    return {
        "model": subject.name,
        "device": str(subject.device),
        "precision": PRECISIONS[subject.bf16],
        "zoom": zoom,
        "size": [rect.width, rect.height],
        "encode_ms": 1000 * encode_s,
        "decode_ms": 1000 * decode_s,
        "repeats": len(decode_times),
        "mpix_per_s": rect.area / decode_s / 1e6,
        "multiply_adds": work,
        "gmac_per_s": work * rect.area / decode_s / 1e9,
        **_errors(subject, photo, grid, cache),
    }


def _decode_times(subject: Subject, renderer: Renderer, grid: OutputGrid, rect: Rect, effort: Effort) -> list[float]:
    """Seconds of each repetition, after a warm-up in which what is done once a grid is done."""
    tenth = Rect(rect.y, rect.x, -(-rect.height // 10), rect.width)
    (tenth_s,) = seconds_of(lambda: renderer.render_display(grid, tenth), subject.device, repeats=1)
    if tenth_s < WARM_UP_S / 10:
        renderer.render_display(grid, rect)
    return seconds_of(
        lambda: renderer.render_display(grid, rect), subject.device, repeats=effort.repeats, budget_s=BUDGET_S
    )


def _middle(whole: Size, part: Size) -> Rect:
    height, width = min(whole.height, part.height), min(whole.width, part.width)
    return Rect((whole.height - height) // 2, (whole.width - width) // 2, height, width)


def _encode_s(subject: Subject, photo: Image, grid: OutputGrid, rect: Rect, cache: FeatureCache) -> float:
    """Seconds to fill the cache with the features of a view, after a warm-up on one small rectangle."""
    encode_rect(subject.model, photo, _middle(photo.size, Size(16, 16)), bf16=subject.bf16)
    (seconds,) = seconds_of(lambda: _window(subject, photo, grid, rect, cache), subject.device, repeats=1)
    return seconds


def _window(subject: Subject, photo: Image, grid: OutputGrid, rect: Rect, cache: FeatureCache) -> FeatureWindow:
    """The features that `Renderer` takes for a rectangle, under its default key."""
    features = FeatureMap(photo, subject.model, cache, key=0, bf16=subject.bf16)
    return features.window(_footprint(subject.model, grid, rect), cancel=CancelToken())


def _footprint(model: ImplicitModel, grid: OutputGrid, rect: Rect) -> Rect:
    return grid.footprint(rect, margin=model.margin + grid.reach)


@torch.inference_mode()
def _errors(subject: Subject, photo: Image, grid: OutputGrid, cache: FeatureCache) -> dict[str, float]:
    """The largest differences from direct evaluation in the middle of the view."""
    rect = _middle(grid.output, SAMPLE)
    window = _window(subject, photo, grid, rect, cache)
    decoder = subject.model.at(grid, rgb_values(subject.model.spec.norm), dtype=subject.dtype)
    pixels = decoder(window, rect).permute(2, 0, 1).cpu().double().numpy()
    place = _footprint(subject.model, grid, rect)
    exact = FeatureWindow(encode_rect(subject.model, photo, place, bf16=False), place, photo.size)
    direct = (direct_picture(subject.model, features, grid, rect) for features in (window, exact))
    of_decoder, of_picture = (float(np.abs(pixels - picture).max()) for picture in direct)
    return {"max_error": of_decoder, "picture_error": of_picture}


class Baseline:
    """Plain LIIF on a photo as large as the view needs."""

    def __init__(self, device: torch.device, photo: Image) -> None:
        model = random_model(LIIF).to(device)
        assert isinstance(model.decoder, Liif)
        self._decoder = model.decoder
        source = _middle(photo.size, VIEW.scaled(1 / BASELINE_ZOOM))
        self._grid = OutputGrid(Size(source.height, source.width), VIEW)
        self._feat: Tensor = encode_rect(model, photo, source, bf16=False)
        self._decoded(1)

    def measured(self, effort: Effort) -> list[float]:
        """Megapixels a second of each repetition, three at most."""
        times = seconds_of(lambda: self._decoded(effort.chunks), self._feat.device, repeats=min(3, effort.repeats))
        queries = min(effort.chunks * CHUNK_QUERIES, VIEW.area)
        return [queries / seconds / 1e6 for seconds in times]

    def _decoded(self, chunks: int) -> None:
        decode_plain(self._decoder, self._feat, self._grid, max_chunks=chunks)
