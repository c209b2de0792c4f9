"""A drawing of boxes, lines and words, as SVG text."""

from __future__ import annotations

from xml.sax.saxutils import escape

INK, FAINT, PALE = "#222222", "#667085", "#d5dae1"
BLUE, ORANGE, GREEN = "#2166ac", "#d95f02", "#1b7837"


class Drawing:
    """One SVG on a white ground, from its top left corner.

    Args:
        width: In its own units, which are pixels where it is shown at its size.
        height: Likewise.
        title: What it shows, for those who cannot see it.
    """

    def __init__(self, width: int, height: int, *, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif" font-size="14"><title>{escape(title)}</title>'
            f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>'
        ]

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = INK, dashed: bool = False
    ) -> None:
        """A rectangle."""
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{stroke}"{dashes}/>'
        )

    def dot(self, x: float, y: float, *, radius: float, fill: str) -> None:
        """A filled circle."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"/>')

    def line(self, *points: tuple[float, float], colour: str = INK, width: float = 1.5) -> None:
        """A line through the points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>')

    def arrow(self, start: float, end: float, y: float) -> None:
        """A level arrow to the right."""
        self.line((start, y), (end, y))
        self.line((end - 7, y - 5), (end, y), (end - 7, y + 5))

    def drop(self, x: float, start: float, end: float) -> None:
        """An upright arrow, downwards or upwards."""
        back = 7 if end < start else -7
        self.line((x, start), (x, end))
        self.line((x - 5, end + back), (x, end), (x + 5, end + back))

    def text(self, x: float, y: float, text: str, *, colour: str = INK, anchor: str = "middle") -> None:
        """One line of text."""
        self._parts.append(f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>')

    def upright(self, x: float, y: float, text: str) -> None:
        """A line of text that is read from below."""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" fill="{INK}" text-anchor="middle" transform="rotate(-90 {x:g} {y:g})">'
            f"{escape(text)}</text>"
        )

    def finished(self) -> str:
        """The file's text."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"
