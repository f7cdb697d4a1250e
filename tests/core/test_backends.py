"""Both backends say the same, load only what is sound, and turn every failure into a clear error."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from safetensors.torch import save as save_tensors

from bsdrd.backends import open_backend
from bsdrd.backends.base import FINISH_OUTPUTS, Backend, RawMaps
from bsdrd.backends.onnx import OnnxBackend, usable_cores
from bsdrd.backends.torch import TorchBackend, load_graph
from bsdrd.bundle import Bundle, Graphs
from bsdrd.errors import BsdrdError, DeviceError, ModelFileError
from bsdrd.export import export_onnx
from bsdrd.stages import FEATURES, GRIDS, INPUT, run_whole
from bsdrd.windows import run_in_windows

SIZES = [(64, 64), (65, 131), (150, 110), (96, 257)]


@pytest.fixture(scope="module")
def onnx_backend(small_bundle: Bundle) -> OnnxBackend:
    return OnnxBackend(small_bundle.graphs, device="cpu", threads=1)


@pytest.fixture(scope="module")
def torch_backend(small_bundle: Bundle) -> TorchBackend:
    return TorchBackend(small_bundle.spec, small_bundle.weights, device="cpu", threads=1)


def pixels(count: int, height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(height * width)
    return rng.uniform(0, 255, (count, 1, height, width)).astype(np.float32)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("count", [1, 3])
def test_both_backends_give_the_same_maps(
    onnx_backend: Backend, torch_backend: Backend, count: int, height: int, width: int
) -> None:
    batch = pixels(count, height, width)
    ours, theirs = onnx_backend.run(batch), torch_backend.run(batch)
    for name in ("struct", "detail", "fused", "features"):
        mine = getattr(ours, name)
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, getattr(theirs, name), rtol=0, atol=1e-3, err_msg=name)
    assert ours.fused.shape == (count, -(-height // 4), -(-width // 4))
    assert ours.features.shape[::2] == (count, -(-height // 16))


def test_all_stages_in_one_give_what_they_give_one_after_the_other(onnx_backend: OnnxBackend) -> None:
    batch = pixels(2, 70, 130)
    whole = onnx_backend.look(batch)
    grids, features = run_whole(onnx_backend.stages, onnx_backend.step, batch)
    np.testing.assert_allclose(whole.grids, grids, rtol=0, atol=1e-4)
    np.testing.assert_allclose(whole.features, features, rtol=0, atol=1e-4)


def test_both_backends_say_the_same_of_a_tile_that_ran_in_windows(small_bundle: Bundle) -> None:
    graph = load_graph(small_bundle.spec, small_bundle.weights)
    # What is added near the tile's edge must be there once, at its edge, and at no cut.
    graph.finish.profile_mean[:] = torch.linspace(9, 0, graph.finish.profile_mean.shape[1])
    weights = save_tensors(graph.state_dict())
    backends: list[Backend] = [
        OnnxBackend(export_onnx(graph), device="cpu", threads=1),
        TorchBackend(small_bundle.spec, weights, device="cpu", threads=1),
    ]
    tile = np.clip(np.random.default_rng(4).normal(120, 20, (360, 500)), 0, 255).astype(np.uint8)

    def as_input(part: np.ndarray) -> np.ndarray:
        return part.astype(np.float32)[np.newaxis]

    assert backends[0].stages == backends[1].stages
    ours, theirs = (backend.finish(run_in_windows(backend, as_input, tile, 6)) for backend in backends)
    for name in ("struct", "detail", "fused"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=0, atol=1e-3)
    whole = backends[0].run(as_input(tile)[np.newaxis])
    np.testing.assert_allclose(ours.struct, whole.struct, rtol=0, atol=1e-4)
    assert np.ptp(whole.struct.mean((0, 1))) > 5


def test_a_batch_gives_what_its_tiles_give_alone(onnx_backend: Backend) -> None:
    batch = pixels(3, 90, 70)
    together = onnx_backend.run(batch)
    for index in range(3):
        alone = onnx_backend.run(batch[index : index + 1])
        np.testing.assert_allclose(together.fused[index], alone.fused[0], rtol=0, atol=1e-4)


def test_pixels_that_may_not_be_written_to_are_taken(onnx_backend: Backend, torch_backend: Backend) -> None:
    batch = pixels(1, 64, 64)
    batch.setflags(write=False)
    for backend in (onnx_backend, torch_backend):
        assert backend.run(batch).fused.shape == (1, 16, 16)


def test_results_stay_as_they_are_when_the_network_runs_again(onnx_backend: Backend) -> None:
    first = onnx_backend.run(pixels(1, 80, 80))
    kept = first.fused.copy()
    for _ in range(3):
        onnx_backend.run(pixels(1, 80, 80) / 2)
    np.testing.assert_array_equal(first.fused, kept)


def test_inspecting_with_onnx_runtime_never_imports_torch(small_model: Path) -> None:
    program = (
        "import sys, numpy as np\n"
        "from bsdrd.detector import open_detector\n"
        "with open_detector(sys.argv[1], device='auto') as detector:\n"
        "    detector.warm_up(64, 64)\n"
        "    print(detector.inspect(np.full((80, 70), 90, np.uint8)).verdict)\n"
        "print('torch' in sys.modules, 'onnx' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(small_model)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    verdict, loaded = done.stdout.split("\n")[:2]
    assert verdict in ("OK", "GREY", "NG")
    assert loaded == "False False"


def test_the_device_asked_for_or_the_reason_why_not_is_told(small_bundle: Bundle) -> None:
    for name in ("onnx", "torch"):
        on_cpu = open_backend(small_bundle, name, "cpu", 1)
        assert (on_cpu.name, on_cpu.provider, on_cpu.fallback_reason) == (name, "CPU", "")
        wanted = open_backend(small_bundle, name, "cuda", 1)
        assert (wanted.provider == "CUDA") != bool(wanted.fallback_reason)
        wanted.close()


def test_cuda_that_does_not_start_falls_back_with_a_reason(
    small_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    # As on a computer with onnxruntime-gpu and no driver: listed, and quietly left out of the session.
    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    real = onnxruntime.InferenceSession
    monkeypatch.setattr(
        onnxruntime,
        "InferenceSession",
        lambda graph, options, providers: real(graph, options, providers=["CPUExecutionProvider"]),
    )
    for device in ("auto", "cuda"):
        backend = OnnxBackend(small_bundle.graphs, device=device, threads=1)
        assert backend.provider == "CPU"
        assert "CUDA could not be started" in backend.fallback_reason
        assert backend.run(pixels(1, 64, 64)).fused.shape == (1, 16, 16)


def test_unknown_backends_and_devices_are_refused(small_bundle: Bundle) -> None:
    with pytest.raises(DeviceError, match="no backend"):
        open_backend(small_bundle, "tvm", "cpu", 0)  # pyright: ignore[reportArgumentType]
    for name in ("onnx", "torch"):
        with pytest.raises(DeviceError, match="no device"):
            open_backend(small_bundle, name, "tpu", 0)  # pyright: ignore[reportArgumentType]


def test_threads_are_at_least_one_and_at_most_the_cores() -> None:
    import psutil

    assert 1 <= usable_cores() <= (psutil.cpu_count() or 1)


# ----------------------------------------------------------------------- networks that cannot be loaded


@pytest.mark.parametrize("graph", [b"", b"no graph", b"\x08\x07" * 100])
def test_a_damaged_graph_is_refused(small_bundle: Bundle, graph: bytes) -> None:
    look = (*small_bundle.graphs.look[:2], graph, *small_bundle.graphs.look[3:])
    for graphs in (replace(small_bundle.graphs, look=look), replace(small_bundle.graphs, finish=graph)):
        with pytest.raises(ModelFileError, match="cannot be loaded"):
            OnnxBackend(graphs, device="cpu")


def tiny_graph(outputs: tuple[str, ...] = (GRIDS, FEATURES), name: str = INPUT, rank: int = 4) -> bytes:
    nodes = [helper.make_node("Identity", [name], [output]) for output in outputs]
    shape = [None] * rank
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape) for output in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


FINISH = tiny_graph(FINISH_OUTPUTS, GRIDS)


@pytest.mark.parametrize(
    "graphs",
    [
        Graphs((tiny_graph(outputs=("grids", "fused")),), FINISH),
        Graphs((tiny_graph(name="image"),), FINISH),
        Graphs((tiny_graph(rank=3),), FINISH),
        Graphs((tiny_graph(),), tiny_graph()),
        Graphs((tiny_graph(),), tiny_graph(FINISH_OUTPUTS[:2], GRIDS)),
    ],
)
def test_a_graph_that_is_no_part_of_a_detector_is_refused(graphs: Graphs) -> None:
    with pytest.raises(ModelFileError, match="it takes"):
        OnnxBackend(graphs, device="cpu")


def test_a_graph_that_reads_other_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(16))
    monkeypatch.chdir(tmp_path)
    model = onnx.load_from_string(tiny_graph())
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret.bin")
    model.graph.initializer.append(tensor)
    model.graph.node[0].CopyFrom(helper.make_node("Add", [INPUT, "w"], ["grids"]))
    with pytest.raises(ModelFileError):
        OnnxBackend(Graphs((model.SerializeToString(),), FINISH), device="cpu")


def test_a_model_of_an_earlier_structure_runs_in_onnx_runtime_and_torch_says_why_it_does_not(
    small_bundle: Bundle,
) -> None:
    older = replace(small_bundle, spec=replace(small_bundle.spec, structure=1))
    assert open_backend(older, "onnx", "cpu", 1).run(np.zeros((1, 1, 64, 64), np.float32)).fused.shape == (
        1,
        16,
        16,
    )
    with pytest.raises(ModelFileError, match="another version of Tilesight") as caught:
        open_backend(older, "torch", "cpu", 1)
    assert "ONNX Runtime" in caught.value.kept


def test_damaged_weights_and_those_of_another_architecture_are_refused(small_bundle: Bundle) -> None:
    from dataclasses import replace

    with pytest.raises(ModelFileError, match="cannot be loaded"):
        TorchBackend(small_bundle.spec, b"no weights", device="cpu")
    other = replace(small_bundle.spec, struct_width=60)
    with pytest.raises(ModelFileError, match="another architecture"):
        TorchBackend(other, small_bundle.weights, device="cpu")


# ----------------------------------------------------------------------- failures while running


class _Failing:
    """Stands for a session whose run fails as ONNX Runtime's does."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, *_: object) -> RawMaps:
        raise self.error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "not enough free memory to inspect 2 tiles of 96 x 64 px"),
        (RuntimeError("[ONNXRuntimeError] : 1 : FAIL : bad allocation"), "not enough free memory"),
        (RuntimeError("BFCArena::AllocateRawInternal Failed to allocate memory for 9 bytes"), "not enough"),
        (
            RuntimeError("Non-zero status code\nsecond line"),
            "The detector failed on CPU: Non-zero status code",
        ),
    ],
)
def test_a_failing_run_becomes_an_error_that_says_what_to_do(
    small_bundle: Bundle, error: Exception, says: str
) -> None:
    for part in ("_whole", "_finish"):
        backend = OnnxBackend(small_bundle.graphs, device="cpu", threads=1)
        setattr(backend, part, _Failing(error))
        with pytest.raises(DeviceError, match=says) as caught:
            backend.run(pixels(2, 64, 96))
        assert caught.value.do_next
        assert "second line" not in str(caught.value)


def test_torch_that_runs_out_of_memory_says_so(
    torch_backend: TorchBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(error: Exception) -> BsdrdError:
        def failing(*_: object) -> object:
            raise error

        monkeypatch.setattr(torch_backend, "_steps", [failing])
        with pytest.raises(DeviceError) as caught:
            torch_backend.run(pixels(1, 64, 64))
        return caught.value

    assert "not enough free memory" in str(fails(torch.OutOfMemoryError("CUDA out of memory")))
    assert "not enough free memory" in str(fails(RuntimeError("DefaultCPUAllocator: can't allocate memory")))
    assert "failed on CPU" in str(fails(RuntimeError("shapes differ")))
