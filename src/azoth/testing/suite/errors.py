"""What a database refuses, as the classes of azoth."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import CheckConstraint, Column, ForeignKey, Integer, String, Table, UniqueConstraint, exc, select, text
from azoth.testing.suite.ground import Ground

__all__ = ["TestErrors"]

needs = pytest.mark.azoth_needs


def ruled(ground: Ground) -> Table:
    """Create a table with a constraint of each kind, and a row."""
    parent = ground.table("azoth_parent", Column("x", Integer))
    table = ground.table(
        "azoth_ruled",
        Column("needed", Integer, nullable=False),
        Column("single", String(10)),
        Column("positive", Integer),
        Column("parent_id", Integer, ForeignKey(parent.c.id, name="azoth_ruled_fk")),
        UniqueConstraint("single", name="azoth_ruled_uq"),
        CheckConstraint("positive > 0", name="azoth_ruled_ck"),
    )
    ground.insert(parent, {"x": 1})
    ground.insert(table, {"needed": 1, "single": "a", "positive": 1, "parent_id": 1})
    return table


VIOLATIONS = [
    pytest.param({"needed": 1, "single": "a"}, exc.UniqueViolation, "azoth_ruled_uq", None, id="unique"),
    pytest.param({"id": 1, "needed": 1}, exc.UniqueViolation, None, None, id="primary key"),
    pytest.param({"needed": None}, exc.NotNullViolation, None, "needed", id="not null"),
    pytest.param({"single": "b"}, exc.NotNullViolation, None, "needed", id="not given"),
    pytest.param(
        {"needed": 1, "positive": 0},
        exc.CheckViolation,
        "azoth_ruled_ck",
        None,
        id="check",
        marks=needs("check_constraints"),
    ),
    pytest.param(
        {"needed": 1, "parent_id": 99},
        exc.ForeignKeyViolation,
        "azoth_ruled_fk",
        None,
        id="foreign key",
        marks=needs("foreign_keys"),
    ),
]


class TestErrors:
    """Errors have the class that programs catch."""

    @pytest.mark.parametrize("row, kind, constraint, column", VIOLATIONS)
    def test_violations(
        self,
        ground: Ground,
        row: dict[str, Any],
        kind: type[exc.DBAPIError],
        constraint: str | None,
        column: str | None,
    ) -> None:
        table = ruled(ground)
        with ground.engine.connect() as connection:
            with pytest.raises(exc.DBAPIError) as failure:
                connection.execute(table.insert(), row)
            connection.rollback()
        error = failure.value
        assert isinstance(error, exc.IntegrityError)
        assert not error.connection_invalidated
        assert isinstance(error.orig, ground.engine.dialect.dbapi.Error)
        if ground.requirements.finer_errors:
            assert isinstance(error, kind)
        if ground.requirements.constraint_names_in_errors and constraint is not None:
            assert error.constraint_name == constraint
        if ground.requirements.column_names_in_errors and column is not None:
            assert error.column_name == column
        assert len(ground.rows(table)) == 1

    @needs("foreign_keys")
    def test_a_row_that_others_refer_to(self, ground: Ground) -> None:
        table = ruled(ground)
        parent = ground.metadata.tables["azoth_parent"]
        with ground.engine.connect() as connection, pytest.raises(exc.IntegrityError) as failure:
            connection.execute(parent.delete())
        if ground.requirements.finer_errors:
            assert isinstance(failure.value, exc.ForeignKeyViolation)
        assert len(ground.rows(table)) == 1

    def test_updates_are_refused_alike(self, ground: Ground) -> None:
        table = ruled(ground)
        ground.insert(table, {"needed": 2, "single": "b"})
        with ground.engine.connect() as connection, pytest.raises(exc.IntegrityError):
            connection.execute(table.update().where(table.c.single == "b").values(single="a"))
        assert [row[2] for row in ground.rows(table)] == ["a", "b"]

    def test_one_bad_row_of_many(self, ground: Ground) -> None:
        table = ruled(ground)
        rows = [{"needed": n, "single": f"s{n % 50}"} for n in range(51)]
        with pytest.raises(exc.IntegrityError), ground.engine.begin() as connection:
            connection.execute(table.insert(), rows)
        assert len(ground.rows(table)) == 1

    @pytest.mark.parametrize("sql", ["SELEKT 1", "SELECT * FROM azoth_no_such_table", "SELECT azoth_no_such_column"])
    def test_sql_that_makes_no_sense(self, ground: Ground, sql: str) -> None:
        with (
            ground.engine.connect() as connection,
            pytest.raises((exc.ProgrammingError, exc.OperationalError)) as failure,
        ):
            connection.execute(text(sql))
        assert failure.value.statement == sql
        assert not isinstance(failure.value, exc.IntegrityError)

    def test_an_error_names_no_values_in_its_first_line(self, ground: Ground) -> None:
        table = ruled(ground)
        with ground.engine.connect() as connection, pytest.raises(exc.IntegrityError) as failure:
            connection.execute(table.insert(), {"id": 1, "needed": 8_675_309, "single": "secret"})
        assert "secret" not in str(failure.value).partition("\n")[0]

    def test_a_connection_is_usable_after_errors(self, ground: Ground) -> None:
        table = ruled(ground)
        with ground.engine.connect() as connection:
            for _ in range(3):
                with pytest.raises(exc.IntegrityError):
                    connection.execute(table.insert(), {"id": 1, "needed": 1})
                connection.rollback()
                assert connection.execute(select(table.c.id)).scalars().all() == [1]
