"""`bsdrd info`: what a model file says about itself."""

from __future__ import annotations

import json
from typing import Any

from bsdrd.cli.options import JsonOption, ModelArgument
from bsdrd.cli.output import DONE, REFUSED, Output


def info(model: ModelArgument, as_json: JsonOption = False) -> None:
    """Show where a model comes from, its thresholds and its parity certificate, after checking every byte.

    Ends with 3 if the model would be refused: damaged, newer than this program, or not proved.
    """
    from bsdrd.bundle import read_bundle
    from bsdrd.detector import model_info

    with Output(as_json=as_json) as output:
        bundle = read_bundle(model)
        about = model_info(bundle, model)
        parity = bundle.parity
        summary: dict[str, Any] = {
            "model": about.name,
            "model_sha256": about.sha256,
            "path": str(model),
            "size_bytes": model.stat().st_size,
            "teacher": about.teacher,
            "channels": about.channels,
            "threshold_low": about.thresholds.low,
            "threshold_high": about.thresholds.high,
            "smallest_side": about.smallest_side,
            "created_at": about.created_at,
            "parent_sha256": bundle.parent_sha256,
            "spec": bundle.spec.to_dict(),
            "provenance": about.provenance,
            "calibration": about.calibration,
            "reference_scores": list(about.reference_scores),
            "parity": parity.model_dump(),
        }
        for name, value in _lines(summary):
            output.say(f"{name:<11} {value}")
        if not parity.passed:
            bundle.require_parity()
        output.finish(summary, DONE if parity.passed else REFUSED)


def _lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    parity = summary["parity"]
    worst = max(one["map_difference"] for one in parity["providers"])
    lines = [
        ("name", summary["model"]),
        ("sha256", summary["model_sha256"]),
        ("size", f"{summary['size_bytes'] / 2**20:.1f} MiB"),
        ("made", summary["created_at"]),
        ("teacher", summary["teacher"]),
        (
            "tiles",
            f"{'grey' if summary['channels'] == 1 else 'colour'}, sides from {summary['smallest_side']} px",
        ),
        ("thresholds", f"T1 {summary['threshold_low']:.3f}, T2 {summary['threshold_high']:.3f}"),
        ("reference", f"scores of {len(summary['reference_scores'])} good tiles"),
        ("made from", summary["parent_sha256"] or "-"),
        (
            "parity",
            f"{'passed' if parity['passed'] else 'FAILED'}: {parity['tiles']} tiles on "
            f"{', '.join(one['provider'] for one in parity['providers'])}, largest difference {worst:.1e}",
        ),
    ]
    for key in ("program", "steps", "seconds", "metrics", "machine", "libraries"):
        if key in summary["provenance"]:
            value = summary["provenance"][key]
            lines.append((key, value if isinstance(value, str) else json.dumps(value)))
    return lines
