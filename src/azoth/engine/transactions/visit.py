"""A connection that works within the transaction of another one of its thread, for which it would wait for ever.

A database in memory lets one connection write at a time, and nobody read while that changes tables. Who finds the lock
of another connection of the same thread could only wait until that one gives it up, which it does not while the thread
is waiting. So it becomes a guest of the other: it works on the driver's connection of its host, behind a savepoint.
What it rolls back is what it has done itself; what it commits is kept, unless its host rolls back.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol

from azoth.engine.failure import driver_state
from azoth.engine.ports import ConnectionPort

if TYPE_CHECKING:
    from azoth.pool import PoolProxiedConnection

__all__ = ["Visit", "Visitors", "as_guest"]


class Savepoint(Protocol):
    """A savepoint, as part of a chain."""

    @property
    def _previous(self) -> Savepoint | None: ...


class Party(ConnectionPort, Protocol):
    """A connection, as guest or host."""

    _ready: bool | AbstractSet[str]
    _savepoint_count: int
    _visit: Visit | None
    _visitors: Visitors | None

    @property
    def _begin_action(self) -> object: ...
    @property
    def _proxy(self) -> PoolProxiedConnection | None: ...
    @property
    def _nested_transaction(self) -> Savepoint | None: ...
    def control(self, sql: str) -> None: ...


def as_guest(connection: Party, attempt: Callable[[], Any], error: Exception) -> tuple[bool, Any]:
    """Attempt something as a guest of the one for which a connection would wait for ever.

    Args:
        connection: the connection.
        attempt: what it attempts.
        error: what its driver has raised.

    Returns:
        whether it was done, and what came out; where it was not, because nobody of this thread holds the lock or the
        attempt has failed, the error that stands in the way now.
    """
    host = _host_of(connection, error)
    if host is None:
        return False, error
    visit = Visit(connection, host)
    is_for_itself = connection._begin_action is None
    try:
        found = attempt()
    except Exception as next_error:  # noqa: BLE001 -- drivers raise more than their own errors
        if is_for_itself:
            visit.rollback()
        return False, next_error
    if is_for_itself:
        visit.commit()
    return True, found


def _host_of(connection: Party, error: Exception) -> Party | None:
    """Find the connection of this thread that holds the lock which another one has found."""
    dialect = connection.dialect
    noted = dialect.last_writer
    if noted is None or noted[0] != get_ident() or not dialect.is_lock(error):
        return None
    host: Party | None = noted[1]()
    if host is None or host is connection or not host._begin_sent or driver_state(host) is not True:
        return None
    return host


class Visit:
    """What a connection does within the transaction of another one.

    Args:
        guest: the connection that found the lock.
        host: the one that holds the lock.

    Emits: SAVEPOINT, on the host's connection.
    State: the guest works on the driver's connection of its host.
    """

    __slots__ = ("_guest", "_name", "_nested", "host")

    def __init__(self, guest: Party, host: Party) -> None:
        host._savepoint_count += 1
        self._guest = weakref.ref(guest)
        self._name = f"azoth_guest_{host._savepoint_count}"
        self._nested: Savepoint | None = host._nested_transaction
        self.host = host
        host.control(host.dialect.savepoint_sql(self._name))
        if host._visitors is None:
            host._visitors = Visitors()
        host._visitors.append(self)
        guest._visit = self
        guest._savepoint_count = host._savepoint_count
        guest._dbapi = host._dbapi
        guest._begin_sent = True

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody has the guest any more, which has not committed."""
        return self._guest() is None

    def is_within(self, nested: Savepoint) -> bool:
        """Tell whether the visit began behind a savepoint of the host's."""
        found = self._nested
        while found is not None and found is not nested:
            found = found._previous
        return found is nested

    def commit(self) -> None:
        """Leave what the guest has done to the transaction of its host.

        Emits: RELEASE SAVEPOINT, unless there are later savepoints, which would go with it.
        """
        if self._is_innermost():
            self.host.control(self.host.dialect.release_savepoint_sql(self._name))
        self.leave()

    def rollback(self) -> None:
        """Take back what the guest has done, and what later guests have.

        Emits: ROLLBACK TO SAVEPOINT.
        State: where that fails, nobody knows what the host's transaction contains, and it is given up.
        """
        host = self.host
        visitors = host._visitors or Visitors()
        later = visitors[visitors.index(self) + 1 :]
        try:
            host.control(host.dialect.rollback_to_savepoint_sql(self._name))
        except BaseException as error:
            host._give_up(error)
            raise
        finally:
            for visit in later:
                visit.lose()
            is_innermost = self._is_innermost()
            self.leave()
        if is_innermost:
            host.control(host.dialect.release_savepoint_sql(self._name))

    def lose(self) -> None:
        """Let the guest go, and know that its work has gone with the transaction of its host."""
        guest = self._guest()
        self.leave()
        if guest is not None and guest._transaction is not None:
            guest._transaction._fail()

    def leave(self) -> None:
        """Let the guest go on with its own connection."""
        visitors = self.host._visitors
        if visitors and self in visitors:
            visitors.remove(self)
        guest = self._guest()
        if guest is not None:
            proxy = guest._proxy
            guest._visit = None
            guest._dbapi = None if proxy is None else proxy.dbapi_connection
            guest._ready = guest._begin_sent = False

    def heed_failure(self) -> None:
        """Let the host know where a failure of the guest's was the end of their transaction."""
        host = self.host
        if host._begin_sent and driver_state(host) is False:
            host._begin_sent = False
            if host._transaction is not None:
                host._transaction._fail()

    def _is_innermost(self) -> bool:
        visitors = self.host._visitors or [None]
        return visitors[-1] is self and self.host._nested_transaction is self._nested


class Visitors(list[Visit]):
    """The visits at one connection, in the order in which they began."""

    __slots__ = ()

    def prepare_commit(self) -> None:
        """Take back what guests have done that nobody has any more, before the host commits.

        Emits: ROLLBACK TO SAVEPOINT for the first of these, which takes the later ones along.
        """
        for visit in self:
            if visit.is_forgotten:
                visit.rollback()
                return

    def end(self) -> None:
        """Let all guests go, because the host has committed their work along with its own."""
        for visit in list(self):
            visit.leave()

    def lose(self, nested: Savepoint | None = None) -> None:
        """Let guests know that their work has gone.

        Args:
            nested: the savepoint of the host's to which it has rolled back; None for its whole transaction.
        """
        for visit in list(self):
            if nested is None or visit.is_within(nested):
                visit.lose()

    def heed_text(self, connection: Party, host: Party, word: str | None) -> None:
        """Let all know that a text has ended the transaction.

        Args:
            connection: whose text it was.
            host: whose transaction it was.
            word: what it does, as ``transaction_word()`` tells.
        """
        if connection._visit is not None:
            connection._visit.leave()
        if word == "COMMIT":
            self.end()
        else:
            self.lose()
        if host is not connection:
            host._ready = host._begin_sent = False
            if word != "COMMIT" and host._transaction is not None:
                host._transaction._fail()
