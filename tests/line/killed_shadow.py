"""Inspects endlessly with a shadow beside the live model; says on stdout when both have judged; gets killed.

Arguments: store folder, live model file, shadow model file.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.line.line_doubles import ScriptedSource

from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe
from tilesight.line.shadow import Shadow
from tilesight.line.shadow_terms import Limits, ShadowTerms
from tilesight.line.sources.base import Overflow
from tilesight.store.records import RecordStore


def main() -> None:
    store = RecordStore.open(Path(sys.argv[1]))
    recipe = Recipe(name="Line 1", model=sys.argv[2], threads=1)
    engine = Engine(store)
    source = ScriptedSource([], Overflow.FAULT, finite=False)
    engine.start(source, recipe).result()
    shadow = Shadow(engine, store)
    stored = store.models.add(Path(sys.argv[3]), actor="Ada")
    shadow.begin(stored.sha256, recipe, ShadowTerms(Limits(), Limits()), actor="Ada")
    pause = threading.Event()
    told = False
    while True:
        source.add(120)
        pause.wait(0.02)
        found = store.shadow.summary(stored.sha256)
        if found.records >= 10 and not told:
            sys.stdout.write(f"{store.count()} {found.records}\n")
            sys.stdout.flush()
            told = True


if __name__ == "__main__":
    main()
