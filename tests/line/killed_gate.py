"""Takes one step of the gate on a running line, and stops in the middle of it to be killed.

Arguments: store folder, live model file, new model file, labelled folder, step ("promote" or "compare").
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.line.line_doubles import ScriptedSource

from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe
from tilesight.line.sources.base import Overflow
from tilesight.line.training.evaluation import freeze, gather_labelled
from tilesight.line.training.gate import compare_on
from tilesight.line.training.releasing import Who, add_candidate, promote
from tilesight.store.records import RecordStore

ADA = Who("Ada", "engineer")


def main() -> None:
    folder, live, new, labelled = (Path(one) for one in sys.argv[1:5])
    store = RecordStore.open(folder)
    recipe = Recipe(name="Line 1", model=str(live), threads=1)
    store.recipes.save("Line 1", recipe.content(), actor="Ada", why="")
    engine = Engine(store)
    engine.start(ScriptedSource([120] * 3, Overflow.FAULT, finite=False), recipe).result()
    candidate = add_candidate(store, new, ADA)
    frozen = freeze(store, "set", gather_labelled(None, None, (labelled,)), "Ada")

    def stop_here(done: int, of: int) -> None:
        if sys.argv[5] == "compare" and done == of // 2:
            wait_for_the_end()

    found = compare_on(store, recipe, frozen, candidate.sha256, who=ADA, progress=stop_here)
    promote(store, recipe, found, ADA, "finds faint marks")
    # Recorded; the engine has not got it, and the recipe file neither.
    wait_for_the_end()


def wait_for_the_end() -> None:
    sys.stdout.write("now\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
