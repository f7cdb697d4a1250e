"""The detector as programs use it: real model, real ONNX Runtime, tiles of every kind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bsdrd import detector as detector_module
from bsdrd import windows
from bsdrd.bundle import read_bundle
from bsdrd.detector import Detector, open_detector
from bsdrd.errors import DeviceError, ImageError, ModelFileError
from bsdrd.judge import Rule, judge
from bsdrd.result import Inspection, Thresholds, Verdict


def made_tile(height: int, width: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.clip(120 + rng.normal(0, 10, (1, width)) + rng.normal(0, 6, (height, width)), 0, 255).astype(
        np.uint8
    )


@pytest.fixture
def own_detector(small_model: Path) -> Iterator[Detector]:
    with open_detector(small_model, device="cpu", threads=1) as opened:
        yield opened


def same(a: Inspection, b: Inspection, tolerance: float = 1e-4) -> bool:
    return bool(np.allclose(a.maps.fused, b.maps.fused, rtol=0, atol=tolerance)) and a.verdict == b.verdict


def test_an_opened_model_tells_what_it_is(small_model: Path, detector: Detector) -> None:
    info = detector.info
    assert (info.name, info.teacher, info.channels, info.smallest_side) == (
        "small",
        "efficientnet_lite0",
        1,
        64,
    )
    assert info.thresholds == Thresholds(4.0, 6.0)
    assert info.reference_scores == (1.0, 2.0, 3.0)
    assert info.sha256 == read_bundle(small_model).sha256
    assert (detector.backend, detector.provider, detector.fallback_reason) == ("onnx", "CPU", "")


def test_an_inspection_is_the_judged_maps(detector: Detector) -> None:
    tile = made_tile(150, 110)
    raw = detector.maps(tile)
    assert (raw.maps.height, raw.maps.width) == (150, 110)
    assert raw.features.shape == (112, 10, 7)
    assert not raw.features.flags.writeable
    got = detector.inspect(tile)
    want = judge(raw.maps, detector.default_rule, raw.features)
    assert (got.score, got.regions, got.verdict) == (want.score, want.regions, want.verdict)
    assert got.thresholds == detector.info.thresholds
    assert got.milliseconds > 0


def test_a_rule_of_ones_own_is_followed(detector: Detector) -> None:
    tile = made_tile(150, 110)
    score = detector.inspect(tile).score
    strict = detector.inspect(tile, Rule(Thresholds(score - 1, score - 0.5)))
    assert (strict.verdict, strict.thresholds.high) == (Verdict.NG, score - 0.5)
    assert strict.regions[0].peak == strict.score
    assert 0 < len(strict.regions[0].feature) <= 64
    assert detector.inspect(tile, Rule(Thresholds(score + 1, score + 2))).verdict is Verdict.OK


@pytest.mark.parametrize("size", [(64, 64), (64, 1999), (1203, 67), (65, 66), (127, 129)])
def test_tiles_of_any_size_and_shape_are_inspected(detector: Detector, size: tuple[int, int]) -> None:
    got = detector.inspect(made_tile(*size))
    assert np.isfinite(got.score)
    assert got.maps.full("fused").shape == size


def test_sixteen_bit_and_colour_tiles_give_what_their_grey_tile_gives(detector: Detector) -> None:
    tile = made_tile(90, 80)
    grey = detector.inspect(tile)
    deep = tile.astype(np.uint16) * 257
    assert same(detector.inspect(deep), grey)
    assert same(detector.inspect(np.repeat(tile[..., None], 3, axis=2)), grey, 1e-3)
    assert not same(detector.inspect(deep + 90), grey, 1e-7)  # the low bits count


def test_a_tile_gives_the_same_result_every_time(detector: Detector) -> None:
    tile = made_tile(150, 110)
    scores = {detector.inspect(tile).score for _ in range(4)}
    assert len(scores) == 1


@pytest.mark.parametrize(
    ("tile", "says"),
    [
        (np.zeros((63, 200), np.uint8), "200 x 63 px"),
        (np.zeros((1, 1), np.uint8), "1 x 1 px"),
        (np.zeros((64, 8001), np.uint8), "8001 x 64 px"),
        (np.zeros((80, 80), np.float32), "float32"),
        (np.full((80, 80), np.nan), "float64"),
        (np.zeros((80, 80), bool), "bool"),
        (np.zeros((80, 80, 4), np.uint8), r"\(80, 80, 4\)"),
        (np.zeros((80, 80, 1), np.uint8), r"\(80, 80, 1\)"),
        (np.zeros(80, np.uint8), r"\(80,\)"),
        (np.zeros((0, 0), np.uint8), "0 x 0 px"),
    ],
)
def test_what_is_no_tile_is_refused(detector: Detector, tile: np.ndarray, says: str) -> None:
    for call in (detector.maps, detector.inspect):
        with pytest.raises(ImageError, match=says):
            call(tile)  # pyright: ignore[reportArgumentType]


def test_a_mask_of_another_size_is_refused(detector: Detector) -> None:
    rule = Rule(Thresholds(1, 2), mask=np.ones((10, 10), bool))
    with pytest.raises(ImageError, match="mask"):
        detector.inspect(made_tile(90, 80), rule)


def test_many_tiles_come_back_in_order_and_as_if_alone(detector: Detector) -> None:
    tiles = [made_tile(90, 80, 1), made_tile(70, 100, 2), made_tile(90, 80, 3), made_tile(90, 80, 4)]
    seen: list[int] = []
    many = detector.inspect_many(tiles, progress=seen.append)
    assert seen == [3, 4]
    for tile, got in zip(tiles, many, strict=True):
        assert (got.maps.height, got.maps.width) == tile.shape
        assert same(got, detector.inspect(tile))
    assert detector.inspect_many([]) == []


def test_a_bad_tile_among_many_is_found_before_any_is_inspected(detector: Detector) -> None:
    seen: list[int] = []
    with pytest.raises(ImageError):
        detector.inspect_many([made_tile(90, 80), np.zeros((9, 9), np.uint8)], progress=seen.append)
    assert not seen


def test_batches_are_no_larger_than_one_window(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_module, "WHOLE_PIXELS", 2 * 90 * 80)
    seen: list[int] = []
    detector.inspect_many([made_tile(90, 80, n) for n in range(5)], progress=seen.append)
    assert seen == [2, 4, 5]


def test_large_tiles_run_as_windows(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    tile = made_tile(660, 1000)
    whole = detector.inspect(tile)
    monkeypatch.setattr(detector_module, "WHOLE_PIXELS", 659 * 1000)
    monkeypatch.setattr(windows, "BAND_PIXELS", 300 * 1000)
    ran: list[tuple[int, ...]] = []
    real = windows.run_in_windows
    monkeypatch.setattr(detector_module, "run_in_windows", lambda *a: ran.append(a[2].shape) or real(*a))
    for cut in (detector.inspect(tile), *detector.inspect_many([tile, tile])):
        np.testing.assert_allclose(cut.maps.fused, whole.maps.fused, rtol=0, atol=1e-3)
    assert ran == [tile.shape] * 3


def test_warming_up_takes_any_size_that_can_be_inspected(detector: Detector) -> None:
    detector.warm_up()
    detector.warm_up(70, 200)
    with pytest.raises(ImageError):
        detector.warm_up(10, 10)


def test_a_closed_detector_says_so(own_detector: Detector) -> None:
    own_detector.close()
    own_detector.close()
    with pytest.raises(DeviceError, match="closed"):
        own_detector.inspect(made_tile(90, 80))


def test_several_threads_may_use_one_detector(own_detector: Detector, no_leftover_threads: None) -> None:
    tiles = [made_tile(64 + 8 * n, 72, n) for n in range(4)]
    alone = [own_detector.inspect(tile).score for tile in tiles]
    found: list[list[float]] = [[] for _ in tiles]

    def work(index: int) -> None:
        for _ in range(3):
            found[index].append(own_detector.inspect(tiles[index]).score)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(tiles))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[score] * 3 for score in alone]


def test_both_backends_give_the_same_verdicts(small_model: Path, detector: Detector) -> None:
    with open_detector(small_model, backend="torch", device="cpu", threads=1) as other:
        assert (other.backend, other.provider) == ("torch", "CPU")
        for seed in range(3):
            tile = made_tile(100, 90, seed)
            assert same(other.inspect(tile), detector.inspect(tile), 1e-3)


def test_a_model_that_failed_its_parity_check_is_refused(failed_model: Path) -> None:
    with pytest.raises(ModelFileError, match="parity"):
        open_detector(failed_model)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bsdrd").write_text("hello")
    with pytest.raises(ModelFileError):
        open_detector(tmp_path / "x.bsdrd")


@pytest.mark.tiles
def test_real_tiles_give_the_same_verdict_in_both_backends(
    small_model: Path, detector: Detector, mt_folder: Path
) -> None:
    from bsdrd.data.images import find_images, read_image

    paths = [path for path in find_images(mt_folder) if path.suffix == ".jpg"][::300]
    with open_detector(small_model, backend="torch", device="cpu", threads=1) as other:
        for path in paths:
            assert same(other.inspect(read_image(path)), detector.inspect(read_image(path)), 1e-3), path
