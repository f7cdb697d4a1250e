"""A real store on a real disk for each test.

With ``TILESIGHT_TEST_DATABASE`` set to the address of an empty PostgreSQL database (and its driver
installed), the tests that use the ``store`` fixture run on that server instead; everything in it is deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tilesight.store.records import RecordStore

SERVER = os.environ.get("TILESIGHT_TEST_DATABASE", "")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that was opened once and closed; copied, because making one takes longer."""
    folder = tmp_path_factory.mktemp("store") / "empty"
    RecordStore.open(folder).close()
    return folder


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[RecordStore]:
    if SERVER:
        engine = create_engine(SERVER)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        opened = RecordStore.open(SERVER, files=tmp_path / "store")
    else:
        opened = RecordStore.open(shutil.copytree(empty_store, tmp_path / "store"))
    with opened:
        yield opened


@pytest.fixture
def sqlite_only() -> None:
    """For tests that do something to the SQLite file."""
    if SERVER:
        pytest.skip("does something to an SQLite file")
