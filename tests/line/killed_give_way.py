"""A program whose line inspects one tile for ever, beside a training that gives way to it; it gets killed.

Arguments: store folder, then "start" for a new training of the pictures in the folder after it, or "find" for
one that an earlier program has left. Says on stdout the number of the training's process.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.line.line_doubles import RECIPE, LevelDetector, ListStore, ScriptedSource

from tilesight.line.engine import Engine
from tilesight.line.give_way import GiveWay
from tilesight.line.training import job as job_module
from tilesight.line.training.child import TrainingRun, give_way_again
from tilesight.line.training.choosing import TileChoice, gather
from tilesight.line.training.job import JobBook, JobSettings

#: Stands in for a training: goes on until somebody asks it to stop, and says so.
TRAINING = """
import json, signal, sys, time
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
print(json.dumps({"event": "started", "step": 0, "steps": 9}), flush=True)
while not asked:
    time.sleep(0.01)
print(json.dumps({"event": "summary", "reason": "cancelled", "exit_code": 1}), flush=True)
"""


def main() -> None:
    store, what = Path(sys.argv[1]), sys.argv[2]
    give_way = GiveWay()
    job_module.program = lambda: [sys.executable, "-c", TRAINING]
    book = JobBook(store)
    if what == "start":
        tiles = gather(None, TileChoice(None, (Path(sys.argv[3]),)))
        TrainingRun(book.create(tiles, JobSettings(mode="scratch"), name="new"), give_way).start()
    else:
        give_way_again(store, give_way)
    detector = LevelDetector()
    detector.gate.clear()
    engine = Engine(ListStore(store), open_detector=lambda recipe: detector, give_way=give_way)
    engine.start(ScriptedSource([50]), RECIPE).result()
    assert detector.entered.wait()
    newest = book.newest()
    assert newest is not None
    sys.stdout.write(f"{newest.state().pid}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
