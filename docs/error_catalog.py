"""Writes the list of error codes in docs/errors.md from the places in the source that raise them.

Run ``python docs/error_catalog.py`` after adding or changing an error; a test compares the file with the source.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "errors.md"
START = "<!-- written by docs/error_catalog.py from here on -->\n"
CODE = re.compile(r"AZ-[A-Z]+[0-9]+")
AREAS = {
    "C": "core: statements, schema, types, events",
    "D": "dialects",
    "E": "engine",
    "P": "pool",
    "M": "mapping",
    "L": "loading",
    "S": "session",
    "F": "flush",
    "T": "test kits",
    "X": "extensions",
}
ELLIPSIS = "…"


@dataclass(frozen=True, order=True)
class Entry:
    """One place that raises an error."""

    code: str
    module: str
    line: int
    summary: str
    why: str
    fix: str


def catalog() -> str:
    """Lay out the page: what stands by hand at its top, and every code by area."""
    by_hand = PAGE.read_text(encoding="utf-8").partition(START)[0]
    entries = sorted(set(_entries()))
    sections = [_section(letter, title, entries) for letter, title in AREAS.items()]
    return by_hand + START + "\n" + "\n".join(section for section in sections if section)


def _section(letter: str, title: str, entries: list[Entry]) -> str:
    lines = [f"## {letter}: {title}", ""]
    codes = sorted({entry.code for entry in entries if entry.code.startswith(f"AZ-{letter}")})
    for code in codes:
        lines += [f"### {code}", ""]
        shown = set()
        for entry in entries:
            text = _text(entry)
            if entry.code == code and text and text not in shown:
                shown.add(text)
                lines += [text, ""]
    return "\n".join(lines) if codes else ""


def _text(entry: Entry) -> str:
    if not entry.summary:
        return ""
    lines = [f"> {entry.summary}"]
    if entry.why:
        lines.append(f"> why: {entry.why}")
    if entry.fix:
        lines.append(f"> fix: {entry.fix}")
    return "  \n".join(lines)


def _entries() -> Iterator[Entry]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _raised(node, module)
            elif isinstance(node, ast.ClassDef):
                yield from _declared(node, module)


def _declared(class_: ast.ClassDef, module: str) -> Iterator[Entry]:
    """Find the code that a class of errors has by default."""
    meaning = (ast.get_docstring(class_) or "").partition("\n")[0]
    for node in class_.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
            yield Entry(value.value, module, class_.lineno, f"`{class_.name}`: {meaning}", "", "")


def _raised(call: ast.Call, module: str) -> Iterator[Entry]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    for argument in [*call.args, *keywords.values()]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and CODE.fullmatch(argument.value):
            texts = [*call.args, keywords["summary"]] if "summary" in keywords else call.args
            summary = next((text for value in texts if (text := _as_text(value)) and text != argument.value), "")
            yield Entry(
                argument.value,
                module,
                call.lineno,
                summary,
                _as_text(keywords.get("why")),
                _as_text(keywords.get("fix")),
            )


def _as_text(value: ast.expr | None) -> str:
    """Read the text of a message; what is filled in when it is raised is an ellipsis."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(_as_text(part) or ELLIPSIS for part in value.values)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return (_as_text(value.left) or ELLIPSIS) + (_as_text(value.right) or ELLIPSIS)
    if isinstance(value, ast.IfExp):
        return " / ".join(text for text in (_as_text(value.body), _as_text(value.orelse)) if text)
    return ""


if __name__ == "__main__":
    PAGE.write_text(catalog(), encoding="utf-8")
