"""How fast a model is and how much memory it takes, measured so that the figures can be trusted.

Everything is measured in child processes: peak memory is that of a process that only inspects, and no
measurement warms the caches of another. What is compared runs in turn, one call each, so that a busy machine
slows both sides alike. Beside the time on the wall stands the processor time of the process, which other
programs lengthen less; with several threads it also counts how long one waits for another.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from bsdrd.backends import BackendName, Device
from bsdrd.errors import BsdrdError, DeviceError

#: Side in pixels of the tile that growth is measured against.
GROWTH_BASE = 512
#: Sides in pixels over which growth is measured.
GROWTH_SIDES = (256, 512, 1024, 2048, 4096)

#: What the detector must keep: the whole against its teacher alone, MB of an inspecting process for tiles up
#: to 4096 x 4096, time for a pixel there against that of a 512 x 512 tile.
MOST_RATIO, MOST_MB, MOST_GROWTH = 2.0, 400.0, 1.2
#: Side of the tile up to which memory and growth must keep their bars.
BAR_SIDE = 4096

_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """What to measure.

    Attributes:
        model: A model file.
        height: Of the tile, in pixels.
        width: Likewise.
        batch: Tiles inspected at once.
        threads: CPU threads; 0 takes one for each core.
        repeats: Timed calls of each kind.
        backend: Library that runs the model.
        device: Device to run it on.
        flooded: Whether thresholds are set so low that the whole tile is one region.
    """

    model: str
    height: int = 256
    width: int = 256
    batch: int = 1
    threads: int = 0
    repeats: int = 60
    backend: BackendName = "onnx"
    device: Device = "auto"
    flooded: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that the detector must keep, and what was measured.

    Attributes:
        name: What is measured.
        value: What was measured.
        most: The largest value that keeps it.
        met: Whether it does.
    """

    name: str
    value: float
    most: float
    met: bool


def bars(figures: dict[str, Any], grown: Sequence[dict[str, Any]]) -> list[Bar]:
    """What the detector must keep, as far as it was measured.

    Args:
        figures: Of `race`, with the `peak_rss_mb` of `inspect_only`.
        grown: Of `growth`, for each size.
    """
    found = [("whole detector / teacher alone", float(figures["ratio"]), MOST_RATIO)]
    small = [one for one in grown if max(one["height"], one["width"]) <= BAR_SIDE]
    memory = max([figures["peak_rss_mb"], *(one["peak_rss_mb"] for one in small)])
    found.append(("peak memory of an inspecting process, MB", float(memory), MOST_MB))
    for one in small:
        if max(one["height"], one["width"]) == BAR_SIDE and not one["flooded"]:
            name = f"time a pixel, {BAR_SIDE} / {GROWTH_BASE} px"
            found.append((name, float(one["relative"]), MOST_GROWTH))
    return [Bar(name, value, most, value <= most) for name, value, most in found]


def made_tile(height: int, width: int) -> NDArray[np.uint8]:
    """A tile to measure with: streaks, shading and a few dark spots, so that regions are found as well."""
    random = np.random.RandomState(7)
    x = np.arange(width, dtype=np.float32)
    streaks = 120 + random.normal(0, 8, width).astype(np.float32) + 25 * np.sin(x / 97)
    tile = np.empty((height, width), np.uint8)
    for row in range(height):  # A row at a time: making the tile must not be the peak of memory.
        noise = random.randint(-8, 9, width)
        tile[row] = np.clip(streaks + 20 * np.cos(row / 71) + noise, 0, 255)
    for _ in range(3):
        top, left = random.randint(0, height - 16), random.randint(0, width - 16)
        tile[top : top + 12, left : left + 9] //= 3
    return tile


def race(setting: Setting) -> dict[str, Any]:
    """Times teacher, students, maps and the whole detector in turn.

    The teacher alone is the model's own stages in ONNX Runtime, joined to one graph without cuts and left
    where the teacher hands out its features. Students and defect head are the rest of that graph.

    Returns:
        Medians in milliseconds for one tile: `teacher_ms`, `detector_ms` and their `ratio`, `ratio_best`
        (of the fastest calls), `ratio_cpu` (of processor time), `stages`; percentiles of whole calls:
        `p50_ms`, `p95_ms`, `p99_ms`; `images_per_second`, `backend`, `provider`, `fallback_reason`.
    """
    import onnx

    from bsdrd.backends.onnx import open_session
    from bsdrd.bundle import read_bundle
    from bsdrd.detector import open_detector
    from bsdrd.onnx_graph import cut, joined
    from bsdrd.stages import FEATURES, GRIDS, INPUT, pad_to_cells

    detector = open_detector(
        setting.model, backend=setting.backend, device=setting.device, threads=setting.threads
    )
    stages = read_bundle(setting.model, weights=False).graphs.look
    look = joined([onnx.load_from_string(stage) for stage in stages], (GRIDS, FEATURES))
    tile = made_tile(setting.height, setting.width)
    tiles = [tile] * setting.batch
    pixels = np.stack([detector.prepare(one) for one in tiles])

    def part(*outputs: str) -> Callable[[], object]:
        piece = cut(look, outputs).SerializeToString()
        session = open_session(piece, detector.provider, setting.threads)
        return lambda: session.run(None, {INPUT: pad_to_cells(pixels)})

    raw = detector.maps(tile)
    sides: dict[str, Callable[[], object]] = {
        "teacher": part("f1", "f2", FEATURES),
        "students": part(GRIDS, FEATURES),
        "network": lambda: detector.run(tiles),
        "prepare": lambda: [detector.prepare(one) for one in tiles],
        "judge": lambda: [detector.judge(raw) for _ in tiles],
        "detector": lambda: detector.inspect_many(tiles),
    }
    times, processor = _in_turn(sides, setting.repeats)
    median = {name: float(np.median(values)) / setting.batch for name, values in times.items()}
    whole = times["detector"]
    p50, p95, p99 = np.percentile(whole, [50, 95, 99])
    detector.close()
    return {
        "teacher_ms": median["teacher"],
        "detector_ms": median["detector"],
        "ratio": median["detector"] / median["teacher"],
        "ratio_best": float(whole.min() / times["teacher"].min()),
        "ratio_cpu": float(np.median(processor["detector"]) / np.median(processor["teacher"])),
        "images_per_second": 1000 / median["detector"],
        "p50_ms": float(p50),
        "p95_ms": float(p95),
        "p99_ms": float(p99),
        "backend": detector.backend,
        "provider": detector.provider,
        "fallback_reason": detector.fallback_reason,
        "stages": {
            "prepare": median["prepare"],
            "teacher": median["teacher"],
            "students": median["students"] - median["teacher"],
            "maps": median["network"] - median["prepare"] - median["students"],
            "judge": median["judge"],
        },
    }


def _in_turn(
    sides: dict[str, Callable[[], object]], repeats: int, warm_up: int = _WARM_UP
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]:
    """Milliseconds on the wall and of the processor for each call, each side once in every round."""
    times = {name: np.zeros(repeats) for name in sides}
    processor = {name: np.zeros(repeats) for name in sides}
    for _ in range(warm_up):
        for call in sides.values():
            call()
    gc.disable()
    try:
        for index in range(repeats):
            for name, call in sides.items():
                start, before = time.perf_counter(), time.process_time()
                call()
                processor[name][index] = 1000 * (time.process_time() - before)
                times[name][index] = 1000 * (time.perf_counter() - start)
    finally:
        gc.enable()
    return times, processor


def inspect_only(setting: Setting) -> dict[str, Any]:
    """Inspects as a program would and reports the peak memory of this process.

    Returns:
        `detector_ms` for one tile, percentiles of calls, `images_per_second`, `peak_rss_mb`, `backend`,
        `provider`, `fallback_reason`.
    """
    from bsdrd.detector import open_detector

    with open_detector(
        setting.model, backend=setting.backend, device=setting.device, threads=setting.threads
    ) as detector:
        tiles = [made_tile(setting.height, setting.width)] * setting.batch
        times = _in_turn({"detector": lambda: detector.inspect_many(tiles)}, setting.repeats)[0]["detector"]
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        return {
            "detector_ms": float(p50) / setting.batch,
            "images_per_second": 1000 * setting.batch / float(p50),
            "p50_ms": float(p50),
            "p95_ms": float(p95),
            "p99_ms": float(p99),
            "peak_rss_mb": peak_rss_mb(),
            "backend": detector.backend,
            "provider": detector.provider,
            "fallback_reason": detector.fallback_reason,
        }


def growth(setting: Setting) -> dict[str, Any]:
    """Time for each pixel of a large tile, against that of a 512 x 512 tile inspected in turn with it.

    Each side inspects as many pixels in its turn, and of each the fastest turn counts: what other programs
    take only adds to a time, but it spares some of many short calls and never the whole of a long one.

    Returns:
        `height`, `width`, `flooded`, `milliseconds`, `ns_per_pixel`, `relative`, `relative_cpu` (of processor
        time) and `peak_rss_mb`.
    """
    from bsdrd.detector import open_detector
    from bsdrd.judge import Rule
    from bsdrd.result import Thresholds

    with open_detector(
        setting.model, backend=setting.backend, device=setting.device, threads=setting.threads
    ) as detector:
        base, large = made_tile(GROWTH_BASE, GROWTH_BASE), made_tile(setting.height, setting.width)
        rule = Rule(Thresholds(-1e6, 1e6)) if setting.flooded else None
        most = max(base.size, large.size)
        counts = {"base": round(most / base.size), "large": round(most / large.size)}
        sides: dict[str, Callable[[], object]] = {
            "base": lambda: [detector.inspect(base) for _ in range(counts["base"])],
            "large": lambda: [detector.inspect(large, rule) for _ in range(counts["large"])],
        }
        wall, processor = _in_turn(sides, setting.repeats, warm_up=1)
        times, cpu = (
            {name: float(values.min()) / counts[name] for name, values in taken.items()}
            for taken in (wall, processor)
        )
    per_pixel = times["large"] / large.size
    return {
        "height": setting.height,
        "width": setting.width,
        "flooded": setting.flooded,
        "milliseconds": times["large"],
        "ns_per_pixel": 1e6 * per_pixel,
        "relative": per_pixel / (times["base"] / base.size),
        "relative_cpu": (cpu["large"] / large.size) / (cpu["base"] / base.size),
        "peak_rss_mb": peak_rss_mb(),
    }


def peak_rss_mb() -> float:
    """Most memory that this process has held at once, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # `getrusage` would count the parent's memory from before the exec as well
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    info: Any = psutil.Process().memory_info()
    if hasattr(info, "peak_wset"):
        return float(info.peak_wset) / 1e6
    import resource  # Unix only

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


_KINDS: dict[str, Callable[[Setting], dict[str, Any]]] = {
    "race": race,
    "inspect": inspect_only,
    "growth": growth,
}


def in_child(kind: str, setting: Setting) -> dict[str, Any]:
    """Runs one measurement in a process of its own.

    Args:
        kind: "race", "inspect" or "growth".
        setting: What to measure.

    Raises:
        BsdrdError: If it fails there.
    """
    words = [sys.executable, "-m", "bsdrd.benchmark", kind, json.dumps(asdict(setting))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        error = json.loads(lines[-1]) if done.returncode == 1 and lines else {}
        reason = (
            error.get("what") or done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        )
        raise DeviceError(
            f"The measurement stopped: {reason if isinstance(reason, str) else reason[0]}",
            do_next=error.get("do_next", "Measure with a smaller tile or batch."),
        )
    return json.loads(lines[-1])


def main() -> None:
    """What a child process runs: a kind and a setting as JSON; prints the figures as JSON."""
    kind, text = sys.argv[1:]
    try:
        figures = _KINDS[kind](Setting(**json.loads(text)))
    except BsdrdError as error:
        sys.stdout.write(json.dumps({"what": error.what, "do_next": error.do_next}) + "\n")
        sys.exit(1)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
