"""`DetectorGraph.look` as a chain of stages, for tiles that are too large to run in one go.

    pixels -> f1 -> f2, aligned -> (two steps) -> features -> narrow -> codes -> grids

Fine strides hold the most values for each pixel, coarse ones see furthest. So the first and the last stage
run in small windows, the others in windows as high as a band, and what sees far is cut into pieces that see
less far: a margin is computed twice, and two stages with half the margin each compute half as much twice.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bsdrd.model.graph import DetectorGraph
from bsdrd.model.teachers import teacher_entry
from bsdrd.stages import CELL, FEATURES, GRIDS, INPUT, Stage

#: A stage as torch runs it: the tensors that it takes, to those that it gives.
Step = Callable[..., tuple[Tensor, ...]]

# How far students and defect head look: up to their narrowest place, to their codes, from there on.
_NARROW_REACH, _CODE_REACH, _DECODE_REACH = 80, 32, 16
# What the longest wavelets in use add to either; two-tap ones add nothing.
_WAVELET_REACH = 64


def stages_of(graph: DetectorGraph) -> list[tuple[Stage, Step]]:
    """The stages of `look`, but for padding before and cropping after them.

    Args:
        graph: In evaluation mode.
    """
    teacher, students, head = graph.teacher, graph.students, graph.students.head

    def to_f1(pixels: Tensor) -> tuple[Tensor]:
        return (teacher.step(0, graph.colours(pixels)),)

    def to_f2(f1: Tensor) -> tuple[Tensor, Tensor]:
        return teacher.step(1, f1), students.struct.align1(f1)

    def on_to_f3(index: int) -> Step:
        def step(x: Tensor) -> tuple[Tensor]:
            return (teacher.step(index, x),)

        return step

    def narrow(aligned: Tensor, f2: Tensor, f3: Tensor) -> tuple[Tensor, ...]:
        far = () if head is None else (head.narrow(f3),)
        return students.struct.narrow(aligned, f2, f3), students.detail.narrow(f3), *far

    def codes(f2: Tensor, f3: Tensor, struct: Tensor, detail: Tensor, *far: Tensor) -> tuple[Tensor, ...]:
        both = graph.codes(struct, detail)
        coarse = graph.scaled(graph.far_distance(f3, both), 2)
        return both, coarse, *([] if head is None else head.code(f2, *far))

    def grids(f1: Tensor, f2: Tensor, both: Tensor, coarse: Tensor, *seen: Tensor) -> tuple[Tensor]:
        fine = [graph.scaled(grid, level) for level, grid in enumerate(graph.fine_distances(f1, f2, both))]
        out = [graph.sum_of_levels([*fine, coarse])]
        if head is not None:
            out.append(head.decode(f1, *seen))
        return (torch.cat(out, dim=1),)

    near, middle, *far = (-(-reach // 16) * 16 for reach in teacher_entry(graph.spec.teacher).reach)
    steps = [f"step{index}" for index in range(2, teacher.steps - 1)]
    long = graph.spec.use_wavelet and graph.spec.wavelet not in ("haar", "db1")
    more = _WAVELET_REACH if long else 0
    narrow_reach, code_reach = (-(-(reach + more) // CELL) * CELL for reach in (_NARROW_REACH, _CODE_REACH))
    strides = {INPUT: 1, "f1": 4, "f2": 8, "aligned": 16, **dict.fromkeys(steps, 16), FEATURES: 16, GRIDS: 4}
    strides |= {"struct_narrow": 16, "detail_narrow": 32, "head_narrow": 16}
    strides |= {"codes": 16, "coarse": 16, "head_code": 8, "area": 8}
    all_narrow = ("struct_narrow", "detail_narrow", *(() if head is None else ("head_narrow",)))
    head_codes = () if head is None else ("head_code", "area")[: 1 if head.area is None else 2]
    all_codes = ("codes", "coarse", *head_codes)

    def stage(takes: tuple[str, ...], gives: tuple[str, ...], reach: int, rows: int, columns: int) -> Stage:
        return Stage(takes, gives, {name: strides[name] for name in (*takes, *gives)}, reach, rows, columns)

    return [
        (stage((INPUT,), ("f1",), near, 704, 512), to_f1),
        (stage(("f1",), ("f2", "aligned"), middle, 1024, 1376), to_f2),
        *(
            (stage((taken,), (given,), reach, 0, 1376), on_to_f3(index))
            for index, (taken, given, reach) in enumerate(
                zip(("f2", *steps), (*steps, FEATURES), far, strict=True), start=2
            )
        ),
        (stage(("aligned", "f2", FEATURES), all_narrow, narrow_reach, 0, 1376), narrow),
        (stage(("f2", FEATURES, *all_narrow), all_codes, code_reach, 0, 1376), codes),
        (stage(("f1", "f2", *all_codes), (GRIDS,), _DECODE_REACH + more, 512, 688), grids),
    ]
