"""`bsdrd predict`: inspect tiles that nobody has looked at."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsdrd.cli.options import (
    BackendChoice,
    BackendOption,
    DeviceChoice,
    DeviceOption,
    JsonOption,
    ModelArgument,
    ThreadsOption,
)
from bsdrd.cli.output import DONE, SOME_FAILED, Output
from bsdrd.errors import DataError

if TYPE_CHECKING:
    from bsdrd.result import Thresholds


class Save(StrEnum):
    """What to write beside results.csv and results.json."""

    ALL = "all"
    OVERLAYS = "overlays"
    MAPS = "maps"
    NONE = "none"


def predict(
    model: ModelArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Pictures, and folders with pictures.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.", show_default=False)],
    save: Annotated[Save, typer.Option("--save", help="What to write beside the result files.")] = Save.ALL,
    low: Annotated[float | None, typer.Option("--low", help="T1 instead of the model's.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="T2 instead of the model's.")] = None,
    min_area: Annotated[
        int, typer.Option("--min-area", min=1, help="Regions with fewer pixels do not count.")
    ] = 1,
    edge_band: Annotated[
        int, typer.Option("--edge-band", min=0, help="Pixels along the tile's edges that do not count.")
    ] = 0,
    backend: BackendOption = BackendChoice.ONNX,
    device: DeviceOption = DeviceChoice.AUTO,
    threads: ThreadsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Inspect pictures: verdict, score and regions of each, with overlays and maps.

    Writes results.csv, results.json, overlays/*.png and maps/*.npz to the output folder. Ends with 1 if a
    file could not be inspected; each is named.
    """
    from bsdrd.detector import open_detector
    from bsdrd.judge import Rule
    from bsdrd.predicting import RESULTS_CSV, Wanted, counts, failed, gather_inputs, inspect_files

    with (
        Output(as_json=as_json, task="Inspecting") as output,
        open_detector(model, backend=backend.value, device=device.value, threads=threads) as detector,
    ):
        if detector.fallback_reason:
            output.tell({"event": "warning", "text": detector.fallback_reason})
        inputs = gather_inputs(paths, out)
        rule = Rule(_thresholds(detector.info.thresholds, low, high), None, min_area, edge_band)
        wanted = Wanted(save in (Save.ALL, Save.OVERLAYS), save in (Save.ALL, Save.MAPS))
        results = inspect_files(detector, inputs, out, wanted, rule, output.tell)
        bad = failed(results)
        found = Counter(counts(results))
        output.table(("verdict", "tiles"), [(name, str(count)) for name, count in found.items()])
        output.say(f"Results: {out / RESULTS_CSV}")
        summary = {
            "model": detector.info.name,
            "model_sha256": detector.info.sha256,
            "backend": detector.backend,
            "provider": detector.provider,
            "fallback_reason": detector.fallback_reason,
            "results": str(out / RESULTS_CSV),
            "files": len(results),
            "verdicts": dict(found),
            "failed": bad,
        }
        output.finish(summary, SOME_FAILED if bad else DONE)


def _thresholds(own: Thresholds, low: float | None, high: float | None) -> Thresholds:
    from bsdrd.result import Thresholds

    try:
        return Thresholds(own.low if low is None else low, own.high if high is None else high)
    except ValueError as error:
        raise DataError(
            f"These thresholds cannot be used: {error}.", do_next="Give --low and --high."
        ) from error
