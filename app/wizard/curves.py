"""Live curves of a training: PSNR by scale beside bicubic enlargement, and the loss. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.training.progress import Point, RunProgress
from app.windows.theme import COLORS as THEMES
from app.windows.theme import DARK, colors
from app.wizard.wording import scale_text

# Of scales, distinguishable in both themes and by most people who see colours differently.
_CURVE_COLORS = {
    True: {"x2": "#5aa2e8", "x3": "#f0a94a", "x4": "#8fd18a"},
    False: {"x2": "#1f66b0", "x3": "#b06000", "x4": "#2f7d32"},
}
_DASHES = [4, 4]
# The names of the curves are at their ends.
_END_WITH_NAMES = 1.12
# Of a curve that is some hundred pixels wide.
_MOST_POINTS = 1000
# Losses whose height is all shown, as quantiles.
_SHOWN = (0.01, 0.95)
# How opaque what is smoothed is drawn.
_FAINT = 0.35
# Of the losses so far, how many count for the mean: few enough to follow, many enough to be calm.
_SMOOTHED_SHARE = 1 / 15


class Curves(QWidget):
    """Two plots above each other."""

    def __init__(self) -> None:
        super().__init__()
        pg.setConfigOptions(antialias=True)
        self.psnr, self.loss = pg.PlotWidget(), pg.PlotWidget()
        self._progress: RunProgress | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for plot, stretch in ((self.psnr, 3), (self.loss, 2)):
            plot.setMouseEnabled(x=False, y=False)
            plot.setMenuEnabled(False)
            # Steps go from left to right in every language, as numbers do.
            plot.getPlotItem().setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            plot.getViewBox().setDefaultPadding(0.08)
            plot.hideButtons()
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # The library would have them taller than most windows.
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            plot.setMinimumHeight(110)
            layout.addWidget(plot, stretch)
        self.retranslate()

    def show_progress(self, progress: RunProgress | None) -> None:
        """Draw a training as it stands; None for nothing. While nobody sees it, nothing is drawn."""
        self._progress = progress
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        self._draw()

    def retranslate(self) -> None:
        """Write all texts in the language chosen."""
        self._style(self.psnr, self.tr("PSNR in dB"))
        self._style(self.loss, self.tr("Loss"))
        self.loss.setLabel("bottom", self.tr("Steps"), color=colors().faint)
        self.psnr.setAccessibleName(self.tr("PSNR of the model over its steps"))
        self.loss.setAccessibleName(self.tr("Loss over the steps"))
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()

    @staticmethod
    def _style(plot: pg.PlotWidget, title: str) -> None:
        theme = colors()
        plot.setBackground(QColor(theme.base))
        plot.setTitle(title, color=theme.faint, size="9pt")
        plot.showGrid(x=False, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(QColor(theme.edge))
            axis.setTextPen(QColor(theme.faint))
            axis.enableAutoSIPrefix(False)

    def _draw(self) -> None:
        self.psnr.clear()
        self.loss.clear()
        if self._progress is None:
            return
        progress, theme = self._progress, colors()
        end = max(1, progress.step, *(step for step, _ in progress.losses[-1:]))
        curve_colors = _CURVE_COLORS[theme == THEMES[DARK]]
        for scale, color in curve_colors.items():
            self._draw_scale(scale, QColor(color), progress.psnr.get(scale, []), progress.baseline, end)
        self._draw_loss(progress.losses, QColor(theme.accent))
        for plot in (self.psnr, self.loss):
            plot.setXRange(0, end * _END_WITH_NAMES, padding=0.02)
        self.psnr.setAccessibleDescription(self._summary(progress.latest_psnr, progress.baseline))

    def _draw_loss(self, points: Sequence[Point], color: QColor) -> None:
        """Each loss, faint, and where they tend to: those of large scales are several times those of small ones."""
        steps, losses = _columns(thinned(points))
        faint = QColor(color)
        faint.setAlphaF(_FAINT)
        self.loss.plot(steps, losses, pen=pg.mkPen(faint, width=1))
        trend = smoothed(losses)
        self.loss.plot(steps, trend, pen=pg.mkPen(color, width=2))
        if losses:
            # The first ones, and single ones later, are so high that beside them nothing would be seen to fall.
            low, high = np.quantile(losses, _SHOWN)
            self.loss.setYRange(min(low, trend[-1]), max(high, trend[-1]), padding=0.1)

    def _draw_scale(
        self, scale: str, color: QColor, points: Sequence[Point], baseline: Mapping[str, float], end: int
    ) -> None:
        """A curve, and the dashed line of bicubic enlargement."""
        pen = pg.mkPen(color, width=2)
        if scale in baseline:
            dashed = pg.mkPen(color, width=1.2, dash=_DASHES)
            self.psnr.plot([0, end], [baseline[scale]] * 2, pen=dashed)
        if points:
            steps, values = _columns(points)
            self.psnr.plot(steps, values, pen=pen, symbol="o", symbolSize=4, symbolBrush=color, symbolPen=None)
        place = points[-1] if points else (end, baseline[scale]) if scale in baseline else None
        if place is not None:
            label = pg.TextItem(scale_text(scale), color=color, anchor=(0, 0.5))
            # Beside its curve, where nothing is drawn over.
            label.setPos(end, place[1])
            self.psnr.addItem(label)

    def _summary(self, psnr: Mapping[str, float], baseline: Mapping[str, float]) -> str:
        parts = [
            self.tr("{0}: {1} dB, bicubic {2} dB").format(scale_text(scale), f"{value:.2f}", f"{baseline[scale]:.2f}")
            for scale, value in psnr.items()
            if scale in baseline
        ]
        return "; ".join(parts)


def thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Not more than can be seen, however long a training is: means of as many neighbours each."""
    count = -(-len(points) // _MOST_POINTS)
    if count <= 1:
        return points
    groups = (points[start : start + count] for start in range(0, len(points), count))
    return [(group[-1][0], sum(loss for _, loss in group) / len(group)) for group in groups]


def smoothed(values: Sequence[float]) -> list[float]:
    """The exponential mean of what came before each value, itself included; the first ones are of few and no zeros."""
    keep = 1 - 1 / max(1.0, len(values) * _SMOOTHED_SHARE)
    total = weight = 0.0
    means = []
    for value in values:
        total, weight = keep * total + value, keep * weight + 1
        means.append(total / weight)
    return means


def _columns(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [float(step) for step, _ in points], [value for _, value in points]
