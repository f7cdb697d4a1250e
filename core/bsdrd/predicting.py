"""Inspecting files and writing what was found: one row for every file, also for those that cannot be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from bsdrd.data.images import find_images, read_image, write_bytes, write_image
from bsdrd.detector import Detector
from bsdrd.errors import DataError, ImageError
from bsdrd.judge import Rule
from bsdrd.overlay import overlay
from bsdrd.result import Inspection, Verdict

#: Columns of `results.csv`, in this order. Programs rely on them.
COLUMNS = ("file", "verdict", "score", "threshold_low", "threshold_high", "regions", "milliseconds", "error")
RESULTS_CSV, RESULTS_JSON, OVERLAYS, MAPS = "results.csv", "results.json", "overlays", "maps"

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Input:
    """One file to inspect.

    Attributes:
        path: The file.
        name: How it is called among the results: its path below the folder that was given.
    """

    path: Path
    name: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to write beside the two result files.

    Attributes:
        overlays: A PNG for each tile, with what was found drawn over it.
        maps: A compressed NumPy file for each tile: float16 struct, detail and fused, one value for every
            4 x 4 pixels, and height and width of the tile.
    """

    overlays: bool = True
    maps: bool = True


def gather_inputs(paths: Sequence[Path], out: Path) -> list[Input]:
    """All files to inspect: files as they are given, folders with every picture below them.

    Args:
        paths: Files and folders. A path that does not exist is kept: it fails by name later.
        out: Where results go; pictures below it are left out, they are results themselves.

    Raises:
        DataError: If there is nothing to inspect.
    """
    found: dict[Path, Input] = {}
    names: set[Path] = set()
    results = out.resolve()
    for given in paths:
        for path in find_images(given) if given.is_dir() else [given]:
            resolved = path.resolve()
            if resolved in found or (given.is_dir() and resolved.is_relative_to(results)):
                continue
            name = _free_name(path.relative_to(given) if given.is_dir() else Path(path.name), names)
            found[resolved] = Input(path, name)
    if not found:
        raise DataError(
            f"There are no pictures in {', '.join(str(path) for path in paths)}.",
            do_next="Give pictures, or folders with pictures in them.",
        )
    return list(found.values())


def _free_name(name: Path, taken: set[Path]) -> Path:
    """The name, or one with a number behind it: results of two files must not fall into one."""
    free, number = name, 1
    while free.with_suffix("") in taken:
        number += 1
        free = name.with_name(f"{name.stem}~{number}{name.suffix}")
    taken.add(free.with_suffix(""))
    return free


def inspect_files(
    detector: Detector, inputs: Sequence[Input], out: Path, wanted: Wanted, rule: Rule | None, tell: Tell
) -> list[dict[str, Any]]:
    """Inspects files one by one and writes the results as they come.

    Tells `tile` (the result), `failed` (file, error) and `progress` (done, of) events. Rows are on the disk
    as soon as they are there: an interrupted run has lost nothing but the tile it was at.

    Args:
        detector: An open detector.
        inputs: What to inspect.
        out: Folder for the results; made where missing. Results of an earlier run are replaced.
        wanted: What to write beside the result files.
        rule: How to judge; None takes the model's thresholds.
        tell: Takes the events.

    Returns:
        One result for each file, in order: the columns of the CSV, with the regions described.

    Raises:
        ImageError: If the results cannot be written.
        DeviceError: If the device fails.
    """
    rule = rule or detector.default_rule
    results: list[dict[str, Any]] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / RESULTS_CSV).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for number, one in enumerate(inputs):
                result = _inspect(detector, one, out, wanted, rule)
                _write_row(writer, file, result)
                results.append(result)
                if result["error"]:
                    tell({"event": "failed", "file": result["file"], "error": result["error"]})
                else:
                    tell({"event": "tile", **result})
                tell({"event": "progress", "done": number + 1, "of": len(inputs)})
    except OSError as error:
        raise ImageError(
            f"The results cannot be written to {out}: {error.strerror or error}.",
            kept=f"The first {len(results)} results are in {RESULTS_CSV}.",
            do_next="Check that the folder is writable and the disk not full.",
        ) from error
    document = {"model": detector.info.name, "model_sha256": detector.info.sha256, "results": results}
    write_bytes(out / RESULTS_JSON, json.dumps(document, indent=1).encode())
    return results


def _write_row(writer: Any, file: TextIO, result: dict[str, Any]) -> None:
    row = {**result, "regions": len(result["regions"])}
    writer.writerow(["" if row[column] is None else row[column] for column in COLUMNS])
    file.flush()


def _inspect(detector: Detector, one: Input, out: Path, wanted: Wanted, rule: Rule) -> dict[str, Any]:
    try:
        pixels = read_image(one.path)
        inspection = detector.inspect(pixels, rule)
        if inspection.verdict is Verdict.NOT_INSPECTED:
            raise ImageError(f"{one.path}: nothing of it was inspected.", do_next="Check mask and edge band.")
    except ImageError as error:
        return _row(one, rule, None, str(error))
    if wanted.overlays:
        picture = overlay(pixels, inspection.maps, rule.thresholds)
        write_image((out / OVERLAYS / one.name).with_suffix(".png"), picture)
    if wanted.maps:
        write_bytes((out / MAPS / one.name).with_suffix(".npz"), _packed(inspection))
    return _row(one, rule, inspection, "")


def _row(one: Input, rule: Rule, inspection: Inspection | None, error: str) -> dict[str, Any]:
    regions: list[dict[str, Any]] = []
    if inspection is not None:
        regions = [
            {k: v for k, v in asdict(region).items() if k != "feature"} for region in inspection.regions
        ]
    return {
        "file": str(one.path),
        "verdict": str(Verdict.NOT_INSPECTED if inspection is None else inspection.verdict),
        "score": None if inspection is None else round(inspection.score, 4),
        "threshold_low": rule.thresholds.low,
        "threshold_high": rule.thresholds.high,
        "regions": regions,
        "milliseconds": None if inspection is None else round(inspection.milliseconds, 2),
        "error": error,
    }


def _packed(inspection: Inspection) -> bytes:
    maps = inspection.maps
    limit = np.finfo(np.float16).max
    struct, detail, fused = (
        np.clip(grid, -limit, limit).astype(np.float16) for grid in (maps.struct, maps.detail, maps.fused)
    )
    file = io.BytesIO()
    np.savez_compressed(
        file,
        struct=struct,
        detail=detail,
        fused=fused,
        height=np.int32(maps.height),
        width=np.int32(maps.width),
    )
    return file.getvalue()


def counts(results: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many files got each verdict."""
    return {str(verdict): sum(one["verdict"] == verdict for one in results) for verdict in Verdict}


def failed(results: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Files that could not be inspected, each with its error."""
    return [{"file": one["file"], "error": one["error"]} for one in results if one["error"]]
