"""`bsdrd evaluate` and `bsdrd calibrate`: commands that work on a data set whose truth is known."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bsdrd.calibration import GREY_QUANTILE, REJECT_QUANTILE
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

DataArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATA", help="A folder of tiles in a known layout, or a manifest CSV.", show_default=False
    ),
]


class Method(StrEnum):
    """How thresholds are found."""

    GOOD = "good"
    TARGETS = "targets"
    F1 = "f1"
    COST = "cost"
    MANUAL = "manual"


class Part(StrEnum):
    """Which tiles of a data set are used."""

    AUTO = "auto"
    CALIBRATION = "calibration"
    TEST = "test"
    ALL = "all"


def evaluate(
    model: ModelArgument,
    data: DataArgument,
    report: Annotated[
        Path | None, typer.Option("--report", help="Folder for a report with plots and the worst tiles.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the resampling behind the intervals.")] = 0,
    backend: BackendOption = BackendChoice.ONNX,
    device: DeviceOption = DeviceChoice.AUTO,
    threads: ThreadsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Measure a model on labelled tiles: figures for tiles and pixels, with 95 % intervals over groups."""
    from bsdrd.cli.evaluate import describe, run_evaluate

    with Output(as_json=as_json, task="Evaluating") as output:
        summary = run_evaluate(
            model,
            data,
            backend=backend.value,
            device=device.value,
            threads=threads,
            report=report,
            seed=seed,
            tell=output.tell,
        )
        output.table(("figure", "value", "95 % interval"), describe(summary))
        if summary.get("report"):
            output.say(f"Report: {summary['report']}")
        output.finish(summary, SOME_FAILED if summary["failed"] else DONE)


def calibrate(
    model: ModelArgument,
    data: DataArgument,
    out: Annotated[Path, typer.Option("--out", help="The new model file; may be MODEL.", show_default=False)],
    method: Annotated[Method, typer.Option("--method", help="How thresholds are found.")] = Method.GOOD,
    part: Annotated[Part, typer.Option("--part", help="Which tiles of DATA are used.")] = Part.AUTO,
    grey_quantile: Annotated[
        float, typer.Option("--grey-quantile", min=0, max=1, help="For good: share of good tiles below T1.")
    ] = GREY_QUANTILE,
    reject_quantile: Annotated[
        float, typer.Option("--reject-quantile", min=0, max=1, help="For good: share of good tiles below T2.")
    ] = REJECT_QUANTILE,
    miss_rate: Annotated[
        float | None, typer.Option("--miss-rate", help="For targets: of defective tiles.")
    ] = None,
    false_reject_rate: Annotated[
        float | None, typer.Option("--false-reject-rate", help="For targets: of good tiles.")
    ] = None,
    escape_cost: Annotated[
        float, typer.Option("--escape-cost", help="For cost: of a defective tile passed.")
    ] = 100,
    reject_cost: Annotated[
        float, typer.Option("--reject-cost", help="For cost: of a good tile rejected.")
    ] = 1,
    check_cost: Annotated[
        float | None, typer.Option("--check-cost", help="For cost: of a grey tile looked at by a person.")
    ] = None,
    defect_share: Annotated[
        float | None,
        typer.Option("--defect-share", min=0, max=1, help="For cost: on the line; else as in DATA."),
    ] = None,
    low: Annotated[float | None, typer.Option("--low", help="For manual: T1.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="For manual: T2.")] = None,
    backend: BackendOption = BackendChoice.ONNX,
    device: DeviceOption = DeviceChoice.AUTO,
    threads: ThreadsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Write a copy of a model with thresholds found on good or on labelled tiles."""
    from bsdrd.cli.calibrate import Choice, run_calibrate

    choice = Choice(
        method=method.value,
        grey_quantile=grey_quantile,
        reject_quantile=reject_quantile,
        miss_rate=miss_rate,
        false_reject_rate=false_reject_rate,
        escape_cost=escape_cost,
        reject_cost=reject_cost,
        check_cost=check_cost,
        defect_share=defect_share,
        low=low,
        high=high,
    )
    with Output(as_json=as_json, task="Scoring") as output:
        summary = run_calibrate(
            model,
            data,
            out,
            choice,
            part=part.value,
            backend=backend.value,
            device=device.value,
            threads=threads,
            tell=output.tell,
        )
        output.say(_sentence(summary))
        output.finish(summary, SOME_FAILED if summary["failed"] else DONE)


def _sentence(summary: dict[str, Any]) -> str:
    return (
        f"T1 {summary['threshold_low']:.3f}, T2 {summary['threshold_high']:.3f}. "
        f"Model with these thresholds: {summary['model']}"
    )
