"""A hybrid that stands for a label has its own name in results, and that of the label in subqueries."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def mapped(lib: Library) -> Any:
    hybrid_property = import_module(f"{lib.name}.ext.hybrid").hybrid_property

    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class User(Base):
        __tablename__ = "users"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        name = lib.mapped_column(lib.String(10))

        @hybrid_property
        def shout(self) -> Any:
            return lib.func.upper(self.name).label("loud")

        @hybrid_property
        def plain(self) -> Any:
            return self.name

    return User


def found(lib: Library, database: Database, *, aliased: bool) -> Any:
    user = mapped(lib)
    engine = database.make_engine(library=lib)
    user.metadata.create_all(engine)
    entity = lib.aliased(user) if aliased else user
    statement = lib.select(entity.id, entity.shout, entity.plain)
    below, table, union = statement.subquery(), statement.cte(), lib.union(statement, statement).subquery()
    with lib.Session(engine) as session:
        session.add(user(id=1, name="ed"))
        session.flush()
        session.expunge_all()
        rows = [
            session.execute(statement).one()._asdict(),
            session.execute(lib.select(below)).one()._asdict(),
            session.execute(lib.select(table.c.loud).where(table.c.loud == "ED")).one()._asdict(),
            session.execute(lib.select(union)).one()._asdict(),
            session.query(entity.shout).one()._asdict(),
        ]
        session.rollback()
    user.metadata.drop_all(engine)
    keys = [list(one.c.keys()) for one in (below, table, union)]
    return keys, rows, list(statement.selected_columns.keys())


@pytest.mark.parametrize("aliased", [False, True], ids=["the class", "an alias"])
def test_a_label_names_the_column_of_a_subquery(database: Database, aliased: bool) -> None:
    ours = found(AZOTH, database, aliased=aliased)
    assert ours == found(SQLALCHEMY, database, aliased=aliased)
    assert ours[0][0] == ["id", "loud", "plain"]


def test_a_name_that_another_column_has_stays_with_that() -> None:
    user = mapped(AZOTH)
    keys = AZOTH.select(user.name.label("loud"), user.shout).subquery().c.keys()
    assert keys == ["loud", "shout"]
