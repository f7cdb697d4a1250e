"""`bsdrd bench`: how fast a model is here, against its teacher alone, and how much memory it takes."""

from __future__ import annotations

import platform
import re
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bsdrd.cli.options import DeviceChoice, DeviceOption, JsonOption, ModelArgument, ThreadsOption
from bsdrd.cli.output import DONE, Output


class BenchBackend(StrEnum):
    """Libraries to measure."""

    BOTH = "both"
    ONNX = "onnx"
    TORCH = "torch"


def bench(
    model: ModelArgument,
    size: Annotated[
        str, typer.Option("--size", metavar="HxW", help="Size of the tile in pixels.")
    ] = "256x256",
    batch: Annotated[int, typer.Option("--batch", min=1, max=256, help="Tiles inspected at once.")] = 1,
    threads: ThreadsOption = 0,
    backend: Annotated[
        BenchBackend, typer.Option("--backend", help="Libraries to measure.")
    ] = BenchBackend.BOTH,
    device: DeviceOption = DeviceChoice.AUTO,
    repeat: Annotated[int, typer.Option("--repeat", min=3, help="Timed calls of each kind.")] = 60,
    growth: Annotated[
        bool, typer.Option("--growth/--no-growth", help="Measure tiles from 256 to 4096 px as well.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Measure a model here: teacher alone, each stage, whole detector, memory, growth with size."""
    from bsdrd.benchmark import BAR_SIDE, GROWTH_SIDES, Setting, bars, in_child
    from bsdrd.bundle import read_bundle

    height, width = _parse_size(size)
    names = [one for one in ("onnx", "torch") if backend in (BenchBackend.BOTH, one)]
    # The last one again with all of it above the thresholds: what the largest region costs.
    sides = (*((side, False) for side in GROWTH_SIDES), (BAR_SIDE, True)) if growth else ()
    steps = 2 * len(names) + len(sides)
    with Output(as_json=as_json, task="Measuring") as output:
        read_bundle(model, graph=False, weights=False).require_parity()
        done = 0

        def measured(kind: str, setting: Setting) -> dict[str, Any]:
            nonlocal done
            output.tell({"event": "progress", "done": done, "of": steps})
            done += 1
            return in_child(kind, setting)

        found: list[dict[str, Any]] = []
        for name in names:
            setting = Setting(
                str(model),
                height,
                width,
                batch,
                threads,
                repeat,
                "onnx" if name == "onnx" else "torch",
                device.value,
            )
            figures = {
                **measured("race", setting),
                "peak_rss_mb": measured("inspect", setting)["peak_rss_mb"],
            }
            output.tell({"event": "backend", **figures})
            found.append(figures)
        grown: list[dict[str, Any]] = []
        for side, flooded in sides:
            repeats = max(5, min(repeat, 40 * 512 * 512 // (side * side)))
            setting = Setting(
                str(model), side, side, 1, threads, repeats, device=device.value, flooded=flooded
            )
            one = measured("growth", setting)
            output.tell({"event": "growth", **one})
            grown.append(one)
        summary = {
            **found[0],
            "height": height,
            "width": width,
            "batch": batch,
            "threads": threads,
            "repeats": repeat,
            "backends": found,
            "growth": grown,
            "bars": [asdict(bar) for bar in bars(found[0], grown)],
            "machine": _machine(),
        }
        _show(output, summary)
        output.finish(summary, DONE)


def _parse_size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no size; write height x width, for instance 256x256")
    height, width = int(match[1]), int(match[2])
    if min(height, width) < 64 or max(height, width) > 8000:
        raise typer.BadParameter(f"{text}: sides from 64 to 8000 px can be inspected")
    return height, width


def _machine() -> dict[str, Any]:
    import psutil

    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = (
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        )
        model = next(lines, "")
    return {
        "processor": model or platform.processor(),
        "cores": psutil.cpu_count(logical=False),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _show(output: Output, summary: dict[str, Any]) -> None:
    size = f"{summary['height']} x {summary['width']} px, batch of {summary['batch']}"
    stages: dict[str, float] = summary["stages"]
    rows = [(f"  {name}", f"{value:.2f}") for name, value in stages.items()]
    rows.insert(0, ("teacher alone", f"{summary['teacher_ms']:.2f}"))
    rows.insert(1, ("whole detector", f"{summary['detector_ms']:.2f}"))
    output.table(("", "ms a tile"), rows, title=f"{summary['backend']} on {summary['provider']}, {size}")
    output.say(
        f"The whole detector costs {summary['ratio']:.2f} x the teacher alone"
        f" ({summary['ratio_cpu']:.2f} x in processor time).\n"
    )
    output.table(
        ("backend", "provider", "img/s", "p50 ms", "p95 ms", "p99 ms", "peak MB"),
        [
            (
                one["backend"],
                one["provider"],
                f"{one['images_per_second']:.1f}",
                f"{one['p50_ms']:.1f}",
                f"{one['p95_ms']:.1f}",
                f"{one['p99_ms']:.1f}",
                f"{one['peak_rss_mb']:.0f}",
            )
            for one in summary["backends"]
        ],
    )
    if summary["growth"]:
        output.say("")
        output.table(
            ("tile", "ms", "ns a pixel", "against 512 x 512", "in processor time", "peak MB"),
            [
                (
                    f"{one['height']} x {one['width']}{', all of it a region' if one['flooded'] else ''}",
                    f"{one['milliseconds']:.1f}",
                    f"{one['ns_per_pixel']:.0f}",
                    f"{one['relative']:.2f} x",
                    f"{one['relative_cpu']:.2f} x",
                    f"{one['peak_rss_mb']:.0f}",
                )
                for one in summary["growth"]
            ],
        )
    output.say("")
    output.table(
        ("must keep", "measured", "at most", "kept"),
        [
            (bar["name"], f"{bar['value']:.2f}", f"{bar['most']:g}", "yes" if bar["met"] else "NO")
            for bar in summary["bars"]
        ],
    )
