"""The same work on azoth and on SQLAlchemy: each test states what must happen on both."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.database import Database


class Laboratory:
    """One library under test: its names, a fresh declarative base, an engine and sessions.

    Attributes:
        sql, orm: the modules.
        base: the base of the test's classes.
        statements: the SQL so far.
    """

    def __init__(self, database: Database, library: str) -> None:
        self.library = library
        self.sql: Any = importlib.import_module(library)
        self.orm: Any = importlib.import_module(f"{library}.orm")
        self.exc: Any = importlib.import_module(f"{library}.exc")
        self.orm_exc: Any = importlib.import_module(f"{library}.orm.exc")
        event: Any = importlib.import_module(f"{library}.event")
        pool: Any = importlib.import_module(f"{library}.pool")
        self.base: Any = self.orm.declarative_base()
        self.engine: Any = database.make_engine(library=self.sql, foreign_keys=True, poolclass=pool.StaticPool)
        self.statements: list[str] = []
        self._sessions: list[Any] = []
        event.listen(self.engine, "before_cursor_execute", self._remember)

    def key(self) -> Any:
        """Declare an integer primary key."""
        return self.sql.Column(self.sql.Integer, primary_key=True)

    def text(self, **options: Any) -> Any:
        """Declare a text column."""
        return self.sql.Column(self.sql.String, **options)

    def refers_to(self, target: str, *, column: dict[str, Any] | None = None, **options: Any) -> Any:
        """Declare a column with a foreign key."""
        return self.sql.Column(self.sql.ForeignKey(target, **options), **(column or {}))

    def parent_and_child(self, *, key_options: dict[str, Any] | None = None, **options: Any) -> tuple[Any, Any]:
        """Declare a parent with children, in the order of their keys.

        Args:
            key_options: those of the children's foreign key.
            options: those of the relationship from the parent.
        """
        lab, base = self, self.base
        options = {"order_by": "Child.id", **options}

        class Parent(base):  # type: ignore[misc, valid-type]
            __tablename__ = "parent"
            id = lab.key()
            name = lab.text()
            children = lab.orm.relationship("Child", back_populates="parent", **options)

        class Child(base):  # type: ignore[misc, valid-type]
            __tablename__ = "child"
            id = lab.key()
            name = lab.text()
            parent_id = lab.refers_to("parent.id", **(key_options or {}))
            parent = lab.orm.relationship("Parent", back_populates="children")

        return Parent, Child

    def session(self, **options: Any) -> Any:
        """Make the tables and a session."""
        self.base.metadata.create_all(self.engine)
        session = self.orm.Session(self.engine, **options)
        self._sessions.append(session)
        self.statements.clear()
        return session

    def rows(self, session: Any, *columns: Any) -> list[tuple[Any, ...]]:
        """Read rows of columns, in the order of the first."""
        return [tuple(row) for row in session.execute(self.sql.select(*columns).order_by(columns[0]))]

    def verbs(self) -> list[str]:
        """List the first words of the statements since the last look."""
        found = [statement.split()[0] for statement in self.statements]
        self.statements.clear()
        return found

    def close(self) -> None:
        for session in self._sessions:
            session.close()
        self.base.registry.dispose()

    def _remember(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.statements.append(statement)


@pytest.fixture(params=["azoth", "sqlalchemy"])
def lab(request: pytest.FixtureRequest, database: Database) -> Iterator[Laboratory]:
    """Each library in turn."""
    laboratory = Laboratory(database, request.param)
    yield laboratory
    laboratory.close()
