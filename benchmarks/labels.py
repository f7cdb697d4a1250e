"""What a few labelled tiles could teach a trained detector, measured by tile; none of it is in the program.

    python benchmarks/labels.py ../shared/data/mt --model resources/starter.bsdrd [--draws 20]

The groups of the test split are halved by chance, again and again. From one half 5, 20 or 50 pictures are
labelled (at least one good and one defective), the other half is judged. Printed are image AUROC and the
share of good pictures rejected where 95 % of the defective ones are found, each as a mean over the draws:

- "as it is": the largest value of the fused map;
- "memory": regions on labelled good pictures are remembered by their descriptor; a region that is alike is
  taken out of the map, unless it is more alike to a region on a labelled defective picture;
- "students": a logistic regression over the peaks of the struct, detail and fused map;
- "students and look": the same with the four numbers of `bsdrd.suspects` beside them.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bsdrd.data.images import read_image
from bsdrd.data.layouts import load_dataset
from bsdrd.detector import open_detector
from bsdrd.judge import Rule
from bsdrd.suspects import describe

COUNTS = (5, 20, 50)
ALIKE = (0.8, 0.9)
#: Regions are outlined from this share of T1 on, so that near alarms count too.
OUTLINE = 0.7
DETECTION = 0.95


@dataclass(frozen=True, eq=False)
class Seen:
    """One picture as the model sees it."""

    group: str
    defective: bool
    score: float
    below: float  # the largest value that lies in no region
    peaks: NDArray[np.float64]  # of its regions
    features: NDArray[np.float64]  # of its regions
    numbers: NDArray[np.float64]  # struct, detail, fused; then the look


def look(data: Path, model: Path) -> list[Seen]:
    """Inspects every picture of the test split."""
    found: list[Seen] = []
    with open_detector(model, threads=1) as detector:
        for tile in load_dataset(data).test():
            pixels = read_image(tile.path)
            thresholds = detector.info.thresholds
            outline = OUTLINE * thresholds.low
            seen = detector.inspect(pixels, Rule(thresholds, map_threshold=outline))
            fused = seen.maps.fused
            low = fused[fused < outline]
            maps = (seen.maps.struct, seen.maps.detail, fused)
            found.append(
                Seen(
                    tile.group,
                    tile.is_defective,
                    seen.score,
                    float(low.max()) if low.size else outline,
                    np.array([region.peak for region in seen.regions]),
                    np.array([region.feature for region in seen.regions]),
                    np.append([float(one.max()) for one in maps], describe(pixels)),
                )
            )
    return found


def memory(known: Sequence[Seen], judged: Sequence[Seen], alike: float) -> NDArray[np.float64]:
    """Scores without the regions that look like accepted false alarms."""
    good = [one.features for one in known if not one.defective and len(one.peaks)]
    bad = [one.features for one in known if one.defective and len(one.peaks)]
    if not good:
        return np.array([one.score for one in judged])
    accepted = np.concatenate(good)
    defects = np.concatenate(bad) if bad else np.zeros((0, accepted.shape[1]))
    scores: list[float] = []
    for one in judged:
        if not len(one.peaks):
            scores.append(one.score)
            continue
        near = (one.features @ accepted.T).max(axis=1)
        against = (one.features @ defects.T).max(axis=1) if len(defects) else np.full(len(near), -1.0)
        kept = one.peaks[~((near >= alike) & (near > against))]
        scores.append(float(kept.max()) if len(kept) else one.below)
    return np.array(scores)


def fusion(known: Sequence[Seen], judged: Sequence[Seen], columns: slice) -> NDArray[np.float64]:
    """What a logistic regression says that was fitted on the labelled pictures."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced"))
    model.fit(np.array([one.numbers[columns] for one in known]), [one.defective for one in known])
    return np.asarray(model.decision_function(np.array([one.numbers[columns] for one in judged])))


def figures(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Image AUROC, and the share of good pictures rejected at 95 % detection."""
    threshold = np.quantile(scores[truth], 1 - DETECTION)
    return float(roc_auc_score(truth, scores)), float((scores[~truth] >= threshold).mean())


def main() -> None:
    """Parses the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=20)
    arguments = parser.parse_args()
    seen = look(arguments.data, arguments.model)
    groups = sorted({one.group for one in seen})
    found: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    for draw in range(arguments.draws):
        rng = np.random.default_rng([17, draw])
        half = {groups[i] for i in rng.permutation(len(groups))[: len(groups) // 2]}
        pool = [one for one in seen if one.group in half]
        judged = [one for one in seen if one.group not in half]
        truth = np.array([one.defective for one in judged])
        for count in COUNTS:
            order = [pool[i] for i in rng.permutation(len(pool))]
            first = [next(one for one in order if one.defective is kind) for kind in (False, True)]
            known = [*first, *[one for one in order if one not in first][: count - 2]]
            ways = {"as it is": np.array([one.score for one in judged])}
            ways |= {f"memory, alike from {alike}": memory(known, judged, alike) for alike in ALIKE}
            ways["students"] = fusion(known, judged, slice(0, 3))
            ways["students and look"] = fusion(known, judged, slice(0, 7))
            for name, scores in ways.items():
                found[count, name].append(figures(scores, truth))
    for (count, name), each in found.items():
        auroc, rejected = np.mean(each, axis=0)
        better = np.mean([a[0] > b[0] for a, b in zip(each, found[count, "as it is"], strict=True)])
        line = {"labelled": count, "way": name, "image AUROC": round(float(auroc), 3)}
        line |= {"rejected at 95 %": round(float(rejected), 3), "draws where better": round(float(better), 2)}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
