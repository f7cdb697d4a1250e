"""The one line of JSON that an unattended run prints: at its end, and where it could not start."""

from __future__ import annotations

from typing import Any

from tilesight.line.ledger import Counts


def summary(counts: Counts, reason: str) -> dict[str, Any]:
    """The counts of a run as JSON values."""
    return {
        "frames": counts.frames,
        "total": counts.total,
        "ok": counts.ok,
        "grey": counts.grey,
        "ng": counts.ng,
        "not_inspected": counts.not_inspected,
        "dropped": counts.dropped,
        "no_tile": counts.no_tile,
        "saved": counts.saved,
        "unsaved": counts.unsaved,
        "reason": reason,
    }
