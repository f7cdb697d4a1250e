"""`bsdrd evaluate`: how good a model is on a labelled data set."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bsdrd.backends import BackendName, Device
from bsdrd.calibration import Calibration
from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.detector import Detector, open_detector
from bsdrd.report import Evaluated, write_report
from bsdrd.scoring import Scored, figures, rates, score_tiles

#: Takes an event as it goes to `--json`: plain values with the kind under "event".
Tell = Callable[[dict[str, Any]], None]


def run_evaluate(
    model: Path,
    data: Path,
    *,
    backend: BackendName = "onnx",
    device: Device = "auto",
    threads: int = 0,
    report: Path | None = None,
    seed: int = 0,
    tell: Tell,
) -> dict[str, Any]:
    """Evaluate a model on the test tiles of a data set (on all tiles where it marks no splits).

    Tells `warning`, `progress` (done, of) and `failed` (file, error) events on the way.

    Args:
        model: A model file.
        data: A data set in any layout.
        backend: Library that runs the model.
        device: Device to run it on.
        threads: CPU threads; 0: all.
        report: Folder for the report; None: none.
        seed: Of the bootstrap behind the intervals.
        tell: Takes the events.

    Returns:
        The `summary` event: every figure of `bsdrd.metrics.evaluation`, what T1 and T2 did
        (`at_thresholds`), times, and `failed`, the tiles that could not be inspected.

    Raises:
        BsdrdError: If model or data cannot be used at all.
    """
    dataset = load_dataset(data)
    for warning in dataset.warnings:
        tell({"event": "warning", "text": warning})
    with open_detector(model, backend=backend, device=device, threads=threads) as detector:
        started = time.perf_counter()
        scored = score_tiles(
            detector,
            dataset,
            dataset.test(),
            pixels=True,
            progress=lambda done, of: tell({"event": "progress", "done": done, "of": of}),
        )
        seconds = time.perf_counter() - started
        for bad in scored.failed:
            tell({"event": "failed", "file": bad.name, "error": bad.reason})
        found = figures(scored, seed=seed)
        at_thresholds = rates(scored, detector.info.thresholds)
        summary = _summary(detector, dataset, scored, found, at_thresholds, seconds)
        if report is not None:
            about = _about(detector, summary)
            evaluated = Evaluated(
                model=detector.info.name,
                model_sha256=detector.info.sha256,
                data=str(data),
                thresholds=detector.info.thresholds,
                scored=scored,
                figures=found,
                rates=at_thresholds,
                about=about,
                notes=dataset.warnings,
            )
            summary["report"] = str(write_report(report, evaluated, detector))
    return summary


def _summary(
    detector: Detector,
    dataset: Dataset,
    scored: Scored,
    found: dict[str, Any],
    at_thresholds: Calibration | None,
    seconds: float,
) -> dict[str, Any]:
    info = detector.info
    p50, p95 = np.percentile([one.milliseconds for one in scored.tiles], [50, 95])
    return {
        "event": "summary",
        "model": info.name,
        "model_sha256": info.sha256,
        "data": str(dataset.root),
        "layout": dataset.kind,
        "backend": detector.backend,
        "provider": detector.provider,
        "fallback_reason": detector.fallback_reason,
        "threshold_low": info.thresholds.low,
        "threshold_high": info.thresholds.high,
        **found,
        "at_thresholds": None if at_thresholds is None else at_thresholds.as_dict(),
        "seconds": seconds,
        "p50_ms": float(p50),
        "p95_ms": float(p95),
        "failed": [{"file": bad.name, "error": bad.reason} for bad in scored.failed],
        "report": None,
    }


def _about(detector: Detector, summary: dict[str, Any]) -> dict[str, str]:
    info = detector.info
    about = {
        "Evaluated": datetime.now(UTC).isoformat(timespec="seconds"),
        "Teacher": info.teacher,
        "Model made": info.created_at,
        "Backend": f"{detector.backend} on {detector.provider}",
        "Time for a tile": f"{summary['p50_ms']:.0f} ms (median), {summary['p95_ms']:.0f} ms (95 %)",
    }
    if detector.fallback_reason:
        about["Device"] = detector.fallback_reason
    if info.provenance:
        about["Provenance"] = json.dumps(info.provenance)
    return about


def describe(summary: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The summary for people: name, value and interval of each figure that there is."""
    names = {
        "image_auroc": "Image AUROC",
        "image_ap": "Image average precision",
        "f1_max": "F1-max",
        "frr_at_95": "False rejects at 95 % detection",
        "frr_at_99": "False rejects at 99 % detection",
        "pixel_auroc": "Pixel AUROC",
        "pixel_ap": "Pixel average precision",
        "aupro": "AUPRO",
    }
    rows: list[tuple[str, str, str]] = []
    for key, name in names.items():
        if summary.get(key) is not None:
            pair = summary.get(f"{key}_ci95")
            interval = f"{pair[0]:.3f} to {pair[1]:.3f}" if pair else ""
            rows.append((name, f"{summary[key]:.3f}", interval))
    return rows
