"""Inspects endlessly into a real store and writes each acknowledged record id to stdout; it gets killed.

Arguments: store folder, model file.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.line.line_doubles import ScriptedSource

from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe
from tilesight.store.records import RecordStore


class TellingStore(RecordStore):
    """Says on stdout what has been acknowledged, after it was."""

    def add(self, new, retention=None):  # type: ignore[no-untyped-def,override]
        ids = super().add(new, retention)
        for number, record in zip(ids, new, strict=True):
            sys.stdout.write(f"{number} {record.frame_id} {record.verdict.value}\n")
        sys.stdout.flush()
        return ids


def main() -> None:
    store = TellingStore.open(Path(sys.argv[1]))
    recipe = Recipe(name="Kill", model=sys.argv[2], retention={"pictures": "all", "maps": "all"}, threads=1)  # type: ignore[arg-type]
    engine = Engine(store)
    engine.start(ScriptedSource([120, 255] * 1_000_000), recipe).result()
    threading.Event().wait()


if __name__ == "__main__":
    main()
