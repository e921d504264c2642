"""The ORM's join() leads along relationships of aliases as on SQLAlchemy, and goes on from its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.blog import make_model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of

JOINED: dict[str, Callable[[Library, Any, Any, Any], Any]] = {
    "by_the_alias": lambda lib, node, one, two: lib.orm.join(node, one, one.children),
    "by_the_class": lambda lib, node, one, two: lib.orm.join(node, one, node.parent),
    "alias_to_class": lambda lib, node, one, two: lib.orm.join(one, node, one.children),
    "on_to_another": lambda lib, node, one, two: lib.orm.join(node, one, node.children).join(two, one.children),
    "on_by_an_outer_join": lambda lib, node, one, two: lib.orm.join(node, one, node.parent).outerjoin(two, one.parent),
    "behind_a_condition": lambda lib, node, one, two: lib.orm.join(node, one, node.id == one.parent_id).join(
        two, one.children
    ),
    "twice_a_relationship": lambda lib, node, one, two: lib.select(node).join(node.children, node.parent),
}


@pytest.mark.parametrize("joined", JOINED)
def test_joins_along_relationships_of_aliases(database: Database, joined: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        one, two = lib.aliased(m.Node), lib.aliased(m.Node)
        source = JOINED[joined](lib, m.Node, one, two)
        if joined == "twice_a_relationship":
            return len(s.scalars(source).all())
        statement = lib.select(m.Node.id, one.id).select_from(source).order_by(m.Node.id, one.id)
        return [tuple(row) for row in s.execute(statement)]

    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected


def test_a_join_without_condition_goes_on_along_a_relationship(database: Database) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        source = lib.orm.join(m.User, m.Address).join(m.Tag, m.User.tags)
        return [tuple(row) for row in s.execute(lib.select(m.User.id, m.Tag.id).select_from(source).order_by("id"))]

    def ordered(lib: Library) -> Any:
        found = outcome_of(database, lib, make_model, run)
        return sorted(found) if isinstance(found, list) else found

    assert ordered(AZOTH) == ordered(SQLALCHEMY) != []
