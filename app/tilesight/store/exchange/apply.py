"""Entries into a store: new records for tiles it does not know, labels for those it does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from bsdrd.data.images import decode_image
from bsdrd.errors import BsdrdError, ImageError
from bsdrd.result import Verdict
from tilesight.store.codecs import Pixels, picture_from
from tilesight.store.errors import LabelError
from tilesight.store.exchange.entry import TileEntry, record_from_json
from tilesight.store.exchange.report import Progress
from tilesight.store.images import KEEP_ALL
from tilesight.store.labels import ActionBuilder
from tilesight.store.records import RecordStore
from tilesight.store.schema import records
from tilesight.store.types import NewRecord

_AT_ONCE = 50
_IMPORTED = "Imported, not inspected yet."


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        added: Tiles that became new records.
        known: Tiles that the store had already.
        labels: Labels that were new or different.
        masks: Drawn masks that were new.
        problems: What could not be imported, and why, as sentences.
        cancelled: Whether it was stopped; what was imported until then stays.
    """

    added: int = 0
    known: int = 0
    labels: int = 0
    masks: int = 0
    problems: list[str] = field(default_factory=list[str])
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    entry: TileEntry
    sha256: str | None
    pixels: Pixels | None


def import_entries(
    store: RecordStore,
    entries: Iterable[TileEntry | str],
    *,
    actor: str,
    origin: str,
    total: int = 0,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring entries into a store; doing it twice changes nothing the second time.

    A tile is known by its uid, or by the hash of its file. A tile of another program becomes a record
    that is NOT INSPECTED. Each fifty tiles are one transaction for records and one undo step for the
    labels of each reviewer.

    Args:
        store: Where to.
        entries: The tiles; a text among them is a problem that the reader met.
        actor: Who imports; labels without a reviewer become theirs.
        origin: Where they come from, as a person reads it.
        total: How many there are, for `progress`; 0 where unknown.
        progress: Told how far it is; may cancel.

    Raises:
        StoreUnavailable: If the disk fails; what was imported until then stays.
    """
    report = ImportReport()
    rest = iter(entries)
    done = 0
    while some := list(islice(rest, _AT_ONCE)):
        _import_some(store, some, actor, origin, report)
        done += len(some)
        if progress is not None and not progress(done, total or done):
            report.cancelled = True
            break
    return report


def _import_some(
    store: RecordStore, some: list[TileEntry | str], actor: str, origin: str, report: ImportReport
) -> None:
    read: list[_Read] = []
    for entry in some:
        if isinstance(entry, str):
            report.problems.append(entry)
            continue
        try:
            read.append(_read(entry))
        except BsdrdError as error:
            report.problems.append(f"{entry.name}: {error}")
    known = _known(store, read)
    new: list[NewRecord] = []
    of_new: list[TileEntry] = []
    labelled: list[tuple[int, TileEntry]] = []
    keys: set[str] = set()
    for one in read:
        key = one.entry.uid or one.sha256 or ""
        if key in keys:
            report.problems.append(f"{one.entry.name}: it is there twice; the first one was taken.")
            continue
        keys.add(key)
        number = known.get(one.entry.uid) or known.get(one.sha256 or "")
        if number is not None:
            report.known += 1
            labelled.append((number, one.entry))
            continue
        try:
            new.append(_record(one, origin))
            of_new.append(one.entry)
        except BsdrdError as error:
            report.problems.append(f"{one.entry.name}: {error}")
    ids = store.add(new, KEEP_ALL)
    report.added += len(ids)
    labelled += zip(ids, of_new, strict=True)
    _label(store, labelled, actor, origin, report)


def _read(entry: TileEntry) -> _Read:
    if entry.picture is None:
        if not entry.uid:
            raise ImageError("It has no picture.")
        return _Read(entry, None, None)
    try:
        data = entry.picture if isinstance(entry.picture, bytes) else entry.picture.read_bytes()
    except OSError as error:
        raise ImageError(f"Its picture cannot be read: {error.strerror or error}.") from error
    pixels = picture_from(data) if entry.uid else decode_image(data, entry.name)
    for mask in entry.masks:
        if mask.mask.shape != pixels.shape[:2]:
            raise ImageError("A mask has another size than its picture.", kept="Nothing of it was imported.")
    return _Read(entry, hashlib.sha256(data).hexdigest(), pixels)


def _known(store: RecordStore, read: list[_Read]) -> dict[str, int]:
    """Numbers of records that the store has already, by uid and by hash of their file (the newest)."""
    uids = [one.entry.uid for one in read if one.entry.uid]
    hashes = [one.sha256 for one in read if one.sha256 and not one.entry.uid]
    c = records.c
    found: dict[str, int] = {}
    with store.db.read() as connection:
        for uid, number in connection.execute(select(c.uid, c.id).where(c.uid.in_(uids))):
            found[str(uid)] = int(number)
        if hashes:
            statement = select(c.file_sha256, c.id).where(c.file_sha256.in_(hashes)).order_by(c.id)
            for digest, number in connection.execute(statement):
                found[str(digest)] = int(number)
    return found


def _record(one: _Read, origin: str) -> NewRecord:
    entry = one.entry
    if entry.record is not None:
        return record_from_json(entry.record, entry.uid, one.pixels)
    if one.pixels is None:
        raise ImageError("The store does not know it, and it has no picture.")
    now = datetime.now(UTC)
    return NewRecord(
        captured_at=now,
        inspected_at=now,
        source=f"Import of {origin}",
        frame_id=0,
        name=entry.name,
        path=str(entry.picture) if isinstance(entry.picture, Path) else None,
        file_sha256=one.sha256,
        verdict=Verdict.NOT_INSPECTED,
        reason=_IMPORTED,
        uid=entry.uid,
        pixels=one.pixels,
    )


def _label(
    store: RecordStore, labelled: list[tuple[int, TileEntry]], actor: str, origin: str, report: ImportReport
) -> None:
    """Add what is new, as one action for each reviewer."""
    ids = [number for number, _ in labelled]
    jobs: dict[str, list[_Job]] = {}
    for reviewer, job in (
        *_new_labels(store, labelled, ids, actor),
        *_new_region_labels(store, labelled, ids, actor),
        *_new_masks(store, labelled, ids, actor),
    ):
        jobs.setdefault(reviewer, []).append(job)
    for reviewer, some in jobs.items():
        with store.labels.action(reviewer, f"import of {origin}") as action:
            for job in some:
                try:
                    job.do(action)
                except LabelError as error:
                    report.problems.append(str(error))
                    continue
                report.labels += not job.is_mask
                report.masks += job.is_mask


@dataclass(frozen=True, slots=True)
class _Job:
    do: Callable[[ActionBuilder], object]
    is_mask: bool = False


def _new_labels(
    store: RecordStore, labelled: list[tuple[int, TileEntry]], ids: list[int], actor: str
) -> Iterator[tuple[str, _Job]]:
    said = store.labels.current_many(ids)
    for number, entry in labelled:
        now = {one.reviewer: one for one in said[number]}
        # One a reviewer: what another program changed comes last and wins.
        for reviewer, label in {one.reviewer or actor: one for one in entry.labels}.items():
            have = now.get(reviewer)
            if have is not None:
                same = (have.kind, have.defect_class, have.comment) == (
                    label.kind,
                    label.defect_class,
                    label.comment,
                )
                if same or (label.at is not None and have.at >= label.at):
                    continue
            yield (
                reviewer,
                _Job(
                    partial(
                        ActionBuilder.label,
                        ids=[number],
                        kind=label.kind,
                        defect_class=label.defect_class,
                        comment=label.comment,
                        at=label.at,
                    )
                ),
            )


def _new_region_labels(
    store: RecordStore, labelled: list[tuple[int, TileEntry]], ids: list[int], actor: str
) -> Iterator[tuple[str, _Job]]:
    judged = {(one.record_id, one.reviewer, one.index): one for one in store.labels.regions.current(ids)}
    for number, entry in labelled:
        for label in entry.region_labels:
            reviewer = label.reviewer or actor
            have = judged.get((number, reviewer, label.index))
            if have is not None:
                same = (have.decision, have.defect_class) == (label.decision, label.defect_class)
                if same or (label.at is not None and have.at >= label.at):
                    continue
            yield (
                reviewer,
                _Job(
                    partial(
                        ActionBuilder.judge_region,
                        record_id=number,
                        index=label.index,
                        decision=label.decision,
                        defect_class=label.defect_class,
                        at=label.at,
                    )
                ),
            )


def _new_masks(
    store: RecordStore, labelled: list[tuple[int, TileEntry]], ids: list[int], actor: str
) -> Iterator[tuple[str, _Job]]:
    drawn = {
        (one.record_id, one.reviewer, one.defect_class, one.mask.tobytes())
        for one in store.labels.regions.masks(ids)
    }
    for number, entry in labelled:
        for mask in entry.drawn:
            reviewer = mask.reviewer or actor
            if (number, reviewer, mask.defect_class, mask.mask.tobytes()) in drawn:
                continue
            do = partial(
                ActionBuilder.draw,
                record_id=number,
                mask=mask.mask,
                defect_class=mask.defect_class,
                at=mask.at,
            )
            yield reviewer, _Job(do, is_mask=True)
