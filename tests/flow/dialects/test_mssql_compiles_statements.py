"""Statements for SQL Server follow the version of the server, and what it has no words for is refused."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import exc, select
from azoth.dialects import mssql
from azoth.schema import CreateTable, CreateTableAs, SetTableComment

metadata = azoth.MetaData()
post = azoth.Table(
    "post",
    metadata,
    azoth.Column("id", azoth.Integer, primary_key=True),
    azoth.Column("title", azoth.Unicode(80)),
    azoth.Column("text", azoth.Text),
    azoth.Column("day", azoth.Date),
)
SORTED = select(post.c.id).order_by(post.c.title)


def server(*version: int, **arguments: Any) -> Any:
    dialect = mssql.dialect(**arguments)
    dialect.server_version_info = version or None
    return dialect


def sql(statement: Any, dialect: Any = None) -> str:
    return " ".join(str(statement.compile(dialect=dialect or server())).split())


@pytest.mark.parametrize(
    "version,day,text", [((9,), "DATETIME", "TEXT"), ((10,), "DATE", "TEXT"), ((16,), "DATE", "VARCHAR(max)")]
)
def test_types_follow_the_version(version: tuple[int, ...], day: str, text: str) -> None:
    assert sql(CreateTable(post), server(*version)).endswith(f"text {text} NULL, day {day} NULL, PRIMARY KEY (id) )")


def test_large_types_may_be_told() -> None:
    assert "text VARCHAR(max)" in sql(CreateTable(post), server(deprecate_large_types=True))
    assert "text TEXT" in sql(CreateTable(post), server(16, deprecate_large_types=False))


def test_limits_follow_the_version() -> None:
    limited = SORTED.limit(5).offset(2)
    assert sql(limited, server(16)) == (
        "SELECT post.id FROM post ORDER BY post.title OFFSET :param_1 ROWS FETCH FIRST :param_2 ROWS ONLY"
    )
    assert sql(limited) == (
        "SELECT anon_1.id FROM (SELECT post.id AS id, row_number() OVER (ORDER BY post.title) AS mssql_rn FROM post) "
        "AS anon_1 WHERE mssql_rn > :param_1 AND mssql_rn <= :param_2 + :param_1"
    )


def test_the_result_of_numbered_rows_is_that_of_the_statement() -> None:
    compiled = SORTED.limit(5).offset(2).compile(dialect=server())
    assert [(column.name, column.objects[0]) for column in compiled.result_columns] == [("id", post.c.id)]
    assert compiled.params == {"param_1": 2, "param_2": 5}


def test_hints_for_the_whole_statement_stay_at_its_end() -> None:
    hinted = SORTED.offset(2).with_statement_hint("OPTION (RECOMPILE)")
    assert sql(hinted).endswith("WHERE mssql_rn > :param_1 OPTION (RECOMPILE)")


def test_comments_may_be_left_out_by_create_all() -> None:
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("a", azoth.Integer), comment="x")
    assert sql(SetTableComment(table), server(schema_name="own")) == (
        "execute sp_addextendedproperty 'MS_Description', N'x', 'schema', own, 'table', t"
    )
    for supports in (True, False):
        run: list[Any] = []
        engine = azoth.create_mock_engine(
            "mssql+pyodbc://", lambda one, *rest, into=run: into.append(one), supports_comments=supports
        )
        table.metadata.create_all(engine, checkfirst=False)
        assert len(run) == 1 + supports


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: sql(select(post.c.id).limit(5).offset(2)), "requires an order_by"),
        (lambda: sql(SORTED.fetch(5, with_ties=True).offset(2)), "as a TOP only"),
        (lambda: sql(SORTED.distinct().offset(2)), "no offset for a SELECT DISTINCT"),
        (lambda: sql(SORTED.union(SORTED).limit(2).order_by("id")), "no limit for a set operation"),
        (lambda: sql(select(azoth.text("a")).select_from(post).order_by(post.c.id).offset(2)), "column without a name"),
        (lambda: sql(select(post.c.id).distinct(post.c.title)), "no DISTINCT ON"),
        (lambda: sql(select(post.c.title.regexp_match("x"))), "no regular expressions"),
        (lambda: sql(CreateTableAs(SORTED, "t", temporary=True)), "SELECT INTO for a new table only"),
        (lambda: azoth.create_engine("mssql+pyodbc://u@h/db").connect(), "its dialect only compiles statements"),
        (lambda: mssql.dialect(fast_executemany=True), "cannot heed fast_executemany"),
        (lambda: mssql.dialect(query_timeout=5), "cannot heed query_timeout"),
        (lambda: mssql.dialect(legacy_schema_aliasing=True), "cannot heed legacy_schema_aliasing"),
        (lambda: azoth.Index("i", post.c.id, mssql_cluster=True), "not accepted by dialect 'mssql'"),
    ],
)
def test_what_there_is_not_is_refused(make: Any, words: str) -> None:
    with pytest.raises(exc.SQLAlchemyError, match=words):
        make()


def test_a_file_is_needed_for_a_stream_of_bytes() -> None:
    with pytest.raises(ValueError, match="needs the length 'max'"):
        mssql.VARBINARY(20, filestream=True)


def test_a_row_version_may_be_a_number() -> None:
    read = mssql.TIMESTAMP(convert_int=True).result_processor(server())
    assert read is not None
    assert (read(b"\x00\x00\x00\x00\x00\x00\x01\x02"), read(None)) == (258, None)
    assert mssql.ROWVERSION().result_processor(server()) is None
