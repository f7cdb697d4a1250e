"""A program killed at any moment (kill -9) loses nothing that it was told is stored."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.store.store_making import files_below, tile

from tilesight.store.records import LabelKind, RecordStore

WRITER = Path(__file__).with_name("killed_writer.py")


def _run_and_kill(folder: Path, what: str, lines: int, then: float) -> list[list[str]]:
    """Start the writer, kill it `then` seconds after its so many-th line; returns its whole lines."""
    program = subprocess.Popen(
        [sys.executable, str(WRITER), str(folder), what], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(lines)]
    # Not waiting for anything: this chooses where inside a write the kill falls.
    time.sleep(then)
    program.kill()
    said += program.stdout.readlines()
    program.stdout.close()
    assert program.wait(20) == -9
    return [line.split() for line in said if line.endswith("\n")]


@pytest.mark.parametrize(
    ("what", "lines", "then"), [("records", 2, 0.0), ("records", 9, 0.0037), ("labels", 14, 0.0011)]
)
def test_nothing_acknowledged_is_lost_by_a_kill_and_nothing_is_left_over(
    tmp_path: Path, what: str, lines: int, then: float
) -> None:
    folder = tmp_path / "store"
    acknowledged: list[int] = []
    for _ in range(2):  # the second one starts on what the first one left
        said = _run_and_kill(folder, what, lines, then)
        acknowledged += [int(number) for line in said if line[0] == "records" for number in line[1:]]
        labelled = [int(number) for line in said if line[0] == "labelled" for number in line[1:]]
        audited = [int(line[1]) for line in said if line[0] == "audited"]
        with RecordStore.open(folder) as store:
            stored = store.ids().tolist()
            assert set(acknowledged) <= set(stored)
            for number in stored:  # also those whose acknowledgement the kill swallowed
                seed = store.get(number).frame_id
                np.testing.assert_array_equal(store.files.picture(number), tile(seed))
                assert store.files.maps(number).height == 70
            assert len(files_below(folder / "pictures")) == len(files_below(folder / "maps")) == len(stored)
            assert not list((folder / "incoming").iterdir())
            assert all(store.get(number).label is LabelKind.DEFECT for number in labelled)
            assert set(audited) <= {entry.seq for entry in store.audit.entries()}
            assert store.audit.verify().intact
            with store.db.read() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert acknowledged
