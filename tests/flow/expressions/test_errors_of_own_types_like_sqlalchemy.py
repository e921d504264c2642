"""What types of a program's own raise while they process values arrives as a StatementError: differential."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.sqlite_only("both libraries write to databases of their own")


def shout(value: str) -> str:
    return value + "!"


def failures(name: str) -> list[tuple[str, str, bool]]:
    """Give values that their types refuse to statements of all kinds, and name the errors of a library."""
    sa: Any = importlib.import_module(name)
    orm: Any = importlib.import_module(f"{name}.orm")

    class Decorated(sa.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = sa.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return shout(value)

    class Own(sa.types.UserDefinedType):  # type: ignore[misc, name-defined]
        cache_ok = True

        def get_col_spec(self, **keywords: Any) -> str:
            return "VARCHAR"

        def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:
            return lambda value: {"yes": "y"}[value]

    metadata = sa.MetaData()
    table = sa.Table(
        "flag",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", Decorated),
        sa.Column("answer", Own),
    )
    keyed = sa.Table("keyed", metadata, sa.Column("code", Decorated, primary_key=True))
    linked = sa.Table(
        "linked",
        metadata,
        sa.Column("left_id", sa.ForeignKey("keyed.code"), primary_key=True),
        sa.Column("right_id", sa.ForeignKey("keyed.code"), primary_key=True),
    )
    registry = orm.registry()

    class Flag:
        pass

    class Keyed:
        pass

    registry.map_imperatively(Flag, table)
    registry.map_imperatively(Keyed, keyed)
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)

    def flush(**values: Any) -> Callable[[Any], None]:
        def run(session: Any) -> None:
            flag: Any = Flag()
            for key, value in values.items():
                setattr(flag, key, value)
            session.add(flag)
            session.flush()

        return run

    def update(session: Any) -> None:
        flush(id=1, name="a", answer="yes")(session)
        session.scalars(sa.select(Flag)).one().name = 5
        session.flush()

    one = {"name": 5, "answer": "yes"}
    cases: list[Callable[[Any], object]] = [
        flush(id=1, name=5, answer="yes"),
        flush(id=1, name="a", answer="no"),
        flush(name=5, answer="yes"),
        update,
        lambda session: session.get(Keyed, 5),
        lambda session: session.execute(table.insert(), one),
        lambda session: session.execute(table.insert().values(**one)),
        lambda session: session.execute(table.insert(), [{"name": "a", "answer": "yes"}, one]),
        lambda session: session.execute(sa.select(table).where(table.c.name == 5)),
        lambda session: session.execute(sa.select(table).where(table.c.answer == "no")),
        lambda session: session.execute(sa.select(table).where(table.c.name.in_([5]))),
        lambda session: session.execute(sa.update(table).values(name=5)),
        lambda session: session.execute(sa.delete(table).where(table.c.name == 5)),
        lambda session: session.execute(linked.insert(), {"left_id": 5, "right_id": 5}),
    ]
    found = []
    for case in cases:
        with orm.Session(engine) as session, pytest.raises(sa.exc.StatementError) as caught:
            case(session)
        error = caught.value
        assert type(error) is sa.exc.StatementError
        assert error.__cause__ is error.orig
        found.append((type(error.orig).__name__, str(error.orig), bool(error.statement)))
    engine.dispose()
    return found


def test_errors_of_own_types_are_those_of_sqlalchemy() -> None:
    assert failures("azoth") == failures("sqlalchemy")


def test_the_values_that_are_refused_do_not_stand_in_the_first_line() -> None:
    sa: Any = importlib.import_module("azoth")

    class Refusing(sa.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = sa.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            raise ValueError(f"not {value}")

    with sa.create_engine("sqlite://").connect() as connection, pytest.raises(sa.exc.StatementError) as caught:
        connection.execute(sa.select(sa.bindparam("x", "a secret", type_=Refusing)))
    assert "secret" not in str(caught.value).splitlines()[0]
    assert "AZ-E660" in str(caught.value)


@pytest.mark.parametrize("name", ["azoth", "sqlalchemy"])
def test_an_error_that_is_not_to_be_wrapped_arrives_as_it_is(name: str) -> None:
    sa: Any = importlib.import_module(name)

    class WrongNumberError(ValueError, sa.exc.DontWrapMixin):  # type: ignore[misc, name-defined]
        pass

    class Number(sa.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = sa.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            raise WrongNumberError(value)

    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(WrongNumberError):
        connection.execute(sa.select(sa.bindparam("x", "1", type_=Number)))
    engine.dispose()
