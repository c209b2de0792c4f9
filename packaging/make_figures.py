"""Draws the figures of `resources/readme/how-it-works.md`; run as `.venv/bin/python packaging/make_figures.py`.

Vector pictures on a white ground, legible beside light and dark text. What they show of waves, tiles and cells is
computed: from the weights of the bundled model `fast`, and by the functions of `liif_core` that the viewer calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from bootstrap import ROOT
from drawing import BLUE, FAINT, GREEN, INK, ORANGE, PALE, Drawing
from safetensors.numpy import load_file

from liif_core.checkpoint.card import read_card
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.render.cells import CELL, cell_rect, cells_under
from liif_core.view.tiles import TILE_SIZE, ordered_outwards, tiles_covering

FOLDER = ROOT / "resources" / "readme" / "figures"
MODEL = ROOT / "resources" / "models" / "fast.safetensors"
# A view of 1280 x 1024 pixels of the screen, somewhere in a photo.
ZOOM = 4
GRID = OutputGrid(Size(800, 1000), Size(800 * ZOOM, 1000 * ZOOM))
VIEW = Rect(y=4 * TILE_SIZE, x=5 * TILE_SIZE, height=4 * TILE_SIZE, width=5 * TILE_SIZE)
# Pixels around a cell that the encoder of `fast` looks at; a test holds it to the model.
HALO = 22
# The last two are damped alike: nothing beyond x4 was learned.
ZOOMS = ((1, INK), (2, ORANGE), (4, GREEN), (12, GREEN))


def main(folder: Path = FOLDER) -> None:
    """Write all figures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / name).write_text(draw(), encoding="utf-8", newline="\n")


def liif() -> str:
    """From pixels to features, and from the four nearest features to the colour at any place."""
    out = Drawing(880, 330, title="From a grid of pixels to the colour at any coordinate")
    for left, heading, shades in (
        (20, "pixels", ("#8fb8de", "#f0c27b", "#b5cf8a")),
        (206, "features", (PALE, "#e6eaf0")),
    ):
        for row in range(4):
            for column in range(4):
                out.box(left + 28 * column, 80 + 28 * row, 28, 28, fill=shades[(row + 2 * column) % len(shades)])
        out.text(left + 56, 60, heading)
    out.arrow(138, 200, 136)
    out.text(169, 124, "encoder")
    out.arrow(324, 354, 136)
    left, top, side, across, down = 370, 80, 112, 0.3, 0.4
    x, y = left + side * across, top + side * down
    out.box(left, top, side, side, fill="#ffffff", stroke=PALE)
    out.line((x, top), (x, top + side), colour=PALE)
    out.line((left, y), (left + side, y), colour=PALE)
    corners = ((0, 0), (0, 1), (1, 0), (1, 1))
    colours = ("#c98f54", "#d8a86a", "#b97f4b", "#cf9a5c")
    for (row, column), colour, answer_y in zip(corners, colours, (62, 122, 182, 242), strict=True):
        place = (left + side * column, top + side * row)
        # The rectangle between the place that is asked for and the opposite corner.
        weight = (down if row else 1 - down) * (across if column else 1 - across)
        out.line(place, (x, y), colour=BLUE)
        out.dot(*place, radius=7, fill=BLUE)
        out.box(540, answer_y - 16, 92, 32, fill="#f4f6f9")
        out.text(586, answer_y + 5, "decoder")
        out.line(place, (540, answer_y), colour=FAINT, width=1)
        out.arrow(632, 662, answer_y)
        out.box(664, answer_y - 13, 26, 26, fill=colour)
        out.text(700, answer_y + 5, f"x {weight:.2f}", anchor="start")
        out.line((748, answer_y), (792, 152), colour=FAINT, width=1)
    out.dot(x, y, radius=6, fill=ORANGE)
    out.text(x + 10, y - 8, "?", colour=ORANGE, anchor="start")
    out.text(left + side / 2, 60, "the four nearest")
    out.text(586, 30, "each answers alone")
    out.box(796, 132, 40, 40, fill="#c69459")
    out.text(816, 120, "colour")
    out.text(
        440,
        290,
        "The decoder gets a feature, the way from its pixel to the place (?), and the size of the pixel to draw.",
    )
    out.text(440, 312, "What the four say is blended: the area opposite to each of them is its weight.")
    return out.finished()


def damping() -> str:
    """How much is left of each wave of the bundled model at four zooms, and what that does to one of them."""
    waves, kappa, max_scale = _waves()
    lengths = sorted(math.hypot(*wave) for wave in waves)
    largest = math.ceil(lengths[-1])
    out = Drawing(880, 380, title="What is left of each wave at four zooms")
    left, top, width, height = 80, 50, 320, 250

    def left_over(length: float, zoom: int) -> float:
        return math.exp(-kappa * (length / min(zoom, max_scale)) ** 2)

    def place(length: float, zoom: int) -> tuple[float, float]:
        return left + width * length / largest, top + height * (1 - left_over(length, zoom))

    out.text(left + width / 2, 30, f"the {len(lengths)} waves of the model “fast”")
    out.line((left, top), (left, top + height), (left + width, top + height))
    for share in (0.0, 0.5, 1.0):
        out.text(left - 10, top + height * (1 - share) + 5, f"{share:.1f}", anchor="end")
    for frequency in range(0, largest + 1, max(1, largest // 6)):
        out.text(left + width * frequency / largest, top + height + 22, str(frequency))
    out.text(left + width / 2, top + height + 48, "frequency, in radians a photo pixel")
    out.upright(28, top + height / 2, "part of the wave that is left")
    for zoom, colour in ZOOMS:
        out.line(*(place(largest * step / 60, zoom) for step in range(61)), colour=colour)
        for length in lengths:
            out.dot(*place(length, zoom), radius=2.5, fill=colour)
    _one_wave(out, lengths[len(lengths) // 2], left_over)
    return out.finished()


def _one_wave(out: Drawing, length: float, left_over: Callable[[float, int], float]) -> None:
    """The wave as it is drawn at each zoom: one step for each pixel of the screen."""
    left, width, shown = 500, 350, 4
    out.text(left + width / 2, 30, f"one of them ({length:.1f} radians), over {shown} photo pixels")
    for index, (zoom, colour) in enumerate(ZOOMS):
        middle = 82 + 74 * index
        out.line((left, middle), (left + width, middle), colour=PALE, width=1)
        out.text(left - 12, middle + 5, f"x{zoom}", colour=colour, anchor="end")
        points = []
        for pixel in range(shown * zoom):
            level = middle - 28 * left_over(length, zoom) * math.cos(length * (pixel + 0.5) / zoom)
            points += [(left + width * edge / (shown * zoom), level) for edge in (pixel, pixel + 1)]
        out.line(*points, colour=colour)
    out.text(left + width / 2, 372, "from left to right: pixels of the screen")


def engine() -> str:
    """Tiles of the view in the order they are made, the cells that are encoded for them, and the threads."""
    out = Drawing(880, 430, title="The view in tiles, the features under it, and the threads")
    _tiles(out, left=24)
    _cells(out, left=306)
    _threads(out, left=610)
    return out.finished()


def _tiles(out: Drawing, *, left: float) -> None:
    side, top = 46, 84
    middle = (VIEW.y + VIEW.height / 2, VIEW.x + VIEW.width / 2)
    out.text(left + 2.5 * side, 32, "1. The view, in tiles")
    out.text(left + 2.5 * side, 52, f"of {TILE_SIZE} pixels of the screen", colour=FAINT)
    for number, (row, column) in enumerate(ordered_outwards(tiles_covering(GRID, VIEW), middle), start=1):
        x, y = left + side * (column - VIEW.x // TILE_SIZE), top + side * (row - VIEW.y // TILE_SIZE)
        out.box(x, y, side, side, fill="#9ecae1" if number <= 6 else "#e6eff7")
        out.text(x + side / 2, y + side / 2 + 5, str(number))
    for line, text in enumerate(
        ("The middle comes first. Dark tiles", "are exact; over pale ones lie", "stretched ones until then.")
    ):
        out.text(left + 2.5 * side, top + 4 * side + 60 + 20 * line, text)


def _cells(out: Drawing, *, left: float) -> None:
    """The photo around the view: what is needed of it, and what is encoded for that."""
    top, scale = 108, 0.5
    needed = GRID.footprint(VIEW)
    cells = cells_under(needed)
    rects = [cell_rect(cell, GRID.source.rect) for cell in cells]
    x0, y0 = min(rect.x for rect in rects), min(rect.y for rect in rects)

    def shown(rect: Rect, *, fill: str, stroke: str = INK, dashed: bool = False) -> None:
        x, y = left + 30 + scale * (rect.x - x0), top + scale * (rect.y - y0)
        out.box(x, y, scale * rect.width, scale * rect.height, fill=fill, stroke=stroke, dashed=dashed)

    whole = Rect.spanning(y0, x0, max(rect.bottom for rect in rects), max(rect.right for rect in rects))
    out.text(left + 30 + scale * whole.width / 2, 32, "2. The photo's pixels under it")
    out.text(left + 30 + scale * whole.width / 2, 52, f"features in cells of {CELL} pixels", colour=FAINT)
    shown(whole.grown(HALO), fill="#fdf0e6", stroke=ORANGE, dashed=True)
    for rect in rects:
        shown(rect, fill="#ffffff", stroke=FAINT)
    shown(needed, fill="none", stroke=BLUE)
    for line, (text, colour) in enumerate(
        (
            (f"blue: the view at x{ZOOM}", BLUE),
            (f"orange: {HALO} more pixels that the", ORANGE),
            ("encoder sees, so that no seam shows", ORANGE),
        )
    ):
        out.text(left + 30 + scale * whole.width / 2, top + 4 * 46 + 36 + 20 * line, text, colour=colour)


def _threads(out: Drawing, *, left: float) -> None:
    width = 246
    out.text(left + width / 2, 32, "3. The threads")
    out.text(left + width / 2, 52, "none waits for another", colour=FAINT)
    out.box(left - 8, 210, width + 16, 206, fill="none", stroke=FAINT, dashed=True)
    for y, title, details in (
        (70, "the window's", ("camera, what is missing, what is", "there; paints what is there")),
        (222, "conventional pixels", ("bicubic, in milliseconds",)),
        (318, "the model's pixels", ("encoder, cache of features,", "decoder; live frames, then tiles")),
    ):
        out.box(left, y, width, 46 + 20 * len(details), fill="#f4f6f9")
        out.text(left + width / 2, y + 24, title)
        for line, detail in enumerate(details):
            out.text(left + width / 2, y + 46 + 20 * line, detail, colour=FAINT)
    out.drop(left + 20, 156, 206)
    out.text(left + 32, 178, "newest plan", anchor="start")
    out.text(left + 32, 196, "(older ones are dropped)", colour=FAINT, anchor="start")
    out.drop(left + 232, 210, 160)
    out.text(left + 222, 178, "tiles", anchor="end")


def _waves() -> tuple[list[tuple[float, float]], float, float]:
    """Frequencies (y, x) in radians a photo pixel, kappa, and the largest trained scale of the bundled model."""
    weights = load_file(MODEL)
    waves = [(float(y), float(x)) for y, x in weights["decoder.frequencies"]]
    return waves, math.exp(float(weights["decoder.log_kappa"])), read_card(MODEL)[1].max_scale


FIGURES: dict[str, Callable[[], str]] = {"liif.svg": liif, "damping.svg": damping, "engine.svg": engine}

if __name__ == "__main__":
    main()
