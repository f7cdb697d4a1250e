"""The curves of an evaluation as PNG. Imports matplotlib, which takes a second: import it late."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from bsdrd.result import Thresholds

_GOOD, _DEFECT, _LINE = "#006b55", "#b92c07", "#3b54c4"
_GREY = "#7d5200"

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]


def roc(scores: Scores, defective: Truth, thresholds: Thresholds) -> bytes:
    """Detection over false rejects, with T1 and T2 marked.

    Args:
        scores: n scores.
        defective: n, with both kinds.
        thresholds: T1 and T2.
    """
    false_rejects, detection, _ = roc_curve(defective, scores)
    figure, axes = _figure("False rejects (share of good tiles)", "Detection (share of defective tiles)")
    axes.plot(false_rejects, detection, color=_LINE)
    axes.plot([0, 1], [0, 1], color="#9ca8b8", linewidth=0.8, linestyle=":")
    for name, value, colour in (("T1", thresholds.low, _GREY), ("T2", thresholds.high, _DEFECT)):
        at = (float((scores[~defective] >= value).mean()), float((scores[defective] >= value).mean()))
        _mark(axes, at, name, colour)
    return _png(figure)


def precision_recall(scores: Scores, defective: Truth, thresholds: Thresholds) -> bytes:
    """Precision over recall, with T1 and T2 marked; arguments as for `roc`."""
    precision, recall, _ = precision_recall_curve(defective, scores)
    figure, axes = _figure("Recall (share of defects found)", "Precision (share of alarms that are right)")
    # The last point, precision 1 at recall 0, is a convention and no measurement.
    axes.step(recall[:-1], precision[:-1], where="post", color=_LINE)
    for name, value, colour in (("T1", thresholds.low, _GREY), ("T2", thresholds.high, _DEFECT)):
        flagged = scores >= value
        if flagged.any():
            _mark(axes, (float(flagged[defective].mean()), float(defective[flagged].mean())), name, colour)
    return _png(figure)


def histogram(scores: Scores, defective: Truth, thresholds: Thresholds) -> bytes:
    """How the scores lie, with T1 and T2; one kind of tiles is enough."""
    figure, axes = _figure("Score", "Tiles", unit=False)
    edges = np.histogram_bin_edges(np.append(scores, [thresholds.low, thresholds.high]), bins=40)
    if defective.any():
        axes.hist(scores[defective], edges, color=_DEFECT, alpha=0.55, label="defective")
    if not defective.all():
        axes.hist(scores[~defective], edges, color=_GOOD, alpha=0.55, label="good")
    axes.axvline(thresholds.low, color=_GREY, linewidth=1.2, label="T1")
    axes.axvline(thresholds.high, color=_DEFECT, linewidth=1.2, label="T2")
    axes.legend(frameon=False)
    return _png(figure)


def _figure(x: str, y: str, *, unit: bool = True) -> tuple[Figure, Any]:
    # A figure of its own instead of pyplot: no global state, safe in any thread.
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    axes: Any = figure.subplots()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color="#d3d9e1", linewidth=0.5)
    if unit:
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
    return figure, axes


def _mark(axes: Any, at: tuple[float, float], name: str, colour: str) -> None:
    axes.plot(*at, "o", color=colour)
    # T1 is always up and right of T2 or on it: labels on opposite sides stay readable.
    beside = (7, -14) if name == "T1" else (-20, 6)
    axes.annotate(name, at, textcoords="offset points", xytext=beside, color=colour)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()
