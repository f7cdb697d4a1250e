"""Collects the sentences that the layers below the window write, so that the window can translate them.

The line, the store and the detector know no Qt. What they say travels as English text: in errors, in the
reasons of records, in notes. This walks over their source and finds every such text as a template, with
`{names}` where values stand; `python -m tests.ui.message_templates` writes them into
`tilesight/ui/messages`, where lupdate finds them, and a test compares.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "app/tilesight/ui/messages"
#: What speaks of learning, and not of inspecting.
_TRAINING = (
    "bsdrd/training", "bsdrd/calibration.py", "bsdrd/metrics.py", "bsdrd/suspects.py", "bsdrd/predicting.py",
    "bsdrd/intervals.py", "bsdrd/data/layouts.py", "bsdrd/data/dataset.py", "bsdrd/data/splits.py",
    "bsdrd/data/augment", "bsdrd/model/teachers.py", "line/training",
    "line/shadow.py", "line/shadow_terms.py",
)  # fmt: skip
#: What only ever speaks to a terminal or into a file.
_UNSEEN = (
    "bsdrd/cli", "bsdrd/benchmark.py", "bsdrd/report.py", "bsdrd/report_plots.py", "bsdrd/export.py",
    "bsdrd/onnx_", "bsdrd/overlay.py", "store/migrations", "store/schema.py", "store/tuning/report.py",
)  # fmt: skip
#: The catalogues, each with the roots and the part of their files that it is made of.
CATALOGUES = ("detector", "line", "store", "training")
_TITLES = {"detector": "detector", "line": "line", "store": "store", "training": "training of models"}
#: Names of exceptions that do not end with "Error".
_RAISED = re.compile(r"(Error|Lost|Unavailable|InUse|Damaged|Newer\w+|BadFile|Cancelled)$")
#: Functions that get a part of a sentence.
_HELPERS = {
    "damaged", "_damaged", "guarded", "unavailable", "_explain", "_end", "_logged", "listed", "Recipe",
    "changed",
}  # fmt: skip
#: What `tilesight.line.inspecting` adds to a reason where it did not expect the error.
_EXPLAINED = " ({name}: {error})."
#: Variables that hold text for a person.
_NAMES = ("title", "note", "notes")
#: Classes whose fields hold text that is for a program, or that is never shown.
_SILENT = ("_log", "logging", "warnings", "text", "re", "struct")
#: Single words that stand in sentences as values.
_WORDS = (
    "picture", "maps", "defective", "good", "exposure", "gain", "automatic exposure", "free run", "software",
    "hardware", "The computer", "The graphics card",
)  # fmt: skip
#: What a person never reads although it looks like text.
_NO_TEXT = re.compile(
    r"^(PRAGMA|SELECT|BEGIN|sqlite:)|\bESCAPE\b|\bIN \('|dict\[|list\[|NDArray|\\d|Tensor|^\W*(\{\w+\}\W*)+$"
)
_WORD = re.compile(r"[a-z]{2}")
_FEWEST_LETTERS = 4


def catalogue_of(file: Path) -> str:
    """The catalogue in which the texts of a file stand; "" where no window ever shows them."""
    name = file.relative_to(ROOT).as_posix()
    if any(part in name for part in _UNSEEN):
        return ""
    if any(part in name for part in _TRAINING):
        return "training"
    return {"core": "detector"}.get(name.split("/")[0]) or name.split("/")[2]


def all_templates() -> dict[str, list[str]]:
    """Every text of the layers as a template: by catalogue, sorted, each once."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for catalogue in CATALOGUES:
        files = [file for file in _files() if catalogue_of(file) == catalogue]
        texts = {text for file in files for text in _Reader(ast.parse(file.read_text("utf-8"))).templates()}
        found[catalogue] = sorted(texts - seen)
        seen |= texts
    return found


def _files() -> list[Path]:
    roots = ("core/bsdrd", "app/tilesight/line", "app/tilesight/store")
    return [file for root in roots for file in sorted((ROOT / root).rglob("*.py"))]


def written(catalogue: str, templates: list[str]) -> str:
    """The module that holds a catalogue."""
    lines = [
        f'"""What the {_TITLES[catalogue]} may say; written by `python -m tests.ui.message_templates`."""',
        "",
        "# ruff: noqa: E501",
        "# fmt: off",
        "from tilesight.ui.i18n import QT_TRANSLATE_NOOP",
        "",
        "MESSAGES = (",
        *(f'    QT_TRANSLATE_NOOP("Message", {_quoted(text)}),' for text in templates),
        ")",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def error_kinds() -> set[str]:
    """The names of all exception classes of the layers."""
    return {
        node.name
        for file in _files()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and _RAISED.search(node.name)
    }


class _Reader:
    """The texts of one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._constants = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }

    def templates(self) -> Iterator[str]:
        for node, meant in _walk(self._tree, False):
            ending = _EXPLAINED if getattr(node, "explained", False) else ""
            for text in (one + ending for one in self._alternatives(node)):
                if _is_message(text, meant):
                    yield text.strip()

    def _alternatives(self, node: ast.expr) -> list[str]:
        """What a text can be: as written, both sides of a condition, or with a place for a value."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            return [*self._alternatives(node.body), *self._alternatives(node.orelse)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            pairs = product(self._alternatives(node.left), self._alternatives(node.right))
            return [left + right for left, right in pairs]
        if isinstance(node, ast.Name) and node.id in self._constants:
            return self._alternatives(self._constants[node.id])
        if isinstance(node, ast.JoinedStr):
            return [self._joined(node)]
        return ["{" + _name(node) + "}"]

    def _joined(self, node: ast.JoinedStr) -> str:
        names: dict[str, int] = {}
        parts: list[str] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
                continue
            assert isinstance(part, ast.FormattedValue)
            constant = self._constants.get(part.value.id) if isinstance(part.value, ast.Name) else None
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                parts.append(constant.value)
                continue
            name = _name(part.value)
            names[name] = names.get(name, 0) + 1
            parts.append("{" + name + (str(names[name]) if names[name] > 1 else "") + "}")
        return "".join(parts)


def _walk(node: ast.AST, meant: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Every text expression, the widest first, and whether it stands where a message must stand."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called.split(".")[0] in _SILENT:
            return
        if called == "_explain":
            node.args[0].explained = True  # type: ignore[attr-defined]
        meant = meant or bool(_RAISED.search(called)) or called.split(".")[-1] in _HELPERS
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        meant = meant or _name(target) in _NAMES
    meant = meant or isinstance(node, ast.Raise | ast.Return | ast.Yield)
    whole = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add))
    if whole or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        assert isinstance(node, ast.expr)
        yield node, meant
    types = (getattr(node, "annotation", None), getattr(node, "returns", None))
    for child in ast.iter_child_nodes(node):
        if child not in types and not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _walk(child, meant)


def _is_message(text: str, meant: bool) -> bool:
    if text in _WORDS:
        return True
    literal = re.sub(r"\{\w+\}", "", text)
    if _NO_TEXT.search(text) or len(re.findall(r"[^\W\d_]", literal)) < _FEWEST_LETTERS:
        return False
    if not _WORD.search(literal) or " " not in text.strip():
        return False
    sentence = re.match(r"[A-Z{]", text) and text.rstrip()[-1:] in ".!:}" and literal.count(" ") > 1
    return meant or bool(sentence) or bool(re.match(r"[a-z]+ing [a-z']+", text))


def _name(node: ast.expr) -> str:
    """A name for the place of a value that a translator understands."""
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
            return "count"
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            return "list"
        return _name(node.args[0]) if node.args else _name(node.func)
    inner = next((child for child in ast.walk(node) if isinstance(child, ast.Name | ast.Attribute)), None)
    return _name(inner) if inner is not None else "value"


if __name__ == "__main__":
    for catalogue, templates in all_templates().items():
        (TARGET / f"{catalogue}.py").write_text(written(catalogue, templates), "utf-8")
