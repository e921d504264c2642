"""Values that one library has written are read by the other as they were, and both read them alike."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.dialects.mysql

import azoth
import azoth.dialects.mysql
from azoth import Engine, exc

D = decimal.Decimal


class Color(enum.Enum):
    red = 1
    blue = 2


OF_TYPES: dict[str, tuple[Callable[[Any, Any], Any], list[Any]]] = {
    "boolean": (lambda sa, my: sa.Boolean(), [True, False, None]),
    "integer": (lambda sa, my: sa.Integer(), [0, -(2**31), 2**31 - 1, None]),
    "unsigned": (lambda sa, my: my.BIGINT(unsigned=True), [0, 2**64 - 1]),
    "tiny": (lambda sa, my: my.TINYINT(), [-128, 127]),
    "bits": (lambda sa, my: my.BIT(17), [0, 1, 2**17 - 1, None]),
    "one bit": (lambda sa, my: my.BIT(), [0, 1]),
    "decimal": (lambda sa, my: sa.Numeric(20, 6), [D("1.250000"), D("-0.000001"), D("12345678901234.5"), None]),
    "decimal as float": (lambda sa, my: sa.Numeric(20, 6, asdecimal=False), [1.25, -0.000001, None]),
    "double": (lambda sa, my: sa.Double(), [0.1, -1e300, 1e-300, 0.0, None]),
    "float": (lambda sa, my: sa.Float(), [0.5, -2.25]),
    "float as decimal": (lambda sa, my: sa.Float(asdecimal=True), [D("0.5"), None]),
    "text": (lambda sa, my: sa.String(200), ["", "ä 😀 \\ ' \" % %s :x \0 \n", "  spaces  ", None]),
    "long text": (lambda sa, my: sa.Text(), ["x" * 60_000, "", None]),
    "longer text": (lambda sa, my: my.LONGTEXT(), ["😀" * 100_000]),
    "latin": (lambda sa, my: my.VARCHAR(20, charset="latin1"), ["äöü", None]),
    "unicode": (lambda sa, my: sa.Unicode(20), ["äöü", None]),
    "bytes": (lambda sa, my: sa.LargeBinary(), [b"", bytes(range(256)), None]),
    "many bytes": (lambda sa, my: my.LONGBLOB(), [bytes(range(256)) * 1000]),
    "fixed bytes": (lambda sa, my: sa.BINARY(4), [b"ab\0\xff"]),
    "date": (lambda sa, my: sa.Date(), [dt.date(2020, 2, 29), dt.date(1000, 1, 1), dt.date(9999, 12, 31), None]),
    "moment": (lambda sa, my: sa.DateTime(), [dt.datetime(2020, 2, 29, 23, 59, 59), None]),
    "fractions": (
        lambda sa, my: my.DATETIME(fsp=6),
        [dt.datetime(2020, 2, 29, 23, 59, 59, 123456), dt.datetime(1970, 1, 1), None],
    ),
    "three digits": (lambda sa, my: my.DATETIME(fsp=3), [dt.datetime(2020, 2, 29, 23, 59, 59, 123000)]),
    "timestamp": (lambda sa, my: my.TIMESTAMP(fsp=6), [dt.datetime(2020, 2, 29, 23, 59, 59, 1), None]),
    "time": (lambda sa, my: sa.Time(), [dt.time(0, 0), dt.time(23, 59, 59), None]),
    "time with fractions": (lambda sa, my: my.TIME(fsp=6), [dt.time(23, 59, 59, 123456), None]),
    "interval": (lambda sa, my: sa.Interval(), [dt.timedelta(days=3, seconds=5), dt.timedelta(0), None]),
    "year": (lambda sa, my: my.YEAR(), [1901, 2155, None]),
    "enum": (lambda sa, my: sa.Enum("a", "b'c", "d,e", "f\\g"), ["a", "b'c", "d,e", "f\\g", None]),
    "enum of a class": (lambda sa, my: sa.Enum(Color), [Color.red, Color.blue, None]),
    "own enum": (lambda sa, my: my.ENUM("x", "y", charset="latin1"), ["x", None]),
    "set": (lambda sa, my: my.SET("a", "b", "c"), [set(), {"a"}, {"a", "c"}, None]),
    "set as bits": (lambda sa, my: my.SET("a", "b", "", retrieve_as_bitwise=True), [set(), {"a", ""}, {""}, None]),
    "json": (
        lambda sa, my: sa.JSON(),
        [{"a": [1, 2.5, None, True, "ä😀\\\"'%"]}, [], "text", 5, False, {"ä": {"b": "c"}}],
    ),
    "own json": (lambda sa, my: my.JSON(), [{"a": 1}]),
    "uuid": (lambda sa, my: sa.Uuid(), [uuid.UUID(int=0), uuid.UUID("12345678-1234-5678-9abc-123456789abc"), None]),
    "uuid as text": (lambda sa, my: sa.Uuid(as_uuid=False), ["12345678-1234-5678-9abc-123456789abc", None]),
    "digits of a uuid": (lambda sa, my: sa.Uuid(native_uuid=False), [uuid.UUID(int=7), None]),
    "standard uuid": (lambda sa, my: sa.UUID(), [uuid.UUID(int=7), None]),
    "pickle": (lambda sa, my: sa.PickleType(), [{"a": (1, 2)}, None]),
}


def table_of(lib: ModuleType, name: str) -> Any:
    sa: Any = lib
    make, _ = OF_TYPES[name]
    columns = [sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", make(sa, sa.dialects.mysql))]
    return sa.Table("stored", sa.MetaData(), *columns)


def rows_of(name: str) -> list[dict[str, Any]]:
    return [{"id": number, "value": value} for number, value in enumerate(OF_TYPES[name][1], 1)]


def engine_of(lib: ModuleType, engine: Engine, backend: str) -> Any:
    sa: Any = lib
    url = engine.url.set(drivername=f"{backend}+{engine.driver}").render_as_string(hide_password=False)
    return sa.create_engine(url, poolclass=sa.pool.NullPool)


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
@pytest.mark.parametrize("name", OF_TYPES)
def test_values_come_back_in_both_libraries(engine: Engine, backend: str, name: str) -> None:
    wanted = [row["value"] for row in rows_of(name)]
    libraries = (azoth, sqlalchemy)
    for writer in libraries:
        with engine_of(writer, engine, backend).begin() as connection:
            stored = table_of(writer, name)
            stored.drop(connection, checkfirst=True)
            stored.create(connection)
            connection.execute(stored.insert(), rows_of(name))
        read = []
        for reader in libraries:
            stored = table_of(reader, name)
            sa: Any = reader
            with engine_of(reader, engine, backend).connect() as connection:
                read.append(connection.scalars(sa.select(stored.c.value).order_by(stored.c.id)).all())
        assert read[0] == read[1], f"written by {writer.__name__}"
        assert list(map(type, read[0])) == list(map(type, read[1]))
        if name != "set as bits":
            assert read[0] == wanted


@pytest.mark.parametrize("name", [name for name in OF_TYPES if name not in {"json", "own json", "pickle", "float"}])
def test_values_are_found_by_themselves(engine: Engine, name: str) -> None:
    """Alone, in a list, and written into the SQL where that is possible."""
    stored = table_of(azoth, name)
    with engine.begin() as connection:
        stored.create(connection)
        connection.execute(stored.insert(), rows_of(name))
        for row in rows_of(name):
            if row["value"] is None:
                continue
            found = azoth.select(stored.c.id)
            assert row["id"] in connection.scalars(found.where(stored.c.value == row["value"])).all()
            if not isinstance(row["value"], set):
                assert row["id"] in connection.scalars(found.where(stored.c.value.in_([row["value"]]))).all()
            if name in {"bytes", "many bytes", "fixed bytes", "longer text"}:
                continue
            literal = str(
                found.where(stored.c.value == row["value"]).compile(engine, compile_kwargs={"literal_binds": True})
            )
            assert row["id"] in connection.exec_driver_sql(literal).scalars().all(), literal


def test_dates_that_are_none_are_read_as_the_driver_has_them(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET sql_mode = ''")
        connection.exec_driver_sql("CREATE TABLE stored (id INT PRIMARY KEY, value DATE, moment DATETIME)")
        connection.exec_driver_sql("INSERT INTO stored VALUES (1, '0000-00-00', '0000-00-00 00:00:00')")
        connection.exec_driver_sql("INSERT INTO stored VALUES (2, '2020-02-00', '2020-02-00 00:00:00')")
    found = []
    for sa in (azoth, sqlalchemy):
        made: Any = sa
        columns = [made.Column("value", made.Date), made.Column("moment", made.DateTime)]
        stored = made.Table("stored", made.MetaData(), made.Column("id", made.Integer), *columns)
        with engine_of(sa, engine, "mariadb").connect() as connection:
            found.append([tuple(row) for row in connection.execute(made.select(stored).order_by(stored.c.id))])
    assert found[0] == found[1]


def test_a_span_is_no_time_of_day(engine: Engine) -> None:
    stored = table_of(azoth, "time")
    with engine.begin() as connection:
        stored.create(connection)
        connection.exec_driver_sql("INSERT INTO stored VALUES (1, '-01:00:00')")
        with pytest.raises(exc.UnreadableValueError):
            connection.scalars(azoth.select(stored.c.value)).all()


def test_own_functions_write_and_read_json(make_engine: Callable[..., Engine], engine: Engine) -> None:
    def read(text: str) -> Any:
        return {"read": json.loads(text)}

    own = make_engine(json_serializer=lambda value: json.dumps({"written": value}), json_deserializer=read)
    stored = table_of(azoth, "json")
    with own.begin() as connection:
        stored.create(connection)
        connection.execute(stored.insert(), {"id": 1, "value": [1]})
        assert connection.scalar(azoth.select(stored.c.value)) == {"read": {"written": [1]}}


def test_parts_of_json_are_found(engine: Engine) -> None:
    stored = table_of(azoth, "json")
    value = stored.c.value
    with engine.begin() as connection:
        stored.create(connection)
        row = {"id": 1, "value": {"n": 5, "t": "x", "b": True, "l": [1, {"d": 2}], "f": 2.5, "z": None}}
        connection.execute(stored.insert(), row)
        picked = azoth.select(
            value["n"].as_integer(),
            value["t"].as_string(),
            value["b"].as_boolean(),
            value["l"],
            value[("l", 1, "d")].as_integer(),
            value["f"].as_float(),
            value["z"].as_string(),
            value["missing"].as_string(),
        )
        assert connection.execute(picked).one() == (5, "x", True, [1, {"d": 2}], 2, 2.5, None, None)
