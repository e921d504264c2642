"""What SQLite has refused: the class of the error, the names in it, and the foreign keys that it may be about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from azoth import Connection, create_engine, exc


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://", foreign_keys=True)
    with engine.connect() as connection:
        for statement in (
            (
                "CREATE TABLE parent (id INTEGER PRIMARY KEY, n TEXT UNIQUE, m TEXT NOT NULL DEFAULT 'm', "
                "CONSTRAINT no_x CHECK (n <> 'x'), CHECK (n <> 'y'))"
            ),
            (
                'CREATE TABLE "the child" (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent, '
                "n TEXT REFERENCES parent (n) DEFERRABLE INITIALLY DEFERRED)"
            ),
            "INSERT INTO parent (id, n) VALUES (1, 'a')",
            'INSERT INTO "the child" (id, parent_id) VALUES (1, 1)',
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
        yield connection
    engine.dispose()


@pytest.mark.parametrize(
    "statement, kind, names",
    [
        ("INSERT INTO parent (id) VALUES (1)", exc.UniqueViolation, (None, "parent", "id")),
        ("INSERT INTO parent (n) VALUES ('a')", exc.UniqueViolation, (None, "parent", "n")),
        ("INSERT INTO parent (n) VALUES ('x')", exc.CheckViolation, ("no_x", None, None)),
        ("INSERT INTO parent (n) VALUES ('y')", exc.CheckViolation, (None, None, None)),
        ("INSERT INTO parent (m) VALUES (NULL)", exc.NotNullViolation, (None, "parent", "m")),
    ],
)
def test_constraints(
    connection: Connection, statement: str, kind: type[Exception], names: tuple[str | None, ...]
) -> None:
    with pytest.raises(exc.IntegrityError) as caught:
        connection.exec_driver_sql(statement)
    assert type(caught.value) is kind
    assert (caught.value.constraint_name, caught.value.table_name, caught.value.column_name) == names


@pytest.mark.parametrize(
    "statement", ['INSERT INTO "the child" (parent_id) VALUES (7)', "DELETE FROM parent", "UPDATE parent SET id = 2"]
)
def test_a_foreign_key_is_named(connection: Connection, statement: str) -> None:
    with pytest.raises(exc.ForeignKeyViolation, match=r"the child\.parent_id -> parent"):
        connection.exec_driver_sql(statement)


def test_a_foreign_key_that_commit_looks_at_is_the_one_that_is_named(connection: Connection) -> None:
    connection.exec_driver_sql("""INSERT INTO "the child" (n) VALUES ('none')""")
    with pytest.raises(exc.ForeignKeyViolation, match=r"the child\.n -> parent\.n\.") as caught:
        connection.commit()
    assert "parent_id" not in str(caught.value)
