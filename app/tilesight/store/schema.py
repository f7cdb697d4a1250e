"""The tables. One schema for SQLite and PostgreSQL; changed only together with a migration.

Times are whole microseconds since 1970 in UTC (`*_us`), so that both databases order and compare
them alike. JSON is kept as text, because the audit log hashes texts.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

#: The newest migration this program knows.
HEAD = "0002"
#: Every migration, oldest first.
REVISIONS = ("0001", "0002")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row numbers by itself only to a column declared INTEGER.
Big = BigInteger().with_variant(Integer, "sqlite")
Real = Float(53)

store_info = Table(
    "store_info", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False)
)

records = Table(
    "records",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("uid", String(32), nullable=False),  # the same in every export and import
    Column("captured_us", BigInteger, nullable=False),
    Column("inspected_us", BigInteger, nullable=False),
    Column("station", String, nullable=False),
    Column("source", String, nullable=False),
    Column("frame_id", BigInteger, nullable=False),
    Column("tile_index", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("path", Text),
    Column("file_sha256", String(64)),
    Column("lot", String),
    Column("serial", String),
    Column("verdict", String(13), nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Real),
    Column("struct_peak", Real),
    Column("detail_peak", Real),
    Column("t1", Real),
    Column("t2", Real),
    Column("map_threshold", Real),
    Column("min_area_px", Integer),
    Column("edge_band_px", Integer),
    Column("model_sha256", String(64)),
    Column("model_name", String),
    Column("recipe_sha256", String(64)),
    Column("recipe_name", String),
    Column("recipe_version", Integer),
    Column("operator", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("timings", Text, nullable=False),
    Column("height", Integer),
    Column("width", Integer),
    Column("mm_per_px", Real),
    Column("pose", Text),
    Column("truth", String, nullable=False),
    Column("n_regions", Integer, nullable=False),
    # The current label, kept in step with `labels` inside the same transaction.
    Column("label_kind", String),
    Column("label_class", String),
    Column("label_by", String),
    Column("label_us", BigInteger),
    Column("disagreement", Integer, nullable=False, server_default="0"),
    CheckConstraint("verdict IN ('OK', 'GREY', 'NG', 'NOT INSPECTED')", name="verdict"),
    CheckConstraint("verdict <> 'NOT INSPECTED' OR reason <> ''", name="reason"),
)
Index("ix_records_uid", records.c.uid)
Index("ix_records_inspected", records.c.inspected_us, records.c.id)
Index("ix_records_verdict", records.c.verdict, records.c.inspected_us)
Index("ix_records_label", records.c.label_kind, records.c.inspected_us)
Index("ix_records_score", records.c.score)
Index("ix_records_lot", records.c.lot)
Index("ix_records_serial", records.c.serial)

regions = Table(
    "regions",
    metadata,
    Column("record_id", Big, ForeignKey("records.id"), primary_key=True),
    Column("idx", Integer, primary_key=True),
    Column("area_px", Integer, nullable=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("centroid_x", Real, nullable=False),
    Column("centroid_y", Real, nullable=False),
    Column("peak", Real, nullable=False),
    Column("peak_x", Integer, nullable=False),
    Column("peak_y", Integer, nullable=False),
    Column("fired", String(6), nullable=False),
    Column("feature", LargeBinary, nullable=False),  # float32, little-endian
)

files = Table(
    "files",
    metadata,
    Column("record_id", Big, ForeignKey("records.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("path", String, nullable=False),  # below the store folder, with forward slashes
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("removed_us", BigInteger),
    CheckConstraint("kind IN ('picture', 'maps')", name="kind"),
    CheckConstraint("state IN ('kept', 'removing', 'removed')", name="state"),
)
Index("ix_files_state", files.c.state, files.c.record_id, files.c.bytes)

thumbnails = Table(
    "thumbnails",
    metadata,
    Column("record_id", Big, ForeignKey("records.id"), primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("source", String, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("to_us", BigInteger),
    Column("frames", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("kind IN ('lost', 'dropped')", name="kind"),
)

label_actions = Table(
    "label_actions",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("reviewer", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("state", String(7), nullable=False),
    CheckConstraint("state IN ('done', 'undone', 'dropped')", name="state"),
)
Index("ix_label_actions_stack", label_actions.c.reviewer, label_actions.c.state, label_actions.c.id)

labels = Table(
    "labels",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("record_id", Big, ForeignKey("records.id"), nullable=False),
    Column("action_id", Big, ForeignKey("label_actions.id"), nullable=False),
    Column("origin", String(5), nullable=False),
    Column("reviewer", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", String),  # None: the reviewer's label was taken away
    Column("defect_class", String, nullable=False),
    Column("comment", Text, nullable=False),
    # When the person said so: an undo brings back a label together with its time.
    Column("given_us", BigInteger),
    Column("before_kind", String),
    Column("before_class", String, nullable=False),
    Column("before_comment", Text, nullable=False),
    Column("before_given_us", BigInteger),
    CheckConstraint("origin IN ('label', 'undo', 'redo')", name="origin"),
)
Index("ix_labels_record", labels.c.record_id, labels.c.reviewer, labels.c.id)
Index("ix_labels_action", labels.c.action_id)

drawn_masks = Table(
    "drawn_masks",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("record_id", Big, ForeignKey("records.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("png", LargeBinary, nullable=False),  # 1 bit a pixel, the tile's size
)

region_labels = Table(
    "region_labels",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("record_id", Big, ForeignKey("records.id"), nullable=False),
    Column("action_id", Big, ForeignKey("label_actions.id"), nullable=False),
    Column("origin", String(5), nullable=False),
    Column("reviewer", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("region_index", Integer),
    Column("mask_id", Big, ForeignKey("drawn_masks.id")),
    Column("decision", String(6)),  # None: taken away
    Column("defect_class", String, nullable=False),
    Column("before_decision", String(6)),
    Column("before_class", String, nullable=False),
    CheckConstraint("decision IN ('accept', 'reject', 'drawn')", name="decision"),
    CheckConstraint("(region_index IS NULL) <> (mask_id IS NULL)", name="target"),
)
Index("ix_region_labels_record", region_labels.c.record_id, region_labels.c.id)
Index("ix_region_labels_action", region_labels.c.action_id)

audit = Table(
    "audit",
    metadata,
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String, nullable=False),
    Column("role", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

recipe_versions = Table(
    "recipe_versions",
    metadata,
    Column("name", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("why", Text, nullable=False),
)
Index("ix_recipe_versions_sha256", recipe_versions.c.sha256)

models = Table(
    "models",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("state", String(9), nullable=False),
    Column("added_us", BigInteger, nullable=False),
    Column("added_by", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("parent_sha256", String(64)),
    Column("manifest", Text, nullable=False),
    Column("removed_us", BigInteger),
    CheckConstraint("state IN ('candidate', 'shadow', 'live', 'retired')", name="state"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("recipe", String, nullable=False),
    Column("sha256", String(64), ForeignKey("models.sha256"), nullable=False),
    Column("previous_id", Big, ForeignKey("promotions.id")),
    Column("kind", String(8), nullable=False),
    Column("recipe_before", Integer),
    Column("recipe_version", Integer),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("kind IN ('promote', 'rollback')", name="kind"),
)
Index("ix_promotions_recipe", promotions.c.recipe, promotions.c.id)

shadow_results = Table(
    "shadow_results",
    metadata,
    Column("model_sha256", String(64), ForeignKey("models.sha256"), primary_key=True),
    Column("record_id", Big, ForeignKey("records.id"), primary_key=True),
    Column("verdict", String(13), nullable=False),
    Column("score", Real),
    Column("t1", Real),
    Column("t2", Real),
    Column("milliseconds", Real),
)

shadow_runs = Table(
    "shadow_runs",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("model_sha256", String(64), ForeignKey("models.sha256"), nullable=False),
    Column("recipe", String, nullable=False),
    Column("terms", Text, nullable=False),  # thresholds that it is judged with, and what they hold for
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("actor", String, nullable=False),
)
Index("ix_shadow_runs_model", shadow_runs.c.model_sha256, shadow_runs.c.id)

evaluation_sets = Table(
    "evaluation_sets",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", Text, nullable=False),  # every tile with the hash of its picture and its truth
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("removed_us", BigInteger),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("recipe", String, nullable=False),
    Column("live_sha256", String(64), nullable=False),
    Column("new_sha256", String(64), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("content", Text, nullable=False),
)
Index("ix_comparisons_new", comparisons.c.new_sha256, comparisons.c.id)

#: Tables whose rows are only ever added; triggers refuse anything else.
APPEND_ONLY = ("audit", "labels", "region_labels", "drawn_masks")
