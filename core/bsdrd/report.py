"""An evaluation as a folder: one HTML page that needs nothing beside it, figures, scores and curves.

`report.html`, `metrics.json`, `scores.csv`, `scores.png`, and with both kinds of tiles `roc.png` and
`pr.png`. matplotlib and jinja2 are imported only when a report is written.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bsdrd.calibration import Calibration
from bsdrd.data.images import read_image, read_mask, write_bytes
from bsdrd.errors import ImageError
from bsdrd.intervals import Rate
from bsdrd.overlay import Rgb, as_rgb, fit, overlay
from bsdrd.result import Thresholds
from bsdrd.scoring import FailedTile, Inspects, Scored, TileScore

#: So many misses and so many false alarms are shown as pictures.
SHOWN = 12

_LONGEST = 420
_FIGURES = (
    ("image_auroc", "Image AUROC", "chance that a defective tile scores above a good one"),
    ("image_ap", "Image average precision", "area under precision over recall"),
    ("f1_max", "F1-max", "best F1 of any threshold"),
    ("frr_at_95", "False rejects at 95 % detection", "share of good tiles; lower is better"),
    ("frr_at_99", "False rejects at 99 % detection", "share of good tiles; lower is better"),
    ("pixel_auroc", "Pixel AUROC", "the same for pixels"),
    ("pixel_ap", "Pixel average precision", "area under precision over recall of pixels"),
    ("aupro", "AUPRO (to a false-positive rate of 0.3)", "mean share of each defect region found"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What a report is written from.

    Attributes:
        model: Name of the model.
        model_sha256: Of its file.
        data: The data set, as given.
        thresholds: T1 and T2 of the model.
        scored: Every tile.
        figures: As from `bsdrd.scoring.figures`.
        rates: What T1 and T2 did; None where there were too few good tiles.
        about: Other facts as name and text: backend, device, date.
        notes: What a reader must know, as sentences.
    """

    model: str
    model_sha256: str
    data: str
    thresholds: Thresholds
    scored: Scored
    figures: Mapping[str, Any]
    rates: Calibration | None
    about: Mapping[str, str]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Card:
    one: TileScore
    picture: str
    drawn: str
    note: str


def write_report(folder: str | Path, evaluated: Evaluated, detector: Inspects) -> Path:
    """Write the report of an evaluation.

    Args:
        folder: Made where missing; files of an earlier report in it are replaced.
        evaluated: The evaluation.
        detector: The same detector; inspects the tiles that are shown once more, so that no maps of the
            whole data set had to be kept.

    Returns:
        The path of `report.html`.

    Raises:
        ImageError: If a file cannot be written.
    """
    import jinja2

    out = Path(folder)
    scored = evaluated.scored.tiles
    curves = _curves(scored, evaluated.thresholds)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=_number, interval=_interval, percent=_percent)
    template = environment.from_string(files("bsdrd").joinpath("report.html.j2").read_text(encoding="utf-8"))
    page = template.render(
        evaluated=evaluated,
        figures=_FIGURES,
        has_pixels=evaluated.figures["pixel_auroc"] is not None,
        curves={name: _embedded(data, "png") for name, data in curves.items()},
        misses=[_card(one, detector, evaluated.thresholds) for one in worst_misses(scored)],
        alarms=[_card(one, detector, evaluated.thresholds) for one in worst_alarms(scored)],
        escaped=sum(one.tile.is_defective and one.verdict == "OK" for one in scored),
        rejected=sum(one.tile.is_good and one.verdict == "NG" for one in scored),
    )
    for name, data in curves.items():
        write_bytes(out / f"{name}.png", data)
    write_bytes(out / "metrics.json", json.dumps(dict(evaluated.figures), indent=1).encode())
    write_bytes(out / "scores.csv", _scores_csv(scored, evaluated.scored.failed))
    write_bytes(out / "report.html", page.encode())
    return out / "report.html"


def worst_misses(scored: Sequence[TileScore], count: int = SHOWN) -> list[TileScore]:
    """The defective tiles with the lowest scores, lowest first; one picture for each tile (group)."""
    return _one_per_group(sorted((s for s in scored if s.tile.is_defective), key=lambda s: s.score), count)


def worst_alarms(scored: Sequence[TileScore], count: int = SHOWN) -> list[TileScore]:
    """The good tiles with the highest scores, highest first; one picture for each tile (group)."""
    return _one_per_group(sorted((s for s in scored if s.tile.is_good), key=lambda s: -s.score), count)


def _one_per_group(ranked: Sequence[TileScore], count: int) -> list[TileScore]:
    # Six exposures of the same scratch would hide five other mistakes.
    first: dict[str, TileScore] = {}
    for one in ranked:
        first.setdefault(one.tile.group, one)
    return list(first.values())[:count]


def _curves(scored: Sequence[TileScore], thresholds: Thresholds) -> dict[str, bytes]:
    from bsdrd import report_plots

    scores = np.array([one.score for one in scored])
    defective = np.array([one.tile.is_defective for one in scored])
    curves = {"scores": report_plots.histogram(scores, defective, thresholds)}
    if defective.any() and not defective.all():
        curves["roc"] = report_plots.roc(scores, defective, thresholds)
        curves["pr"] = report_plots.precision_recall(scores, defective, thresholds)
    return curves


def _card(one: TileScore, detector: Inspects, thresholds: Thresholds) -> _Card:
    try:
        pixels = read_image(one.tile.path)
        truth = None if one.tile.mask is None else read_mask(one.tile.mask)
        maps = detector.inspect(pixels).maps
    except ImageError as error:  # the file has gone since it was scored
        return _Card(one, "", "", str(error))
    drawn = overlay(pixels, maps, thresholds, truth=truth)
    return _Card(one, _jpeg(fit(as_rgb(pixels), _LONGEST)), _jpeg(fit(drawn, _LONGEST)), "")


def _jpeg(picture: Rgb) -> str:
    encoded, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    if not encoded:
        raise ImageError("A picture of the report could not be encoded.")
    return _embedded(data.tobytes(), "jpeg")


def _embedded(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _scores_csv(scored: Sequence[TileScore], failed: Sequence[FailedTile]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["file", "class", "group", "score", "verdict", "milliseconds", "error"])
    for one in scored:
        times = f"{one.milliseconds:.1f}"
        writer.writerow([one.name, one.tile.cls, one.tile.group, f"{one.score:.6g}", one.verdict, times, ""])
    for bad in failed:
        writer.writerow([bad.name, "", "", "", "NOT INSPECTED", "", bad.reason])
    return stream.getvalue().encode()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(pair: Sequence[float] | None) -> str:
    return "" if pair is None else f"{pair[0]:.3f} to {pair[1]:.3f}"


def _percent(found: Rate | None) -> str:
    if found is None:
        return "unknown: no defective tiles were given"
    return (
        f"{found.value:.1%} ({found.count} of {found.of}; 95 % interval {found.low:.1%} to {found.high:.1%})"
    )
