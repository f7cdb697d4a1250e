"""Everything that led to a verdict, read off the GUI thread and written as one page of text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QCoreApplication, QLocale

from bsdrd.errors import BsdrdError
from bsdrd.result import Thresholds, Verdict
from tilesight.store.labels import LabelEvent
from tilesight.store.models import StoredModel
from tilesight.store.recipes import RecipeVersion
from tilesight.store.records import RecordStore
from tilesight.store.types import Record
from tilesight.ui.label_words import class_word, label_text
from tilesight.ui.record_item import ItemReader, ReviewItem
from tilesight.ui.theme import Colours
from tilesight.ui.verdict_badge import verdict_word
from tilesight.ui.viewer.marks import area_text, fired_word

_REGIONS = 30
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, eq=False)
class RecordFacts:
    """A record with what else is known about it.

    Attributes:
        item: The record, its picture and maps, and what people say.
        history: Everything that was ever said about it, oldest first.
        recipe: The recipe version it was judged under; None where this store does not know it.
        model: The model that judged it; likewise.
    """

    item: ReviewItem
    history: tuple[LabelEvent, ...]
    recipe: RecipeVersion | None
    model: StoredModel | None


def read_facts(store: RecordStore, reader: ItemReader, record_id: int) -> RecordFacts:
    """Reads everything about a record.

    Raises:
        StoreError: If there is no such record, or the store cannot be read.
    """
    item = reader.read(record_id)
    record = item.record
    recipe = store.recipes.by_sha256(record.recipe_sha256) if record.recipe_sha256 else None
    model: StoredModel | None = None
    if record.model_sha256:
        try:
            model = store.models.get(record.model_sha256)
        except BsdrdError:
            model = None  # judged by a model file that was never registered here
    return RecordFacts(item, tuple(store.labels.history(record_id)), recipe, model)


def number(value: float | None, decimals: int = 2) -> str:
    """A number, a dash where there is none."""
    return "–" if value is None else QLocale().toString(value, "f", decimals)


@dataclass(frozen=True, slots=True)
class Now:
    """The rule in force, to set beside the one that was applied.

    Attributes:
        thresholds: T1 and T2; None where no recipe or model is in force.
        map_threshold: None for T1.
        min_area_px: None where it is given in mm².
        edge_band_px: Pixels.
    """

    thresholds: Thresholds | None = None
    map_threshold: float | None = None
    min_area_px: int | None = None
    edge_band_px: int | None = None


def facts_page(facts: RecordFacts, now: Now, colours: Colours) -> str:
    """The page as rich text; what comes from outside is escaped."""
    page = _Page(colours)
    record = facts.item.record
    _thresholds(page, record, now)
    _regions(page, facts.item)
    _labels(page, facts)
    _recipe_and_model(page, facts)
    _origin(page, record)
    _times(page, record)
    return page.html()


class _Page:
    """Sections of rows."""

    def __init__(self, colours: Colours) -> None:
        self._colours = colours
        self._parts: list[str] = []

    def head(self, text: str) -> None:
        self._parts.append(f'<p style="margin:14px 0 4px 0"><b>{escape(text)}</b></p>')

    def line(self, text: str) -> None:
        self._parts.append(f'<p style="margin:4px 0">{escape(text)}</p>')

    def table(self, rows: list[tuple[str, ...]], head: tuple[str, ...] = ()) -> None:
        """Rows of texts; the first cell of a row is its name."""
        dim = self._colours.dim
        made = ['<table cellspacing="0" cellpadding="2" width="100%">']
        if head:
            cells = "".join(
                f'<td align="{"left" if at == 0 else "right"}" style="color:{dim}">{escape(text)}</td>'
                for at, text in enumerate(head)
            )
            made.append(f"<tr>{cells}</tr>")
        for row in rows:
            cells = [f'<td style="color:{dim}">{escape(row[0])}</td>']
            side = "right" if head else "left"
            cells += [f'<td align="{side}">{escape(text)}</td>' for text in row[1:]]
            made.append(f"<tr>{''.join(cells)}</tr>")
        made.append("</table>")
        self._parts.append("".join(made))

    def html(self) -> str:
        return "".join(self._parts)


def _thresholds(page: _Page, record: Record, now: Now) -> None:
    page.head(translate("Records", "Score and thresholds"))
    then = record.thresholds
    today = now.thresholds
    rows = [
        ("T1", number(then.low if then else None), number(today.low if today else None)),
        ("T2", number(then.high if then else None), number(today.high if today else None)),
        (translate("Records", "Map threshold"), number(record.map_threshold), number(now.map_threshold)),
        (translate("Records", "Smallest region, px"), _count(record.min_area_px), _count(now.min_area_px)),
        (translate("Records", "Edge band, px"), _count(record.edge_band_px), _count(now.edge_band_px)),
    ]
    if today is not None and record.score is not None:
        verdict = today.verdict(record.score)
        rows.append(
            (
                translate("Records", "Verdict of this score"),
                verdict_word(record.verdict),
                verdict_word(verdict),
            )
        )
    page.table(rows, ("", translate("Records", "Then"), translate("Records", "Now")))
    page.table(
        [
            (translate("Records", "Score"), number(record.score)),
            (translate("Records", "Largest value of the struct map"), number(record.struct_peak)),
            (translate("Records", "Largest value of the detail map"), number(record.detail_peak)),
        ]
    )


def _count(value: int | None) -> str:
    return "–" if value is None else QLocale().toString(value)


def _regions(page: _Page, item: ReviewItem) -> None:
    record = item.record
    if record.verdict is Verdict.NOT_INSPECTED:
        return
    page.head(translate("Records", "Regions"))
    if not record.regions and not item.masks:
        page.line(translate("Records", "No region exceeded the map threshold."))
        return
    rows: list[tuple[str, ...]] = []
    for at, region in enumerate(record.regions[:_REGIONS]):
        said = {
            "accept": translate("Records", "accepted"),
            "reject": translate("Records", "rejected"),
        }
        who = [f"{one.reviewer}: {said[one.decision]}" for one in item.regions if one.index == at]
        rows.append(
            (
                str(at + 1),
                fired_word(region.fired),
                area_text(region.area_px, record.mm_per_px),
                number(region.peak),
                f"{region.peak_at[0]}, {region.peak_at[1]}",
                ", ".join(who),
            )
        )
    if rows:
        head = (
            "",
            translate("Records", "Student"),
            translate("Records", "Area"),
            translate("Records", "Peak"),
            translate("Records", "At x, y"),
            translate("Records", "Said"),
        )
        page.table(rows, head)
    for mask in item.masks:
        area = area_text(int(mask.mask.sum()), record.mm_per_px)
        words = [
            translate("Records", "Drawn by {who}").format(who=mask.reviewer),
            class_word(mask.defect_class),
            area,
        ]
        page.line("   ".join(word for word in words if word))


def _labels(page: _Page, facts: RecordFacts) -> None:
    page.head(translate("Records", "Labels and their history"))
    if not facts.history:
        page.line(translate("Records", "Nobody has labelled this tile."))
        return
    if facts.item.record.disagreement:
        page.line(translate("Records", "Reviewers disagree."))
    origins = {
        "label": "",
        "undo": translate("Records", "undone"),
        "redo": translate("Records", "done again"),
    }
    rows: list[tuple[str, ...]] = []
    for event in reversed(facts.history):
        before = label_text(event.before, event.before_class)
        after = label_text(event.after, event.after_class)
        words = [f"{before} → {after}", origins[event.origin], f"“{event.comment}”" if event.comment else ""]
        rows.append(
            (
                f"{event.at.astimezone():%Y-%m-%d %H:%M:%S}",
                event.reviewer,
                "  ".join(word for word in words if word),
            )
        )
    page.table(rows)


def _recipe_and_model(page: _Page, facts: RecordFacts) -> None:
    record, recipe, model = facts.item.record, facts.recipe, facts.model
    page.head(translate("Records", "Recipe and model"))
    rows: list[tuple[str, ...]] = []
    if record.recipe_name:
        rows.append(
            (
                translate("Records", "Recipe"),
                f"{record.recipe_name}, {translate('Records', 'version')} {record.recipe_version}",
            )
        )
    if record.recipe_sha256:
        rows.append((translate("Records", "Recipe hash"), record.recipe_sha256[:16]))
    if recipe is not None:
        rows.append(
            (translate("Records", "Made by"), f"{recipe.actor}, {recipe.at.astimezone():%Y-%m-%d %H:%M}")
        )
        if recipe.why:
            rows.append((translate("Records", "Why"), recipe.why))
    if record.model_name or record.model_sha256:
        rows.append((translate("Records", "Model"), record.model_name or "–"))
        rows.append((translate("Records", "Model hash"), (record.model_sha256 or "")[:16]))
    if model is not None:
        rows.append((translate("Records", "State of the model"), str(model.state)))
    if record.provider:
        rows.append((translate("Records", "Ran on"), record.provider))
    page.table(rows) if rows else page.line(translate("Records", "Nothing judged this tile."))


def _origin(page: _Page, record: Record) -> None:
    page.head(translate("Records", "Where it comes from"))
    kept = {
        "kept": translate("Records", "kept"),
        "removed": translate("Records", "removed to make room"),
        "never": translate("Records", "not kept"),
    }
    rows = [
        (translate("Records", "Record"), f"{record.id}   {record.uid}"),
        (translate("Records", "Lot"), record.lot or ""),
        (translate("Records", "Serial"), record.serial or ""),
        (translate("Records", "Source"), record.source),
        (
            translate("Records", "Frame"),
            f"{record.frame_id}, {translate('Records', 'tile')} {record.tile_index + 1}",
        ),
        (translate("Records", "File"), record.path or ""),
        (translate("Records", "File hash"), (record.file_sha256 or "")[:16]),
        (translate("Records", "Station"), record.station),
        (translate("Records", "Operator"), record.operator),
        (translate("Records", "Size"), f"{record.width} x {record.height} px" if record.width else ""),
        (translate("Records", "Scale"), f"{number(record.mm_per_px, 4)} mm/px" if record.mm_per_px else ""),
        (translate("Records", "Drawn by the demo line"), record.truth),
        (translate("Records", "Picture"), kept[record.picture]),
        (translate("Records", "Maps"), kept[record.maps]),
    ]
    if record.pose:
        rows.append(
            (
                translate("Records", "Pose"),
                "  ".join(f"{name} {value:g}" for name, value in record.pose.items()),
            )
        )
    page.table([row for row in rows if row[1]])


def _times(page: _Page, record: Record) -> None:
    page.head(translate("Records", "Times"))
    zone = f"{record.inspected_at.astimezone():%Z}"
    rows = [
        (
            translate("Records", "Captured"),
            f"{record.captured_at.astimezone():%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {zone}",
        ),
        (
            translate("Records", "Inspected"),
            f"{record.inspected_at.astimezone():%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {zone}",
        ),
    ]
    rows += [(stage, f"{number(ms, 1)} ms") for stage, ms in record.timings_ms.items()]
    if record.timings_ms:
        rows.append((translate("Records", "Together"), f"{number(sum(record.timings_ms.values()), 1)} ms"))
    page.table(rows)
