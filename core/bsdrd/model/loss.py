"""MD-GFLoss: the multi-dimensional, gated feature loss between teacher and student.

From the paper: several dimensions and a gate that selects key features. Our choice, term by term: spatial
(cosine over channels at each position), channel (cosine over positions for each channel, weighted by how much
the teacher's channel varies), global (cosine of the whole map). The gate
g = sigmoid((d - mean d) / (tau std d)), normalised to mean 1, leans the first two toward hard points. Its
gradient is stopped: a gate that learns closes on exactly the hard points.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from bsdrd.model.blocks import cosine_distance

EPS = 1e-6


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Which terms count and how hard the gate leans.

    Attributes:
        spatial: Weight of the spatial term.
        channel: Weight of the channel term.
        whole: Weight of the global term.
        tau: Softness of the gate, in standard deviations; smaller leans harder.
        gated: False sets every gate to 1 (ablation).
    """

    spatial: float = 1.0
    channel: float = 0.5
    whole: float = 1.0
    tau: float = 1.0
    gated: bool = True


def gate(distance: Tensor, weight: Tensor, tau: float, strength: float) -> Tensor:
    """Weights of mean 1 that lean toward large distances.

    Args:
        distance: N x P, any non-negative distances.
        weight: N x P, how much each counts (0 outside the valid area).
        tau: Softness in standard deviations.
        strength: 0 gives 1 everywhere, 1 the full gate (warmed in over the first steps).

    Returns:
        N x P without gradient; its weighted mean over each row is 1.
    """
    with torch.no_grad():
        total = weight.sum(1, keepdim=True).clamp_min(EPS)
        mean = (distance * weight).sum(1, keepdim=True) / total
        std = (((distance - mean).square() * weight).sum(1, keepdim=True) / total).sqrt()
        raw = torch.sigmoid((distance - mean) / (tau * std + EPS))
        raw = raw / ((raw * weight).sum(1, keepdim=True) / total).clamp_min(EPS)
        return 1.0 + strength * (raw - 1.0)


def level_loss(
    teacher: Tensor, student: Tensor, valid: Tensor, settings: LossSettings, strength: float = 1.0
) -> Tensor:
    """The loss of one level.

    Args:
        teacher: N x C x h x w; its gradient is stopped.
        student: N x C x h x w.
        valid: N x h x w, 1 where the tile is and 0 in padding.
        settings: The terms.
        strength: How far the gate is warmed in, 0..1.

    Returns:
        A scalar.
    """
    t, s = teacher.detach().flatten(2), student.flatten(2)  # N x C x P
    v = valid.flatten(1)  # N x P
    count = v.sum(1).clamp_min(1.0)  # N
    strength = strength if settings.gated else 0.0

    spatial = cosine_distance(teacher.detach(), student).flatten(1)  # N x P
    g = gate(spatial.detach(), v, settings.tau, strength)
    loss = settings.spatial * ((spatial * g * v).sum(1) / count).mean()

    tv, sv = t * v[:, None], s * v[:, None]
    if settings.channel:
        dot = (tv * sv).sum(2)
        norm = (tv.square().sum(2) * sv.square().sum(2)).clamp_min(1e-12).sqrt()
        channel = 1.0 - dot / norm  # N x C
        mean = tv.sum(2) / count[:, None]
        spread = (((t - mean[..., None]).square() * v[:, None]).sum(2) / count[:, None]).sqrt()
        share = spread / spread.sum(1, keepdim=True).clamp_min(EPS)  # N x C, sums to 1
        g = gate(channel.detach(), torch.ones_like(channel), settings.tau, strength)
        loss = loss + settings.channel * (channel * g * share).sum(1).mean()
    if settings.whole:
        dot = (tv * sv).sum((1, 2))
        norm = (tv.square().sum((1, 2)) * sv.square().sum((1, 2))).clamp_min(1e-12).sqrt()
        loss = loss + settings.whole * (1.0 - dot / norm).mean()
    return loss


def student_loss(
    teacher: list[Tensor], student: list[Tensor], valid: Tensor, settings: LossSettings, strength: float = 1.0
) -> list[Tensor]:
    """`level_loss` for each level.

    Args:
        teacher: F1, F2, F3.
        student: Their reconstructions.
        valid: N x H/4 x W/4, 1 where the tile is; coarser levels take a cell where at least half is tile.
        settings: The terms.
        strength: How far the gate is warmed in, 0..1.

    Returns:
        One scalar a level.
    """
    losses: list[Tensor] = []
    for t, s in zip(teacher, student, strict=True):
        factor = valid.shape[1] // t.shape[2]
        pooled = valid
        if factor > 1:
            pooled = (F.avg_pool2d(valid[:, None], factor)[:, 0] >= 0.5).to(valid.dtype)
        losses.append(level_loss(t, s, pooled, settings, strength))
    return losses


# A cell counts as defect above the first share of drawn-over pixels and as good below the second; between
# them nobody can say.
_DEFECT_SHARE, _GOOD_SHARE = 0.35, 0.08
_FEWEST_CELLS = 4.0
_HARDEST = 100


def head_loss(logits: Tensor, defect: Tensor, valid: Tensor) -> Tensor:
    """The loss of the defect head: cross-entropy in which every defect counts alike, whatever its size.

    Three terms for each channel: the mean over the cells of each defect; the mean over all good cells; the
    mean over the hundredth of the good cells that look most like a defect, where false alarms come from.

    Args:
        logits: N x K x h x w.
        defect: N x at least K x h x w, share of each cell that is drawn over (by any defect; by one of a
            whole area), 0 in tiles without a drawn defect.
        valid: N x h x w, 1 where the tile is and 0 in padding.

    Returns:
        A scalar, the sum over the channels.
    """
    channels = [_channel_loss(logits[:, k], defect[:, k], valid) for k in range(logits.shape[1])]
    return torch.stack(channels).sum()


def _channel_loss(logits: Tensor, defect: Tensor, valid: Tensor) -> Tensor:
    logits, defect, valid = logits.flatten(1), defect.flatten(1), valid.flatten(1)
    bad = (defect > _DEFECT_SHARE).to(logits.dtype) * valid
    good = (defect <= _GOOD_SHARE).to(logits.dtype) * valid
    missed = (F.softplus(-logits) * bad).sum(1) / bad.sum(1).clamp_min(_FEWEST_CELLS)
    has_defect = (bad.sum(1) > 0).to(logits.dtype)
    missed = missed.sum() / has_defect.sum().clamp_min(1.0)
    alarm = F.softplus(logits) * good
    hardest = alarm.topk(max(8, alarm.shape[1] // _HARDEST), dim=1)[0].mean()
    return missed + 5.0 * (alarm.sum(1) / good.sum(1).clamp_min(1.0)).mean() + 0.5 * hardest
