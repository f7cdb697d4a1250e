"""Training: the same seed gives the same model, also across a stop; bad input is named, nothing is lost."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import safetensors.numpy
import torch

from bsdrd.bundle import read_bundle
from bsdrd.cli.train import run_train
from bsdrd.data.layouts import load_dataset
from bsdrd.errors import DataError, DeviceError, TrainingError
from bsdrd.model.spec import ModelSpec
from bsdrd.training import TrainSettings, preset, train
from bsdrd.training.checkpoint import load_checkpoint
from bsdrd.training.events import Finished, HeldOut, Saved, Started, Step, as_json
from bsdrd.training.loop import Job, learning_rate, steps_left, teacher_learning_rate
from bsdrd.training.tiles import gather_tiles

SPEC = ModelSpec(teacher="efficientnet_lite0", struct_width=48, struct_code=16, detail_width=48)
SETTINGS = TrainSettings(spec=SPEC, steps=4, every=2, batch_size=4, threads=1, precision="float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    rng = np.random.default_rng(0)
    for index in range(12):
        streaks = rng.normal(0, 12, (1, 72 + 4 * index)).repeat(80 + 3 * index, axis=0)
        tile = np.clip(110 + streaks + rng.normal(0, 5, streaks.shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"tile_{index:02d}.png"), tile)
    return folder


def run(folder: Path, out: Path, settings: TrainSettings = SETTINGS, **job):
    job = {"checkpoint": out.with_suffix(".checkpoint"), **job}
    cancelled = job.pop("cancelled", lambda: False)
    return list(train(load_dataset(folder), settings, Job(out, "test", **job), cancelled))


@pytest.fixture(scope="module")
def trained(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("model") / "first.bsdrd"
    return out, run(folder, out)


def test_training_tells_how_it_goes_and_ends_with_a_model_file(trained):
    out, events = trained
    assert isinstance(events[0], Started)
    assert events[0].train_tiles + events[0].held_out_tiles == 12
    steps = [e for e in events if isinstance(e, Step)]
    assert [e.step for e in steps] == [1, 2, 3, 4]
    students = {f"{s}/F{n}" for s in ("struct", "detail") for n in (1, 2, 3)}
    assert set(steps[0].losses) == students | {"head"}
    assert steps[-1].loss < steps[0].loss
    assert [e.step for e in events if isinstance(e, HeldOut)] == [2, 4]
    assert all(path.exists() for e in events if isinstance(e, Saved) for path in e.samples)
    assert isinstance(events[-1], Finished)
    assert all(json.dumps(as_json(e)) for e in events)
    bundle = read_bundle(out)
    assert bundle.sha256 == events[-1].sha256
    assert bundle.parity.passed
    assert bundle.provenance["tiles"]["fingerprint"]
    assert len(bundle.reference_scores) == events[0].held_out_tiles


def test_the_same_seed_gives_the_same_model_and_another_seed_another(folder, trained, tmp_path):
    first = read_bundle(trained[0]).weights
    run(folder, tmp_path / "again.bsdrd")
    assert read_bundle(tmp_path / "again.bsdrd").weights == first
    run(folder, tmp_path / "other.bsdrd", SETTINGS.model_copy(update={"seed": 1}))
    assert read_bundle(tmp_path / "other.bsdrd").weights != first


def test_the_teacher_s_deeper_layers_are_adapted_to_the_tiles_and_its_first_ones_stay(
    folder, trained, tmp_path
):
    def teacher(path: Path) -> dict[str, np.ndarray]:
        weights = safetensors.numpy.load(read_bundle(path).weights)
        return {k: v for k, v in weights.items() if k.startswith("teacher.")}

    run(folder, tmp_path / "as_published.bsdrd", SETTINGS.model_copy(update={"adapt": 0.0}))
    run(folder, tmp_path / "warm.bsdrd", SETTINGS.model_copy(update={"adapt": 0.0}), parent=trained[0])
    published, adapted = teacher(tmp_path / "as_published.bsdrd"), teacher(trained[0])
    changed = {name for name, values in adapted.items() if not np.array_equal(values, published[name])}
    first_layers = {
        n for n in adapted if n.startswith(("teacher.stem", "teacher.blocks.0.", "teacher.blocks.2."))
    }
    assert changed
    assert not changed & first_layers
    assert all(np.array_equal(v, adapted[k]) for k, v in teacher(tmp_path / "warm.bsdrd").items())


def test_the_teacher_is_frozen_for_the_last_part_of_the_training():
    settings = TrainSettings(steps=100, adapt=0.1, adapt_share=0.6)
    rates = [teacher_learning_rate(settings, step) for step in range(100)]
    assert max(rates) <= 0.1 * settings.learning_rate
    assert all(rates[:60])
    assert not any(rates[60:])


def test_drawn_defects_and_maps_follow_streaks_that_run_from_left_to_right(folder, tmp_path):
    turned = tmp_path / "turned"
    turned.mkdir()
    for path in folder.iterdir():
        cv2.imwrite(str(turned / path.name), cv2.rotate(cv2.imread(str(path), 0), cv2.ROTATE_90_CLOCKWISE))
    run(turned, tmp_path / "turned.bsdrd", SETTINGS.model_copy(update={"steps": 1}))
    assert read_bundle(tmp_path / "turned.bsdrd").spec.streaks_across
    # A warm start goes on with its model, also on tiles whose streaks run the other way or not at all.
    run(
        folder,
        tmp_path / "on.bsdrd",
        preset("fast", warm=True, **{**SETTINGS.to_dict(), "steps": 1}),
        parent=tmp_path / "turned.bsdrd",
    )
    assert read_bundle(tmp_path / "on.bsdrd").spec.streaks_across


def test_a_cancelled_training_resumes_to_the_model_of_an_uninterrupted_one(folder, trained, tmp_path):
    out = tmp_path / "resumed.bsdrd"
    asked = iter([False, False, False, True])
    events = run(folder, out, cancelled=lambda: next(asked))
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].path) == ("cancelled", None)
    assert not out.exists()
    events = run(folder, out, resume=True)
    assert events[0].step == 3
    assert read_bundle(out).weights == read_bundle(trained[0]).weights


def test_a_resumed_training_says_how_long_all_its_runs_took(folder, tmp_path):
    out = tmp_path / "resumed.bsdrd"
    asked = iter([False, False, False, True])
    run(folder, out, cancelled=lambda: next(asked))
    checkpoint = out.with_suffix(".checkpoint")
    state = load_checkpoint(checkpoint)
    assert state["progress"]["seconds"] > 0
    state["progress"]["seconds"] = 5000.0
    torch.save(state, checkpoint)
    events = run(folder, out, resume=True)
    assert events[-1].seconds > 5000
    assert read_bundle(out).provenance["seconds"] > 5000


def test_a_checkpoint_of_other_settings_or_other_tiles_is_refused(folder, trained, tmp_path):
    checkpoint = trained[0].with_suffix(".checkpoint")
    other = SETTINGS.model_copy(update={"learning_rate": 1e-3})
    with pytest.raises(TrainingError, match="other settings \\(learning_rate\\)"):
        run(folder, tmp_path / "x.bsdrd", other, checkpoint=checkpoint, resume=True)
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    for path in sorted(folder.iterdir())[:8]:
        (fewer / path.name).write_bytes(path.read_bytes())
    with pytest.raises(TrainingError, match="other tiles"):
        run(fewer, tmp_path / "x.bsdrd", checkpoint=checkpoint, resume=True)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 half a zip"])
def test_a_damaged_or_missing_checkpoint_says_what_to_do(tmp_path, content):
    path = tmp_path / "damaged.checkpoint"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(path)
    assert path.read_bytes() == content
    with pytest.raises(TrainingError, match="There is no checkpoint"):
        load_checkpoint(tmp_path / "nothing")


def test_a_checkpoint_with_code_in_it_is_refused_and_not_run(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"version": Hostile()}, tmp_path / "hostile.checkpoint")
    with pytest.raises(TrainingError, match="damaged"):
        load_checkpoint(tmp_path / "hostile.checkpoint")
    assert not (tmp_path / "ran").exists()


def test_every_unusable_picture_is_named_and_left_out_only_when_asked(folder, tmp_path):
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for path in folder.iterdir():
        (mixed / path.name).write_bytes(path.read_bytes())
    (mixed / "text.png").write_text("no picture")
    cv2.imwrite(str(mixed / "tiny.png"), np.zeros((8, 8), np.uint8))
    dataset = load_dataset(mixed)
    with pytest.raises(DataError) as caught:
        gather_tiles(dataset, channels=1, held_out_share=0.2, seed=0)
    assert "text.png" in str(caught.value)
    assert "tiny.png" in str(caught.value)
    assert "--skip-bad" in caught.value.do_next
    tiles = gather_tiles(dataset, channels=1, held_out_share=0.2, seed=0, skip_bad=True)
    assert len(tiles.skipped) == 2
    assert len(tiles.train) + len(tiles.held_out) == 12


def test_copies_of_a_picture_count_once_and_never_sit_on_both_sides(folder, tmp_path):
    doubled = tmp_path / "doubled"
    doubled.mkdir()
    for path in folder.iterdir():
        (doubled / path.name).write_bytes(path.read_bytes())
        (doubled / f"copy_of_{path.name}").write_bytes(path.read_bytes())
    tiles = gather_tiles(load_dataset(doubled), channels=1, held_out_share=0.3, seed=0)
    assert not set(tiles.train.hashes) & set(tiles.held_out.hashes)
    assert len(tiles.train) + len(tiles.held_out) == 12
    assert any("12 pictures are exact copies" in note for note in tiles.notes)


def test_too_few_tiles_are_refused_with_a_number(folder, tmp_path):
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(folder.iterdir())[:2]:
        (few / path.name).write_bytes(path.read_bytes())
    with pytest.raises(DataError, match="at least 4 good pictures"):
        gather_tiles(load_dataset(few), channels=1, held_out_share=0.15, seed=0)


@pytest.mark.parametrize("count", [4, 5, 8, 12])
def test_of_a_few_tiles_two_are_held_out_so_that_thresholds_can_be_found_at_the_end(folder, tmp_path, count):
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(folder.iterdir())[:count]:
        (few / path.name).write_bytes(path.read_bytes())
    for seed in range(4):
        tiles = gather_tiles(load_dataset(few), channels=1, held_out_share=0.15, seed=seed)
        assert len(tiles.held_out) >= 2
        assert len(tiles.train) >= 2


def test_a_loss_that_is_no_number_stops_training_and_keeps_the_checkpoint(
    folder, trained, tmp_path, monkeypatch
):
    import bsdrd.training.loop as loop

    real = loop.student_loss
    calls = []

    def broken(*arguments):
        calls.append(1)
        losses = real(*arguments)
        return [loss * float("nan") for loss in losses] if len(calls) > 4 else losses

    monkeypatch.setattr(loop, "student_loss", broken)
    out = tmp_path / "nan.bsdrd"
    with pytest.raises(TrainingError, match="not a number at step 2") as caught:
        run(folder, out)
    assert str(out.with_suffix(".checkpoint")) in caught.value.kept
    assert load_checkpoint(out.with_suffix(".checkpoint"))["progress"]["step"] == 2


def test_memory_that_runs_out_says_what_to_change(folder, tmp_path, monkeypatch):
    import bsdrd.training.loop as loop

    def hungry(*arguments):
        raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 byte.")

    monkeypatch.setattr(loop, "student_loss", hungry)
    with pytest.raises(DeviceError, match="Memory ran out") as caught:
        run(folder, tmp_path / "m.bsdrd")
    assert "batch size" in caught.value.do_next


def test_cuda_that_is_not_there_is_said_before_anything_is_read(folder, tmp_path):
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(DeviceError, match="finds no CUDA device"):
        run(folder, tmp_path / "c.bsdrd", SETTINGS.model_copy(update={"device": "cuda"}))


def test_a_warm_start_begins_near_its_parent_and_names_it(folder, trained, tmp_path):
    out = tmp_path / "warm.bsdrd"
    warm = SETTINGS.model_copy(update={"steps": 2, "learning_rate": 1e-5})
    events = run(folder, out, warm, parent=trained[0])
    cold = next(e for e in trained[1] if isinstance(e, Step))
    assert next(e for e in events if isinstance(e, Step)).loss < cold.loss
    assert read_bundle(out).parent_sha256 == trained[1][-1].sha256
    wider = warm.model_copy(update={"spec": ModelSpec(teacher="efficientnet_lite0")})
    with pytest.raises(TrainingError, match="another architecture"):
        run(folder, out, wider, parent=trained[0])


def test_time_left_counts_on_cheaper_steps_once_the_teacher_is_frozen():
    settings = TrainSettings(steps=100, adapt_share=0.7)
    assert steps_left(settings, 1) == pytest.approx(69 + 0.6 * 30)
    assert steps_left(settings, 70) == pytest.approx(0.6 * 30)
    assert steps_left(settings, 71) == 29
    assert steps_left(settings, 100) == 0
    assert steps_left(settings.model_copy(update={"adapt": 0.0}), 1) == 99


def test_the_learning_rate_rises_then_falls():
    settings = preset("fast")
    rates = [learning_rate(settings, step) for step in range(settings.steps)]
    peak = int(np.argmax(rates))
    assert 10 < peak < 60
    assert all(np.diff(rates[:peak]) > 0)
    assert all(np.diff(rates[peak:]) < 0)
    assert rates[-1] < 0.05 * rates[peak]


def test_presets_and_settings_refuse_what_they_do_not_know():
    with pytest.raises(TrainingError, match="Choose one of fast, balanced, best"):
        preset("fastest")
    with pytest.raises(TrainingError, match="batch_size"):
        preset("fast", batch_size=0)
    assert preset("fast", warm=True).steps < preset("fast").steps
    assert TrainSettings.from_dict(SETTINGS.to_dict()) == SETTINGS


def test_the_command_trains_and_sums_up(folder, tmp_path):
    told = []
    summary = run_train(
        folder, tmp_path / "cli.bsdrd", teacher="efficientnet_lite0", steps=1, threads=1, tell=told.append
    )
    assert summary["reason"] == "done"
    assert Path(summary["model"]).exists()
    assert {"started", "step", "held_out", "checkpoint", "phase"} <= {e["event"] for e in told}
