"""What a model file says about itself, as validated data. No torch."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Raised by one whenever an older program could misread a newer file.
SCHEMA_VERSION = 5

_HASH = r"^[0-9a-f]{64}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Member(_Strict):
    """One member of the archive.

    Attributes:
        sha256: Of its bytes.
        size: In bytes.
    """

    sha256: str = Field(pattern=_HASH)
    size: int = Field(ge=0)


class ProviderParity(_Strict):
    """How far the exported graphs are from the trained network on one device.

    Attributes:
        provider: "CPU" or "CUDA".
        map_difference: Largest difference of any value of any map, in standard deviations of good tiles.
        score_difference: Largest difference of a score.
        verdict_flips: Tiles whose verdict differs, of those whose score is further from both thresholds
            than `score_difference` allows.
    """

    provider: str
    map_difference: float = Field(ge=0)
    score_difference: float = Field(ge=0)
    verdict_flips: int = Field(ge=0)


class Certificate(_Strict):
    """Proof that the exported graphs say the same as the trained network.

    Attributes:
        passed: Whether every device stayed within the tolerances without a flip.
        map_tolerance: Largest map difference that is allowed.
        score_tolerance: Largest score difference that is allowed.
        providers: What was measured on each device.
        tiles: How many tiles were compared.
        sizes: Their sizes, "HxW".
        look_sha256: Of the hashes of the graphs of the first part that were compared.
        finish_sha256: Of the graph of the second part.
        weights_sha256: Of the weights it was compared with.
        versions: Of the libraries that were used.
        created_at: ISO 8601, UTC.
    """

    passed: bool
    map_tolerance: float = Field(gt=0)
    score_tolerance: float = Field(gt=0)
    providers: list[ProviderParity] = Field(min_length=1)
    tiles: int = Field(ge=1)
    sizes: list[str]
    look_sha256: str = Field(pattern=_HASH)
    finish_sha256: str = Field(pattern=_HASH)
    weights_sha256: str = Field(pattern=_HASH)
    versions: dict[str, str]
    created_at: str


class CalibrationFile(_Strict):
    """The member `calibration.json`.

    Attributes:
        low: T1.
        high: T2.
        details: How they were found.
        reference_scores: Scores of held-out good tiles.
    """

    low: float
    high: float
    details: dict[str, Any]
    reference_scores: list[float]


class Manifest(_Strict):
    """The member `manifest.json`.

    Attributes:
        schema_version: See `SCHEMA_VERSION`.
        kind: Tells the file from any other archive.
        name: As the maker called the model.
        created_at: ISO 8601, UTC.
        spec: The architecture, see `bsdrd.model.spec.ModelSpec`.
        provenance: Teacher, data fingerprint, settings, library versions, metrics.
        parent_sha256: Of the model file this one was made from; empty where there is none.
        parity: The parity certificate.
        members: Hash and size of every other member.
    """

    schema_version: Literal[5]
    kind: Literal["bsdrd-model"]
    name: str = Field(min_length=1, max_length=200)
    created_at: str = Field(max_length=64)
    spec: dict[str, Any]
    provenance: dict[str, Any]
    parent_sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")
    parity: Certificate
    members: dict[str, Member]
