"""The file that a record was made from: unchanged, it stands in for a picture that was not kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bsdrd.data.images import read_image_and_hash
from bsdrd.errors import ImageError
from tilesight.store.canonical import file_sha256
from tilesight.store.codecs import Pixels, thumbnail_jpeg
from tilesight.store.errors import StoredFileError, StoreError, StoreUnavailable
from tilesight.store.records import RecordStore
from tilesight.store.types import Record


@dataclass(frozen=True, slots=True)
class PictureNow:
    """The file that shows a record, as it lies there now.

    Attributes:
        path: Where it lies.
        sha256: Hash of the file.
        same: Whether it is what the store keeps, or what the record was made from; False where the original
            was changed since.
        kept: Whether it is what the store keeps.
    """

    path: Path
    sha256: str
    same: bool
    kept: bool = False


def _is_whole_file(record: Record) -> bool:
    """Whether the tile is the whole file as it lies there; one cut out or turned is not the file."""
    pose = record.pose
    if record.path is None or record.file_sha256 is None or record.tile_index:
        return False
    if pose is None:
        return True
    return (pose.get("angle_deg"), pose.get("width"), pose.get("height")) == (0, record.width, record.height)


def original_now(record: Record) -> PictureNow | None:
    """The file that a record was made from, changed or not; None where there is none, or it is gone."""
    if record.path is None or not _is_whole_file(record):
        return None
    original = Path(record.path)
    try:
        sha256 = file_sha256(original)
    except OSError:
        return None
    return PictureNow(original, sha256, sha256 == record.file_sha256)


def original_file(record: Record) -> Path | None:
    """The file that a record was made from; None where there is none, or it is gone or another one now."""
    found = original_now(record)
    return found.path if found is not None and found.same else None


def original_picture(record: Record) -> Pixels | None:
    """Its pixels, read-only, as they were inspected; None as for `original_file`."""
    if record.path is None or not _is_whole_file(record):
        return None
    try:
        pixels, sha256 = read_image_and_hash(Path(record.path))
    except ImageError:
        return None
    size = (record.height, record.width)
    if sha256 != record.file_sha256 or (None not in size and pixels.shape[:2] != size):
        return None
    pixels.setflags(write=False)
    return pixels


def picture_of(store: RecordStore, record: Record) -> Pixels | None:
    """The stored picture of a record, or the original; None where neither is there.

    Raises:
        StoreError: If a picture that should be there is gone or damaged, and there is no original.
    """
    if record.picture == "kept":
        try:
            return store.files.picture(record.id)
        except StoreError:
            pixels = original_picture(record)
            if pixels is None:
                raise
            return pixels
    return original_picture(record)


def picture_file(store: RecordStore, record_id: int) -> Path | None:
    """Where the stored picture of a record lies, or the original; None where neither is there.

    Raises:
        StoreUnavailable: If the store cannot be read: that says nothing about the picture.
    """
    kept = _kept(store, record_id)
    if kept is not None:
        return kept
    record = _record(store, record_id)
    return None if record is None else original_file(record)


def picture_now(store: RecordStore, record_id: int) -> PictureNow | None:
    """As `picture_file`, with the file's hash, which is found once, and also where the original was changed.

    Raises:
        StoreUnavailable: If the store cannot be read: that says nothing about the picture.
    """
    kept = _kept(store, record_id)
    if kept is None:
        record = _record(store, record_id)
        return None if record is None else original_now(record)
    try:
        return PictureNow(kept, file_sha256(kept), same=True, kept=True)
    except OSError:
        return None


def _kept(store: RecordStore, record_id: int) -> Path | None:
    try:
        return store.files.path(record_id, "picture")
    except StoredFileError:
        return None


def _record(store: RecordStore, record_id: int) -> Record | None:
    try:
        return store.get(record_id)
    except StoreUnavailable:
        raise
    except StoreError:
        return None  # removed meanwhile


def thumbnails_of(store: RecordStore, ids: Iterable[int]) -> dict[int, bytes]:
    """Small JPEGs of records by number, of what was kept or of the original; those without are left out."""
    wanted = [int(number) for number in ids]
    found = store.files.thumbnails(wanted)
    missing = store.get_many(number for number in wanted if number not in found)
    for number in (row.id for row in missing if row.path is not None and row.file_sha256 is not None):
        pixels = _original_of(store, number)
        if pixels is not None:
            found[number] = thumbnail_jpeg(pixels)
    return found


def _original_of(store: RecordStore, record_id: int) -> Pixels | None:
    try:
        return original_picture(store.get(record_id))
    except StoreError:
        return None  # removed meanwhile, or the store says elsewhere what is wrong with it
