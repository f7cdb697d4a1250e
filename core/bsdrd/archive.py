"""An archive of a few known members, read with distrust and written whole or not at all.

The archive is a zip file without compression: nothing in it can be larger in memory than on disk, so a
"zip bomb" cannot exist. Its comment holds the SHA-256 of the first member, which in turn holds the hashes
of the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from bsdrd.errors import ModelFileError

_COMMENT = b"bsdrd manifest sha256 "
_BLOCK = 1 << 20
_File = io.BufferedReader | io.BufferedRandom
#: What zipfile raises on damaged or hostile archives.
_DAMAGE = (
    zipfile.BadZipFile,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which members an archive has.

    Attributes:
        limits: Most bytes of each member; the first named is the manifest.
        max_file_bytes: Larger files are refused unread.
        optional: Of these, members that a file may lack.
        retired: Members that only files of earlier versions have.
    """

    limits: dict[str, int]
    max_file_bytes: int
    optional: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()

    @property
    def manifest(self) -> str:
        """The member whose hash the comment holds."""
        return next(iter(self.limits))


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What was read.

    Attributes:
        sha256: Of the whole file.
        members: Bytes of those that were asked for.
        hashes: SHA-256 of every member.
        sizes: Bytes of every member.
    """

    sha256: str
    members: dict[str, bytes]
    hashes: dict[str, str]
    sizes: dict[str, int]


def outdated(file: Path) -> ModelFileError:
    """The error for a file of an earlier version, which this program cannot run."""
    return ModelFileError(
        f"{file} was written by an earlier version of Tilesight, in a format that is no longer read.",
        kept="It was not opened, and is unchanged.",
        do_next="Train the model again with this version, or get the model that comes with it.",
    )


def damaged(file: Path, why: str) -> ModelFileError:
    """The error for a file that is not what its maker wrote."""
    return ModelFileError(
        f"{file} is no intact model file: {why}.",
        kept="It was not opened.",
        do_next="Copy it again from where it came from, or train the model again.",
    )


def read_archive(file: Path, layout: Layout, keep: set[str]) -> Content:
    """Reads an archive and hashes every byte of it.

    Args:
        file: The file.
        layout: The members it must have, and those it may have.
        keep: Members whose bytes are wanted; the others are only hashed.

    Raises:
        ModelFileError: If it cannot be read, has other members, or does not match its own manifest hash.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # Before opening: a pipe would wait for ever.
            raise damaged(file, "it is not a regular file")
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > layout.max_file_bytes:
                raise damaged(file, f"{size / 2**30:.1f} GiB is more than a model can have")
            if stream.read(4) != b"PK\x03\x04":
                raise damaged(file, "it is empty" if size == 0 else "it is another kind of file")
            sha256 = _hash(stream)
            return _read(file, stream, layout, keep, sha256)
    except OSError as error:
        raise ModelFileError(
            f"The model file {file} cannot be read: {error.strerror or error}.",
            do_next="Check that the file exists and that you may read it.",
        ) from error


def _hash(stream: _File) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _read(file: Path, stream: _File, layout: Layout, keep: set[str], sha256: str) -> Content:
    members: dict[str, bytes] = {}
    hashes: dict[str, str] = {}
    sizes: dict[str, int] = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_entries(file, entries, layout)
            for entry in entries:
                data, hashes[entry.filename] = _member(archive, entry, entry.filename in keep)
                sizes[entry.filename] = entry.file_size
                if data is not None:
                    members[entry.filename] = data
            if archive.comment != _COMMENT + hashes[layout.manifest].encode():
                raise damaged(file, "its manifest was changed")
    except _DAMAGE as error:
        raise damaged(file, str(error).rstrip(".") or "it is cut short") from error
    return Content(sha256, members, hashes, sizes)


def _check_entries(file: Path, entries: list[zipfile.ZipInfo], layout: Layout) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise damaged(file, "a member occurs twice")
    if not set(layout.limits) - layout.optional <= set(names) <= set(layout.limits):
        if layout.retired & set(names):
            raise outdated(file)
        odd = sorted(set(names) ^ set(layout.limits) - (layout.optional - set(names)))
        raise damaged(
            file, f"members are missing or unknown ({', '.join(repr(name[:80]) for name in odd[:4])})"
        )
    for entry in entries:
        mode = entry.external_attr >> 16
        if entry.is_dir() or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
            raise damaged(file, f"{entry.filename} is not a plain member")
        if entry.flag_bits & 0x1:
            raise damaged(file, f"{entry.filename} is encrypted")
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise damaged(file, f"{entry.filename} is compressed, which a model file never is")
        if entry.file_size > layout.limits[entry.filename]:
            raise damaged(file, f"{entry.filename} is larger than it can be")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, keep: bool) -> tuple[bytes | None, str]:
    with archive.open(entry) as source:
        if keep:
            data = source.read(entry.file_size + 1)
            return data, hashlib.sha256(data).hexdigest()
        digest = hashlib.sha256()
        while block := source.read(_BLOCK):
            digest.update(block)
        return None, digest.hexdigest()


def write_archive(file: Path, members: dict[str, bytes]) -> str:
    """Writes an archive beside its place, flushes it to the disk, then gives it its name.

    Args:
        file: Where to; missing folders are made, an existing file is replaced at the last moment.
        members: The bytes of each, the manifest first.

    Returns:
        The SHA-256 of the file.

    Raises:
        ModelFileError: If the disk does not take it; an existing file stays as it was.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w+b") as stream:
            _write(stream, members)
            stream.flush()
            os.fsync(stream.fileno())
            digest = _hash(stream)
        part.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise ModelFileError(
            f"{file} could not be saved: {error.strerror or error}.",
            kept="What was there before is unchanged.",
            do_next="Check that the folder is writable and the disk not full, then save again.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return digest


def _write(stream: _File, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            # A fixed date: the same model is the same file, bit for bit.
            entry = zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
        archive.comment = _COMMENT + hashlib.sha256(next(iter(members.values()))).hexdigest().encode()


def _sync_folder(folder: Path) -> None:
    """Makes the new name survive a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
