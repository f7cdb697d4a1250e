"""What a training process says becomes one immutable state, whatever it says."""

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from tilesight.line.training.progress import LOSSES, TrainingState


def line(kind: str, **values: object) -> str:
    return json.dumps({"event": kind, **values})


def step(number: int, **values: object) -> str:
    losses = dict.fromkeys(LOSSES, 1.0 / number)
    rest = {"steps": 10, "losses": losses, "loss": 6.0 / number, "learning_rate": 1e-3, **values}
    return line("step", step=number, images_per_second=4.0, seconds_left=9.0, **rest)


STARTED = line("started", step=0, steps=10, train_tiles=20, held_out_tiles=4, device="cpu", threads=1)


def test_steps_looks_and_checkpoints_become_curves():
    state = TrainingState().after(
        [
            STARTED,
            step(1),
            step(2),
            line("held_out", step=2, struct=0.5, detail=0.4, drawn_auroc=0.9, best=True),
            line("checkpoint", step=2, path="x.checkpoint", samples=["a.npz", "b.npz"]),
        ]
    )
    assert [point.step for point in state.points] == [1, 2]
    assert state.points[1].losses == (0.5,) * 7
    assert (state.done, state.of, state.seconds_left, state.images_per_second) == (2, 10, 9.0, 4.0)
    assert state.looks[0].drawn_auroc == 0.9
    assert state.checkpoint_step == 2
    assert [path.name for path in state.samples[0][1]] == ["a.npz", "b.npz"]
    assert not state.ended


def test_after_a_kill_what_lay_behind_the_checkpoint_is_drawn_once():
    resumed = STARTED.replace('"step": 0', '"step": 1')
    state = TrainingState().after([STARTED, step(1), step(2), step(3), resumed, step(2), step(3), step(4)])
    assert [point.step for point in state.points] == [1, 2, 3, 4]


def test_the_end_is_known_by_its_summary():
    done = line("summary", exit_code=0, reason="done", model="m.bsdrd", sha256="ab", metrics={"x": 1})
    state = TrainingState().after([STARTED, step(1), done])
    assert state.ended
    assert (state.reason, state.model, state.model_sha256, state.metrics) == (
        "done",
        "m.bsdrd",
        "ab",
        {"x": 1},
    )
    calibrated = line(
        "summary", exit_code=0, model="m", model_sha256="cd", threshold_low=1.5, threshold_high=2.5
    )
    state = TrainingState().after([line("progress", done=1, of=4), calibrated])
    assert (state.reason, state.thresholds, state.model_sha256) == ("done", (1.5, 2.5), "cd")
    refused = TrainingState().after([line("summary", exit_code=2, error="wrong use")])
    assert refused.failure is not None
    assert refused.failure.what == "wrong use"


def test_the_steps_stay_known_while_what_follows_them_is_done():
    phases = [line("phase", phase="thresholds", done=1, of=4), line("phase", phase="export", done=0, of=0)]
    state = TrainingState().after([line("started", step=0, steps=10), step(1), step(2), *phases])
    assert (state.steps_done, state.steps) == (2, 10)
    ended = state.after([line("summary", reason="done", exit_code=0, steps=2)])
    assert (ended.steps_done, ended.steps) == (2, 10)
    resumed = ended.after([line("started", step=1, steps=10)])
    assert (resumed.steps_done, resumed.steps) == (1, 10)


def test_a_loss_that_is_no_number_stays_visible_as_a_gap():
    state = TrainingState().after([step(1, loss=None, losses={"struct/F1": None})])
    assert math.isnan(state.points[0].loss)
    assert all(math.isnan(value) for value in state.points[0].losses)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
_KEYS = st.sampled_from(
    ["step", "steps", "losses", "loss", "samples", "notes", "exit_code", "metrics", "phase"]
)
_KINDS = st.sampled_from(
    ["started", "step", "held_out", "checkpoint", "phase", "progress", "error", "summary"]
)


@given(
    st.lists(
        st.text(max_size=30)
        | st.builds(
            lambda kind, rest: json.dumps({**rest, "event": kind}), _KINDS, st.dictionaries(_KEYS, _JSON)
        )
    )
)
def test_whatever_a_process_says_the_reader_goes_on(lines):
    state = TrainingState().after(lines)
    assert len(state.points) <= len(lines)
    halves = TrainingState().after(lines[: len(lines) // 2]).after(lines[len(lines) // 2 :])
    assert repr(halves) == repr(state)
