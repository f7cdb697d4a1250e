"""Models come, are promoted, rolled back and go, without a moment in which it is unclear which one judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.store.store_making import model_file, new_record

from bsdrd.bundle import read_bundle
from bsdrd.errors import ModelFileError
from bsdrd.result import Thresholds, Verdict
from tilesight.store.errors import ModelStateError, StoredFileError, StoreUnavailable
from tilesight.store.models import StoredModel
from tilesight.store.records import RecordStore
from tilesight.store.shadow import ShadowResult

LINE = "Line 1"


@pytest.fixture
def three(store: RecordStore, tmp_path: Path) -> list[StoredModel]:
    """Three models in the registry."""
    found: list[StoredModel] = []
    for name in ("old", "new", "newest"):
        model_file(tmp_path / f"{name}.bsdrd", name=name)
        found.append(store.models.add(tmp_path / f"{name}.bsdrd", actor="eve", note=f"the {name} one"))
    return found


def _states(store: RecordStore) -> dict[str, str]:
    return {model.name: model.state for model in store.models.all()}


def test_a_model_comes_in_checked_as_a_candidate_with_its_provenance(
    store: RecordStore, tmp_path: Path
) -> None:
    digest = model_file(tmp_path / "m.bsdrd", name="spring", parent="cd" * 32)
    model = store.models.add(tmp_path / "m.bsdrd", actor="eve", note="new light", role="engineer")
    assert (model.sha256, model.name, model.state, model.live_for) == (digest, "spring", "candidate", ())
    assert (model.added_by, model.note, model.parent_sha256) == ("eve", "new light", "cd" * 32)
    assert model.manifest["provenance"] == {"data": {"fingerprint": "ab"}, "epochs": 12}
    assert model.thresholds == Thresholds(3.0, 5.0)
    assert model.parity_passed
    assert model.bytes == (tmp_path / "m.bsdrd").stat().st_size
    (tmp_path / "m.bsdrd").unlink()
    assert read_bundle(store.models.path(digest)).sha256 == digest
    (entry,) = store.audit.entries()
    assert (entry.action, entry.role) == ("model added", "engineer")
    # Once more is no second model and no second line in the log.
    assert store.models.add(store.models.path(digest), actor="bob") == model
    assert len(store.audit.entries()) == 1


def test_a_damaged_model_file_does_not_come_in(store: RecordStore, tmp_path: Path) -> None:
    model_file(tmp_path / "m.bsdrd")
    data = (tmp_path / "m.bsdrd").read_bytes()
    (tmp_path / "m.bsdrd").write_bytes(data[:300] + b"x" + data[301:])
    with pytest.raises(ModelFileError):
        store.models.add(tmp_path / "m.bsdrd", actor="eve")
    assert store.models.all() == []
    assert not list((store.folder / "models").glob("*")) if (store.folder / "models").exists() else True


def test_promotion_swaps_model_and_recipe_together_and_tells_the_log(
    store: RecordStore, three: list[StoredModel]
) -> None:
    old, new, _ = three
    store.recipes.save(LINE, {"model": old.sha256, "high": 5.0}, actor="eve", why="")
    store.models.promote(old.sha256, LINE, actor="eve", why="first")
    done = store.models.promote(
        new.sha256,
        LINE,
        actor="eve",
        why="fewer false alarms",
        role="engineer",
        content={"model": new.sha256, "high": 6.0},
        details={"missed_before": 1, "missed_now": 1},
    )
    assert (done.sha256, done.previous, done.kind) == (new.sha256, old.sha256, "promote")
    assert done.recipe_version is not None
    assert done.recipe_version.version == 2
    assert _states(store) == {"old": "retired", "new": "live", "newest": "candidate"}
    live = store.models.live(LINE)
    assert live is not None
    assert (live.sha256, live.live_for) == (new.sha256, (LINE,))
    promoted, changed = store.audit.entries(limit=2)
    assert (promoted.action, changed.action) == ("model promoted", "recipe changed by promotion")
    assert json.loads(promoted.old) == old.sha256
    assert json.loads(promoted.new) == {"model": new.sha256, "missed_before": 1, "missed_now": 1}


def test_rollback_goes_back_step_by_step_with_the_recipe_of_then(
    store: RecordStore, three: list[StoredModel]
) -> None:
    for number, model in enumerate(three):
        store.models.promote(
            model.sha256,
            LINE,
            actor="eve",
            why="better",
            content={"model": model.sha256, "high": 5.0 + number},
        )
    # Thresholds moved since the last promotion go back too.
    store.recipes.save(LINE, {"model": three[2].sha256, "high": 9.0}, actor="eve", why="moved")
    for number in (1, 0):
        done = store.models.rollback(LINE, actor="bob", why="worse")
        assert (done.kind, done.sha256) == ("rollback", three[number].sha256)
        newest = store.recipes.newest(LINE)
        assert newest is not None
        assert newest.content == {"model": three[number].sha256, "high": 5.0 + number}
        live = store.models.live(LINE)
        assert live is not None
        assert live.sha256 == three[number].sha256
    with pytest.raises(ModelStateError, match="No model was live"):
        store.models.rollback(LINE, actor="bob", why="worse")
    assert _states(store) == {"old": "live", "new": "retired", "newest": "retired"}
    history = [(one.kind, one.sha256[:6], (one.previous or "-")[:6]) for one in store.models.promotions(LINE)]
    a, b, c = (model.sha256[:6] for model in three)
    assert history == [
        ("rollback", a, b),
        ("rollback", b, c),
        ("promote", c, b),
        ("promote", b, a),
        ("promote", a, "-"),
    ]


def test_a_model_may_be_live_for_two_recipes_and_is_retired_with_the_last(
    store: RecordStore, three: list[StoredModel]
) -> None:
    old, new, _ = three
    for recipe in (LINE, "Line 2"):
        store.models.promote(old.sha256, recipe, actor="eve", why="first")
    assert store.models.get(old.sha256).live_for == (LINE, "Line 2")
    store.models.promote(new.sha256, LINE, actor="eve", why="better")
    assert store.models.get(old.sha256).state == "live"
    store.models.promote(new.sha256, "Line 2", actor="eve", why="better")
    assert store.models.get(old.sha256).state == "retired"


def test_what_cannot_go_live_is_refused_and_changes_nothing(
    store: RecordStore, three: list[StoredModel], tmp_path: Path
) -> None:
    old, new, newest = three
    store.models.promote(old.sha256, LINE, actor="eve", why="first")
    model_file(tmp_path / "bad.bsdrd", name="bad", parity=False)
    bad = store.models.add(tmp_path / "bad.bsdrd", actor="eve")
    store.models.path(newest.sha256).unlink()
    lines = len(store.audit.entries())
    with pytest.raises(ModelStateError, match="parity"):
        store.models.promote(bad.sha256, LINE, actor="eve", why="try")
    with pytest.raises(ModelStateError, match="reason"):
        store.models.promote(new.sha256, LINE, actor="eve", why=" ")
    with pytest.raises(ModelStateError, match="already"):
        store.models.promote(old.sha256, LINE, actor="eve", why="again")
    with pytest.raises(StoredFileError, match="not in the store"):
        store.models.promote(newest.sha256, LINE, actor="eve", why="better")
    with pytest.raises(ModelStateError, match="no model"):
        store.models.get("0" * 64)
    live = store.models.live(LINE)
    assert live is not None
    assert live.sha256 == old.sha256
    assert len(store.audit.entries()) == lines


@pytest.mark.usefixtures("sqlite_only")
def test_a_promotion_that_cannot_be_written_leaves_model_and_recipe_as_they_were(
    store: RecordStore, three: list[StoredModel]
) -> None:
    old, new, _ = three
    store.models.promote(old.sha256, LINE, actor="eve", why="first", content={"model": "old"})
    with store.db.write() as connection:
        connection.exec_driver_sql(
            "CREATE TEMP TRIGGER fail BEFORE INSERT ON promotions BEGIN SELECT raise(ABORT, 'no'); END"
        )
    with pytest.raises(Exception, match="no"):
        store.models.promote(new.sha256, LINE, actor="eve", why="better", content={"model": "new"})
    newest = store.recipes.newest(LINE)
    assert newest is not None
    assert newest.content == {"model": "old"}
    assert _states(store)["old"] == "live"
    assert store.audit.verify().intact


def test_one_model_at_a_time_is_the_shadow_and_never_the_live_one(
    store: RecordStore, three: list[StoredModel]
) -> None:
    old, new, newest = three
    store.models.promote(old.sha256, LINE, actor="eve", why="first")
    assert store.models.shadow() is None
    store.models.set_shadow(new.sha256, True, actor="eve")
    store.models.set_shadow(newest.sha256, True, actor="eve")
    assert _states(store) == {"old": "live", "new": "candidate", "newest": "shadow"}
    with pytest.raises(ModelStateError, match="is live"):
        store.models.set_shadow(old.sha256, True, actor="eve")
    store.models.set_shadow(newest.sha256, False, actor="eve")
    assert store.models.shadow() is None


def test_the_live_model_and_the_one_to_go_back_to_cannot_be_deleted(
    store: RecordStore, three: list[StoredModel]
) -> None:
    old, new, newest = three
    store.models.promote(old.sha256, LINE, actor="eve", why="first")
    store.models.promote(new.sha256, LINE, actor="eve", why="better")
    with pytest.raises(ModelStateError, match="is live"):
        store.models.remove(new.sha256, actor="eve", why="tidy")
    with pytest.raises(ModelStateError, match="rollback"):
        store.models.remove(old.sha256, actor="eve", why="tidy")
    with pytest.raises(ModelStateError, match="is live"):
        store.models.retire(new.sha256, actor="eve")
    store.models.remove(newest.sha256, actor="eve", why="tidy")
    assert [model.name for model in store.models.all()] == ["new", "old"]
    assert store.models.get(newest.sha256).removed_at is not None
    with pytest.raises(StoredFileError, match="not in the store"):
        store.models.path(newest.sha256)


def test_a_deleted_model_may_come_back(store: RecordStore, three: list[StoredModel], tmp_path: Path) -> None:
    digest = three[0].sha256
    store.models.remove(digest, actor="eve", why="tidy")
    again = store.models.add(tmp_path / "old.bsdrd", actor="bob")
    assert (again.sha256, again.removed_at, again.added_by) == (digest, None, "eve")
    assert again.state == "candidate", "as every model that is brought"
    assert store.models.path(digest).is_file()


def test_a_model_leaves_the_registry_as_the_file_it_came_as(
    store: RecordStore, three: list[StoredModel], tmp_path: Path
) -> None:
    store.models.export(three[0].sha256, tmp_path / "out.bsdrd")
    assert (tmp_path / "out.bsdrd").read_bytes() == (tmp_path / "old.bsdrd").read_bytes()
    store.models.path(three[1].sha256).write_bytes(b"damaged")
    with pytest.raises(StoredFileError, match="damaged"):
        store.models.export(three[1].sha256, tmp_path / "out2.bsdrd")
    assert not (tmp_path / "out2.bsdrd").exists()
    with pytest.raises(StoreUnavailable):
        store.models.export(three[0].sha256, tmp_path / "no such folder" / "out.bsdrd")


def test_notes_and_retirement_are_in_the_log(store: RecordStore, three: list[StoredModel]) -> None:
    assert store.models.set_note(three[0].sha256, "for winter", actor="eve").note == "for winter"
    assert store.models.retire(three[0].sha256, actor="eve", why="spring").state == "retired"
    retired, noted = store.audit.entries(limit=2)
    assert (noted.action, json.loads(noted.old), json.loads(noted.new)) == (
        "model note",
        "the old one",
        "for winter",
    )
    assert (retired.action, retired.why) == ("model retired", "spring")


# -- shadow results --------------------------------------------------------------------------------


def test_shadow_results_are_compared_with_the_verdicts_that_counted(
    store: RecordStore, three: list[StoredModel]
) -> None:
    verdicts = [Verdict.OK, Verdict.OK, Verdict.NG, Verdict.GREY]
    ids = store.add([new_record(n, verdict=verdict) for n, verdict in enumerate(verdicts)])
    digest = three[1].sha256
    theirs = [Verdict.OK, Verdict.NG, Verdict.NG, Verdict.NOT_INSPECTED]
    results = [
        ShadowResult(
            number, verdict, None if verdict is Verdict.NOT_INSPECTED else 4.5, Thresholds(3.0, 4.0), 12.5
        )
        for number, verdict in zip(ids, theirs, strict=True)
    ]
    store.shadow.add(digest, results[:3])
    store.shadow.add(digest, [])
    # Judged again: the newer result counts.
    store.shadow.add(digest, results[1:])
    found = store.shadow.summary(digest)
    assert (found.records, found.agree) == (4, 2)
    assert found.counts[Verdict.OK, Verdict.NG] == 1
    assert store.shadow.results(digest)[::-1] == results
    assert [one.record_id for one in store.shadow.results(digest, differing=True)] == [ids[3], ids[1]]
    assert store.shadow.summary(three[0].sha256).records == 0
    assert [row.verdict for row in store.get_many(ids)] == verdicts
