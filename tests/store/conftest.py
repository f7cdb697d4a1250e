"""A real store on a real disk for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tilesight.store.records import RecordStore


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that was opened once and closed; copied, because making one takes longer."""
    folder = tmp_path_factory.mktemp("store") / "empty"
    RecordStore.open(folder).close()
    return folder


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[RecordStore]:
    with RecordStore.open(shutil.copytree(empty_store, tmp_path / "store")) as opened:
        yield opened
