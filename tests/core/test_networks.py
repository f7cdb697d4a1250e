"""Students, loss and graph: shapes, gates, borders and switches."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bsdrd.errors import ModelFileError
from bsdrd.model.blocks import cosine_distance, gaussian_kernel
from bsdrd.model.detail_student import Shrinkage
from bsdrd.model.finish import EDGE_BINS, PEAK, Finish, edge_bins
from bsdrd.model.graph import DetectorGraph, Students, pad_to_cells
from bsdrd.model.loss import LossSettings, gate, head_loss, level_loss, student_loss
from bsdrd.model.spec import ModelSpec
from bsdrd.model.staging import stages_of
from bsdrd.stages import check_chain, run_whole

SMALL = ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48)


@pytest.fixture(scope="module")
def graph():
    torch.manual_seed(0)
    return DetectorGraph.from_spec(SMALL)


@pytest.mark.parametrize(
    "spec",
    [
        SMALL,
        ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48, wavelet="db2"),
        ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48, use_wavelet=False),
        ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48, use_fusion=False),
    ],
    ids=["default", "another wavelet", "no wavelet", "no dynamic fusion"],
)
def test_both_students_rebuild_every_level_in_its_shape(spec):
    features = [torch.randn(2, 24, 24, 16), torch.randn(2, 40, 12, 8), torch.randn(2, 112, 6, 4)]
    for predicted in Students(spec).eval()(features):
        assert [p.shape for p in predicted] == [f.shape for f in features]


@pytest.mark.parametrize(
    "spec",
    [
        SMALL,
        ModelSpec(teacher="resnet18", channels=3, struct_width=48, detail_width=48, head_width=0),
        ModelSpec(teacher="mobilenet_v2", struct_width=48, detail_width=48, head_maps=((0, 6.0, 6.0),)),
    ],
    ids=["default", "no head", "a head of one output"],
)
def test_the_stages_one_after_the_other_do_what_the_graph_does(spec):
    torch.manual_seed(0)
    graph = DetectorGraph.from_spec(spec)
    chain = stages_of(graph)
    check_chain([stage for stage, _ in chain])
    pixels = torch.rand(2, spec.channels, 75, 130) * 255

    def step(index, taken):
        given = chain[index][1](*(torch.from_numpy(values) for values in taken))
        stage = chain[index][0]
        for name, tensor in zip(stage.gives, given, strict=True):
            assert tensor.shape[2:] == (96 // stage.strides[name], 160 // stage.strides[name])
            assert stage.reach % stage.strides[name] == 0
        return [tensor.numpy() for tensor in given]

    with torch.no_grad():
        found = run_whole([stage for stage, _ in chain], step, pixels.numpy())
        for mine, theirs in zip(found, graph.look(pixels), strict=True):
            torch.testing.assert_close(torch.from_numpy(mine), theirs, rtol=1e-4, atol=1e-4)


def test_distances_are_those_of_what_both_students_rebuild(graph):
    with torch.no_grad():
        features = graph.see(torch.rand(2, 1, 64, 96) * 255)
        predicted = graph.students(features)
        for level, found in enumerate(graph.distances(features)):
            for which in (0, 1):
                wanted = cosine_distance(features[level], predicted[which][level])
                torch.testing.assert_close(found[:, which], wanted)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (65, 127), (230, 301), (96, 333)])
def test_the_graph_takes_any_size_and_gives_one_value_for_four_by_four_pixels(graph, height, width):
    with torch.no_grad():
        struct, detail, fused, score, features = graph(torch.rand(1, 1, height, width) * 255)
    rows, cols = -(-height // 4), -(-width // 4)
    assert struct.shape == detail.shape == fused.shape == (1, rows, cols)
    assert features.shape == (1, 112, -(-height // 16), -(-width // 16))
    assert score.item() == fused.max().item()


def test_a_batch_gives_what_each_tile_gives_alone(graph):
    tiles = torch.rand(3, 1, 100, 84) * 255
    with torch.no_grad():
        together = graph(tiles)[2]
        alone = torch.cat([graph(t[None])[2] for t in tiles])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_a_colour_model_sees_colour():
    torch.manual_seed(0)
    colour = DetectorGraph.from_spec(
        ModelSpec(teacher="efficientnet_lite0", channels=3, struct_width=48, detail_width=48)
    )
    tile = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        assert not torch.equal(colour(tile)[2], colour(tile.flip(1))[2])


@pytest.mark.parametrize(("use_struct", "use_detail", "same_as"), [(True, False, 0), (False, True, 1)])
def test_a_student_alone_is_its_own_fused_map(use_struct, use_detail, same_as):
    torch.manual_seed(0)
    graph = DetectorGraph.from_spec(
        ModelSpec(
            teacher="efficientnet_lite0",
            struct_width=48,
            detail_width=48,
            use_struct=use_struct,
            use_detail=use_detail,
            head_width=0,
        )
    )
    with torch.no_grad():
        out = graph(torch.rand(1, 1, 64, 96) * 255)
    torch.testing.assert_close(out[2], out[same_as])


def test_what_the_defect_head_marks_rises_in_the_fused_map_and_nowhere_else():
    torch.manual_seed(0)
    graph = DetectorGraph.from_spec(
        ModelSpec(teacher="efficientnet_lite0", struct_width=48, detail_width=48, head_width=16)
    )
    assert graph.students.head is not None
    tile = torch.rand(1, 1, 64, 96) * 255
    with torch.no_grad():
        before = graph(tile)
        graph.students.head.out.bias += 50.0
        after = graph(tile)
    torch.testing.assert_close(after[0], before[0])
    torch.testing.assert_close(after[1], before[1])
    assert (after[2] > before[2] + 30.0).all()


def test_every_map_is_in_units_of_what_good_tiles_reach():
    """`PEAK`, give or take one; and the fused map is the largest of them."""
    finish = Finish(ModelSpec())
    finish.peak_mean.copy_(torch.arange(2.0, 2.0 + len(finish.peak_mean)))
    finish.peak_std.copy_(torch.full_like(finish.peak_std, 0.5))
    grid = torch.full((1, 3, 3), 3.5)
    for which, mean in enumerate(finish.peak_mean):
        torch.testing.assert_close(finish.scale(grid, which), PEAK + (grid - mean) / 0.5)
    maps = [torch.tensor([[[1.0, 9.0]]]), torch.tensor([[[4.0, 2.0]]]), torch.tensor([[[3.0, 3.0]]])]
    torch.testing.assert_close(finish.fuse(maps), torch.tensor([[[4.0, 9.0]]]))


def test_each_channel_of_the_head_is_smoothed_as_widely_as_the_spec_says():
    finish = Finish(ModelSpec(head_maps=((1, 4.0, 4.0), (0, 20.0, 20.0), (1, 20.0, 20.0))))
    finish.profile_std.fill_(1e6)  # the students' map stays where it is
    finish.profile_std[3:] = 1.0
    grids = torch.zeros(1, 4, 41, 41)
    grids[0, 3, 20, 20] = 100.0
    smoothed = finish.smoothed(grids)
    assert sorted(smoothed) == [0, 1, 3, 4, 5]
    narrow, other, wide = (smoothed[row][0] for row in (3, 4, 5))
    assert narrow[20, 20] > 5 * wide[20, 20] > 0.0
    assert not other.any()
    torch.testing.assert_close(wide.sum(), torch.tensor(100.0))


def test_the_head_s_maps_are_smoothed_along_the_streaks_of_the_tiles_whichever_way_they_run():
    grids = torch.zeros(1, 4, 41, 41)
    grids[0, 2, 20, 20] = 100.0
    upright = Finish(ModelSpec()).smoothed(grids)[3][0]
    lying = Finish(ModelSpec(streaks_across=True)).smoothed(grids)[3][0]
    assert upright[24, 20] > 10 * upright[20, 24]
    torch.testing.assert_close(lying, upright.T)


def test_what_the_network_looks_at_does_not_depend_on_statistics_that_only_the_finish_uses(graph):
    tile = torch.rand(1, 1, 70, 90) * 255
    with torch.no_grad():
        grids, features = graph.look(tile)
        whole = graph(tile)
        again = graph.finish(grids)
    assert grids.shape == (1, 4, 18, 23)
    assert all(torch.equal(a, b) for a, b in zip(again, whole[:4], strict=True))
    assert torch.equal(features, whole[4])


def test_a_description_keeps_its_values_on_the_way_through_a_file():
    new = ModelSpec(head_width=24, head_maps=((0, 3.0, 3.0), (1, 9.0, 3.0)))
    assert ModelSpec.from_dict(json.loads(json.dumps(new.to_dict()))) == new


def test_the_head_s_loss_counts_a_small_and_a_large_defect_alike_and_leaves_out_padding_and_borders():
    def loss(logits, defect, valid):
        return head_loss(logits[:, None], defect[:, None], valid)

    valid = torch.ones(2, 16, 16)
    defect = torch.zeros(2, 16, 16)
    defect[0, :2, :3] = 1.0
    large = torch.zeros(2, 16, 16)
    large[0, :12, :12] = 1.0
    missed = torch.zeros(2, 16, 16)
    # Without good cells in play only the term of the missed defect differs, and it does not.
    small_share = loss(missed, defect, valid * (defect + 1 > 1)) - loss(missed, defect * 0, valid * 0)
    large_share = loss(missed, large, valid * (large + 1 > 1)) - loss(missed, large * 0, valid * 0)
    torch.testing.assert_close(small_share, large_share)

    found = torch.where(defect > 0.5, 8.0, -8.0)
    assert loss(found, defect, valid) < 0.1 < loss(-found, defect, valid)
    unsure = defect.clone()
    unsure[1, 5:9, 5:9] = 0.2  # half drawn over: neither good nor defect
    alarmed = found.clone()
    alarmed[1, 5:9, 5:9] = 8.0
    torch.testing.assert_close(loss(alarmed, unsure, valid), loss(found, unsure, valid), atol=5e-3, rtol=0)
    padded = valid.clone()
    padded[1, 5:9, 5:9] = 0.0
    torch.testing.assert_close(loss(alarmed, defect, padded), loss(found, defect, padded), atol=5e-3, rtol=0)


def test_the_head_s_loss_is_the_sum_over_its_channels():
    logits, valid = torch.randn(2, 2, 16, 16), torch.ones(2, 16, 16)
    defect = (torch.rand(2, 2, 16, 16) > 0.9).float()
    alone = [head_loss(logits[:, k : k + 1], defect[:, k : k + 1], valid) for k in range(2)]
    torch.testing.assert_close(head_loss(logits, defect, valid), alone[0] + alone[1])


@given(st.integers(64, 200), st.integers(64, 200))
@settings(max_examples=40)
def test_padding_reaches_whole_cells_and_keeps_the_tile_on_the_stride_16_grid(height, width):
    pixels = torch.arange(height * width, dtype=torch.float32).view(1, 1, height, width)
    padded, top, left = pad_to_cells(pixels)
    assert padded.shape[2] % 32 == 0
    assert padded.shape[3] % 32 == 0
    assert padded.shape[2] - height < 32
    assert top % 16 == 0
    assert left % 16 == 0
    assert torch.equal(padded[:, :, top : top + height, left : left + width], pixels)


def test_the_distance_to_the_edge_counts_cells_up_to_the_profile_s_end():
    bins = edge_bins(60, 7, torch.device("cpu"))
    assert bins[0].tolist() == [0] * 7
    assert bins[30].tolist() == [0, 1, 2, 3, 2, 1, 0]
    assert edge_bins(99, 99, torch.device("cpu")).max() == EDGE_BINS - 1


@given(st.integers(0, 10_000), st.floats(0.1, 3.0), st.floats(0.0, 1.0))
@settings(max_examples=60)
def test_the_gate_has_mean_one_leans_to_hard_points_and_passes_no_gradient(seed, tau, strength):
    generator = torch.Generator().manual_seed(seed)
    distance = torch.rand(2, 50, generator=generator, requires_grad=True)
    weight = (torch.rand(2, 50, generator=generator) < 0.7).float()
    weight[:, 0] = 1.0
    g = gate(distance, weight, tau, strength)
    assert not g.requires_grad
    torch.testing.assert_close((g * weight).sum(1) / weight.sum(1), torch.ones(2), atol=1e-4, rtol=1e-4)
    order = distance.argsort(1)
    assert (g.gather(1, order).diff(dim=1) >= -1e-5).all()


def test_the_loss_is_zero_for_a_perfect_student_and_ignores_what_lies_outside_the_tile():
    t = torch.randn(2, 8, 6, 6)
    valid = torch.ones(2, 6, 6)
    valid[:, :, 4:] = 0
    assert level_loss(t, t.clone(), valid, LossSettings()).item() == pytest.approx(0.0, abs=1e-5)
    other = t.clone()
    other[..., 4:] = torch.randn(2, 8, 6, 2)
    assert level_loss(t, other, valid, LossSettings()).item() == pytest.approx(0.0, abs=1e-5)
    other[..., :4] += torch.randn(2, 8, 6, 4)
    assert level_loss(t, other, valid, LossSettings()).item() > 0.01


def test_every_term_of_the_loss_can_be_switched_off_and_reaches_only_the_student():
    teacher = [torch.randn(2, 4, 8 // s, 8 // s, requires_grad=True) for s in (1, 2, 4)]
    student = [torch.randn(2, 4, 8 // s, 8 // s, requires_grad=True) for s in (1, 2, 4)]
    valid = torch.ones(2, 8, 8)
    seen = set()
    for terms in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.5, 1.0)):
        for gated in (True, False):
            losses = student_loss(teacher, student, valid, LossSettings(*terms, gated=gated))
            seen.add(round(sum(losses).item(), 5))
            sum(losses).backward()
    assert len(seen) >= 7  # the global term has no gate
    assert all(t.grad is None for t in teacher)
    assert all(s.grad is not None for s in student)


def test_shrinkage_is_a_soft_threshold():
    layer = Shrinkage(1)
    with torch.no_grad():
        layer.raw.fill_(float(np.log(np.expm1(0.5))))
    x = torch.tensor([-2.0, -0.5, 0.0, 0.4, 1.5]).view(1, 1, 1, 5)
    torch.testing.assert_close(layer(x).flatten(), torch.tensor([-1.5, 0.0, 0.0, 0.0, 1.0]))


def test_cosine_distance_knows_same_opposite_and_silent_features():
    a = torch.randn(1, 5, 2, 2)
    torch.testing.assert_close(cosine_distance(a, 3 * a), torch.zeros(1, 2, 2), atol=1e-5, rtol=0)
    torch.testing.assert_close(cosine_distance(a, -a), torch.full((1, 2, 2), 2.0))
    assert torch.isfinite(cosine_distance(torch.zeros_like(a), a)).all()


def test_the_smoothing_kernel_sums_to_one_and_is_symmetric():
    for sigma in (0.5, 1.0, 4.0):
        kernel = gaussian_kernel(sigma)
        assert kernel.sum().item() == pytest.approx(1.0, abs=1e-6)
        torch.testing.assert_close(kernel, kernel.flip(0))


def test_a_spec_comes_back_from_its_values_and_refuses_unknown_ones():
    assert ModelSpec.from_dict(SMALL.to_dict()) == SMALL
    with pytest.raises(ModelFileError, match="colour_of_the_future"):
        ModelSpec.from_dict({**SMALL.to_dict(), "colour_of_the_future": 1})


def test_a_spec_that_names_no_structure_is_the_first_and_its_weights_are_refused():
    values = SMALL.to_dict()
    del values["structure"]
    first = ModelSpec.from_dict(values)
    assert first.structure == 1
    with pytest.raises(ModelFileError, match="another version of Tilesight"):
        first.require_current()
    SMALL.require_current()
