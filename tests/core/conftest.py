"""A real, small model for the tests of everything that runs one: exported once, never trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsdrd.bundle import Bundle, read_bundle, write_bundle
from bsdrd.detector import Detector, open_detector
from bsdrd.result import Thresholds


@pytest.fixture(scope="session")
def small_bundle() -> Bundle:
    """A complete model with random weights: the smaller embedded teacher's network and narrow students."""
    import torch

    from bsdrd.export import make_bundle
    from bsdrd.model.graph import DetectorGraph
    from bsdrd.model.spec import ModelSpec

    torch.manual_seed(7)
    spec = ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48)
    graph = DetectorGraph.from_spec(spec)
    with torch.no_grad():
        # As after training: levels of about 0, spread of about 1.
        graph.level_mean.fill_(1.0)
        graph.level_std.fill_(0.1)
    return make_bundle(
        graph,
        name="small",
        thresholds=Thresholds(4.0, 6.0),
        calibration={"method": "test"},
        reference_scores=[2.0, 1.0, 3.0],
        provenance={"program": "tests", "teacher": spec.teacher},
    )


@pytest.fixture(scope="session")
def small_model(small_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of `small_bundle`. Do not change it: it serves every test."""
    path = tmp_path_factory.mktemp("model") / "small.bsdrd"
    write_bundle(path, small_bundle)
    return path


@pytest.fixture(scope="session")
def detector(small_model: Path) -> Iterator[Detector]:
    """The small model, open in ONNX Runtime on one CPU thread."""
    with open_detector(small_model, device="cpu", threads=1) as opened:
        yield opened


@pytest.fixture
def failed_model(small_bundle: Bundle, tmp_path: Path) -> Path:
    """A model whose parity check failed."""
    path = tmp_path / "failed.bsdrd"
    write_bundle(path, replace(small_bundle, parity=small_bundle.parity.model_copy(update={"passed": False})))
    return path


@pytest.fixture
def good_tile() -> np.ndarray:
    """A grey tile of 150 x 110 px, uint8."""
    return made_tile(150, 110, seed=1)


def made_tile(height: int, width: int, seed: int = 0, *, colour: bool = False) -> np.ndarray:
    """A textured tile: uint8, height x width or height x width x 3."""
    rng = np.random.default_rng(seed)
    shape = (height, width, 3) if colour else (height, width)
    streaks = rng.normal(0, 10, (1, width, 1) if colour else (1, width))
    return np.clip(120 + streaks + rng.normal(0, 6, shape), 0, 255).astype(np.uint8)


@pytest.fixture
def read_small(small_model: Path) -> Bundle:
    """The small model as read from its file."""
    return read_bundle(small_model)
