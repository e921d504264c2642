"""The table of what runs with azoth: a line to print, and the page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ecosystem.comparison import ENOUGH, Comparison
from tests.ecosystem.subjects import ROOT

PAGE = ROOT / "docs" / "runs-with.md"

HEAD = """\
# What runs with azoth

Libraries and programs of other people, unchanged, with the alias (`import azoth.as_sqlalchemy`, see
[moving](moving.md)) on SQLite. For each a scenario of our own runs on SQLAlchemy and on azoth; where its release
carries tests, those that pass on SQLAlchemy are run on azoth too. A library runs if its scenario passes and at least
{enough:.0%} of these tests do; SQLAlchemy's own examples are programs that are run to their end.

`scripts/ecosystem --write` has written this page. `scripts/ecosystem --only NAME --show` names the tests that fail.

| library | version | tests | pass on SQLAlchemy | of these on azoth | runs |
| --- | --- | --- | --: | --: | --- |
"""


def line(row: Comparison) -> str:
    """Write a row for a terminal."""
    peer = "-" if row.on_sqlalchemy is None else str(row.on_sqlalchemy)
    besides = f"  and {row.besides} more" if row.besides and row.on_sqlalchemy is not None else ""
    verdict = "passes" if row.passes else "FAILS"
    counts = f"{peer:>6} on SQLAlchemy{row.on_azoth:>6} on azoth"
    return f"{row.name:24}{row.version:14}{row.tests:12}{counts}  {verdict}{besides}"


def write(rows: Sequence[Comparison]) -> None:
    """Write the page of the documentation."""
    lines = [
        f"| {row.name} | {row.version} | {row.tests} | {row.on_sqlalchemy} | {row.on_azoth}"
        f"{f' (and {row.besides} more)' if row.besides else ''} | {'yes' if row.passes else 'no'} |\n"
        for row in rows
    ]
    PAGE.write_text(HEAD.format(enough=ENOUGH["its tests"]) + "".join(lines), encoding="utf-8")
