"""One tile on its way out of or into a store, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import Region, Thresholds, Verdict
from tilesight.store.canonical import bytes_sha256
from tilesight.store.errors import ExchangeError
from tilesight.store.exchange.rle import decode_rle, encode_rle
from tilesight.store.labels import Decision
from tilesight.store.types import LabelKind, NewRecord, Record, is_uid

#: Version of what is written beside a format's own fields.
VERSION = 1
_UID_IN_NAME = re.compile(r"([0-9a-f]{32})\.[a-z]+$")
_UNSAFE = re.compile(r"[^\w.-]+")
_NOT_WRITTEN = ("pixels", "maps", "uid", "thresholds", "regions")


@dataclass(frozen=True, slots=True)
class EntryLabel:
    """A label; `reviewer` "" stands for the person who imports it, `at` None for then."""

    reviewer: str
    kind: LabelKind
    defect_class: str = ""
    comment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryRegionLabel:
    """A judgement of one region."""

    reviewer: str
    index: int
    decision: Decision
    defect_class: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EntryMask:
    """A mask: bool, H x W; drawn, or worked out from the accepted region number `region`."""

    mask: NDArray[np.bool_]
    reviewer: str = ""
    defect_class: str = ""
    at: datetime | None = None
    region: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TileEntry:
    """One tile with all that is known of it.

    Attributes:
        name: File name, as a person knows it.
        uid: Its record's uid; "" for a tile of another program.
        picture: File or encoded bytes; None where there is none.
        height: In pixels; None where unknown.
        width: In pixels; None where unknown.
        record: Fields of its record in JSON's types; empty for a tile of another program.
        labels: Labels of every reviewer.
        region_labels: Judgements of its regions.
        masks: Drawn masks, and those of accepted regions.
    """

    name: str
    uid: str = ""
    picture: Path | bytes | None = None
    height: int | None = None
    width: int | None = None
    record: Mapping[str, Any] | None = None
    labels: tuple[EntryLabel, ...] = ()
    region_labels: tuple[EntryRegionLabel, ...] = ()
    masks: tuple[EntryMask, ...] = ()

    @property
    def current(self) -> EntryLabel | None:
        """The label given last."""
        return max(self.labels, key=lambda label: label.at or datetime.max.replace(tzinfo=UTC), default=None)

    @property
    def drawn(self) -> tuple[EntryMask, ...]:
        """The masks that a person drew."""
        return tuple(mask for mask in self.masks if mask.region is None)

    @property
    def file_name(self) -> str:
        """Name of its picture in an export: for people, and with the uid, which survives other programs."""
        stem = _UNSAFE.sub("_", Path(self.name).stem)[:60] or "tile"
        return f"{stem}-{self.uid}.png"

    def with_label(self, kind: LabelKind | None, defect_class: str = "") -> TileEntry:
        """With the label that the format itself states, where it differs from what was written beside it."""
        mine = self.current
        if kind is None or (mine is not None and (mine.kind, mine.defect_class) == (kind, defect_class)):
            return self
        return replace(self, labels=(*self.labels, EntryLabel("", kind, defect_class)))


def uid_in(file_name: str) -> str:
    """The uid in an exported picture's name; "" where it has none."""
    found = _UID_IN_NAME.search(file_name)
    return found[1] if found else ""


# -- what is written beside a format's own fields --------------------------------------------------


def extension(entry: TileEntry) -> dict[str, Any]:
    """Everything but picture and masks, in JSON's types."""
    return {
        "version": VERSION,
        "uid": entry.uid,
        "name": entry.name,
        "record": entry.record,
        "labels": [
            {
                "reviewer": label.reviewer,
                "kind": label.kind.value,
                "class": label.defect_class,
                "comment": label.comment,
                "at": _time_text(label.at),
            }
            for label in entry.labels
        ],
        "region_labels": [
            {
                "reviewer": label.reviewer,
                "region": label.index,
                "decision": label.decision,
                "class": label.defect_class,
                "at": _time_text(label.at),
            }
            for label in entry.region_labels
        ],
    }


def from_extension(values: Any, entry: TileEntry) -> TileEntry:
    """An entry completed by what `extension` wrote.

    Raises:
        ExchangeError: If that is not what it should be, or of a newer program.
    """
    if not isinstance(values, dict):
        return entry
    found = cast("dict[str, Any]", values)
    try:
        if int(found["version"]) > VERSION:
            raise ExchangeError(
                f"{entry.name} was exported by a newer Tilesight.", do_next="Install the newer program."
            )
        uid = str(found["uid"])
        if not is_uid(uid):
            raise ValueError(f"{uid!r} is no uid")
        return replace(
            entry,
            uid=uid,
            name=str(found["name"]),
            record=found["record"],
            labels=tuple(
                EntryLabel(
                    str(label["reviewer"]),
                    LabelKind(label["kind"]),
                    str(label["class"]),
                    str(label["comment"]),
                    _time(label["at"]),
                )
                for label in found["labels"]
            ),
            region_labels=tuple(
                EntryRegionLabel(
                    str(label["reviewer"]),
                    int(label["region"]),
                    _decision(label["decision"]),
                    str(label["class"]),
                    _time(label["at"]),
                )
                for label in found["region_labels"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ExchangeError(f"What Tilesight wrote about {entry.name} was damaged: {error}.") from error


def _decision(text: Any) -> Decision:
    if text not in ("accept", "reject"):
        raise ValueError(f"{text!r} is no judgement of a region")
    return text


def mask_extension(mask: EntryMask) -> dict[str, Any]:
    """Who drew a mask and when; for one of a region also its hash, which tells whether it was edited."""
    values: dict[str, Any] = {
        "reviewer": mask.reviewer,
        "class": mask.defect_class,
        "at": _time_text(mask.at),
    }
    if mask.region is not None:
        values.update(region=mask.region, sha256=bytes_sha256(mask.mask.tobytes()))
    return values


def mask_from_extension(mask: NDArray[np.bool_], values: Any, defect_class: str) -> EntryMask:
    """A mask with who drew it and when, where that was written beside it; the format's own class wins."""
    if not isinstance(values, dict):
        return EntryMask(mask, defect_class=defect_class)
    found = cast("dict[str, Any]", values)
    if "region" in found:
        if found.get("sha256") != bytes_sha256(mask.tobytes()):
            return EntryMask(mask, defect_class=defect_class)  # edited: now it is drawn
        return EntryMask(mask, defect_class=defect_class, region=int(found["region"]))
    return EntryMask(mask, str(found.get("reviewer", "")), defect_class, _time(found.get("at")))


def masks_to_json(masks: Sequence[EntryMask]) -> list[dict[str, Any]]:
    """Masks with who drew them, exactly, in JSON's types."""
    return [
        {**mask_extension(mask), "size": list(mask.mask.shape), "counts": encode_rle(mask.mask)}
        for mask in masks
    ]


def masks_from_json(values: Sequence[Any]) -> tuple[EntryMask, ...]:
    """Masks from what `masks_to_json` wrote.

    Raises:
        ExchangeError: If a mask is damaged.
    """
    return tuple(
        mask_from_extension(
            decode_rle(one["counts"], int(one["size"][0]), int(one["size"][1])), one, str(one["class"])
        )
        for one in values
    )


def _time_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: Any) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


# -- records ---------------------------------------------------------------------------------------


def record_to_json(record: Record) -> dict[str, Any]:
    """All fields of `NewRecord` but picture, maps and uid, in JSON's types."""
    values: dict[str, Any] = {
        field.name: getattr(record, field.name)
        for field in fields(NewRecord)
        if field.name not in _NOT_WRITTEN
    }
    values.update(
        captured_at=_time_text(record.captured_at),
        inspected_at=_time_text(record.inspected_at),
        verdict=record.verdict.value,
        thresholds=None if record.thresholds is None else [record.thresholds.low, record.thresholds.high],
        timings_ms=dict(record.timings_ms),
        pose=None if record.pose is None else dict(record.pose),
        regions=[
            {
                "area_px": region.area_px,
                "box": list(region.box),
                "centroid": list(region.centroid),
                "peak": region.peak,
                "peak_at": list(region.peak_at),
                "fired": region.fired,
                "feature": list(region.feature),
            }
            for region in record.regions
        ],
    )
    return values


def record_from_json(values: Mapping[str, Any], uid: str, pixels: Any) -> NewRecord:
    """A record from what `record_to_json` wrote.

    Raises:
        ExchangeError: If that is not what it should be.
    """
    try:
        known = {field.name for field in fields(NewRecord)} - set(_NOT_WRITTEN)
        kept: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        kept.update(
            captured_at=_time(values["captured_at"]),
            inspected_at=_time(values["inspected_at"]),
            verdict=Verdict(values["verdict"]),
        )
        return NewRecord(
            **kept,
            thresholds=None if values["thresholds"] is None else Thresholds(*values["thresholds"]),
            regions=tuple(_region(region) for region in cast("Sequence[Any]", values["regions"])),
            uid=uid,
            pixels=pixels,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExchangeError(f"What Tilesight wrote about record {uid} was damaged: {error}.") from error


def _region(values: Mapping[str, Any]) -> Region:
    x, y, width, height = (int(value) for value in values["box"])
    return Region(
        area_px=int(values["area_px"]),
        box=(x, y, width, height),
        centroid=(float(values["centroid"][0]), float(values["centroid"][1])),
        peak=float(values["peak"]),
        peak_at=(int(values["peak_at"][0]), int(values["peak_at"][1])),
        fired=values["fired"],
        feature=tuple(float(value) for value in values["feature"]),
    )
