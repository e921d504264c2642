"""Executing statements: text, expressions, parameters, many at once, and what results say about it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from azoth import exc, types
from azoth.engine import Connection, Engine
from azoth.schema import Column, MetaData, Table
from azoth.sql.dml import delete, insert, update
from azoth.sql.elements import bindparam, text
from azoth.sql.functions import func
from azoth.sql.selectable import select
from tests.database import Database

metadata = MetaData()
account = Table(
    "account",
    metadata,
    Column("id", types.Integer, primary_key=True),
    Column("owner", types.String),
    Column("balance", types.Integer),
)
token = Table(
    "token",
    metadata,
    Column("key", types.Uuid, primary_key=True, default=uuid.uuid4),
    Column("data", types.JSON),
)


@pytest.fixture
def connection(bank: Engine) -> Any:
    metadata.create_all(bank)
    with bank.connect() as connection:
        yield connection


def test_a_string_is_sql_with_named_parameters(connection: Connection) -> None:
    result = connection.execute("SELECT owner, balance FROM account WHERE id = :id", {"id": 2})
    assert result.keys() == ["owner", "balance"]
    assert result.one() == ("bob", 20)


def test_a_list_of_dictionaries_executes_for_each(connection: Connection) -> None:
    result = connection.execute(
        "UPDATE account SET balance = :b WHERE id = :id", [{"b": 1, "id": 1}, {"b": 2, "id": 2}]
    )
    assert result.rowcount == 2
    assert connection.scalars("SELECT balance FROM account ORDER BY id").all() == [1, 2]


def test_driver_sql_takes_the_drivers_own_placeholders(database: Database, connection: Connection) -> None:
    mark, named = database.placeholder, ":a" if database.placeholder == "?" else "%(a)s"
    assert connection.exec_driver_sql(f"SELECT {mark} + {mark}", (1, 2)).scalar() == 3
    assert connection.exec_driver_sql(f"SELECT {named}", {"a": 5}).scalar() == 5
    connection.exec_driver_sql(f"INSERT INTO account VALUES ({mark}, {mark}, {mark})", [(3, "cy", 1), (4, "di", 2)])
    assert connection.scalar("SELECT count(*) FROM account") == 4


def test_rows_of_a_select_are_read_by_column(connection: Connection) -> None:
    row = connection.execute(select(account).where(account.c.id == 1)).one()
    assert (row.owner, row[2], row._mapping[account.c.balance], row._mapping["id"]) == ("ann", 10, 10, 1)


def test_functions_are_executed_by_themselves(connection: Connection) -> None:
    assert connection.scalar(func.coalesce(None, 7)) == 7


def test_a_missing_value_names_its_parameter(connection: Connection) -> None:
    with pytest.raises(exc.StatementError, match="id"):
        connection.execute("SELECT * FROM account WHERE id = :id")


def test_inserted_primary_keys(connection: Connection) -> None:
    result = connection.execute(insert(account), {"owner": "cy"})
    assert result.inserted_primary_key == (3,)
    assert result.inserted_primary_key.id == 3
    assert result.is_insert
    assert connection.execute(insert(account).values(id=9, owner="di")).inserted_primary_key == (9,)
    made = connection.execute(insert(token).values(data={"a": 1})).inserted_primary_key[0]
    assert isinstance(made, uuid.UUID)
    assert connection.scalar(select(token.c.data).where(token.c.key == made)) == {"a": 1}
    with pytest.raises(exc.InvalidRequestError, match="INSERT"):
        connection.execute(update(account).values(balance=0)).inserted_primary_key


@pytest.mark.needs("keys from the driver")
def test_the_last_key_is_told_by_the_driver(connection: Connection) -> None:
    result = connection.execute(insert(account), {"owner": "cy"})
    assert result.lastrowid == 3
    assert not result.returns_rows


def test_returning_gives_rows_for_one_and_for_many(connection: Connection) -> None:
    statement = insert(account).returning(account.c.id, account.c.owner)
    assert connection.execute(statement, {"owner": "cy"}).one() == (3, "cy")
    assert connection.execute(statement, [{"owner": "di"}, {"owner": "ed"}]).all() == [(4, "di"), (5, "ed")]
    assert connection.execute(delete(account).where(account.c.id > 3).returning(account.c.id)).scalars().all() == [4, 5]


def test_rows_of_many_executions_are_fetched_in_parts(connection: Connection) -> None:
    statement = insert(account).returning(account.c.owner)
    result = connection.execute(statement, [{"owner": owner} for owner in "cdefg"])
    assert result.fetchone() == ("c",)
    for row in result:
        assert row == ("d",)
        break
    assert result.scalars().fetchmany(2) == ["e", "f"]
    assert result.all() == [("g",)]
    assert result.all() == []


def test_rowcount_of_update_and_delete(connection: Connection) -> None:
    assert connection.execute(update(account).values(balance=0)).rowcount == 2
    assert connection.execute(delete(account).where(account.c.id == 1)).rowcount == 1


def test_lists_given_at_execution_expand(connection: Connection) -> None:
    statement = select(account.c.id).where(account.c.id.in_(bindparam("ids", expanding=True))).order_by(account.c.id)
    assert connection.execute(statement, {"ids": [1, 2, 3]}).scalars().all() == [1, 2]
    assert connection.execute(statement, {"ids": [2]}).scalars().all() == [2]
    assert connection.execute(statement, {"ids": []}).scalars().all() == []


def test_a_statement_without_rows_says_so(connection: Connection) -> None:
    result = connection.execute(update(account).values(balance=0))
    with pytest.raises(exc.ResourceClosedError, match="returns no rows"):
        result.all()
    with pytest.raises(exc.ResourceClosedError, match="returns no rows"):
        result.first()


@pytest.mark.parametrize("subject", [5, object(), Engine, account])
def test_what_is_no_statement_is_refused(connection: Connection, subject: Any) -> None:
    with pytest.raises(exc.ObjectNotExecutableError, match="cannot be executed"):
        connection.execute(subject)


@pytest.mark.parametrize("parameters", [5, "id", [1, 2], (1,)])
def test_parameters_of_the_wrong_kind_are_refused(connection: Connection, parameters: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="dictionary"):
        connection.execute("SELECT 1", parameters)


def test_a_result_can_be_read_in_parts(connection: Connection) -> None:
    connection.execute(insert(account), [{"id": number} for number in range(10, 1510)])
    result = connection.execute(select(account.c.id).order_by(account.c.id), execution_options={"yield_per": 100})
    sizes = [len(part) for part in result.partitions()]
    assert sizes == [100] * 15 + [2]
    assert sum(1 for _ in connection.execute(select(account))) == 1502
    assert connection.execute(select(account)).fetchmany(3)[0].owner == "ann"


def test_a_result_tells_the_options_of_its_execution(connection: Connection) -> None:
    connection = connection.execution_options(of_connection=1, of_both=1)
    statement = select(account.c.id).execution_options(of_statement=2, of_both=2)
    result = connection.execute(statement, execution_options={"of_execution": 3})
    assert result.context.execution_options == {
        "of_connection": 1, "of_both": 2, "of_statement": 2, "of_execution": 3,
    }  # fmt: skip
    driver = connection.exec_driver_sql("SELECT 1", execution_options={"of_execution": 4})
    assert driver.context.execution_options == {"of_connection": 1, "of_both": 1, "of_execution": 4}
    assert connection.engine.connect().execute(text("SELECT 1")).context.execution_options == {}


def test_a_statement_carries_its_own_options(connection: Connection) -> None:
    statement = select(account.c.id).execution_options(yield_per=1)
    assert list(connection.execute(statement).partitions()) == [[(1,)], [(2,)]]


def test_schemas_are_translated(connection: Connection) -> None:
    remote = Table("remote", MetaData(schema="far"), Column("id", types.Integer, primary_key=True))
    options = {"schema_translate_map": {"far": None}}
    connection.exec_driver_sql("CREATE TABLE remote (id INTEGER PRIMARY KEY)")
    connection.execute(insert(remote).values(id=1), execution_options=options)
    assert connection.scalar(select(remote.c.id), execution_options=options) == 1
    with pytest.raises(exc.DBAPIError):
        connection.scalar(select(remote.c.id))


def test_schemas_are_translated_in_ddl_too(database: Database) -> None:
    elsewhere = MetaData(schema="far")
    Table("remote", elsewhere, Column("id", types.Integer, primary_key=True))
    engine = database.make_engine().execution_options(schema_translate_map={"far": None})
    elsewhere.create_all(engine, checkfirst=False)
    assert engine.has_table("remote")
    engine.dispose()


def test_compiled_statements_are_kept_unless_the_cache_is_off(bank: Engine) -> None:
    bank.clear_compiled_cache()
    before = bank.statement_cache.compilations
    with bank.connect() as connection:
        for number in (1, 2):
            connection.execute(select(account).where(account.c.id == number)).all()
        assert bank.statement_cache.compilations == before + 1
        connection.execute(select(account).where(account.c.id == 3), execution_options={"compiled_cache": None}).all()
        assert bank.statement_cache.compilations == before + 1
    bank.clear_compiled_cache()
    assert len(bank.statement_cache) == 0


def test_text_with_columns_is_typed(connection: Connection) -> None:
    connection.execute(insert(token).values(data={"a": 1}))
    statement = text("SELECT data FROM token").columns(data=types.JSON)
    assert connection.execute(statement).scalar() == {"a": 1}


def test_regular_expressions_match_in_sqlite(connection: Connection) -> None:
    assert connection.scalars(select(account.c.owner).where(account.c.owner.regexp_match("^a"))).all() == ["ann"]


def test_run_gives_the_drivers_cursor(database: Database, connection: Connection) -> None:
    mark = database.placeholder
    assert connection.run(f"SELECT id FROM account WHERE id = {mark}", (2,)).fetchall() == [(2,)]
    assert connection.run_many(f"UPDATE account SET balance = {mark} WHERE id = {mark}", [(1, 1), (2, 2)]).rowcount == 2
    assert connection.in_transaction()
