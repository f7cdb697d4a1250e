"""The network in ONNX Runtime, on the CPU or on CUDA. Never imports torch."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import onnxruntime as ort
import psutil
from numpy.typing import NDArray

from bsdrd.backends.base import (
    FINISH_OUTPUTS,
    Backend,
    BackendName,
    Device,
    RawGrids,
    RawMaps,
    failed_run,
    first_line,
    out_of_memory,
    unreadable_network,
)
from bsdrd.bundle import Graphs
from bsdrd.errors import DeviceError, ModelFileError
from bsdrd.joining import joined
from bsdrd.result import MAP_STRIDE
from bsdrd.stages import (
    FEATURES,
    GRIDS,
    INPUT,
    STAGE,
    Stage,
    Tensors,
    check_chain,
    crop,
    pad_to_cells,
)

# Enough for the largest window of the embedded default in one piece.
_RESERVED_BYTES = 256 * 1024**2
_MAPS = [name for name in FINISH_OUTPUTS if name != "score"]  # the score is judged from the map
_PROVIDERS = {"CPU": "CPUExecutionProvider", "CUDA": "CUDAExecutionProvider"}


class OnnxBackend(Backend):
    """See `bsdrd.backends.base.Backend`.

    Args:
        graphs: An exported detector; its stages open one after the other.
        device: "auto" takes CUDA where it works, else the CPU.
        threads: CPU threads; 0 takes one for each core this process may use.

    Raises:
        DeviceError: If there is no such device name.
        ModelFileError: If a graph is damaged or is no part of a detector.
    """

    name: BackendName = "onnx"

    def __init__(self, graphs: Graphs, *, device: Device = "auto", threads: int = 0) -> None:
        if device not in ("auto", "cpu", "cuda"):
            raise DeviceError(f"There is no device named {device!r}.", do_next="Choose auto, cpu or cuda.")
        self.provider = "CPU"
        self.fallback_reason = ""
        self._looks: list[Any] = []
        if device != "cpu":
            self._try_cuda(graphs.look, threads, asked=device == "cuda")
        if not self._looks:
            self._looks = [open_session(graph, "CPU", threads) for graph in graphs.look]
        # Its few small steps take less time than waking threads for them: 1.5 in place of 2.2 ms at 1024 px.
        self._finish: Any = open_session(graphs.finish, self.provider, 1, blocked=False)
        self.stages = tuple(_stage(session) for session in self._looks)
        try:
            check_chain(self.stages)
            whole = joined(graphs.look, (GRIDS, FEATURES))
        except ValueError as error:
            raise unreadable_network(error) from error
        # All stages in one, for tiles that run without windows: no tensor is handed from one to the next.
        self._whole: Any = open_session(whole, self.provider, threads)
        _check_finish(self._finish)

    def _try_cuda(self, look: Sequence[bytes], threads: int, *, asked: bool) -> None:
        if _PROVIDERS["CUDA"] not in ort.get_available_providers():
            if asked:
                self.fallback_reason = (
                    "This ONNX Runtime was installed without CUDA: install onnxruntime-gpu instead."
                )
            return
        try:
            sessions = [open_session(graph, "CUDA", threads) for graph in look]
        except ModelFileError as error:
            self.fallback_reason = f"CUDA could not be started: {error.what}"
            return
        # ONNX Runtime goes on without CUDA, quietly, where its libraries or the driver are missing.
        if all(_PROVIDERS["CUDA"] in session.get_providers() for session in sessions):
            self.provider, self._looks = "CUDA", sessions
        else:
            self.fallback_reason = (
                "CUDA could not be started: its driver or libraries are missing or too old."
            )

    def look(self, pixels: NDArray[np.float32]) -> RawGrids:
        """See `Backend.look`."""
        height, width = pixels.shape[2:]
        grids, features = self._run(self._whole, (GRIDS, FEATURES), {INPUT: pad_to_cells(pixels)}, 1)
        return RawGrids(crop(grids, 4, height, width), crop(features, 16, height, width))

    def step(self, index: int, taken: Tensors) -> Tensors:
        """See `Backend.step`."""
        stage = self.stages[index]
        given = dict(zip(stage.takes, taken, strict=True))
        return self._run(self._looks[index], stage.gives, given, stage.strides[stage.takes[0]])

    def finish(self, seen: RawGrids) -> RawMaps:
        """See `Backend.finish`."""
        maps = self._run(self._finish, _MAPS, {GRIDS: seen.grids}, MAP_STRIDE)
        # What ONNX Runtime returns lies in its own memory, and whoever keeps it would break that up.
        struct, detail, fused = (np.array(one) for one in maps)
        return RawMaps(struct, detail, fused, seen.features)

    def _run(
        self, session: Any, wanted: Sequence[str], given: dict[str, NDArray[np.float32]], stride: int
    ) -> list[NDArray[np.float32]]:
        batch = next(iter(given.values()))
        try:
            return session.run(list(wanted), given)
        except MemoryError as error:
            raise out_of_memory(batch, self.provider, stride) from error
        except Exception as error:  # ONNX Runtime raises a dozen classes that share no base.
            if _is_out_of_memory(error):
                raise out_of_memory(batch, self.provider, stride) from error
            raise failed_run(error, self.provider) from error

    def close(self) -> None:
        """See `Backend.close`."""
        self._looks, self._whole, self._finish = [], None, None
        gc.collect()


def usable_cores() -> int:
    """Physical cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


@cache
def _share_memory() -> None:
    """Gives all sessions one region of memory that grows with use, once for the process.

    Measured on the embedded default: 70 bytes for each pixel of a tile, against 100 to 130 with ONNX
    Runtime's own arena, whose regions cannot be joined, and as fast. The region is reserved, not used: what
    no tile has needed takes no memory. Without "memory patterns", which plan a second block beside it.
    """
    memory = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    settings = {"max_mem": 0, "arena_extend_strategy": 0, "initial_chunk_size_bytes": _RESERVED_BYTES}
    ort.create_and_register_allocator(memory, ort.OrtArenaCfg({**settings, "max_dead_bytes_per_chunk": -1}))


def open_session(graph: bytes, provider: str, threads: int, *, blocked: bool = True) -> Any:
    """An ONNX Runtime session with the options that the detector uses.

    Args:
        graph: Any serialised ONNX model.
        provider: "CPU" or "CUDA".
        threads: CPU threads; 0 takes one for each core this process may use.
        blocked: False for a graph whose convolutions have one channel: in the blocked layout that ONNX
            Runtime likes best they take sixteen times the memory and three times the time.

    Raises:
        ModelFileError: If ONNX Runtime cannot load the graph.
    """
    _share_memory()
    options = ort.SessionOptions()
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Set, never left to ONNX Runtime: its own choice pins threads to cores, which other programs share.
    options.intra_op_num_threads = threads or usable_cores()
    options.inter_op_num_threads = 1
    # Each stage has threads of its own. Those of the last stage would spin, waiting for more work, on the
    # cores that the next one needs: measured 84 ms instead of 17 ms for a tile of 256 px on two cores.
    # Spinning within a stage only ("session.force_spinning_stop") takes 15 ms, but three times as long as
    # this as soon as another program wants one of the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if not blocked:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 4  # What matters comes as an exception or as a missing provider.
    if provider == "CPU":
        providers: list[Any] = [_PROVIDERS["CPU"]]
    else:
        # Sizes vary from tile to tile: an exhaustive search for each would take seconds.
        cuda = {
            "cudnn_conv_algo_search": "HEURISTIC",
            "arena_extend_strategy": "kSameAsRequested",
            "use_tf32": "0",  # ten bits of mantissa would move scores between devices
        }
        providers = [(_PROVIDERS["CUDA"], cuda), _PROVIDERS["CPU"]]
    try:
        session: Any = ort.InferenceSession(graph, options, providers=providers)
    except Exception as error:  # As above: no common base.
        raise unreadable_network(error) from error
    # Kept by ONNX Runtime for starting again on another provider, which only costs memory here.
    session.disable_fallback()
    session._model_bytes = None
    _return_freed_memory()
    return session


def _return_freed_memory() -> None:
    """Gives the system back what loading a model needed for a moment, where the C library can (glibc)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _stage(session: Any) -> Stage:
    """What a stage says of itself."""
    takes = [node.name for node in session.get_inputs()]
    gives = [node.name for node in session.get_outputs()]
    text = session.get_modelmeta().custom_metadata_map.get(STAGE, "")
    _check_types(session)
    try:
        return Stage.from_json(takes, gives, text)
    except (ValueError, TypeError, AttributeError) as error:
        raise unreadable_network(error) from error


def _check_finish(session: Any) -> None:
    _check_types(session)
    inputs, outputs = (
        [node.name for node in nodes] for nodes in (session.get_inputs(), session.get_outputs())
    )
    if inputs != [GRIDS] or outputs != list(FINISH_OUTPUTS):
        raise unreadable_network(ValueError(f"it takes {inputs} and gives {outputs}"))


def _check_types(session: Any) -> None:
    inputs = [(node.name, node.type, len(node.shape)) for node in session.get_inputs()]
    outputs = [node.name for node in session.get_outputs()]
    if any(kind != "tensor(float)" or rank != 4 for _, kind, rank in inputs):
        raise unreadable_network(ValueError(f"it takes {inputs} and gives {outputs}"))


def _is_out_of_memory(error: Exception) -> bool:
    text = first_line(error).lower()
    return any(
        sign in text for sign in ("bad allocation", "bad_alloc", "failed to allocate", "out of memory")
    )
