"""The model file: everything one detector is, in one file that is opened without pickle.

A `.bsdrd` file is an uncompressed zip archive of these members and no others:

==================== ===========================================================================
manifest.json        schema version, name, architecture, provenance, parity certificate, and the
                     SHA-256 and size of every other member
look1.onnx, ...      the network as ONNX Runtime runs it, first part: its stages, from pixels to raw grids
                     and features, as many as there are
finish.onnx          second part, once for a tile: raw grids in, maps and score out
weights.safetensors  the network as torch runs it and as training goes on from it
calibration.json     T1 and T2, how they were found, and the scores of held-out good tiles
==================== ===========================================================================

The archive's comment holds the SHA-256 of the manifest, so an edit anywhere shows. That guards against
damage and careless edits, not against a forger, who can compute hashes too: take models from people you
trust. A hostile file can still do no more than be refused or give wrong maps: nothing in it is executed,
unpacked to disk, or larger in memory than on disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never, TypeVar

from pydantic import TypeAdapter, ValidationError

from bsdrd.archive import Content, Layout, damaged, outdated, read_archive, write_archive
from bsdrd.errors import ModelFileError
from bsdrd.manifest import SCHEMA_VERSION, CalibrationFile, Certificate, Manifest, Member
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds

SUFFIX = ".bsdrd"
MANIFEST, FINISH, WEIGHTS, CALIBRATION = (
    "manifest.json",
    "finish.onnx",
    "weights.safetensors",
    "calibration.json",
)
#: Members for the stages of the first part; a model need not have so many.
LOOKS = tuple(f"look{number}.onnx" for number in range(1, 10))
LAYOUT = Layout(
    # The largest teacher makes a graph of a tenth of its limit, which is what protobuf can hold.
    limits={
        MANIFEST: 4 * 1024**2,
        **dict.fromkeys(LOOKS, 2 * 1024**3 - 1),
        FINISH: 16 * 1024**2,
        WEIGHTS: 2 * 1024**3,
        CALIBRATION: 64 * 1024**2,
    },
    max_file_bytes=4 * 1024**3,
    optional=frozenset(LOOKS[1:]),
    retired=frozenset({"graph.onnx", "look.onnx"}),
)

_SPEC = TypeAdapter(ModelSpec)
_Validated = TypeVar("_Validated", Manifest, CalibrationFile)


def now() -> str:
    """This second in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Graphs:
    """The network as serialised ONNX models.

    Attributes:
        look: Pixels to raw grids and features: one model a stage, see `bsdrd.stages`.
        finish: Raw grids to maps and score.
    """

    look: tuple[bytes, ...] = ()
    finish: bytes = b""

    @property
    def look_sha256(self) -> str:
        """One hash for all stages."""
        return _joint_hash([hashlib.sha256(graph).hexdigest() for graph in self.look])


def _joint_hash(hashes: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A model as it lies in its file.

    Attributes:
        name: As its maker called it.
        spec: The architecture.
        thresholds: T1 and T2.
        graphs: The ONNX graphs; empty where they were not asked for.
        weights: `state_dict` of the `DetectorGraph` as safetensors; empty where it was not asked for.
        parity: The parity certificate of these graphs against these weights.
        calibration: How the thresholds were found. JSON values.
        reference_scores: Scores of held-out good tiles, rising.
        provenance: Teacher, data fingerprint, settings, library versions, metrics. JSON values.
        parent_sha256: Of the model this one was made from; empty where there is none.
        created_at: ISO 8601, UTC.
        sha256: Of the file it was read from, which identifies the model; empty for one not yet written.
    """

    name: str
    spec: ModelSpec
    thresholds: Thresholds
    graphs: Graphs
    weights: bytes
    parity: Certificate
    calibration: dict[str, Any] = field(default_factory=dict[str, Any])
    reference_scores: tuple[float, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict[str, Any])
    parent_sha256: str = ""
    created_at: str = field(default_factory=now)
    sha256: str = ""

    def require_parity(self) -> None:
        """Checks that the graphs were proved to say the same as the weights.

        Raises:
            ModelFileError: If the certificate is a failed one.
        """
        if not self.parity.passed:
            raise ModelFileError(
                f"The model {self.name!r} failed its parity check: "
                "the exported graph and the trained network differ.",
                kept="It was not opened.",
                do_next="Export it again with 'bsdrd export', or train it again.",
            )


def with_calibration(
    bundle: Bundle,
    thresholds: Thresholds,
    details: dict[str, Any],
    reference_scores: tuple[float, ...] | None = None,
) -> Bundle:
    """The same model with other thresholds, as a new one whose parent is the old one.

    Args:
        bundle: A complete model as read from its file.
        thresholds: The new T1 and T2.
        details: How they were found. JSON values.
        reference_scores: Scores of held-out good tiles; None keeps those there are.
    """
    return replace(
        bundle,
        thresholds=thresholds,
        calibration=details,
        reference_scores=bundle.reference_scores
        if reference_scores is None
        else tuple(sorted(reference_scores)),
        parent_sha256=bundle.sha256,
        created_at=now(),
        sha256="",
    )


def write_bundle(path: str | Path, bundle: Bundle) -> str:
    """Writes a model file: whole or not at all. An existing file is replaced at the last moment.

    Args:
        path: Where to; missing folders are made.
        bundle: A complete model whose certificate belongs to its graphs and weights.

    Returns:
        The SHA-256 of the file.

    Raises:
        ModelFileError: If the bundle is incomplete or inconsistent, or the disk does not take the file.
    """
    if not bundle.graphs.look or not bundle.graphs.finish or not bundle.weights:
        raise ModelFileError("The model is incomplete: it was read without its graphs or its weights.")
    calibration = CalibrationFile(
        low=bundle.thresholds.low,
        high=bundle.thresholds.high,
        details=bundle.calibration,
        reference_scores=sorted(bundle.reference_scores),
    )
    members = {
        **dict(zip(LOOKS, bundle.graphs.look, strict=False)),
        FINISH: bundle.graphs.finish,
        WEIGHTS: bundle.weights,
        CALIBRATION: _to_json(calibration.model_dump()),
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    if not _belongs(bundle.parity, hashes):
        raise ModelFileError(
            "The parity certificate belongs to another graph or other weights.",
            do_next="Export the model again.",
        )
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        kind="bsdrd-model",
        name=bundle.name,
        created_at=bundle.created_at,
        spec=bundle.spec.to_dict(),
        provenance=bundle.provenance,
        parent_sha256=bundle.parent_sha256,
        parity=bundle.parity,
        members={name: Member(sha256=hashes[name], size=len(data)) for name, data in members.items()},
    )
    return write_archive(Path(path), {MANIFEST: _to_json(manifest.model_dump()), **members})


def read_bundle(path: str | Path, *, graph: bool = True, weights: bool = True) -> Bundle:
    """Reads a model file and checks every byte of it.

    Args:
        path: The file.
        graph: Whether to keep the ONNX graphs; they are checked in any case.
        weights: Whether to keep the torch weights; they are checked in any case.

    Raises:
        ModelFileError: If it is missing, damaged, edited, hostile, or from a newer or too old a program.
    """
    file = Path(path)
    keep = (
        {MANIFEST, CALIBRATION} | ({*LOOKS, FINISH} if graph else set()) | ({WEIGHTS} if weights else set())
    )
    content = read_archive(file, LAYOUT, keep)
    manifest = _parse(file, MANIFEST, content.members[MANIFEST], Manifest)
    _check_hashes(file, manifest, content)
    calibration = _parse(file, CALIBRATION, content.members[CALIBRATION], CalibrationFile)
    try:
        thresholds = Thresholds(calibration.low, calibration.high)
        spec = _SPEC.validate_json(_to_json(ModelSpec.from_dict(manifest.spec).to_dict()), strict=True)
        if spec.channels not in (1, 3):
            raise ValueError(f"it says that tiles have {spec.channels} channels")
    except ValidationError as error:
        raise damaged(file, _first(MANIFEST, error)) from error
    except (TypeError, ValueError) as error:
        raise damaged(file, str(error)) from error
    return Bundle(
        name=manifest.name,
        spec=spec,
        thresholds=thresholds,
        graphs=Graphs(
            tuple(content.members[name] for name in LOOKS if name in content.members),
            content.members.get(FINISH, b""),
        ),
        weights=content.members.get(WEIGHTS, b""),
        parity=manifest.parity,
        calibration=calibration.details,
        reference_scores=tuple(calibration.reference_scores),
        provenance=manifest.provenance,
        parent_sha256=manifest.parent_sha256,
        created_at=manifest.created_at,
        sha256=content.sha256,
    )


def _check_hashes(file: Path, manifest: Manifest, content: Content) -> None:
    for name in sorted({*content.hashes, *manifest.members} - {MANIFEST}):
        stated = manifest.members.get(name)
        found = content.hashes.get(name), content.sizes.get(name)
        if stated is None or (stated.sha256, stated.size) != found:
            raise damaged(file, f"{name} is not the one its manifest describes")
    if not _belongs(manifest.parity, content.hashes):
        raise damaged(file, "its parity certificate belongs to another network")


def _belongs(certificate: Certificate, hashes: dict[str, str]) -> bool:
    """Whether a certificate is that of members with these hashes."""
    proved = (certificate.look_sha256, certificate.finish_sha256, certificate.weights_sha256)
    look = _joint_hash([hashes[name] for name in LOOKS if name in hashes])
    return proved == (look, hashes[FINISH], hashes[WEIGHTS])


def _to_json(values: dict[str, Any]) -> bytes:
    try:
        return json.dumps(values, indent=1, sort_keys=True, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ModelFileError(
            f"The model describes itself with a value that JSON cannot hold: {error}."
        ) from error


def _parse(file: Path, name: str, data: bytes, kind: type[_Validated]) -> _Validated:
    try:
        values: Any = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise damaged(file, f"{name} is no JSON") from error
    if kind is Manifest:
        _check_version(file, values)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise damaged(file, _first(name, error)) from error


def _first(name: str, error: ValidationError) -> str:
    """The first thing that is wrong with a member, as part of a sentence."""
    first = error.errors()[0]
    return f"{name}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _no_constant(text: str) -> Never:
    raise ValueError(f"{text} is no JSON value")


def _check_version(file: Path, values: Any) -> None:
    version: Any = values.get("schema_version") if isinstance(values, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ModelFileError(
            f"{file} was written by a newer version "
            f"(file format {version}; this program knows {SCHEMA_VERSION}).",
            kept="It was not opened.",
            do_next="Update Tilesight.",
        )
    if isinstance(version, int) and 0 < version < SCHEMA_VERSION:
        raise outdated(file)
