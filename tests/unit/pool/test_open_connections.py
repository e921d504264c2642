"""Connections are kept alive from opening to closing, and not a moment longer."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from azoth import event
from azoth.pool import NullPool, Pool, QueuePool


class FakeConnection:
    def __init__(self) -> None:
        self.fails_to_close = False

    def rollback(self) -> None:
        return

    def close(self) -> None:
        if self.fails_to_close:
            raise RuntimeError("gone")


class Opened:
    """A creator that keeps nothing but weak references."""

    def __init__(self) -> None:
        self.references: list[weakref.ref[FakeConnection]] = []

    def __call__(self) -> FakeConnection:
        connection = FakeConnection()
        self.references.append(weakref.ref(connection))
        return connection

    def living(self) -> int:
        return sum(reference() is not None for reference in self.references)


def close_it(pool: Pool) -> None:
    pool.connect().close()
    pool.dispose()


def invalidate_it(pool: Pool) -> None:
    pool.connect().invalidate()


def detach_it(pool: Pool) -> None:
    proxy = pool.connect()
    proxy.detach()
    proxy.close()


def detach_and_forget_it(pool: Pool) -> None:
    pool.connect().detach()


def fail_to_close_it(pool: Pool) -> None:
    proxy = pool.connect()
    proxy.dbapi_connection.fails_to_close = True
    proxy.close()
    pool.dispose()


def fail_to_prepare_it(pool: Pool) -> None:
    def refuse(connection: Any, record: Any) -> None:
        raise LookupError

    event.listen(pool, "connect", refuse)
    with pytest.raises(LookupError):
        pool.connect()


@pytest.mark.parametrize("pool_class", [QueuePool, NullPool])
@pytest.mark.parametrize(
    "use", [close_it, invalidate_it, detach_it, detach_and_forget_it, fail_to_close_it, fail_to_prepare_it]
)
def test_what_was_closed_is_not_kept(
    caplog: pytest.LogCaptureFixture, pool_class: type[Pool], use: Callable[[Pool], None]
) -> None:
    caplog.set_level(logging.CRITICAL, "azoth.pool")  # pytest would keep the connection with the record of its failure
    opened = Opened()
    pool = pool_class(opened)
    use(pool)
    assert len(opened.references) == 1
    assert opened.living() == 0


def test_what_is_open_is_kept_without_its_user() -> None:
    opened = Opened()
    pool = QueuePool(opened)
    proxy = pool.connect()
    proxy._record = proxy.dbapi_connection = None
    assert opened.living() == 1
