from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Thresholds
from tilesight.store.errors import StoredFileError, StoreUnavailable
from tilesight.store.tuning.mask import InspectionMask, Stroke, StrokeKind
from tilesight.store.tuning.rejudge import News, Rejudger, Task
from tilesight.store.tuning.rule import SENTENCES, PixelRule, describe_rule

T = Thresholds(3.0, 5.0)
LEFT_HALF = InspectionMask(strokes=(Stroke(kind=StrokeKind.RECTANGLE, points=((0, 0), (0.5, 1))),))


def maps_with(*spots: tuple[int, int, float], height: int = 80, width: int = 60) -> AnomalyMaps:
    """Flat maps at 0 with some cells (row, column, value)."""
    fused = np.zeros((-(-height // 4), -(-width // 4)), np.float32)
    for row, column, value in spots:
        fused[row, column] = value
    return AnomalyMaps(fused, fused, fused, height, width)


class FakeMaps:
    """Maps by record number, as a store gives them; can be told to wait."""

    def __init__(self, found: dict[int, AnomalyMaps]) -> None:
        self.found = found
        self.read: list[int] = []
        self.entered = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.gone = False

    def maps(self, record_id: int) -> AnomalyMaps:
        self.read.append(record_id)
        self.entered.set()
        assert self.go.wait(10)
        if self.gone:
            raise StoreUnavailable("The disk is gone.")
        if record_id not in self.found:
            raise StoredFileError(f"The maps of record {record_id} were not kept.")
        return self.found[record_id]


class Listener:
    def __init__(self) -> None:
        self.news: list[News] = []
        self.finished = threading.Event()

    def __call__(self, news: News) -> None:
        self.news.append(news)
        if news.finished:
            self.finished.set()

    def last(self) -> News:
        assert self.finished.wait(10)
        self.finished.clear()
        return self.news[-1]


def task(ids: list[int], rule: PixelRule, scores: float = 9.0) -> Task:
    def rule_for(height: int, width: int) -> Rule:
        return rule.rule(T, height, width, None)

    return Task(np.array(ids, np.int64), np.full(len(ids), scores), rule_for)


@pytest.mark.usefixtures("no_leftover_threads")
def test_stored_maps_are_judged_again_as_the_detector_would() -> None:
    found = {i: maps_with((3, 2, 4.0 + i), (10, 12, 3.5)) for i in range(5)}
    listener = Listener()
    rejudger = Rejudger(FakeMaps(found), listener)
    pixel_rule = PixelRule(map_threshold=3.2, min_area=3, edge_band_px=4, mask=LEFT_HALF)
    rejudger.request(task([4, 0, 2], pixel_rule))
    news = listener.last()
    rejudger.close()
    mask = LEFT_HALF.raster(80, 60)
    expected = [judge(found[i], Rule(T, 3.2, 3, 4, mask)).score for i in (4, 0, 2)]
    assert news.ids.tolist() == [4, 0, 2]
    assert news.scores.tolist() == expected
    assert (news.done, news.total, news.without_maps, news.failed) == (3, 3, 0, 0)


@pytest.mark.usefixtures("no_leftover_threads")
def test_records_without_maps_and_records_with_nothing_to_inspect_are_counted() -> None:
    nothing = InspectionMask(inspect_all=False)
    listener = Listener()
    rejudger = Rejudger(FakeMaps({1: maps_with()}), listener)
    rejudger.request(task([1, 2, 3], PixelRule(mask=nothing)))
    news = listener.last()
    rejudger.close()
    assert (news.without_maps, news.failed, news.ids.size) == (2, 1, 0)


@pytest.mark.usefixtures("no_leftover_threads")
def test_the_rounding_of_stored_maps_does_not_flip_a_verdict() -> None:
    stored = 3.0004  # float16 keeps 3.0
    listener = Listener()
    rejudger = Rejudger(FakeMaps({1: maps_with((3, 3, float(np.float16(stored))))}), listener)
    rejudger.request(task([1], PixelRule(), scores=stored))
    assert listener.last().scores.tolist() == [stored]
    rejudger.close()


@pytest.mark.usefixtures("no_leftover_threads")
def test_the_newest_request_wins_and_the_older_one_stops() -> None:
    source = FakeMaps({i: maps_with((3, 3, 6.0)) for i in range(50)})
    source.go.clear()
    listener = Listener()
    rejudger = Rejudger(source, listener)
    first = rejudger.request(task(list(range(50)), PixelRule()))
    assert source.entered.wait(10)
    second = rejudger.request(task([7], PixelRule(map_threshold=2.0)))
    source.go.set()
    news = listener.last()
    rejudger.close()
    assert (news.stamp, news.ids.tolist()) == (second, [7])
    assert first != second
    assert all(one.stamp == second for one in listener.news)
    assert len(source.read) == 2


@pytest.mark.usefixtures("no_leftover_threads")
def test_maps_are_read_once_for_many_rules() -> None:
    source = FakeMaps({i: maps_with((3, 3, 6.0)) for i in range(4)})
    listener = Listener()
    rejudger = Rejudger(source, listener)
    for band in (0, 2, 4):
        rejudger.request(task([0, 1, 2, 3], PixelRule(edge_band_px=band)))
        assert listener.last().ids.size == 4
    rejudger.close()
    assert source.read == [0, 1, 2, 3]


@pytest.mark.usefixtures("no_leftover_threads")
def test_a_small_cache_reads_again_and_gives_the_same() -> None:
    source = FakeMaps({i: maps_with((3, 3, 5.0 + i)) for i in range(4)})
    listener = Listener()
    rejudger = Rejudger(source, listener, cache_bytes=1)
    rejudger.request(task([0, 1, 2, 3], PixelRule()))
    first = listener.last().scores.tolist()
    rejudger.request(task([0, 1, 2, 3], PixelRule()))
    assert listener.last().scores.tolist() == first
    assert len(source.read) == 8
    rejudger.close()


@pytest.mark.usefixtures("no_leftover_threads")
def test_a_cancelled_request_says_nothing_more() -> None:
    source = FakeMaps({i: maps_with() for i in range(50)})
    source.go.clear()
    listener = Listener()
    rejudger = Rejudger(source, listener)
    rejudger.request(task(list(range(50)), PixelRule()))
    assert source.entered.wait(10)
    rejudger.cancel()
    source.go.set()
    rejudger.close()
    assert listener.news == []


@pytest.mark.usefixtures("no_leftover_threads")
def test_a_store_that_fails_is_reported_and_the_next_request_works() -> None:
    source = FakeMaps({1: maps_with((3, 3, 6.0))})
    source.gone = True
    listener = Listener()
    rejudger = Rejudger(source, listener)
    rejudger.request(task([1], PixelRule()))
    assert listener.last().error == "The disk is gone."
    source.gone = False
    rejudger.request(task([1], PixelRule()))
    assert listener.last().scores.tolist() == [6.0]
    rejudger.close()


@pytest.mark.usefixtures("no_leftover_threads")
def test_an_area_in_mm2_without_a_scale_is_an_error_that_says_so() -> None:
    listener = Listener()
    rejudger = Rejudger(FakeMaps({1: maps_with()}), listener)
    rejudger.request(task([1], PixelRule(min_area=2.0, in_mm2=True)))
    assert "scale" in listener.last().error
    rejudger.close()


@given(st.floats(0.01, 50), st.floats(0.01, 1.0))
def test_an_area_in_mm2_is_never_smaller_than_asked(area: float, mm_per_px: float) -> None:
    pixels = PixelRule(min_area=area, in_mm2=True).min_area_px(mm_per_px)
    assert pixels * mm_per_px**2 >= area * (1 - 1e-6)
    assert pixels == 1 or (pixels - 1) * mm_per_px**2 < area


def test_a_square_millimetre_at_a_tenth_is_a_hundred_pixels() -> None:
    assert PixelRule(min_area=1.0, in_mm2=True).min_area_px(0.1) == 100


@pytest.mark.parametrize("wrong", [{"map_threshold": float("nan")}, {"min_area": -1.0}, {"edge_band_px": -1}])
def test_a_rule_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PixelRule(**wrong)  # type: ignore[arg-type]


def test_only_a_size_filter_without_a_map_threshold_follows_t1() -> None:
    assert PixelRule(min_area=5).follows_t1
    assert not PixelRule(min_area=5, map_threshold=2.0).follows_t1
    assert not PixelRule().follows_t1


def test_the_simplest_rule_reads_as_four_sentences() -> None:
    assert describe_rule(Rule(T)) == (
        "A tile is OK while its score stays below 3 (T1), GREY from there on, and NG from 5 (T2) on. "
        "Its score is the highest value of the anomaly map. "
        "A region is a connected area in which the map reaches T1. Regions of any size count. "
        "The whole tile is inspected."
    )


def test_a_full_rule_names_every_number_in_pixels_and_millimetres() -> None:
    said = describe_rule(Rule(T, 2.5, 12, 4, LEFT_HALF.raster(40, 40)), mm_per_px=0.1)
    for part in ("reaches 2.5", "12 px (0.12 mm²)", "outermost 4 px (0.4 mm)", "leaves out 50 %"):
        assert part in said
    assert "whole tile" not in said


def test_one_threshold_leaves_nothing_grey() -> None:
    assert "nothing is GREY" in describe_rule(Rule(Thresholds(4.0, 4.0)))


def test_every_sentence_goes_through_the_translation() -> None:
    asked: list[str] = []

    def translate(sentence: str) -> str:
        asked.append(sentence)
        return f"<{sentence}>"

    said = describe_rule(Rule(T, 2.5, 12, 4, LEFT_HALF.raster(40, 40)), None, translate)
    assert said.startswith("<")
    assert said.endswith(">")
    assert set(asked) <= set(SENTENCES)
