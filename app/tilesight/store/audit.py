"""The audit log: append-only and hash-chained, so that editing it shows.

Each row holds the hash of the row before it, and its own hash over everything in it. The end of the
log is anchored twice: in the database (`audit_head`), and in the file `audit.anchors` beside it, one
line for each row. So an edited, removed, inserted or reordered row is found, also at the end, and also
where somebody worked out the whole chain anew but did not touch the file. Somebody who may write both
the database and the file can still rewrite history: where that matters, keep a copy of the file
elsewhere (every backup holds one).
"""

from __future__ import annotations

import csv
import io
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, or_, select, update

from tilesight.store.audit_chain import GENESIS, AuditEntry, Problem, check_chain, row_hash
from tilesight.store.canonical import canonical_json
from tilesight.store.database import Database
from tilesight.store.errors import StoreError, guarded
from tilesight.store.schema import audit, audit_head

_log = logging.getLogger(__name__)

ANCHORS = "audit.anchors"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `AuditLog.verify` found.

    Attributes:
        rows: How many rows were checked.
        problems: What is wrong, in the order of the rows; empty where nothing is.
    """

    rows: int
    problems: tuple[Problem, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class AuditLog:
    """Who changed what, from what, to what and why; use `RecordStore.audit`."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._anchors = folder / ANCHORS
        self._db = database
        if not database.read_only:
            self._start_anchors()
            self._write_anchors()

    def append(
        self,
        actor: str,
        action: str,
        *,
        subject: str = "",
        old: Any = None,
        new: Any = None,
        why: str = "",
        role: str = "",
    ) -> AuditEntry:
        """Add a row; inside a `Database.write` block it is kept or undone together with the rest.

        Args:
            actor: Who.
            action: What was done, as "threshold changed".
            subject: To what, as "recipe Line 1".
            old: What it was before; made of JSON's types.
            new: What it is now.
            why: The reason given.
            role: The actor's role.

        Raises:
            StoreUnavailable: If it could not be written: then the change must not happen either.
        """
        if not actor.strip():
            raise StoreError("The audit log needs to know who it was.", do_next="Say who you are first.")
        with self._db.write("writing the audit log") as connection:
            head = connection.execute(select(audit_head).with_for_update()).one_or_none()
            seq, previous = (1, GENESIS) if head is None else (int(head.seq) + 1, str(head.hash))
            entry = AuditEntry(
                seq=seq,
                at=datetime.now(UTC).isoformat(timespec="microseconds"),
                actor=actor,
                role=role,
                action=action,
                subject=subject,
                old=canonical_json(old),
                new=canonical_json(new),
                why=why,
                previous=previous,
                hash="",
            )
            entry = replace(entry, hash=row_hash(entry))
            connection.execute(insert(audit), asdict(entry))
            if head is None:
                connection.execute(insert(audit_head), {"id": 1, "seq": seq, "hash": entry.hash})
            else:
                connection.execute(update(audit_head).values(seq=seq, hash=entry.hash))
            self._db.after_commit(self._write_anchors)
        return entry

    def entries(
        self, *, limit: int | None = None, before: int | None = None, text: str = ""
    ) -> list[AuditEntry]:
        """Rows, newest first.

        Args:
            limit: How many at most.
            before: Only rows with a smaller number.
            text: Occurs in actor, action, subject, reason, old or new value.
        """
        c = audit.c
        statement = select(audit).order_by(c.seq.desc())
        if limit is not None:
            statement = statement.limit(limit)
        if before is not None:
            statement = statement.where(c.seq < before)
        if text:
            clean = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            columns = (c.actor, c.action, c.subject, c.why, c.old, c.new)
            hits = [column.ilike(f"%{clean}%", escape="\\") for column in columns]
            statement = statement.where(or_(*hits))
        with self._db.read("reading the audit log") as connection:
            return [_entry(row) for row in connection.execute(statement)]

    def verify(self) -> Verification:
        """Check every row, the chain and both anchors."""
        with self._db.read("reading the audit log") as connection:
            rows = [_entry(row) for row in connection.execute(select(audit).order_by(audit.c.seq))]
            head = connection.execute(select(audit_head)).one_or_none()
        ends = None if head is None else (int(head.seq), str(head.hash))
        return Verification(len(rows), tuple(check_chain(rows, ends, self._read_anchors())))

    # -- export ------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The whole log as JSON, oldest first; `old` and `new` as the texts that were hashed."""
        return json.dumps([asdict(entry) for entry in reversed(self.entries())], indent=1, ensure_ascii=False)

    def to_csv(self) -> str:
        """The whole log as CSV with a header, oldest first."""
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, fieldnames=list(AuditEntry.__dataclass_fields__))
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in reversed(self.entries()))
        return buffer.getvalue()

    # -- anchors -----------------------------------------------------------------------------------

    def _read_anchors(self) -> dict[int, str] | None:
        """Hash of each row as the file says; None where there is no file."""
        try:
            lines = self._anchors.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        found: dict[int, str] = {}
        for line in lines:
            number, _, digest = line.partition(" ")
            # A line cut short by a power cut is written anew at the next start.
            if number.isdigit() and len(digest) == 64:
                found[int(number)] = digest
        return found

    def _start_anchors(self) -> None:
        """Make the file for an empty log.

        Where there are rows already, its absence must show. On a server the rows may be of other
        stations, so there each station starts a file of its own.
        """
        with self._db.read("reading the audit log") as connection:
            empty = connection.execute(select(audit.c.seq).limit(1)).one_or_none() is None
        if empty or not self._db.is_sqlite:
            with guarded("writing the audit log's anchors"):
                self._anchors.touch()

    def _write_anchors(self) -> None:
        """Add the lines of rows that have none yet. A failure is logged: the next row catches up."""
        try:
            known = self._read_anchors()
            if known is None:
                return  # taken away: `verify` says so, and no new file must hide it
            with self._db.read("reading the audit log") as connection:
                statement = (
                    select(audit.c.seq, audit.c.hash)
                    .where(audit.c.seq > max(known, default=0))
                    .order_by(audit.c.seq)
                )
                new = [f"{seq} {digest}" for seq, digest in connection.execute(statement)]
            if new:
                _append_lines(self._anchors, new)
        except (OSError, StoreError) as error:
            _log.warning("the audit log's anchors could not be written: %s", error)


def _append_lines(path: Path, lines: Sequence[str]) -> None:
    with guarded("writing the audit log's anchors"), path.open("ab") as file:
        # Begin on a line of our own, whatever a power cut left.
        start = "" if file.tell() == 0 else "\n"
        file.write((start + "\n".join(lines)).encode())
        file.flush()
        os.fsync(file.fileno())


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(**{name: getattr(row, name) for name in AuditEntry.__dataclass_fields__})
