"""The model file keeps what it was given, and refuses everything that is not what was written."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsdrd.archive import write_archive
from bsdrd.bundle import (
    CALIBRATION,
    FINISH,
    LAYOUT,
    LOOKS,
    MANIFEST,
    WEIGHTS,
    Bundle,
    Graphs,
    read_bundle,
    with_calibration,
)
from bsdrd.bundle import write_bundle as write
from bsdrd.errors import ModelFileError
from bsdrd.manifest import SCHEMA_VERSION, Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds

GRAPHS, WEIGHT_BYTES = Graphs((b"a graph" * 40, b"the next stage"), b"another graph" * 9), b"weights" * 50


def certificate(**changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "passed": True,
        "map_tolerance": 1e-3,
        "score_tolerance": 1e-3,
        "providers": [
            ProviderParity(provider="CPU", map_difference=1e-6, score_difference=0, verdict_flips=0)
        ],
        "tiles": 9,
        "sizes": ["64x64"],
        "look_sha256": GRAPHS.look_sha256,
        "finish_sha256": hashlib.sha256(GRAPHS.finish).hexdigest(),
        "weights_sha256": hashlib.sha256(WEIGHT_BYTES).hexdigest(),
        "versions": {"torch": "2"},
        "created_at": "2025-01-01T00:00:00+00:00",
    }
    return Certificate(**{**values, **changes})


def a_bundle() -> Bundle:
    return Bundle(
        name="line 3",
        spec=ModelSpec(teacher="efficientnet_lite0", wavelet="db2"),
        thresholds=Thresholds(2.5, 4.0),
        graphs=GRAPHS,
        weights=WEIGHT_BYTES,
        parity=certificate(),
        calibration={"method": "good", "quantile": 0.99},
        reference_scores=(1.0, 2.0),
        provenance={"seed": 3, "tiles": {"train": ["ab"]}},
        created_at="2025-02-03T04:05:06+00:00",
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.bsdrd"
    write(path, a_bundle())
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited_manifest(path: Path, **changes: Any) -> dict[str, bytes]:
    parts = members(path)
    manifest = {**json.loads(parts[MANIFEST]), **changes}
    return {**parts, MANIFEST: json.dumps(manifest).encode()}


def test_what_was_written_is_read_back(model: Path) -> None:
    got, given_ = read_bundle(model), a_bundle()
    for name in (
        "name",
        "spec",
        "thresholds",
        "graphs",
        "weights",
        "calibration",
        "created_at",
        "provenance",
    ):
        assert getattr(got, name) == getattr(given_, name), name


def test_the_hash_of_the_file_identifies_the_model(model: Path, tmp_path: Path) -> None:
    digest = write(tmp_path / "again.bsdrd", a_bundle())
    assert digest == read_bundle(model).sha256 == hashlib.sha256(model.read_bytes()).hexdigest()


def test_parts_that_were_not_asked_for_are_checked_but_not_kept(model: Path) -> None:
    light = read_bundle(model, graph=False, weights=False)
    assert (light.graphs, light.weights) == (Graphs(), b"")
    with pytest.raises(ModelFileError, match="incomplete"):
        write(model, light)


def test_other_thresholds_make_a_new_model_that_names_its_parent(model: Path, tmp_path: Path) -> None:
    old = read_bundle(model)
    path = tmp_path / "new.bsdrd"
    write(path, with_calibration(old, Thresholds(1, 2), {"method": "cost"}, (3.0, 1.0)))
    new = read_bundle(path)
    assert new.thresholds == Thresholds(1, 2)
    assert new.reference_scores == (1.0, 3.0)
    assert (new.parent_sha256, new.graphs, new.calibration) == (old.sha256, old.graphs, {"method": "cost"})
    assert new.sha256 != old.sha256
    assert with_calibration(old, Thresholds(1, 2), {}).reference_scores == old.reference_scores


@pytest.mark.parametrize(
    "other",
    [
        replace(GRAPHS, look=(GRAPHS.look[0], b"other")),
        replace(GRAPHS, look=GRAPHS.look[:1]),
        replace(GRAPHS, look=GRAPHS.look[::-1]),
        replace(GRAPHS, finish=b"other"),
    ],
)
def test_a_certificate_of_another_network_is_not_written(tmp_path: Path, other: Graphs) -> None:
    with pytest.raises(ModelFileError, match="another graph"):
        write(tmp_path / "x.bsdrd", replace(a_bundle(), graphs=other))


def test_a_value_that_json_cannot_hold_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="JSON"):
        write(tmp_path / "x.bsdrd", replace(a_bundle(), provenance={"loss": float("nan")}))
    assert not list(tmp_path.iterdir())


def test_a_failed_certificate_can_be_read_but_is_refused_for_use(tmp_path: Path) -> None:
    path = tmp_path / "x.bsdrd"
    write(path, replace(a_bundle(), parity=certificate(passed=False)))
    with pytest.raises(ModelFileError, match="failed its parity check"):
        read_bundle(path).require_parity()


# ------------------------------------------------------------------------------------- saving


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(model: Path) -> None:
    import resource

    before = model.read_bytes()
    bigger = replace(
        a_bundle(),
        weights=b"x" * 100_000,
        parity=certificate(weights_sha256=hashlib.sha256(b"x" * 100_000).hexdigest()),
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # Python turns the signal into an OSError
    try:
        with pytest.raises(ModelFileError) as caught:
            write(model, bigger)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "unchanged" in caught.value.kept
    assert model.read_bytes() == before
    assert list(model.parent.iterdir()) == [model]


def test_a_folder_that_is_a_file_gives_a_clear_error(model: Path) -> None:
    with pytest.raises(ModelFileError, match="could not be saved"):
        write(model / "below.bsdrd", a_bundle())


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "m.bsdrd", a_bundle())
    assert read_bundle(tmp_path / "a" / "b" / "m.bsdrd").name == "line 3"


# ------------------------------------------------------------------------------------- refusing


def refused(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_bundle(path)
    assert caught.value.do_next
    return caught.value.what


@pytest.mark.parametrize(
    "content", [b"", b"hello, I am a text file", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.bsdrd"
    path.write_bytes(content)
    assert "no intact model file" in refused(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "nothing.bsdrd")
    assert "not a regular file" in refused(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refused(tmp_path / "pipe")


def test_a_file_cut_short_anywhere_is_refused(model: Path) -> None:
    whole = model.read_bytes()
    for length in range(0, len(whole), 37):
        model.write_bytes(whole[:length])
        assert "no intact model file" in refused(model)


@given(data=st.data())
def test_a_changed_byte_is_refused_or_changes_nothing_that_is_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("flip") / "m.bsdrd"
    write(path, a_bundle())
    whole, truth = bytearray(path.read_bytes()), read_bundle(path)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        got = read_bundle(path)
    except ModelFileError:
        return
    # A byte that no reader looks at, a date in the archive's directory for instance.
    for field in fields(Bundle):
        assert field.name == "sha256" or getattr(got, field.name) == getattr(truth, field.name)


def test_an_edited_threshold_is_refused(model: Path) -> None:
    parts = members(model)
    calibration = json.loads(parts[CALIBRATION])
    parts[CALIBRATION] = json.dumps({**calibration, "high": 99.0}).encode()
    write_archive(model, parts)
    assert "calibration.json is not the one its manifest describes" in refused(model)


def test_an_edited_manifest_is_refused(model: Path) -> None:
    with zipfile.ZipFile(model) as archive:
        comment = archive.comment
    write_archive(model, edited_manifest(model, name="renamed"))
    with zipfile.ZipFile(model, "a") as archive:
        archive.comment = comment
    assert "its manifest was changed" in refused(model)


@pytest.mark.parametrize("part", [*LOOKS[:2], FINISH])
def test_a_graph_swapped_with_a_matching_manifest_is_refused_by_its_certificate(
    model: Path, part: str
) -> None:
    parts = members(model)
    manifest = json.loads(parts[MANIFEST])
    manifest["members"][part] = {"sha256": hashlib.sha256(b"evil").hexdigest(), "size": 4}
    write_archive(model, {**parts, MANIFEST: json.dumps(manifest).encode(), part: b"evil"})
    assert "certificate belongs to another network" in refused(model)


def test_a_newer_format_asks_for_an_update(model: Path) -> None:
    write_archive(model, edited_manifest(model, schema_version=SCHEMA_VERSION + 1, new_field=1))
    with pytest.raises(ModelFileError, match="newer version") as caught:
        read_bundle(model)
    assert "Update" in caught.value.do_next


@pytest.mark.parametrize("told_by", ["version", "graph.onnx", "look.onnx"])
def test_an_older_format_says_that_the_model_must_be_made_again(model: Path, told_by: str) -> None:
    if told_by == "version":
        write_archive(model, edited_manifest(model, schema_version=SCHEMA_VERSION - 1, old_field=1))
    else:  # the formats before held one graph, then two
        parts = members(model)
        parts[told_by] = parts.pop(LOOKS[0])
        write_archive(model, parts)
    before = model.read_bytes()
    with pytest.raises(ModelFileError, match="earlier version") as caught:
        read_bundle(model)
    assert "Train the model again" in caught.value.do_next
    assert model.read_bytes() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": 0},
        {"schema_version": "1"},
        {"kind": "recipe"},
        {"surprise": 1},
        {"name": ""},
        {"parity": {}},
        {"spec": {"teacher": "resnet18", "surprise": 1}},
        {"spec": {"teacher": "efficientnet_lite0", "channels": 2}},
        {"spec": {"teacher": "efficientnet_lite0", "struct_width": "96"}},
        {"spec": {"teacher": "efficientnet_lite0", "fusion": "mean"}},
        {"members": {}},
        {"parent_sha256": "../../etc"},
    ],
)
def test_a_manifest_with_a_wrong_field_is_refused(model: Path, changes: dict[str, Any]) -> None:
    write_archive(model, edited_manifest(model, **changes))
    refused(model)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"3", b"{", b'{"schema_version": NaN}', b"[" * 100_000, b"\xff\xfe"]
)
def test_a_manifest_that_is_no_json_object_is_refused(model: Path, text: bytes) -> None:
    write_archive(model, {**members(model), MANIFEST: text})
    assert "manifest.json" in refused(model)


def test_thresholds_in_the_wrong_order_are_refused(model: Path) -> None:
    parts = members(model)
    text = json.dumps({"low": 5.0, "high": 1.0, "details": {}, "reference_scores": []}).encode()
    manifest = json.loads(parts[MANIFEST])
    manifest["members"][CALIBRATION] = {"sha256": hashlib.sha256(text).hexdigest(), "size": len(text)}
    write_archive(model, {**parts, MANIFEST: json.dumps(manifest).encode(), CALIBRATION: text})
    assert "T1" in refused(model)


# ------------------------------------------------------------------------------------- hostile archives


def rebuilt(path: Path, *, drop: str = "", extra: dict[str, bytes] | None = None, **tweaks: Any) -> None:
    """Writes the archive again with one thing wrong; `tweaks` are for the entry of the first graph."""
    parts = members(path)
    with zipfile.ZipFile(path) as archive:
        comment = archive.comment
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            if name != drop:
                entry = zipfile.ZipInfo(name)
                if name == LOOKS[0]:
                    for key, value in tweaks.items():
                        setattr(entry, key, value)
                archive.writestr(entry, data)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
        archive.comment = comment


@pytest.mark.parametrize("name", [WEIGHTS, LOOKS[0]])
def test_a_missing_member_is_refused(model: Path, name: str) -> None:
    rebuilt(model, drop=name)
    assert f"missing or unknown ({name!r})" in refused(model)


def test_a_stage_that_was_taken_out_or_put_in_is_refused(model: Path) -> None:
    rebuilt(model, drop=LOOKS[1])
    assert f"{LOOKS[1]} is not the one its manifest describes" in refused(model)
    write(model, a_bundle())
    rebuilt(model, extra={LOOKS[2]: b"one more"})
    assert f"{LOOKS[2]} is not the one its manifest describes" in refused(model)


@pytest.mark.parametrize(
    "name", ["extra.txt", "../../evil", "/etc/passwd", "look1.onnx/", "C:\\evil", "sub/look1.onnx"]
)
def test_an_unknown_member_is_refused_whatever_its_path(model: Path, name: str) -> None:
    rebuilt(model, extra={name: b"x"})
    assert "missing or unknown" in refused(model)
    assert list(model.parent.iterdir()) == [model]


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning:zipfile")
def test_a_member_that_occurs_twice_is_refused(model: Path) -> None:
    rebuilt(model, extra={LOOKS[0]: b"x"})
    assert "occurs twice" in refused(model)


def test_a_compressed_member_is_refused_so_that_no_bomb_can_go_off(model: Path) -> None:
    rebuilt(model, compress_type=zipfile.ZIP_DEFLATED)
    assert "compressed" in refused(model)


def test_a_symbolic_link_is_refused(model: Path) -> None:
    rebuilt(model, external_attr=(stat.S_IFLNK | 0o777) << 16, create_system=3)
    assert "not a plain member" in refused(model)


def test_an_encrypted_member_is_refused(model: Path) -> None:
    whole = bytearray(model.read_bytes())
    at = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 1)
    whole[at + 8] |= 1
    model.write_bytes(whole)
    refused(model)


def test_a_member_larger_than_it_can_be_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYOUT.limits, LOOKS[0], 100)
    assert "larger than it can be" in refused(model)


def test_a_file_larger_than_any_model_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.bsdrd"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(LAYOUT.max_file_bytes + 1)  # sparse: takes no disk
    assert "more than a model can have" in refused(path)
