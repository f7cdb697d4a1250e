"""How fast the record store is with 100,000 records, how fast it takes new ones, and what files cost.

    python benchmarks/store.py [--records 20000]
    python benchmarks/store.py codecs [--tiles FOLDER]
    python benchmarks/store.py real --tiles ../shared/data/mt [--model resources/starter.bsdrd]

`codecs` compares file formats, on pictures of your own where given. `real` tells from real tiles what JPEG
would do to their scores, and how alike the regions found on them are. Times are medians of several runs:
first what a clock shows, then what the processor worked, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bsdrd.data.images import find_images, read_image
from bsdrd.data.layouts import load_dataset
from bsdrd.detector import open_detector
from bsdrd.result import AnomalyMaps, Region, Thresholds, Verdict
from tilesight.store.codecs import maps_to_npz, picture_to_png
from tilesight.store.filters import HIGHEST_SCORE, MOST_DOUBTFUL, NEWEST, Order
from tilesight.store.images import KEEP_ALL, KEEP_NONE
from tilesight.store.records import LabelKind, NewRecord, RecordFilter, RecordStore
from tilesight.store.remedies import LargerRegions

START = datetime(2026, 1, 1, tzinfo=UTC)
VERDICTS = (Verdict.OK, Verdict.GREY, Verdict.NG)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["all", "codecs", "real"], default="all")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--tiles", type=Path, help="folder of pictures for the file formats")
    parser.add_argument("--model", type=Path, default=Path("resources/starter.bsdrd"))
    options = parser.parse_args()
    if options.what == "real":
        if options.tiles is None:
            parser.error("real tiles need --tiles")
        _real(options.tiles, options.model)
        return
    if options.what == "all":
        with tempfile.TemporaryDirectory() as folder:
            _store(Path(folder), options.records)
    _codecs(_pictures(options.tiles))


def _timed(what: str, call: Callable[[], Any], repeats: int = 5, goal: str = "", per: int = 1) -> Any:
    result: Any = None
    wall: list[float] = []
    cpu: list[float] = []
    for _ in range(repeats):
        start, worked = time.perf_counter(), time.process_time()
        result = call()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - worked)
    took, worked = (statistics.median(some) * 1e3 / per for some in (wall, cpu))
    print(f"{what:<58} {took:9.1f} {worked:9.1f} ms {goal}")
    return result


# -- the database ----------------------------------------------------------------------------------


def _store(folder: Path, number: int) -> None:
    rng = np.random.default_rng(1)
    with RecordStore.open(folder) as store:
        start = time.perf_counter()
        for first in range(0, number, 2000):
            store.add([_record(n, rng) for n in range(first, min(number, first + 2000))], KEEP_NONE)
        took = time.perf_counter() - start
        print(f"filled with {number:,} records in batches of 2,000: {number / took:,.0f} records/s")
        ids = store.ids()
        store.labels.label("ann", ids[::10].tolist(), LabelKind.FALSE_ALARM)
        store.labels.label("ann", ids[5::50].tolist(), LabelKind.DEFECT, defect_class="crack")
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        print(f"database: {size / 1e6:,.0f} MB ({size / number:,.0f} bytes a record)")
    _reading(folder, number)
    with RecordStore.open(folder) as store:
        _similar(store)
        _adding(store, rng)


def _reading(folder: Path, number: int) -> None:
    def open_and_show() -> int:
        with RecordStore.open(folder) as store:
            store.ids(order=NEWEST)
            return len(store.query(limit=60).rows)

    _timed(f"open, order {number:,} records, first 60 rows", open_and_show, goal="(goal 2,000)")
    with RecordStore.open(folder) as store:
        everything = store.ids()
        middle = everything[len(everything) // 2 :][:60]
        _timed("60 rows from the middle (one screen while scrolling)", lambda: store.get_many(middle))
        some = RecordFilter(verdicts=frozenset({Verdict.NG}), labels=frozenset({None}), score_from=4.0)
        _timed("ids: NG, unlabelled, score >= 4", lambda: store.ids(some))
        day = RecordFilter(since=START + timedelta(hours=5), until=START + timedelta(hours=6))
        _timed("ids: one hour", lambda: store.ids(day))
        _timed("ids: one lot", lambda: store.ids(RecordFilter(lot="L-0040")))
        orders = (HIGHEST_SCORE, MOST_DOUBTFUL, Order("name"), Order("serial"), Order("lot"), Order("label"))
        for order in orders:
            _timed(f"ids: all, ordered by {order.by}", lambda order=order: store.ids(order=order))
        _timed("counts by verdict", store.counts)
        _timed("counts by label", store.label_counts)
        _timed("search: serial number (1 found)", lambda: store.search("S0040123"), goal="(goal 1,000)")
        _timed(
            "search: two words of text (none found)",
            lambda: store.search("absent words"),
            goal="(goal 1,000)",
        )
        _timed("by exact serial number", lambda: store.query(RecordFilter(serial="S0040123")))
        _timed("one record with everything", lambda: store.get(int(middle[0])))
        latest = RecordFilter(id_from=int(everything.max()) - 4999)
        _timed("score_arrays of 5,000", lambda: store.score_arrays(latest), goal="(goal 50)")
        _timed(f"score_arrays of {number:,}", store.score_arrays, goal="(goal 1,000)")


def _similar(store: RecordStore) -> None:
    seed = next(row.id for row in store.query(limit=500).rows if row.n_regions)
    group = _timed(
        "alike regions, first time (reads all regions)",
        lambda: store.similar.find(seed, 0),
        1,
        "(goal 1,000)",
    )
    _timed("alike regions, again", lambda: store.similar.find(seed, 0))
    _timed(
        f"preview of a region filter ({len(group.records):,} alike)",
        lambda: store.similar.preview(group, LargerRegions(50)),
    )


def _adding(store: RecordStore, rng: np.random.Generator) -> None:
    for batch in (1, 10, 100):
        made = [_record(n, rng) for n in range(batch)]
        _timed(f"add {batch}, without pictures, durable", lambda made=made: store.add(made, KEEP_NONE), 15)
    for side in (256, 1024):
        for batch in (1, 10):
            made = [_record(n, rng, side) for n in range(batch)]
            _timed(
                f"add {batch} with {side} x {side} picture and maps, durable",
                lambda made=made: store.add(made, KEEP_ALL),
            )
    number = int(store.ids()[0])
    _timed("label one record", lambda: store.labels.label("bob", number, LabelKind.GOOD), 15)
    _timed("undo one label", lambda: store.labels.undo("bob"), 15)
    many = store.ids()[:10_000].tolist()
    _timed("label 10,000 records as one step", lambda: store.labels.label("bob", many, LabelKind.GOOD), 1)
    _timed("add an audit line", lambda: store.audit.append("eve", "measured"), 15)


def _record(number: int, rng: np.random.Generator, side: int = 0) -> NewRecord:
    score = float(rng.gamma(2.0, 1.2))
    thresholds = Thresholds(4.0, 6.0)
    moment = START + timedelta(seconds=number)
    found = tuple(_region(rng) for _ in range(rng.integers(0, 3)))
    return NewRecord(
        captured_at=moment,
        inspected_at=moment,
        source="Camera 1",
        frame_id=number,
        name=f"frame {number}",
        lot=f"L-{number // 1000:04}",
        serial=f"S{number:07}",
        verdict=thresholds.verdict(score),
        score=score,
        struct_peak=score * 0.8,
        detail_peak=score * 0.6,
        thresholds=thresholds,
        map_threshold=4.0,
        min_area_px=4,
        edge_band_px=0,
        regions=found,
        model_sha256="ab" * 32,
        model_name="starter",
        recipe_sha256="cd" * 32,
        recipe_name="Line 1",
        recipe_version=3,
        operator="Ann",
        provider="CPU",
        timings_ms={"find": 2.1, "infer": 41.3, "judge": 1.2},
        height=side or 256,
        width=side or 256,
        pixels=_texture(rng, side) if side else None,
        maps=_maps(rng, side) if side else None,
    )


def _region(rng: np.random.Generator) -> Region:
    feature = rng.normal(size=64)
    feature = (feature / np.linalg.norm(feature)).round(4)
    x, y = (int(value) for value in rng.integers(0, 200, 2))
    return Region(
        int(rng.integers(4, 400)),
        (x, y, 9, 9),
        (x + 4.0, y + 4.0),
        6.0,
        (x, y),
        "both",
        tuple(feature.tolist()),
    )


def _texture(rng: np.random.Generator, side: int) -> Any:
    """Vertical grinding streaks and noise."""
    streaks = cv2.GaussianBlur(rng.normal(0, 60, (side, side)), (1, 61), 20, sigmaY=20)
    return np.clip(120 + streaks * 4 + rng.normal(0, 4, (side, side)), 0, 255).astype(np.uint8)


def _maps(rng: np.random.Generator, side: int) -> AnomalyMaps:
    grid = side // 4
    maps = [cv2.GaussianBlur(rng.normal(0, 3, (grid, grid)).astype(np.float32), (0, 0), 2) for _ in range(3)]
    return AnomalyMaps(*maps, height=side, width=side)


# -- the files -------------------------------------------------------------------------------------


def _pictures(folder: Path | None) -> dict[str, list[Any]]:
    rng = np.random.default_rng(2)
    found = {f"rendered {side} x {side}": [_texture(rng, side) for _ in range(3)] for side in (256, 1024)}
    if folder is not None:
        found[f"of {folder.name}"] = [read_image(path) for path in find_images(folder)[:200:5]]
    return found


def _codecs(pictures: dict[str, list[Any]]) -> None:
    def cv(ending: str, *options: int) -> Callable[[Any], bytes]:
        return lambda pixels: cv2.imencode(ending, pixels, options)[1].tobytes()

    ways: dict[str, Callable[[Any], bytes]] = {
        "PNG, as stored": picture_to_png,
        "PNG, level 1": cv(".png", cv2.IMWRITE_PNG_COMPRESSION, 1),
        "PNG, level 6": cv(".png", cv2.IMWRITE_PNG_COMPRESSION, 6),
        "WebP, lossless": cv(".webp", cv2.IMWRITE_WEBP_QUALITY, 101),
        "JPEG 92 (loses)": cv(".jpg", cv2.IMWRITE_JPEG_QUALITY, 92),
    }
    for title, some in pictures.items():
        print(
            f"\n{len(some)} pictures {title}: {sum(one.nbytes for one in some) / len(some) / 1e3:,.0f} kB raw"
        )
        for name, encode in ways.items():
            sizes = [len(encode(one)) for one in some]
            _timed(
                f"{name} {sum(sizes) / len(sizes) / 1e3:,.0f} kB each",
                lambda encode=encode, some=some: [encode(one) for one in some],
                3,
                per=len(some),
            )
    rng = np.random.default_rng(3)
    print()
    for side in (256, 1024):
        maps = _maps(rng, side)
        data = _timed(f"maps of {side} x {side} as compressed float16", lambda maps=maps: maps_to_npz(maps))
        print(f"  {len(data) / 1e3:,.0f} kB of {maps.fused.nbytes * 3 / 2 / 1e3:,.0f} kB")


# -- real tiles ------------------------------------------------------------------------------------


def _real(folder: Path, model: Path) -> None:
    """What JPEG does to scores, and cosines between regions of one tile, of one class and of others."""
    detector = open_detector(model, threads=1)
    tiles = [tile for tile in load_dataset(folder).tiles if tile.split == "test"]
    np.random.default_rng(0).shuffle(tiles)  # type: ignore[arg-type]
    tiles = [tile for tile in tiles if tile.is_defective][:140] + [tile for tile in tiles if tile.is_good][
        :90
    ]
    features: list[tuple[float, ...]] = []
    of: list[tuple[str, str]] = []
    moved: list[float] = []
    for number, tile in enumerate(tiles):
        pixels = read_image(tile.path)
        found = detector.inspect(pixels)
        if found.regions:
            features.append(found.regions[0].feature)
            of.append((tile.cls, tile.group))
        if number % 6 == 0:
            jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
            again = detector.inspect(cv2.imdecode(jpeg, cv2.IMREAD_UNCHANGED))
            moved.append(abs(again.score - found.score))
    low, high = detector.info.thresholds.low, detector.info.thresholds.high
    print(
        f"score after JPEG 92: moved by {np.median(moved):.2f} (median), {max(moved):.2f} (largest of ",
        end="",
    )
    print(f"{len(moved)}); from T1 to T2 it is {high - low:.2f}. As stored (PNG): not at all.")
    cosine = np.array(features) @ np.array(features).T
    first, second = np.triu_indices(len(of), 1)
    cls = np.array([of[a][0] == of[b][0] for a, b in zip(first, second, strict=True)])
    group = np.array([of[a][1] == of[b][1] for a, b in zip(first, second, strict=True)])
    for title, pairs in (
        ("one tile, other exposure", group),
        ("one class, other tile", cls & ~group),
        ("other class", ~cls & ~group),
    ):
        some = cosine[first, second][pairs]
        alike = "  ".join(f">= {limit}: {(some >= limit).mean():6.1%}" for limit in (0.7, 0.8, 0.9))
        print(f"{title:<26} {len(some):5} pairs  median {np.median(some):5.2f}  {alike}")


if __name__ == "__main__":
    main()
