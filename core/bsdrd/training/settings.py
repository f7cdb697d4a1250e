"""How a detector is trained, as plain data that travels in checkpoints and in the model file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bsdrd.errors import TrainingError
from bsdrd.model.loss import LossSettings
from bsdrd.model.spec import ModelSpec

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "float32", "bfloat16"]


class TrainSettings(BaseModel):
    """Everything that decides what model a set of tiles becomes.

    Attributes:
        spec: The architecture.
        loss: The terms of the loss.
        seed: Fixes order, augmentation, drawn defects and initial weights.
        steps: Gradient steps.
        batch_size: Tiles in a step.
        learning_rate: Its peak; rises over the first steps and falls along a cosine.
        weight_decay: Of AdamW.
        adapt: Learning rate of the teacher's deeper layers as a share of `learning_rate`; 0 leaves them as
            they were pre-trained. They learn with the defect head, so it needs one.
        adapt_share: Share of the steps after which the teacher is frozen, so that the students can settle.
        drawn_share: Share of the tiles that also appear with a drawn defect; 0 turns these off.
        exposure: Strength of the exposure augmentation.
        marked_share: Share of the tiles that get harmless marks drawn on them, as good tiles carry.
        max_side: Larger tiles are cut to random windows of this side.
        held_out_share: Share of the tiles kept for statistics and thresholds where the data set names none.
        every: Steps between looks at held-out tiles (and checkpoints).
        patience: Looks without improvement after which training ends early; 0 never.
        precision: "auto" takes bfloat16 where the processor computes it natively.
        device: "auto" takes CUDA where there is one.
        threads: Processor threads; 0 leaves torch's own choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    spec: ModelSpec = ModelSpec()
    loss: LossSettings = LossSettings()
    seed: int = Field(0, ge=0)
    steps: int = Field(500, ge=1)
    batch_size: int = Field(8, ge=1, le=256)
    learning_rate: float = Field(2e-3, gt=0)
    weight_decay: float = Field(1e-4, ge=0)
    adapt: float = Field(0.1, ge=0)
    adapt_share: float = Field(0.7, ge=0, le=1)
    drawn_share: float = Field(0.5, ge=0, le=1)
    exposure: float = Field(1.0, ge=0)
    marked_share: float = Field(0.8, ge=0, le=1)
    max_side: int = Field(640, ge=64)
    held_out_share: float = Field(0.15, gt=0, lt=1)
    every: int = Field(100, ge=1)
    patience: int = Field(0, ge=0)
    precision: Precision = "auto"
    device: Device = "auto"
    threads: int = Field(0, ge=0)

    @property
    def adapts(self) -> bool:
        """Whether the teacher learns: with the defect head, from drawn defects."""
        return self.adapt > 0 and self.spec.head_width > 0 and self.drawn_share > 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainSettings:
        """Reads what `to_dict` wrote.

        Raises:
            TrainingError: If a value is unknown or out of range.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise TrainingError(
                f"A training setting is wrong: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}."
            ) from error


#: Steps of each preset, for training from scratch; a warm start takes a third.
PRESETS: dict[str, int] = {"fast": 300, "balanced": 800, "best": 2400}
#: Channels of the defect head where a preset has others than the default: they find more, see
#: `docs/method.md`, and take the detector over the time that the default has to keep.
HEAD_WIDTHS: dict[str, int] = {"best": 48}
WARM_SHARE = 1 / 3
WARM_LEARNING_RATE = 6e-4


def preset(name: str, *, warm: bool = False, **changes: Any) -> TrainSettings:
    """Settings for a quality.

    Args:
        name: "fast", "balanced" or "best".
        warm: Whether training starts from an existing model.
        **changes: Fields of `TrainSettings` that differ from the preset.

    Raises:
        TrainingError: If the name or a value is wrong.
    """
    if name not in PRESETS:
        raise TrainingError(f"There is no preset {name!r}.", do_next=f"Choose one of {', '.join(PRESETS)}.")
    steps = PRESETS[name]
    values: dict[str, Any] = {"steps": steps}
    if warm:
        # The teacher of the existing model is adapted already, and its students follow it.
        values = {
            "steps": max(1, round(steps * WARM_SHARE)),
            "learning_rate": WARM_LEARNING_RATE,
            "adapt": 0.0,
        }
    return TrainSettings.from_dict({**values, **changes})
