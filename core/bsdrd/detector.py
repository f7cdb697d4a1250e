"""Pixels to inspections: the one object that the line, the window and the commands use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bsdrd.backends import Backend, BackendName, Device, RawMaps, open_backend
from bsdrd.bundle import Bundle, read_bundle
from bsdrd.data.images import MAX_SIDE, MIN_SIDE, Pixels, as_model_input
from bsdrd.errors import DeviceError, ImageError
from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Inspection, Thresholds
from bsdrd.windows import WHOLE_PIXELS, run_in_windows

#: Told after every inspected tile: how many are done.
Progress = Callable[[int], None]
#: Most tiles that run at once; more gain nothing on a CPU.
MAX_BATCH = 16


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of an opened model.

    Attributes:
        name: As its maker called it.
        sha256: Of the whole file; identifies the model.
        teacher: Name of its teacher.
        channels: 1 for grey, 3 for colour.
        thresholds: T1 and T2 as calibrated.
        smallest_side: Sides of a tile must have at least so many pixels.
        created_at: ISO 8601, UTC.
        provenance: Where it comes from: data fingerprint, settings, versions, metrics. JSON values.
        calibration: How the thresholds were found. JSON values.
        reference_scores: Scores of held-out good tiles, rising.
        path: The file.
    """

    name: str
    sha256: str
    teacher: str
    channels: Literal[1, 3]
    thresholds: Thresholds
    smallest_side: int
    created_at: str
    provenance: dict[str, Any]
    calibration: dict[str, Any]
    reference_scores: tuple[float, ...]
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class RawResult:
    """What the network says about a tile, before any rule.

    Attributes:
        maps: The anomaly maps.
        features: float32, F x ceil(H / 16) x ceil(W / 16), read-only: describes what each place looks like.
    """

    maps: AnomalyMaps
    features: NDArray[np.float32]


class Detector:
    """A model that is loaded and ready.

    One call runs at a time; calls from several threads wait for each other.

    Attributes:
        info: What is known of the model.
        backend: Library that runs it.
        provider: Device that really runs it, "CPU" or "CUDA".
        fallback_reason: Why that is not the device asked for; empty where it is.
    """

    def __init__(self, info: ModelInfo, backend: Backend) -> None:
        self.info = info
        self.backend: BackendName = backend.name
        self.provider = backend.provider
        self.fallback_reason = backend.fallback_reason
        self._backend: Backend | None = backend
        self._lock = threading.Lock()

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self, height: int = 256, width: int = 256) -> None:
        """Inspects an empty tile of a size, so that the first real one is not slow.

        Raises:
            ImageError: If the size cannot be inspected.
            DeviceError: If the device fails.
        """
        blank = np.full((height, width), 128, np.uint8)
        for _ in range(2):  # The second run of a size is the first that uses its memory plan.
            self.maps(blank)

    def maps(self, pixels: Pixels) -> RawResult:
        """Anomaly maps of one tile.

        Args:
            pixels: H x W (grey) or H x W x 3 (RGB), uint8 or uint16; sides from 64 to 8000 px.

        Raises:
            ImageError: If it cannot be inspected.
            DeviceError: If the device fails or the detector is closed.
        """
        return self.run([pixels])[0]

    def inspect(self, pixels: Pixels, rule: Rule | None = None) -> Inspection:
        """Inspects one tile.

        Args:
            pixels: As for `maps`.
            rule: How to judge; None takes the model's thresholds and looks everywhere.

        Raises:
            ImageError: If the tile or the rule's mask does not fit.
            DeviceError: If the device fails or the detector is closed.
        """
        start = time.perf_counter()
        raw = self.maps(pixels)
        return self.judge(raw, rule, time.perf_counter() - start)

    def inspect_many(
        self, tiles: Sequence[Pixels], rule: Rule | None = None, progress: Progress | None = None
    ) -> list[Inspection]:
        """Inspects several tiles; small ones of one size run as one batch.

        Args:
            tiles: Each as for `maps`.
            rule: As for `inspect`, the same for all.
            progress: Told how many are done.

        Returns:
            One inspection for each tile, in the same order.

        Raises:
            ImageError: If a tile or the mask does not fit; no tile is inspected then.
            DeviceError: If the device fails or the detector is closed.
        """
        for pixels in tiles:
            _check(pixels)
        results: dict[int, Inspection] = {}
        for batch in _batches(tiles):
            start = time.perf_counter()
            raw = self.run([tiles[index] for index in batch])
            share = (time.perf_counter() - start) / len(batch)
            for index, result in zip(batch, raw, strict=True):
                results[index] = self.judge(result, rule, share)
            if progress is not None:
                progress(len(results))
        return [results[index] for index in range(len(tiles))]

    def judge(self, raw: RawResult, rule: Rule | None = None, seconds: float = 0.0) -> Inspection:
        """Judges a tile by its maps, without the network.

        Args:
            raw: What `maps` gave.
            rule: As for `inspect`.
            seconds: Time that the maps took; part of the inspection's time.
        """
        start = time.perf_counter()
        rule = rule or self.default_rule
        judgement = judge(raw.maps, rule, raw.features)
        return Inspection(
            maps=raw.maps,
            score=judgement.score,
            regions=judgement.regions,
            verdict=judgement.verdict,
            thresholds=rule.thresholds,
            milliseconds=1000 * (seconds + time.perf_counter() - start),
        )

    @property
    def default_rule(self) -> Rule:
        """The model's own thresholds, everywhere on the tile."""
        return Rule(self.info.thresholds)

    def close(self) -> None:
        """Frees the device. Closing twice does no harm."""
        with self._lock:
            backend, self._backend = self._backend, None
            if backend is not None:
                backend.close()

    def network(self, pixels: NDArray[np.float32]) -> RawMaps:
        """Runs the network on what `prepare` gave, without windows.

        Args:
            pixels: float32, N x channels x H x W, 0..255.

        Raises:
            DeviceError: If the device fails or the detector is closed.
        """
        with self._lock:
            return self._open().run(pixels)

    def _open(self) -> Backend:
        if self._backend is None:
            raise DeviceError("The detector is closed.", do_next="Open the model again.")
        return self._backend

    def run(self, tiles: Sequence[Pixels]) -> list[RawResult]:
        """Anomaly maps of tiles of one size, as one batch.

        Args:
            tiles: At least one, each as for `maps`.

        Raises:
            ImageError: If one cannot be inspected.
            DeviceError: If the device fails or the detector is closed.
        """
        for pixels in tiles:
            _check(pixels)
        height, width = tiles[0].shape[:2]
        with self._lock:
            network = self._open()
            if height * width > WHOLE_PIXELS:
                seen = (run_in_windows(network, self.prepare, pixels) for pixels in tiles)
                return [_result(network.finish(one), 0, height, width) for one in seen]
            raw = network.run(np.stack([self.prepare(pixels) for pixels in tiles]))
        return [_result(raw, index, height, width) for index in range(len(tiles))]

    def prepare(self, pixels: Pixels) -> NDArray[np.float32]:
        """A tile or a piece of it as the network takes it: float32, channels x H x W, 0..255."""
        return as_model_input(pixels, self.info.channels)


def open_detector(
    path: str | Path, *, backend: BackendName = "onnx", device: Device = "auto", threads: int = 0
) -> Detector:
    """Opens a model file.

    Args:
        path: A `.bsdrd` file.
        backend: Library that runs it. "onnx" never imports torch.
        device: "auto" takes CUDA where it works, else the CPU, and says why in `fallback_reason`.
        threads: CPU threads; 0 takes one for each core that this process may use.

    Raises:
        ModelFileError: If the file is missing, damaged, hostile, newer, or failed its parity check.
        DeviceError: If the library or the device is not there.
    """
    bundle = read_bundle(path, graph=backend == "onnx", weights=backend == "torch")
    bundle.require_parity()
    info = model_info(bundle, Path(path))
    return Detector(info, open_backend(bundle, backend, device, threads))


def model_info(bundle: Bundle, path: Path) -> ModelInfo:
    """What is known of a model, without opening it for inspection."""
    return ModelInfo(
        name=bundle.name,
        sha256=bundle.sha256,
        teacher=bundle.spec.teacher,
        channels=3 if bundle.spec.channels == 3 else 1,
        thresholds=bundle.thresholds,
        smallest_side=MIN_SIDE,
        created_at=bundle.created_at,
        provenance=bundle.provenance,
        calibration=bundle.calibration,
        reference_scores=bundle.reference_scores,
        path=path,
    )


def _check(pixels: Pixels) -> None:
    shape = pixels.shape
    if pixels.dtype.name not in ("uint8", "uint16") or not (
        len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
    ):
        raise ImageError(
            f"The tile is {pixels.dtype} {shape}; a tile is uint8 or uint16, H x W or H x W x 3.",
            do_next="Read pictures with bsdrd.data.images.read_image.",
        )
    if min(shape[:2]) < MIN_SIDE or max(shape[:2]) > MAX_SIDE:
        raise ImageError(
            f"The tile has {shape[1]} x {shape[0]} px; "
            f"sides from {MIN_SIDE} to {MAX_SIDE} px can be inspected.",
            do_next="Use a picture of the whole tile at its native size.",
        )


def _batches(tiles: Sequence[Pixels]) -> Iterator[list[int]]:
    """Indices of tiles that run together: of one size, and together no larger than one window."""
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, pixels in enumerate(tiles):
        by_size.setdefault((pixels.shape[0], pixels.shape[1]), []).append(index)
    for (height, width), indices in by_size.items():
        count = max(1, min(MAX_BATCH, WHOLE_PIXELS // (height * width)))
        for start in range(0, len(indices), count):
            yield indices[start : start + count]


def _result(raw: RawMaps, index: int, height: int, width: int) -> RawResult:
    alone = raw.struct.shape[0] == 1
    # Copies out of a batch: a view would keep the maps of all its tiles alive.
    struct, detail, fused, features = (
        part[index] if alone else part[index].copy()
        for part in (raw.struct, raw.detail, raw.fused, raw.features)
    )
    features.setflags(write=False)
    return RawResult(AnomalyMaps(struct, detail, fused, height, width), features)
