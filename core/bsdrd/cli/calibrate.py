"""`bsdrd calibrate`: other thresholds for a model, from good or from labelled tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bsdrd.backends import BackendName, Device
from bsdrd.bundle import read_bundle, with_calibration, write_bundle
from bsdrd.calibration import (
    GREY_QUANTILE,
    REJECT_QUANTILE,
    Calibration,
    ScoreSet,
    at_f1_max,
    at_lowest_cost,
    at_thresholds,
    from_good,
    from_targets,
)
from bsdrd.cli.evaluate import Tell
from bsdrd.data.layouts import Dataset, Tile, load_dataset
from bsdrd.detector import open_detector
from bsdrd.errors import DataError
from bsdrd.result import Thresholds
from bsdrd.scoring import Scored, score_tiles

MethodName = Literal["good", "targets", "f1", "cost", "manual"]
Part = Literal["auto", "calibration", "test", "all"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How to choose thresholds; each method uses its own numbers (see `bsdrd.calibration`).

    Attributes:
        method: "good" quantiles, "targets", "f1", "cost" or "manual".
        grey_quantile: For "good".
        reject_quantile: For "good".
        miss_rate: For "targets".
        false_reject_rate: For "targets".
        escape_cost: For "cost".
        reject_cost: For "cost".
        check_cost: For "cost"; None: nothing is grey.
        defect_share: For "cost"; None: as in the data set.
        low: T1 for "manual".
        high: T2 for "manual".
    """

    method: MethodName = "good"
    grey_quantile: float = GREY_QUANTILE
    reject_quantile: float = REJECT_QUANTILE
    miss_rate: float | None = None
    false_reject_rate: float | None = None
    escape_cost: float = 100.0
    reject_cost: float = 1.0
    check_cost: float | None = None
    defect_share: float | None = None
    low: float | None = None
    high: float | None = None

    def apply(self, scores: ScoreSet) -> Calibration:
        """Choose thresholds on these scores.

        Raises:
            DataError: If the numbers or the scores do not allow it.
        """
        match self.method:
            case "good":
                return from_good(
                    scores, grey_quantile=self.grey_quantile, reject_quantile=self.reject_quantile
                )
            case "targets":
                return from_targets(
                    scores, miss_rate=self.miss_rate, false_reject_rate=self.false_reject_rate
                )
            case "f1":
                return at_f1_max(scores)
            case "cost":
                return at_lowest_cost(
                    scores,
                    escape_cost=self.escape_cost,
                    reject_cost=self.reject_cost,
                    check_cost=self.check_cost,
                    defect_share=self.defect_share,
                )
            case "manual":
                return at_thresholds(scores, self._given())

    def _given(self) -> Thresholds:
        if self.low is None or self.high is None:
            raise DataError("T1 and T2 are missing.", do_next="Give both --low and --high.")
        try:
            return Thresholds(self.low, self.high)
        except ValueError as error:
            raise DataError(f"These thresholds cannot be used: {error}.") from error


def run_calibrate(
    model: Path,
    data: Path,
    out: Path,
    choice: Choice,
    *,
    part: Part = "auto",
    backend: BackendName = "onnx",
    device: Device = "auto",
    threads: int = 0,
    tell: Tell,
) -> dict[str, Any]:
    """Write a copy of a model with other thresholds.

    Tells `warning`, `progress` (done, of) and `failed` (file, error) events on the way.

    Args:
        model: A model file.
        data: Tiles that the model was not trained on.
        out: The new model file; may be the old one, which is then replaced.
        choice: How to choose.
        part: Tiles to use: "auto" takes those marked calibration, and where nothing is marked, all.
        backend: Library that runs the model.
        device: Device to run it on.
        threads: CPU threads; 0: all.
        tell: Takes the events.

    Returns:
        The `summary` event: the calibration (see `bsdrd.calibration.Calibration`), the new file and hash.

    Raises:
        BsdrdError: If model or data cannot be used. The model stays as it was.
    """
    dataset = load_dataset(data)
    tiles = _chosen(dataset, part)
    for warning in dataset.warnings:
        tell({"event": "warning", "text": warning})
    if part == "test":
        text = "Figures on the test tiles will look better than they are: these thresholds come from them."
        tell({"event": "warning", "text": text})
    with open_detector(model, backend=backend, device=device, threads=threads) as detector:
        scored = score_tiles(
            detector,
            dataset,
            tiles,
            progress=lambda done, of: tell({"event": "progress", "done": done, "of": of}),
        )
    for bad in scored.failed:
        tell({"event": "failed", "file": bad.name, "error": bad.reason})
    calibration = choice.apply(scored.score_set())
    for note in calibration.notes:
        tell({"event": "warning", "text": note})
    good = tuple(one.score for one in scored.tiles if one.tile.is_good)
    bundle = with_calibration(read_bundle(model), calibration.thresholds, calibration.as_dict(), good)
    sha256 = write_bundle(out, bundle)
    return _summary(calibration, scored, out, sha256, bundle.parent_sha256)


def _chosen(dataset: Dataset, part: Part) -> Sequence[Tile]:
    usable = tuple(tile for tile in dataset.tiles if tile.is_good or tile.is_defective)
    if part == "auto":
        if not any(tile.split for tile in dataset.tiles):
            return usable
        part = "calibration"
    tiles = {"calibration": dataset.calibration(), "test": dataset.test(), "all": usable}[part]
    if not tiles:
        raise DataError(
            f"{dataset.root} marks no tiles for {part}.",
            do_next="Choose others with --part (test or all), or mark some in a manifest.",
        )
    return tiles


def _summary(calibration: Calibration, scored: Scored, out: Path, sha256: str, parent: str) -> dict[str, Any]:
    return {
        "event": "summary",
        "model": str(out),
        "model_sha256": sha256,
        "parent_sha256": parent,
        "threshold_low": calibration.thresholds.low,
        "threshold_high": calibration.thresholds.high,
        **{key: value for key, value in calibration.as_dict().items() if key != "thresholds"},
        "escape_rate_known": calibration.escape_rate_known,
        "failed": [{"file": bad.name, "error": bad.reason} for bad in scored.failed],
    }
