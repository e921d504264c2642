"""``echo`` of pools, and what errors of types say."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import String, TypeDecorator, create_engine, exc, literal, select

pytestmark = pytest.mark.sqlite_only("what is said does not depend on the database")


def test_a_pool_knows_whether_it_echoes(capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine("sqlite://", echo_pool=True)
    assert engine.pool.echo is True
    quiet = create_engine("sqlite://").pool
    assert not quiet.echo
    quiet.echo = "debug"
    quiet.connect().close()
    assert quiet.echo == "debug"


class Even(TypeDecorator[Any]):
    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> str:
        raise ValueError("only even numbers are taken")


def test_what_a_type_has_raised_stands_below_the_first_line() -> None:
    with create_engine("sqlite://").connect() as connection, pytest.raises(exc.StatementError) as caught:
        connection.execute(select(literal("odd", Even())))
    first, *more = str(caught.value).splitlines()
    assert "only even numbers" not in first
    assert "  detail: only even numbers are taken" in more
