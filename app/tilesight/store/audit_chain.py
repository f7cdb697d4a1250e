"""The chain of an audit log and its check, without a database: exports can be checked with it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from tilesight.store.canonical import content_sha256

#: What the first row follows.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the audit log.

    Attributes:
        seq: 1, 2, 3 ... without a gap.
        at: When, ISO 8601 in UTC.
        actor: Who.
        role: Their role.
        action: What was done.
        subject: To what.
        old: What it was before, as canonical JSON.
        new: What it is now, as canonical JSON.
        why: The reason given.
        previous: Hash of the row before.
        hash: sha256 over everything else, as canonical JSON.
    """

    seq: int
    at: str
    actor: str
    role: str
    action: str
    subject: str
    old: str
    new: str
    why: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the log.

    Attributes:
        seq: The row it concerns, or the first of several.
        text: What is wrong, as a sentence.
    """

    seq: int
    text: str


def row_hash(entry: AuditEntry) -> str:
    """The hash that a row must have."""
    body = asdict(entry)
    del body["hash"]
    return content_sha256(body)


def check_chain(
    rows: Sequence[AuditEntry],
    head: tuple[int, str] | None,
    anchors: Mapping[int, str] | None,
) -> list[Problem]:
    """Find what was edited, removed, inserted or put in another order.

    Args:
        rows: The log, by number.
        head: Number and hash of the last row, as the database remembers them; None for an empty log.
        anchors: Hash by number, as the file beside the database says; None where there is no file.
    """
    problems: list[Problem] = []
    by_hash = {row.hash: row.seq for row in rows}
    numbers = {digest: seq for seq, digest in (anchors or {}).items()}
    expected, previous = 1, GENESIS
    for row in rows:
        if row.seq > expected:
            problems.append(_removed(expected, row.seq - 1))
        if row_hash(row) != row.hash:
            problems.append(_changed(row, by_hash, numbers))
        elif row.seq == expected and row.previous != previous:
            problems.append(
                Problem(
                    row.seq, f"Row {row.seq} does not follow row {row.seq - 1}: one of them was replaced."
                )
            )
        if anchors is not None and row.hash != anchors.get(row.seq, row.hash):
            problems.append(
                Problem(row.seq, f"Row {row.seq} is not the one that was anchored: it was rewritten.")
            )
        expected, previous = row.seq + 1, row.hash
    last = rows[-1].seq if rows else 0
    return sorted(problems + _end(rows, last, head, anchors), key=lambda problem: problem.seq)


def _removed(first: int, last: int) -> Problem:
    text = f"Row {first} was removed." if first == last else f"Rows {first} to {last} were removed."
    return Problem(first, text)


def _changed(row: AuditEntry, by_hash: Mapping[str, int], numbers: Mapping[str, int]) -> Problem:
    """Tell a row that was moved from one whose content was edited.

    Args:
        row: A row whose hash is wrong.
        by_hash: Present number of each row.
        numbers: Number of each row as it was anchored.
    """
    behind = 1 if row.previous == GENESIS else by_hash.get(row.previous, row.seq - 1) + 1
    for number in (numbers.get(row.hash, behind), behind):
        if row_hash(replace(row, seq=number)) == row.hash:
            return Problem(row.seq, f"Row {row.seq} was row {number}: rows were put in another order.")
    return Problem(row.seq, f"Row {row.seq} was edited.")


def _end(
    rows: Sequence[AuditEntry],
    last: int,
    head: tuple[int, str] | None,
    anchors: Mapping[int, str] | None,
) -> list[Problem]:
    problems: list[Problem] = []
    remembered = max(head[0] if head else 0, max(anchors, default=0) if anchors else 0)
    if remembered > last:
        problems.append(_removed(last + 1, remembered))
    if rows and head is None:
        problems.append(Problem(last, "The database no longer says where the log ends."))
    elif rows and head is not None and head[0] == last and head[1] != rows[-1].hash:
        problems.append(Problem(last, f"Row {last} is not the one that the log ended with."))
    elif head is not None and 0 < head[0] < last:
        problems.append(Problem(head[0] + 1, f"Rows after {head[0]} were added by another program."))
    if rows and anchors is None:
        problems.append(Problem(1, "The file audit.anchors is missing: the log's end cannot be checked."))
    elif rows and anchors is not None:
        bare = [row.seq for row in rows if row.seq not in anchors]
        # The very last row may lack its line after a power cut.
        if bare and bare != [last]:
            problems.append(
                Problem(bare[0], f"Row {bare[0]} has no line in audit.anchors, which was changed.")
            )
    return problems
