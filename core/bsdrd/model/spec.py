"""What a detector is made of, as plain data that travels in the model file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from bsdrd.errors import ModelFileError

Fusion = Literal["sum", "max", "product"]

#: Which students this program builds and trains. Higher whenever weights of before no longer fit.
STRUCTURE = 2


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """The architecture of one detector.

    Attributes:
        teacher: A key of `bsdrd.model.teachers.TEACHERS`.
        channels: 1 for grey tiles, 3 for colour.
        wavelet: Any discrete wavelet name of `pywt`.
        struct_width: Channels of the struct student at stride 16; stride 4 has a third.
        struct_code: Channels of the code that it compresses to.
        detail_width: Channels of the detail student's branches.
        use_wavelet: False puts a strided convolution where the transform is (ablation).
        use_fusion: False adds the scales with equal weight (ablation).
        use_struct: False leaves the struct student out of the fused map (ablation).
        use_detail: Likewise for the detail student.
        fusion: How the two maps become one.
        smoothing: Sigma in pixels of the Gaussian that smooths the maps.
        head_width: Channels of the defect head at stride 8; 0 leaves it out.
        head_maps: The maps made of the head's answer, each an output channel of the head and the sigmas in
            pixels at which it is smoothed along and across the grinding streaks: the first is narrow and
            gathers what a crack shows along its way, the second serves whole areas.
        streaks_across: Whether the streaks of these tiles run from left to right, not from top to bottom.
        structure: Which students the weights belong to. The exported graph of an older model runs as it is;
            its weights fit no student of this program.
    """

    teacher: str = "efficientnet_lite2"
    channels: int = 1
    wavelet: str = "haar"
    struct_width: int = 96
    struct_code: int = 48
    detail_width: int = 96
    use_wavelet: bool = True
    use_fusion: bool = True
    use_struct: bool = True
    use_detail: bool = True
    fusion: Fusion = "sum"
    smoothing: float = 2.0
    head_width: int = 32
    head_maps: tuple[tuple[int, float, float], ...] = ((0, 6.0, 1.5), (1, 6.0, 6.0))
    streaks_across: bool = False
    structure: int = STRUCTURE

    @property
    def head_outputs(self) -> int:
        """Channels that the defect head answers in."""
        return 1 + max((channel for channel, _, _ in self.head_maps), default=0)

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON-ready values."""
        return {**asdict(self), "head_maps": [list(one) for one in self.head_maps]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelSpec:
        """Reads what `to_dict` wrote.

        Raises:
            ModelFileError: If a field is unknown: the file comes from another version.
        """
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise ModelFileError(
                f"The model file describes parts this program does not know: {', '.join(sorted(unknown))}.",
                do_next="Open it with the version of Tilesight that wrote it, or train the model again.",
            )
        filled: dict[str, Any] = {"structure": 1, **values}  # the first one was not named
        if "head_maps" in filled:
            filled["head_maps"] = tuple((channel, *sigmas) for channel, *sigmas in filled["head_maps"])
        return cls(**filled)

    def require_current(self) -> None:
        """Makes sure that this program builds the students which the weights belong to.

        Raises:
            ModelFileError: If they are those of another version.
        """
        if self.structure != STRUCTURE:
            raise ModelFileError(
                "The weights in the model file belong to students that another version of Tilesight builds.",
                kept="The model still inspects with ONNX Runtime.",
                do_next="Train a model from scratch with this version.",
            )
