"""Teachers give features at three strides, and say clearly when their weights cannot be had."""

import pytest
import torch

from bsdrd.errors import TeacherError
from bsdrd.model import teachers
from bsdrd.model.teachers import TEACHERS, empty_teacher, load_teacher


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v2", "resnet18"])
def test_a_teacher_gives_its_stated_channels_at_strides_4_8_and_16(name):
    features = empty_teacher(name)(torch.rand(2, 3, 96, 64) * 255)
    channels = TEACHERS[name].channels
    assert [f.shape for f in features] == [
        (2, c, 96 // s, 64 // s) for c, s in zip(channels, (4, 8, 16), strict=True)
    ]


def test_the_embedded_weights_load_frozen_and_folded():
    teacher = load_teacher("efficientnet_lite2")
    assert not teacher.training
    assert not any(p.requires_grad for p in teacher.parameters())
    features = teacher(torch.full((1, 3, 64, 64), 127.0))
    assert all(torch.isfinite(f).all() and f.abs().max() > 0 for f in features)


def test_folding_batch_normalisation_changes_nothing():
    torch.manual_seed(0)
    net = teachers._torchvision_models().resnet18(weights=None)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2.0)
    net.eval()
    x = torch.rand(1, 3, 64, 64) * 255
    teacher = TEACHERS["resnet18"].build(net.state_dict())
    y = net.layer1(net.maxpool(net.relu(net.bn1(net.conv1((x - teacher.mean) / teacher.std)))))
    torch.testing.assert_close(teacher(x)[0], y, atol=1e-4, rtol=1e-4)


def test_a_local_file_with_another_hash_is_refused_and_named(tmp_path):
    path = tmp_path / "resnet34-b627a593.pth"
    torch.save(teachers._torchvision_models().resnet34(weights=None).state_dict(), path)
    with pytest.raises(TeacherError, match="not the published one of resnet34"):
        load_teacher("resnet34", weights=path)


def test_a_local_file_of_the_right_hash_is_used(tmp_path, monkeypatch):
    path = tmp_path / "good.pth"
    torch.save(teachers._torchvision_models().resnet34(weights=None).state_dict(), path)
    import dataclasses
    import hashlib

    entry = dataclasses.replace(TEACHERS["resnet34"], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setitem(TEACHERS, "resnet34", entry)
    features = load_teacher("resnet34", weights=path)(torch.rand(1, 3, 64, 64) * 255)
    assert [f.shape[1] for f in features] == [64, 128, 256]


def test_a_missing_file_an_unknown_name_and_no_network_each_say_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(TeacherError, match="There is no weight file"):
        load_teacher("resnet18", weights=tmp_path / "nothing.pth")
    with pytest.raises(TeacherError, match="Choose one of efficientnet_lite2"):
        load_teacher("resnet1")
    import dataclasses

    # Port 9 on this machine answers nobody: what a machine without a network sees.
    unreachable = dataclasses.replace(TEACHERS["resnet18"], url="http://127.0.0.1:9/resnet18-f37072fd.pth")
    monkeypatch.setitem(TEACHERS, "resnet18", unreachable)
    with pytest.raises(TeacherError, match="could not be fetched") as caught:
        load_teacher("resnet18", cache=tmp_path)
    assert "efficientnet_lite2" in caught.value.do_next
    assert list(tmp_path.iterdir()) == []


def test_weights_of_another_network_are_refused(tmp_path, monkeypatch):
    import dataclasses
    import hashlib

    path = tmp_path / "odd.pth"
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, path)
    entry = dataclasses.replace(TEACHERS["resnet18"], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setitem(TEACHERS, "resnet18", entry)
    with pytest.raises(TeacherError, match="does not belong to this teacher"):
        load_teacher("resnet18", weights=path)


@pytest.mark.parametrize("name", list(TEACHERS))
def test_a_step_sees_no_further_than_its_stated_reach(name):
    """What lies further from a cut than the reach is as if nothing had been cut."""
    torch.manual_seed(0)
    teacher, reach = empty_teacher(name), TEACHERS[name].reach
    x = torch.rand(1, 3, 64, 1024) * 255
    assert len(reach) == teacher.steps
    for step in range(teacher.steps):
        with torch.no_grad():
            whole = teacher.step(step, x)
            stride, out = 1024 // x.shape[3], 1024 // whole.shape[3]
            far, at = -(-reach[step] // out), 512 // out
            right = teacher.step(step, x[..., 512 // stride :])
            left = teacher.step(step, x[..., : 512 // stride])
        scale = float(whole.abs().max()) or 1.0
        torch.testing.assert_close(right[..., far:], whole[..., at + far :], rtol=0, atol=1e-5 * scale)
        torch.testing.assert_close(left[..., : at - far], whole[..., : at - far], rtol=0, atol=1e-5 * scale)
        assert not torch.allclose(right, whole[..., at:], rtol=0, atol=1e-5 * scale), "nothing was cut"
        x = whole
