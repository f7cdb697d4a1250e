"""Alembic's entry: runs the migrations on the connection that the program hands in."""

from alembic import context
from sqlalchemy import Connection

from tilesight.store.schema import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite can undo changes of the schema: a program killed in the middle leaves the old one.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
