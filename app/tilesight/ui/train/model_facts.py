"""What a model of the registry is, in words: where it comes from, what it learnt, how it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from tilesight.store.models import StoredModel
from tilesight.ui.train.parts import duration, number
from tilesight.ui.tune.words import count, moment

Fact = tuple[str, str]


def state_word(model: StoredModel) -> str:
    """Where it stands, in the language in force."""
    return {
        "candidate": QCoreApplication.translate("ModelFacts", "candidate"),
        "shadow": QCoreApplication.translate("ModelFacts", "shadow"),
        "live": QCoreApplication.translate("ModelFacts", "live"),
        "retired": QCoreApplication.translate("ModelFacts", "retired"),
    }[model.state]


def facts_of(model: StoredModel, parent: str) -> list[Fact]:
    """What is known of a model, a line each.

    Args:
        model: The model.
        parent: Name of the model it was made from; "" where it is not in the registry.
    """
    manifest = model.manifest
    provenance = _part(manifest, "provenance")
    found: list[Fact] = [(QCoreApplication.translate("ModelFacts", "Hash of the file"), model.sha256)]
    if model.live_for:
        found.append((QCoreApplication.translate("ModelFacts", "Live for"), ", ".join(model.live_for)))
    made = _moment(str(manifest.get("created_at", "")))
    found += [
        (QCoreApplication.translate("ModelFacts", "Made"), made),
        (
            QCoreApplication.translate("ModelFacts", "Brought by"),
            f"{model.added_by}, {moment(model.added_at)}",
        ),
        (QCoreApplication.translate("ModelFacts", "Size"), QLocale().formattedDataSize(model.bytes)),
    ]
    if model.parent_sha256:
        found.append(
            (
                QCoreApplication.translate("ModelFacts", "Made from"),
                f"{parent}   {model.parent_sha256[:12]}".strip(),
            )
        )
    found += _tiles(_part(provenance, "tiles"))
    found += _training(provenance)
    found.append(
        (
            QCoreApplication.translate("ModelFacts", "T1, T2"),
            f"{number(model.thresholds.low)}, {number(model.thresholds.high)}",
        )
    )
    found.append((QCoreApplication.translate("ModelFacts", "Parity certificate"), _parity(model)))
    return found


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part: Any = values.get(name)
    return part if isinstance(part, Mapping) else {}


def _tiles(tiles: Mapping[str, Any]) -> list[Fact]:
    if not tiles:
        return []
    lengths = [len(tiles[name]) if isinstance(tiles.get(name), list) else 0 for name in ("train", "held_out")]
    text = QCoreApplication.translate(
        "ModelFacts", "{train} to learn from, {held} held out, of {groups} tiles"
    ).format(train=count(lengths[0]), held=count(lengths[1]), groups=count(int(tiles.get("groups") or 0)))
    fingerprint = str(tiles.get("fingerprint") or "")
    found = [(QCoreApplication.translate("ModelFacts", "Pictures"), text)]
    if fingerprint:
        found.append((QCoreApplication.translate("ModelFacts", "Hash over their hashes"), fingerprint))
    return found


def _training(provenance: Mapping[str, Any]) -> list[Fact]:
    found: list[Fact] = []
    teacher = provenance.get("teacher")
    if isinstance(teacher, str):
        found.append((QCoreApplication.translate("ModelFacts", "Teacher"), teacher))
    settings = _part(provenance, "settings")
    named = [f"{word} {_value(settings[key])}" for key, word in _setting_words().items() if key in settings]
    if named:
        found.append((QCoreApplication.translate("ModelFacts", "Settings"), ",  ".join(named)))
    words = _metric_words()
    metrics = [
        f"{words.get(key, key.replace('_', ' '))} {_value(value)}"
        for key, value in _part(provenance, "metrics").items()
    ]
    if metrics:
        found.append((QCoreApplication.translate("ModelFacts", "On held-out pictures"), ",  ".join(metrics)))
    seconds = provenance.get("seconds")
    if isinstance(seconds, int | float):
        found.append((QCoreApplication.translate("ModelFacts", "Training took"), duration(float(seconds))))
    program = provenance.get("program")
    if isinstance(program, str):
        system = _part(provenance, "machine").get("system", "")
        found.append((QCoreApplication.translate("ModelFacts", "Made by"), f"{program}   {system}".strip()))
    return found


def _setting_words() -> dict[str, str]:
    return {
        "steps": QCoreApplication.translate("ModelFacts", "steps"),
        "batch_size": QCoreApplication.translate("ModelFacts", "tiles in a step"),
        "learning_rate": QCoreApplication.translate("ModelFacts", "learning rate"),
        "adapt": QCoreApplication.translate("ModelFacts", "share of it for the teacher"),
        "weight_decay": QCoreApplication.translate("ModelFacts", "weight decay"),
        "exposure": QCoreApplication.translate("ModelFacts", "changes of exposure"),
        "max_side": QCoreApplication.translate("ModelFacts", "longest side"),
        "seed": QCoreApplication.translate("ModelFacts", "seed"),
    }


def _metric_words() -> dict[str, str]:
    return {
        "drawn_auroc": QCoreApplication.translate("ModelFacts", "drawn defects told apart: AUROC"),
        "held_out_false_reject": QCoreApplication.translate("ModelFacts", "share of good tiles rejected"),
        "held_out_struct": QCoreApplication.translate("ModelFacts", "loss of struct"),
        "held_out_detail": QCoreApplication.translate("ModelFacts", "loss of detail"),
    }


def _moment(written: str) -> str:
    try:
        return moment(datetime.fromisoformat(written))
    except ValueError:
        return written


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _parity(model: StoredModel) -> str:
    parity = _part(model.manifest, "parity")
    if not model.parity_passed:
        return QCoreApplication.translate(
            "ModelFacts", "failed: the exported network does not say the same as the trained one"
        )
    providers: Any = parity.get("providers") or []
    worst = max((float(one.get("map_difference", 0.0)) for one in providers), default=0.0)
    text = QCoreApplication.translate(
        "ModelFacts", "passed on {tried} tiles, largest difference {worst} of {allowed} allowed"
    )
    allowed = f"{float(parity.get('map_tolerance', 0.0)):.1e}"
    return text.format(tried=parity.get("tiles", 0), worst=f"{worst:.1e}", allowed=allowed)
