"""The what-if report of what Tune proposes."""

from __future__ import annotations

from datetime import datetime

from bsdrd.errors import BsdrdError
from tilesight.store.tuning.report import Report
from tilesight.store.tuning.rule import describe_rule
from tilesight.store.tuning.table import Selection
from tilesight.ui.messages import said
from tilesight.ui.tune.model import TuneModel


def make_report(model: TuneModel, made_by: str) -> Report | None:
    """What the model proposes, ready to be written; None while no records were read."""
    recipe, evidence = model.recipe, model.evidence
    if recipe is None or evidence is None:
        return None
    version = evidence.newest_version
    chosen = selection_words(model.selection)
    return Report(
        what=model.what,
        before=model.before,
        now=model.in_force,
        proposed=model.proposed,
        recipe=recipe.name + (f", version {version.version}" if version is not None else ""),
        records="Records: " + (", ".join(chosen) if chosen else "all") + ".",
        rule=_rule(model),
        made_by=made_by,
        made_at=datetime.now().astimezone(),
        notes=tuple(_notes(model, evidence.of_other_models)),
        zone_of=_local,
    )


def _rule(model: TuneModel) -> str:
    newest = model.evidence.newest if model.evidence is not None else None
    height, width = (newest.height or 256, newest.width or 256) if newest is not None else (256, 256)
    try:
        return describe_rule(model.rule(height, width), model.mm_per_px)
    except (ValueError, BsdrdError) as error:
        return said(error)


def _notes(model: TuneModel, of_other_models: int) -> list[str]:
    notes: list[str] = []
    if of_other_models:
        notes.append(f"{of_other_models:,} records of other models are left out.")
    kept = model.rejudging.without_maps + model.rejudging.failed
    if kept:
        notes.append(f"{kept:,} records could not be judged again by this rule and keep their stored score.")
    return notes


def selection_words(selection: Selection) -> list[str]:
    """A selection in words; empty for all records."""
    said: list[str] = []
    if selection.since is not None:
        said.append(f"from {_local(selection.since).isoformat(sep=' ', timespec='minutes')}")
    if selection.until is not None:
        said.append(f"to {_local(selection.until).isoformat(sep=' ', timespec='minutes')}")
    if selection.lots:
        said.append("lots " + ", ".join(sorted(lot or "(none)" for lot in selection.lots)))
    if selection.truths:
        said.append("labels " + ", ".join(sorted(truth.name.lower() for truth in selection.truths)))
    return said


def _local(moment: datetime) -> datetime:
    return moment.astimezone()
