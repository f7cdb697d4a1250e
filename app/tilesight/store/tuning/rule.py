"""The pixel side of the verdict rule as an engineer sets it, and the whole rule in plain words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bsdrd.judge import Rule
from bsdrd.result import Thresholds
from tilesight.store.tuning.mask import InspectionMask


@dataclass(frozen=True, slots=True)
class PixelRule:
    """What turns maps into a score: everything of a rule but T1 and T2, for tiles of any size.

    Attributes:
        map_threshold: Outlines regions on the fused map; None takes T1.
        min_area: Smaller regions do not count; in pixels, or in mm² where `in_mm2`.
        in_mm2: Whether `min_area` is in mm²; it then needs a scale.
        edge_band_px: Width of the band along the tile's edges that does not count.
        mask: Where the tile is inspected; None: everywhere.

    Raises:
        ValueError: If a value is outside its range.
    """

    map_threshold: float | None = None
    min_area: float = 1.0
    in_mm2: bool = False
    edge_band_px: int = 0
    mask: InspectionMask | None = None

    def __post_init__(self) -> None:
        if self.map_threshold is not None and not math.isfinite(self.map_threshold):
            raise ValueError("the map threshold must be finite")
        if not (math.isfinite(self.min_area) and self.min_area >= 0):
            raise ValueError(f"the smallest region area ({self.min_area}) must be a number from 0")
        if self.edge_band_px < 0:
            raise ValueError(f"the edge band ({self.edge_band_px} px) must not be negative")

    @property
    def follows_t1(self) -> bool:
        """Whether scores depend on T1, because it outlines the regions that a size filter chooses from."""
        return self.map_threshold is None and (self.in_mm2 or self.min_area > 1)

    def min_area_px(self, mm_per_px: float | None) -> int:
        """The smallest region that counts, in whole pixels, at least 1.

        Raises:
            ValueError: If the area is in mm² and there is no scale.
        """
        if not self.in_mm2:
            return max(1, math.ceil(self.min_area))
        if mm_per_px is None or mm_per_px <= 0:
            raise ValueError("an area in mm² needs a scale (mm per pixel)")
        # A hair less, so that 1 mm² at 0.1 mm/px stays 100 px in floating point.
        return max(1, math.ceil(self.min_area / mm_per_px**2 - 1e-9))

    def rule(self, thresholds: Thresholds, height: int, width: int, mm_per_px: float | None) -> Rule:
        """The rule for one tile.

        Args:
            thresholds: T1 and T2.
            height: Of the tile in pixels.
            width: Likewise.
            mm_per_px: Its scale, when known.

        Raises:
            ValueError: If the area is in mm² and there is no scale.
        """
        mask = None if self.mask is None or self.mask.is_trivial else self.mask.raster(height, width)
        return Rule(thresholds, self.map_threshold, self.min_area_px(mm_per_px), self.edge_band_px, mask)


#: The sentences of `describe_rule`; the window translates them.
SENTENCES = (
    "A tile is OK while its score stays below {t1} (T1), GREY from there on, and NG from {t2} (T2) on.",
    "A tile is OK while its score stays below {t1}, and NG from there on; nothing is GREY.",
    "Its score is the highest value of the anomaly map.",
    "Its score is the highest value of the anomaly map in a region that counts; without such a region, the "
    "highest value that makes none.",
    "A region is a connected area in which the map reaches {map_threshold}.",
    "A region is a connected area in which the map reaches T1.",
    "Regions of any size count.",
    "Regions smaller than {area} px do not count.",
    "Regions smaller than {area} px ({area_mm2} mm²) do not count.",
    "The whole tile is inspected.",
    "The outermost {band} px of the tile are not inspected.",
    "The outermost {band} px ({band_mm} mm) of the tile are not inspected.",
    "The mask leaves out {share} % of the tile.",
)
(
    _GREY,
    _NO_GREY,
    _PEAK,
    _PEAK_IN_REGION,
    _OUTLINE,
    _OUTLINE_T1,
    _ANY_SIZE,
    _MIN_PX,
    _MIN_MM,
    _WHOLE,
    _BAND_PX,
    _BAND_MM,
    _MASK,
) = SENTENCES


def describe_rule(
    rule: Rule, mm_per_px: float | None = None, translate: Callable[[str], str] | None = None
) -> str:
    """A rule in plain words, sentence by sentence.

    Args:
        rule: For tiles of one size.
        mm_per_px: Scale, where known: areas and widths are then given in mm too.
        translate: Takes a sentence of `SENTENCES` to the language in force; English where None.
    """

    def say(sentence: str, **values: str) -> str:
        return (translate(sentence) if translate else sentence).format(**values)

    t1, t2 = _number(rule.thresholds.low), _number(rule.thresholds.high)
    grey = rule.thresholds.low < rule.thresholds.high
    said = [say(_GREY, t1=t1, t2=t2) if grey else say(_NO_GREY, t1=t1)]
    said.append(say(_PEAK if rule.min_area_px == 1 else _PEAK_IN_REGION))
    outline = rule.map_threshold
    said.append(say(_OUTLINE_T1) if outline is None else say(_OUTLINE, map_threshold=_number(outline)))
    said.append(_size(rule.min_area_px, mm_per_px, say))
    said += _where(rule, mm_per_px, say)
    return " ".join(said)


def _size(area: int, mm_per_px: float | None, say: Callable[..., str]) -> str:
    if area == 1:
        return say(_ANY_SIZE)
    if mm_per_px is None:
        return say(_MIN_PX, area=str(area))
    return say(_MIN_MM, area=str(area), area_mm2=_number(area * mm_per_px**2))


def _where(rule: Rule, mm_per_px: float | None, say: Callable[..., str]) -> list[str]:
    said: list[str] = []
    band = rule.edge_band_px
    if band and mm_per_px is None:
        said.append(say(_BAND_PX, band=str(band)))
    elif band and mm_per_px is not None:
        said.append(say(_BAND_MM, band=str(band), band_mm=_number(band * mm_per_px)))
    if rule.mask is not None:
        said.append(say(_MASK, share=_number(100 * (1 - float(rule.mask.mean())))))
    return said or [say(_WHOLE)]


def _number(value: float) -> str:
    """Three significant digits, without a tail of zeros."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
