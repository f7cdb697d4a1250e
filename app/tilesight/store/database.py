"""The database under the store: connections, transactions, migrations on opening.

One writer connection behind a lock, several readers. In SQLite's WAL mode readers see the last
commit and never wait for the writer, nor it for them. `synchronous=FULL`: a commit that returned
is on the disk.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL

from tilesight.store.errors import NewerStore, StoreDamaged, StoreError, StoreUnavailable, guarded
from tilesight.store.schema import HEAD, REVISIONS

_log = logging.getLogger(__name__)

#: How long to wait for another program's lock on the database.
_BUSY_MS = 5000
_READERS = 8


class Database:
    """Connections to one store's database, on the newest schema.

    Args:
        url: As SQLAlchemy writes it; "sqlite:///..." or "postgresql+...".
        backups: Where a copy of an SQLite database goes before it is migrated.
        read_only: Neither write nor migrate.

    Raises:
        NewerStore: If a newer program wrote it; it is left untouched.
        StoreDamaged: If it is not a database of Tilesight.
        StoreUnavailable: If it cannot be reached, read or written.
    """

    def __init__(self, url: URL | str, *, backups: Path, read_only: bool = False) -> None:
        self.url = make_url(url)
        self.read_only = read_only
        self._lock = threading.RLock()
        self._current: Connection | None = None
        self._after: list[Callable[[], None]] = []
        self._closed = False
        with guarded("opening the store"):
            self._prepare(backups)
        self._writer = self._engine(writer=True)
        self._reader = self._engine(writer=False)

    @property
    def file(self) -> Path | None:
        """The database file, where it is SQLite."""
        return Path(self.url.database or "") if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    # -- transactions ------------------------------------------------------------------------------

    @contextmanager
    def write(self, doing: str = "writing to the store") -> Generator[Connection, None, None]:
        """One transaction, durable when the block ends and undone when it raises.

        A block inside another one of the same thread joins it: all is kept or nothing.

        Args:
            doing: What is done, for the message if it fails.

        Raises:
            StoreUnavailable: If the disk or the database fails; nothing of the block was kept.
        """
        if self.read_only:
            raise StoreError("This store was opened for reading only.", do_next="Open it for writing.")
        with self._lock:
            self._must_be_open()
            if self._current is not None:
                with self._current.begin_nested():
                    yield self._current
                return
            try:
                with self._reconnecting(doing), self._writer.connect() as connection, connection.begin():
                    self._current = connection
                    try:
                        yield connection
                    finally:
                        self._current = None
                after = list(self._after)
            finally:
                self._after.clear()
            for call in after:
                call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` run once the transaction of the surrounding `write` is durable, and only then."""
        if call not in self._after:
            self._after.append(call)

    @contextmanager
    def read(self, doing: str = "reading the store") -> Generator[Connection, None, None]:
        """A consistent view of the last commit; never waits for a writer.

        Raises:
            StoreUnavailable: If the disk or the database fails.
        """
        self._must_be_open()
        with self._reconnecting(doing), self._reader.connect() as connection, connection.begin():
            yield connection

    def _must_be_open(self) -> None:
        # An engine of SQLAlchemy would simply connect again, without the lock on the folder.
        if self._closed:
            raise StoreError("The store was closed.", do_next="Open it again.")

    @contextmanager
    def _reconnecting(self, doing: str) -> Generator[None, None, None]:
        """Connections to a file on a disk that was away stay broken when it is back: begin with new ones."""
        try:
            with guarded(doing):
                yield
        except StoreUnavailable as error:
            if "I/O error" in str(error):
                self._writer.dispose()
                self._reader.dispose()
            raise

    def close(self) -> None:
        """Close every connection; SQLite then folds its log into the database file."""
        with self._lock:
            self._closed = True
            self._reader.dispose()
            self._writer.dispose()

    # -- opening -----------------------------------------------------------------------------------

    def _engine(self, *, writer: bool) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self.url, pool_size=1 if writer else _READERS, pool_pre_ping=True)
            if not writer:
                engine = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
            return engine
        url = self.url
        if self.read_only:
            path = Path(url.database or "").resolve().as_uri()
            url = url.set(database=path).update_query_dict({"mode": "ro", "uri": "true"})
        engine = create_engine(
            url,
            pool_size=1 if writer else _READERS,
            max_overflow=0 if writer else 32,
            connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        )
        _set_up_sqlite(engine, writer=writer, read_only=self.read_only)
        return engine

    def _prepare(self, backups: Path) -> None:
        """Check whose database it is and bring it to the newest schema."""
        found = self._revision()
        if found is not None and found not in REVISIONS:
            raise NewerStore(
                f"The store was written by a newer Tilesight (schema {found}, this one knows {HEAD}).",
                kept="It was left untouched.",
                do_next="Install the newer program, or choose another store folder.",
            )
        if found == HEAD:
            return
        if self.read_only:
            raise StoreError(
                "The store has an older schema or none, and was opened for reading only.",
                kept="It was left as it is.",
                do_next="Open it once for writing.",
            )
        if found is not None and self.file is not None:
            self._back_up(backups, found)
        self._migrate()

    def _revision(self) -> str | None:
        """Schema revision of the database; None where it is new or empty."""
        if self.file is not None:
            return _revision_of_file(self.file)
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return _revision_of(connection)
        finally:
            engine.dispose()

    def _back_up(self, backups: Path, revision: str) -> None:
        assert self.file is not None
        backups.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        target = backups / f"before-{HEAD}-from-{revision}-{stamp}.db"
        source = sqlite3.connect(self.file)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()
        _log.info("database copied to %s before it is migrated from %s to %s", target, revision, HEAD)

    def _migrate(self) -> None:
        # Alembic costs a third of a second to import; most starts do not need it.
        from tilesight.store.migrations import upgrade

        engine = self._engine(writer=True)
        try:
            with engine.connect() as connection, connection.begin():
                upgrade(connection, HEAD)
        finally:
            engine.dispose()


def _revision_of(connection: Connection) -> str | None:
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _revision_of_file(file: Path) -> str | None:
    """As `_revision_of`, without leaving a trace beside a file that will be refused."""
    if not file.exists() or file.stat().st_size == 0:
        return None
    log = file.with_name(file.name + "-wal")
    # Without a log to read, SQLite is told that nobody writes: else it would leave files of its own.
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True)
    try:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in names and names:
            raise StoreDamaged(
                f"{file} is a database, but not one of Tilesight.",
                kept="It was left as it is.",
                do_next="Choose another store folder.",
            )
        if not names:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
    finally:
        connection.close()


def _set_up_sqlite(engine: Engine, *, writer: bool, read_only: bool) -> None:
    """Durability and waiting times for each connection, and transactions begun by us.

    Python's driver would begin transactions late and not at all for reading or for changes of the
    schema; with its own handling off, each begins where SQLAlchemy says so.
    """

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        if not read_only:
            mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode != "wal":
                _log.warning("the database runs without write-ahead log (%s): readers may wait", mode)
            cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # 8 MiB a connection: four times as much only looked like a leak over a long shift.
        cursor.execute("PRAGMA cache_size=-8192")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer and not read_only else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
