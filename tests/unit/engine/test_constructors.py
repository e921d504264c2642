"""Connections, transactions and results that programs make by themselves."""

from __future__ import annotations

import io
import pickle

import pytest

import azoth
from azoth import select
from azoth.engine import Connection, IteratorResult, RootTransaction, Transaction
from azoth.ext.serializer import Deserializer, Serializer


def test_a_connection_is_made_of_one_that_is_checked_out(engine: azoth.Engine) -> None:
    raw = engine.raw_connection()
    driver = raw.dbapi_connection
    with Connection(engine, raw) as connection:
        assert connection.connection.dbapi_connection is driver
        assert connection.scalar(select(azoth.literal(5))) == 5
    assert not raw.is_valid


def test_transactions_belong_to_the_connection_that_they_are_made_of(engine: azoth.Engine) -> None:
    with engine.connect() as connection:
        transaction = RootTransaction(connection)
        assert isinstance(transaction, Transaction)
        assert transaction.connection is connection
        transaction.commit()
        with connection.begin_nested() as savepoint:
            assert savepoint.connection is connection


def test_a_result_keeps_the_context_that_it_is_given() -> None:
    marker = object()
    result = IteratorResult(["a"], [(1,)], context=marker)
    assert result.context is marker
    assert IteratorResult(["a"], [(1,)]).context is None
    assert result.scalars().all() == [1]


def test_a_serializer_gives_large_data_to_its_caller() -> None:
    buffers: list[pickle.PickleBuffer] = []
    written = io.BytesIO()
    data = pickle.PickleBuffer(bytearray(b"large"))
    Serializer(written, 5, buffer_callback=buffers.append).dump(data)
    assert bytes(buffers[0]) == b"large"
    with pytest.raises(ValueError, match="buffer_callback"):
        Serializer(io.BytesIO(), 4, buffer_callback=buffers.append)


def test_a_serializer_gives_modules_their_old_names() -> None:
    def named(fix_imports: bool) -> bytes:
        written = io.BytesIO()
        Serializer(written, 2, fix_imports=fix_imports).dump(len)
        return written.getvalue()

    assert b"__builtin__" in named(True)
    assert b"builtins" in named(False)
    assert Deserializer(io.BytesIO(named(True))).load() is len
