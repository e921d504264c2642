"""Statements for Oracle follow the arguments of the dialect, and what it has no words for is refused."""

from __future__ import annotations

import array
from typing import Any

import pytest

import azoth
from azoth import exc, select
from azoth.dialects import oracle
from azoth.schema import CreateTable

metadata = azoth.MetaData()
post = azoth.Table(
    "post",
    metadata,
    azoth.Column("id", azoth.Integer, primary_key=True),
    azoth.Column("title", azoth.Unicode(80)),
    azoth.Column("is_new", azoth.Boolean(create_constraint=True, name="ck")),
    azoth.Column("facts", azoth.JSON),
)
SORTED = select(post.c.id).order_by(post.c.title)


def server(*version: int, **arguments: Any) -> Any:
    dialect = oracle.dialect(**arguments)
    dialect.server_version_info = version or None
    return dialect


def sql(statement: Any, dialect: Any = None) -> str:
    return " ".join(str(statement.compile(dialect=dialect or server())).split())


def test_types_follow_the_server_and_what_is_told_of_it() -> None:
    assert sql(CreateTable(post)) == (
        "CREATE TABLE post ( id INTEGER NOT NULL, title VARCHAR2(80 CHAR), is_new BOOLEAN, facts JSON, "
        "PRIMARY KEY (id) )"
    )
    assert sql(CreateTable(post), server(19, supports_native_boolean=False, use_nchar_for_unicode=True)) == (
        "CREATE TABLE post ( id INTEGER NOT NULL, title NVARCHAR2(80), is_new SMALLINT, facts BLOB, PRIMARY KEY (id), "
        "CONSTRAINT ck CHECK (is_new IN (0, 1)) )"
    )
    assert "VARCHAR2(80)" in sql(CreateTable(post), server(8))


@pytest.mark.parametrize("dialect", [server(11), server(enable_offset_fetch=False)])
def test_older_servers_count_rows(dialect: Any) -> None:
    assert sql(SORTED.limit(5).offset(2), dialect) == (
        "SELECT anon_1.id FROM (SELECT anon_2.id AS id, ROWNUM AS ora_rn FROM (SELECT post.id AS id FROM post "
        "ORDER BY post.title) anon_2 WHERE ROWNUM <= 5 + 2) anon_1 WHERE ora_rn > 2"
    )
    assert sql(SORTED.limit(5), server(19)).endswith("ORDER BY post.title FETCH FIRST 5 ROWS ONLY")


def test_older_servers_may_be_told_of_a_limit() -> None:
    assert sql(SORTED.limit(5), server(11, optimize_limits=True)) == (
        "SELECT /*+ FIRST_ROWS(5) */ anon_1.id FROM (SELECT post.id AS id FROM post ORDER BY post.title) anon_1 "
        "WHERE ROWNUM <= 5"
    )


def test_what_is_returned_has_parameters() -> None:
    compiled = post.insert().values(title="x").returning(post.c.id, post.c.facts).compile(dialect=server())
    assert compiled.params == {"title": "x", "ret_0": None, "ret_1": None}
    assert [column.name for column in compiled.result_columns] == ["id", "facts"]


def test_an_option_of_fetch_is_part_of_the_statement() -> None:
    nearly, exactly = SORTED.fetch(5, oracle_fetch_approximate=True), SORTED.fetch(5)
    assert sql(nearly).endswith("FETCH APPROX FIRST 5 ROWS ONLY")
    assert nearly._shape != exactly._shape
    assert nearly.dialect_options["oracle"]["fetch_approximate"] is True
    assert exactly.dialect_options["oracle"]["fetch_approximate"] is False
    assert nearly.limit(5).dialect_kwargs == {}
    assert "APPROX" not in str(nearly)


def test_vectors_are_arrays() -> None:
    bind = oracle.VECTOR(2, oracle.VectorStorageFormat.INT8).bind_processor(server())
    assert bind is not None
    assert bind([1, 2]) == array.array("b", [1, 2])
    sparse = oracle.SparseVector(5, [1, 3], [2.0, 4.0])
    assert bind(sparse) is sparse
    assert (sparse.num_dimensions, list(sparse.indices), list(sparse.values)) == (5, [1, 3], [2.0, 4.0])
    assert str(sparse) == "SparseVector(num_dimensions=5, size=2, typecode=d)"


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: sql(post.insert().values([{"id": 1}, {"id": 2}])), "no INSERT of several rows"),
        (
            lambda: sql(post.update().values(id=1).where(metadata_of_other().c.id == post.c.id)),
            "no UPDATE with several",
        ),
        (lambda: sql(post.delete().where(metadata_of_other().c.id == post.c.id)), "no DELETE with several"),
        (lambda: sql(azoth.try_cast(post.c.id, azoth.String)), "no TRY_CAST"),
        (lambda: sql(SORTED.union(SORTED).limit(5), server(11)), "no limit for a set operation"),
        (lambda: sql(SORTED.limit(5).with_for_update(of=post.c.id), server(11)), "no limit beside FOR UPDATE OF"),
        (lambda: sql(azoth.cast(post.c.id, azoth.Float(5))), "precision of binary digits"),
        (lambda: oracle.VectorIndexConfig(ivf_neighbor_partitions=5), "for an index of the kind HNSW"),
        (lambda: azoth.create_engine("oracle+oracledb://u@h/db").connect(), "its dialect only compiles statements"),
        (lambda: oracle.dialect(thick_mode=True), "cannot heed thick_mode"),
        (lambda: oracle.dialect(use_ansi=False), "cannot heed use_ansi"),
        (lambda: SORTED.fetch(5, oracle_fetch_approximat=True), "not accepted by dialect 'oracle'"),
        (lambda: azoth.Index("i", post.c.id, oracle_tablespace="x"), "not accepted by dialect 'oracle'"),
    ],
)
def test_what_there_is_not_is_refused(make: Any, words: str) -> None:
    with pytest.raises(exc.SQLAlchemyError, match=words):
        make()


def metadata_of_other() -> azoth.Table:
    return azoth.Table("other", azoth.MetaData(), azoth.Column("id", azoth.Integer))


def test_arguments_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="give one of the two"):
        oracle.TIMESTAMP(timezone=True, local_timezone=True)
    with pytest.raises(TypeError, match="as many values as indices"):
        oracle.SparseVector(5, [1], [1.0, 2.0])
