"""A program that writes to a store until it is killed; each line it prints is an acknowledgement.

Run as ``python killed_writer.py FOLDER records|labels``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.store.store_making import with_pictures

from tilesight.store.images import KEEP_ALL
from tilesight.store.records import LabelKind, RecordStore


def _say(*words: object) -> None:
    # One system call a line: a line cut short by the kill has no end and is not counted.
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def main() -> None:
    folder, what = sys.argv[1:]
    with RecordStore.open(folder) as store:
        _say("ready")
        number = 0
        while True:
            number += 1
            ids = store.add([with_pictures(number * 2), with_pictures(number * 2 + 1)], KEEP_ALL)
            _say("records", *ids)
            if what == "labels":
                store.labels.label("ann", ids, LabelKind.DEFECT, defect_class="crack")
                _say("labelled", *ids)
                entry = store.audit.append("ann", "something", new={"number": number})
                _say("audited", entry.seq)


if __name__ == "__main__":
    main()
