"""Expressions that are built from attributes of a class mapped to a join read the whole join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import func, literal, select
from azoth.orm import Session
from tests.database import Database
from tests.flow.differential.joined_tables import Model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of

STATEMENTS: dict[str, Callable[[Library, Any, Any, Any], Any]] = {
    "aggregate": lambda lib, p, m, s: lib.select(lib.func.count(p.id)),
    "aggregate of the second table": lambda lib, p, m, s: lib.select(lib.func.max(p.email)),
    "aggregate of distinct values": lambda lib, p, m, s: lib.select(lib.func.count(p.name.distinct())),
    "arithmetic": lambda lib, p, m, s: lib.select(p.id + 1),
    "arithmetic from the right": lambda lib, p, m, s: lib.select(1 + p.id),
    "both tables": lambda lib, p, m, s: lib.select(p.address_id * 10 + p.id),
    "negation": lambda lib, p, m, s: lib.select(-p.id),
    "label": lambda lib, p, m, s: lib.select(p.name.label("x")).order_by("x"),
    "concatenation": lambda lib, p, m, s: lib.select(p.name + "!"),
    "cast": lambda lib, p, m, s: lib.select(lib.cast(p.id, lib.String)),
    "cast of its own": lambda lib, p, m, s: lib.select(p.id.cast(lib.String)),
    "case": lambda lib, p, m, s: lib.select(lib.case((p.id == 1, "one"), else_=p.name)),
    "window": lambda lib, p, m, s: lib.select(lib.func.row_number().over(order_by=p.address_id)),
    "collation": lambda lib, p, m, s: lib.select(lib.collate(p.name, "NOCASE")),
    "groups": lambda lib, p, m, s: lib.select(p.name, lib.func.count(p.email)).group_by(p.name),
    "having": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).group_by(p.id).having(lib.func.count(p.id) > 1),
    "order": lambda lib, p, m, s: lib.select(p.id + 0).order_by(p.email.desc()),
    "column of a table beside": lambda lib, p, m, s: lib.select(m.person.c.name, lib.func.length(p.email)),
    "the join given": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).select_from(m.person.join(m.address)),
    "the outer join given": lambda lib, p, m, s: lib.select(lib.func.count(p.email)).select_from(
        m.person.outerjoin(m.address)
    ),
    "join to a class": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).join(m.Letter, m.Letter.person_id == p.id),
    "join along a relationship": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).join(p.letters),
    "join from another class": lambda lib, p, m, s: lib.select(lib.func.max(p.email)).join_from(m.Letter, p),
    "correlated inside": lambda lib, p, m, s: lib.select(
        p.address_id, lib.select(lib.func.count(m.Letter.id)).where(m.Letter.person_id == p.id).scalar_subquery()
    ),
    "correlated by name": lambda lib, p, m, s: lib.select(
        p.address_id,
        lib.select(lib.func.count(m.Letter.id)).where(m.Letter.person_id == p.id).correlate(p).scalar_subquery(),
    ),
    "in a subquery": lambda lib, p, m, s: lib.select(
        m.Letter.id, lib.select(lib.func.max(p.email)).where(m.Letter.person_id == p.id).scalar_subquery()
    ),
    "exists": lambda lib, p, m, s: lib.select(m.Letter.id).where(lib.exists().where(p.id == m.Letter.person_id)),
    "exists around": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).where(
        ~lib.exists().where(p.id == m.Letter.person_id)
    ),
    "any": lambda lib, p, m, s: lib.select(lib.func.count(p.id)).where(p.letters.any(m.Letter.text == "hi")),
    "in a list of rows": lambda lib, p, m, s: lib.select(m.Letter.id).where(m.Letter.id.in_(lib.select(p.id + 0))),
    "subquery": lambda lib, p, m, s: lib.select(lib.select(lib.func.upper(p.email).label("e")).subquery().c.e),
    "union": lambda lib, p, m, s: lib.select(p.name + "x").union_all(lib.select(p.email + "y")),
    "union in order": lambda lib, p, m, s: lib.select(p.name).union(lib.select(p.email)).order_by(p.name),
    "query": lambda lib, p, m, s: s.query(lib.func.count(p.id)).statement,
    "bundle": lambda lib, p, m, s: lib.select(lib.Bundle("b", p.name, lib.func.upper(p.email))),
}


OF_ALIASES = [name for name in STATEMENTS if not name.startswith("the ")]


@pytest.mark.parametrize(
    "name, alias", [*[(name, False) for name in STATEMENTS], *[(name, True) for name in OF_ALIASES]]
)
def test_the_whole_join_is_read(database: Database, name: str, alias: bool) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        person = lib.aliased(m.Person) if alias else m.Person
        found = [tuple(row) for row in s.execute(STATEMENTS[name](lib, person, m, s))]
        return found if "order" in name else sorted(found, key=repr)

    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, Model, run) == expected


def test_a_criterion_alone_reads_the_whole_join_as_well(database: Database) -> None:
    """SQLAlchemy reads the column's table only, so that its count is 1, the number of persons."""

    def run(lib: Library, m: Any, s: Session) -> Any:
        rows = s.execute(select(literal(1)).where(m.Person.name == "Ada")).all()
        return len(rows), s.scalar(select(func.count()).where(m.Person.name == "Ada"))

    assert outcome_of(database, AZOTH, Model, run) == (2, 2)
