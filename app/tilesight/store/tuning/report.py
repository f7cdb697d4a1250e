"""A what-if as a report: one HTML file that needs nothing beside it, and the flip list as CSV."""

from __future__ import annotations

import base64
import csv
import io
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bsdrd.calibration import Rate
from bsdrd.result import Thresholds
from tilesight.store.errors import guarded
from tilesight.store.tuning.curves import histogram, score_range
from tilesight.store.tuning.flips import Flip, FlipList
from tilesight.store.tuning.table import JUDGED, Truth
from tilesight.store.tuning.whatif import Outcome, WhatIf

#: So many flips of each kind are shown with their picture; the CSV holds all of them.
SHOWN = 60
_BINS = 90
_WIDTH, _HEIGHT = 900, 220
_COLUMNS = (
    "record",
    "inspected_at",
    "lot",
    "label",
    "stored_score",
    "score",
    "stored_verdict",
    "new_verdict",
    "threshold_low",
    "threshold_high",
)
LABELS = {Truth.UNLABELLED: "", Truth.GOOD: "good", Truth.DEFECT: "defect"}


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What goes into a report.

    Attributes:
        what: The records, with the scores that the proposed rule gives them.
        before: The same records, with the scores that the rule in force gives them.
        now: T1 and T2 in force.
        proposed: T1 and T2 looked at.
        recipe: Name and version of the recipe.
        records: Which records, in words.
        rule: The proposed rule in words.
        made_by: Who made the report.
        made_at: When, with time zone.
        notes: What a reader must know, as sentences.
        zone_of: Takes a time to the zone to show it in; None keeps UTC.
    """

    what: WhatIf
    before: WhatIf
    now: Thresholds
    proposed: Thresholds
    recipe: str
    records: str
    rule: str
    made_by: str
    made_at: datetime
    notes: tuple[str, ...] = ()
    zone_of: Callable[[datetime], datetime] | None = None


#: Takes record numbers to small JPEGs; those without a picture are left out.
Thumbnails = Callable[[Sequence[int]], Mapping[int, bytes]]


def write_report(path: Path, report: Report, thumbnails: Thumbnails | None = None) -> tuple[Path, Path]:
    """Write `<path>.html` and `<path>.csv`, each whole or not at all.

    Args:
        path: Where to; the ending is replaced.
        report: What to write.
        thumbnails: Pictures of the flips.

    Returns:
        Both paths.

    Raises:
        StoreUnavailable: If they cannot be written.
    """
    page, table = path.with_suffix(".html"), path.with_suffix(".csv")
    with guarded("writing the report"):
        _write(table, flips_csv(report).encode("utf-8-sig"))
        _write(page, report_html(report, thumbnails).encode())
    return page, table


def flips_csv(report: Report) -> str:
    """Every record whose verdict would change as CSV, worst first, the released before the rejected."""
    flips = report.what.flips(report.proposed)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for row in (*flips.released.tolist(), *flips.rejected.tolist()):
        flip = flips.flip(row)
        writer.writerow(
            [
                flip.record_id,
                _local(flip.at, report).isoformat(timespec="seconds"),
                _plain(flip.lot),
                LABELS[flip.truth],
                f"{flip.stored_score:.6g}",
                f"{flip.score:.6g}",
                flip.old.value,
                flip.new.value,
                f"{report.proposed.low:.6g}",
                f"{report.proposed.high:.6g}",
            ]
        )
    return buffer.getvalue()


def report_html(report: Report, thumbnails: Thumbnails | None = None) -> str:
    """The report as one page of HTML."""
    # Templates cost a tenth of a second to import; most sessions write no report.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(
        files("tilesight.store.tuning").joinpath("report.html.j2").read_text(encoding="utf-8")
    )
    flips = report.what.flips(report.proposed)
    shown = [*flips.released[:SHOWN].tolist(), *flips.rejected[:SHOWN].tolist()]
    ids = [int(report.what.table.about.ids[row]) for row in shown]
    now, new = report.before.outcome(report.now), report.what.outcome(report.proposed)
    pictures = thumbnails(ids) if thumbnails is not None and ids else {}
    return template.render(
        report=report,
        made_at=_local(report.made_at, report).isoformat(sep=" ", timespec="seconds"),
        now=now,
        new=new,
        verdicts=[verdict.value for verdict in JUDGED],
        rates=_rates(now, new),
        released=_cards(flips, flips.released[:SHOWN].tolist(), pictures, report),
        rejected=_cards(flips, flips.rejected[:SHOWN].tolist(), pictures, report),
        released_total=int(flips.released.size),
        rejected_total=int(flips.rejected.size),
        chart=_chart(report),
    )


def _rates(now: Outcome, new: Outcome) -> list[dict[str, str]]:
    names = (
        ("grey", "Grey share", "of all records"),
        ("false_reject", "False-reject rate", "good records that are NG"),
        ("grey_good", "Good records that are GREY", "a person looks at them"),
        ("escape", "Miss rate", "defective records that are OK"),
        ("grey_defective", "Defective records that are GREY", "a person looks at them"),
    )
    return [
        {"name": name, "about": about, "now": _say(getattr(now, field)), "new": _say(getattr(new, field))}
        for field, name, about in names
    ]


def _say(rate: Rate | None) -> str:
    if rate is None:
        return "unknown: no labelled records"
    return (
        f"{100 * rate.value:.2f} % ({rate.count:,} of {rate.of:,}; 95 %: {100 * rate.low:.2f} to "
        f"{100 * rate.high:.2f} %)"
    )


def _cards(
    flips: FlipList, rows: list[int], pictures: Mapping[int, bytes], report: Report
) -> list[dict[str, Any]]:
    cards: list[dict[str, Any]] = []
    for row in rows:
        flip: Flip = flips.flip(row)
        jpeg = pictures.get(flip.record_id)
        cards.append(
            {
                "flip": flip,
                "label": LABELS[flip.truth] or "no label",
                "at": _local(flip.at, report).isoformat(sep=" ", timespec="seconds"),
                "picture": "" if jpeg is None else base64.b64encode(jpeg).decode("ascii"),
            }
        )
    return cards


def _chart(report: Report) -> dict[str, Any]:
    """The histogram as stacked bars in picture coordinates, good at the bottom."""
    table = report.what.table
    low, high = score_range(table, report.proposed)
    found = histogram(table, np.linspace(low, high, _BINS + 1))
    tallest = max(int(found.counts.sum(axis=0).max()), 1)
    bars: list[tuple[float, float, float, str]] = []
    for at in range(_BINS):
        top = float(_HEIGHT)
        for truth in (Truth.GOOD, Truth.UNLABELLED, Truth.DEFECT):
            # A single record among thousands must still be seen.
            count = int(found.counts[truth, at])
            height = max(count / tallest * _HEIGHT, 1.5) if count else 0.0
            top -= height
            if count:
                bars.append((at / _BINS * _WIDTH, top, height, truth.name.lower()))

    def place(score: float) -> float:
        return (score - low) / (high - low) * _WIDTH

    return {
        "bars": bars,
        "bar_width": _WIDTH / _BINS - 1,
        "width": _WIDTH,
        "height": _HEIGHT,
        "low": f"{low:.1f}",
        "high": f"{high:.1f}",
        "marks": [
            (f"T1 {report.proposed.low:.2f}", place(report.proposed.low), "grey", 14),
            (f"T2 {report.proposed.high:.2f}", place(report.proposed.high), "ng", 30),
        ],
    }


def _local(moment: datetime, report: Report) -> datetime:
    return moment if report.zone_of is None else report.zone_of(moment)


def _plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
