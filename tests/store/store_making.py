"""Records, maps and model files for the store's tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsdrd.bundle import Bundle, Graphs, write_bundle
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import AnomalyMaps, Region, Thresholds, Verdict
from tilesight.store.records import NewRecord

START = datetime(2026, 3, 2, 6, 0, 0, 123456, tzinfo=UTC)
MODEL = "ab" * 32


def tile(
    seed: int = 0, height: int = 70, width: int = 90, *, colour: bool = False, deep: bool = False
) -> Any:
    """Random pixels."""
    rng = np.random.default_rng(seed)
    shape = (height, width, 3) if colour else (height, width)
    return rng.integers(0, 65536 if deep else 256, shape, dtype=np.uint16 if deep else np.uint8)


def anomaly_maps(seed: int = 0, height: int = 70, width: int = 90) -> AnomalyMaps:
    """Random maps of a tile."""
    rng = np.random.default_rng(seed)
    grids: list[NDArray[np.float32]] = [
        rng.normal(0, 3, (-(-height // 4), -(-width // 4))).astype(np.float32) for _ in range(3)
    ]
    return AnomalyMaps(*grids, height=height, width=width)


def region(seed: int = 0, **changes: Any) -> Region:
    """A region with a unit descriptor."""
    rng = np.random.default_rng(seed)
    feature = rng.normal(size=8)
    feature /= np.linalg.norm(feature)
    values: dict[str, Any] = {
        "area_px": 12 + seed,
        "box": (3, 4, 5, 6),
        "centroid": (5.25, 6.5),
        "peak": 6.5,
        "peak_at": (5, 6),
        "fired": "both",
        "feature": tuple(float(value) for value in feature.astype(np.float32)),
    }
    return Region(**{**values, **changes})


def new_record(number: int = 0, **changes: Any) -> NewRecord:
    """A record; `number` sets its time, name, serial number and score."""
    values: dict[str, Any] = {
        "captured_at": START + timedelta(seconds=number),
        "inspected_at": START + timedelta(seconds=number, milliseconds=40),
        "source": "Camera 1",
        "frame_id": number,
        "name": f"frame {number}",
        "verdict": Verdict.NG,
        "score": 5.0 + number,
        "thresholds": Thresholds(3.0, 4.5),
        "lot": f"L-{number // 10}",
        "serial": f"S{number:05d}",
        "model_sha256": MODEL,
        "model_name": "starter",
        "height": 70,
        "width": 90,
    }
    return NewRecord(**{**values, **changes})


def with_pictures(number: int = 0, **changes: Any) -> NewRecord:
    """A record with picture and maps."""
    return new_record(number, **{"pixels": tile(number), "maps": anomaly_maps(number), **changes})


def files_below(folder: Path) -> set[str]:
    """Every file below a folder, relative."""
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def everything(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {name: (root / name).read_bytes() for name in files_below(root)}


def mask_of(height: int = 70, width: int = 90, *, seed: int = 0) -> NDArray[np.bool_]:
    """A ragged mask."""
    mask = np.random.default_rng(seed).random((height, width)) > 0.7
    mask[0, 0] = mask[-1, -1] = True
    return mask


def model_file(path: Path, *, name: str = "starter", parity: bool = True, parent: str = "") -> str:
    """A whole model file, as the registry sees it (its network is never run); returns its hash."""
    graphs, weights = Graphs((name.encode() * 50,), name.encode()), name.encode() * 70
    certificate = Certificate(
        passed=parity,
        map_tolerance=0.01,
        score_tolerance=0.01,
        providers=[ProviderParity(provider="CPU", map_difference=0.0, score_difference=0.0, verdict_flips=0)],
        tiles=4,
        sizes=["70x90"],
        look_sha256=graphs.look_sha256,
        finish_sha256=hashlib.sha256(graphs.finish).hexdigest(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions={"torch": "2"},
        created_at="2026-03-02T06:00:00+00:00",
    )
    bundle = Bundle(
        name=name,
        spec=ModelSpec(),
        thresholds=Thresholds(3.0, 5.0),
        graphs=graphs,
        weights=weights,
        parity=certificate,
        provenance={"data": {"fingerprint": "ab"}, "epochs": 12},
        parent_sha256=parent,
    )
    return write_bundle(path, bundle)
