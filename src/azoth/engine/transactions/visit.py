"""A connection that works within the transaction of another one of its thread, for which it would wait for ever.

A database in memory lets one connection write at a time, and nobody read while that changes tables. Who finds the lock
of another connection of the same thread could only wait until that one gives it up, which it does not while the thread
is waiting. So it becomes a guest of the other: it works on the driver's connection of its host, behind a savepoint.
What it rolls back is what it has done itself; what it commits is kept, unless its host rolls back.

The savepoints of all of them are one pile in the database, where going back to one takes along whatever was done since,
by whomever. So it is noted who has done what in which order, and who loses work by another's rollback knows of it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol

from azoth.engine.dialect_base.begin_action import StatementNeed
from azoth.engine.failure import driver_state
from azoth.engine.ports import ConnectionPort

if TYPE_CHECKING:
    from azoth.engine.dialect_base.begin_action import BeginAction
    from azoth.pool import PoolProxiedConnection

__all__ = ["Visit", "Visitors", "as_guest"]


class Savepoint(Protocol):
    """A savepoint, as part of a chain."""

    _savepoint: str

    @property
    def _previous(self) -> Savepoint | None: ...


class Party(ConnectionPort, Protocol):
    """A connection, as guest or host."""

    _ready: bool | AbstractSet[str]
    _savepoint_count: int
    _visit: Visit | None
    _visitors: Visitors | None

    @property
    def _begin_action(self) -> BeginAction | None: ...
    @property
    def _proxy(self) -> PoolProxiedConnection | None: ...
    @property
    def _nested_transaction(self) -> Savepoint | None: ...
    def control(self, sql: str) -> None: ...


def as_guest(connection: Party, attempt: Callable[[], Any], error: Exception, sql: str) -> tuple[bool, Any]:
    """Attempt something as a guest of the one for which a connection would wait for ever.

    Args:
        connection: the connection.
        attempt: what it attempts.
        error: what its driver has raised.
        sql: the statement that found the lock.

    Returns:
        whether it was done, and what came out; where it was not, because nobody of this thread holds the lock or the
        attempt has failed, the error that stands in the way now.
    """
    found: Any = error
    for host in _hosts_for(connection, error):
        done, found = _attempt_at(host, connection, attempt, sql)
        if done or not connection.dialect.is_lock(found):
            return done, found
    return False, found


def _attempt_at(host: Party, connection: Party, attempt: Callable[[], Any], sql: str) -> tuple[bool, Any]:
    """Attempt something as a guest of a certain connection; see ``as_guest()``."""
    visit = Visit(connection, host)
    begin = connection._begin_action
    need = StatementNeed.BEGIN if begin is None else begin.need_of(sql)
    if need is StatementNeed.IS_BEGIN:
        # Its host has begun.
        return True, connection.dialect.open_cursor(connection._dbapi)
    if need is StatementNeed.BEGIN:
        visit.note_work()
    try:
        found = attempt()
    except Exception as error:  # noqa: BLE001 -- drivers raise more than their own errors
        if begin is None or connection.dialect.is_lock(error):
            visit.rollback()
        return False, error
    if begin is None:
        visit.commit()
    return True, found


def _hosts_for(connection: Party, error: Exception) -> list[Party]:
    """Find the connections of this thread that may hold the lock which another one has found, the latest first."""
    dialect = connection.dialect
    if not dialect.is_lock(error):
        return []
    begun: list[Party | None] = [reference() for ident, reference in reversed(dialect.begun) if ident == get_ident()]
    return [
        host
        for host in begun
        if host is not None
        and host is not connection
        and host._visit is None
        and host._begin_sent
        and driver_state(host) is True
    ]


class Visit:
    """What a connection does within the transaction of another one.

    Args:
        guest: the connection that found the lock.
        host: the one that holds the lock.

    Emits: SAVEPOINT, on the host's connection.
    State: the guest works on the driver's connection of its host.
    """

    __slots__ = ("_guest", "_name", "host")

    def __init__(self, guest: Party, host: Party) -> None:
        host._savepoint_count += 1
        self._guest = weakref.ref(guest)
        self._name = f"azoth_guest_{host._savepoint_count}"
        self.host = host
        visitors = host._visitors
        if visitors is None:
            visitors = host._visitors = Visitors(host)
        host.control(host.dialect.savepoint_sql(self._name))
        visitors.append(self)
        visitors.note(self, self._name)
        if guest._begin_sent and driver_state(guest) is True:
            # A transaction that began before it was to write. It has written nothing, since the host could.
            guest.dialect.do_rollback(guest._dbapi)
        guest._visit = self
        guest._dbapi = host._dbapi
        guest._begin_sent = True
        guest._ready = False
        self._take_savepoints_along(guest._nested_transaction)

    def _take_savepoints_along(self, nested: Savepoint | None) -> None:
        """Make the savepoints again that the guest had before it was one, from the outermost one on."""
        if nested is None:
            return
        self._take_savepoints_along(nested._previous)
        name = self.savepoint_name(nested._savepoint)
        self.host.control(self.host.dialect.savepoint_sql(name))
        if self.host._visitors is not None:
            self.host._visitors.note(self, name)

    @property
    def is_given_up(self) -> bool:
        """Whether nobody can commit what the guest has done: nobody has it any more, or it has failed."""
        guest = self._guest()
        return guest is None or guest._transaction is None or not guest._transaction.is_active

    @property
    def guest(self) -> Party | None:
        """The guest; None where nobody has it any more."""
        return self._guest()

    def savepoint_name(self, name: str) -> str:
        """Give the name that a savepoint of the guest's has in the database, where its host may have the same one."""
        return f"{self._name}_{name}"

    def note_work(self) -> None:
        """Note that the guest is about to change something."""
        if self.host._visitors is not None:
            self.host._visitors.note(self)

    def commit(self) -> None:
        """Leave what the guest has done to the transaction of its host.

        Emits: RELEASE SAVEPOINT, unless there are later savepoints, which would go with it.
        """
        visitors = self.host._visitors
        if visitors is not None and visitors.release(self, self._name):
            self.host.control(self.host.dialect.release_savepoint_sql(self._name))
            visitors.take_over(self)
        self.leave()

    def rollback(self) -> None:
        """Take back what the guest has done.

        Emits: ROLLBACK TO SAVEPOINT, where the guest has done anything.
        State:
            whoever has worked since has lost that work, and failed. Where that is the host, its whole transaction is
            rolled back; where it fails, nobody knows what the host's transaction contains, and it is given up.
        """
        host = self.host
        visitors = host._visitors
        if visitors is None or not visitors.has_worked(self):
            self.commit()
            return
        try:
            visitors.go_back(self, self._name)
        except BaseException as error:
            host._give_up(error)
            raise
        finally:
            self.leave()

    def lose(self) -> None:
        """Let the guest go, and know that its work has gone with the transaction of its host."""
        guest = self._guest()
        self.leave()
        if guest is not None and guest._transaction is not None:
            guest._transaction._fail()

    def leave(self) -> None:
        """Let the guest go on with its own connection."""
        if self.host._visitors is not None:
            self.host._visitors.let_go(self)
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


class Visitors(list[Visit]):
    """The visits at one connection, in the order in which they began.

    Args:
        host: the connection.
    """

    __slots__ = ("_host", "_pile")

    def __init__(self, host: Party) -> None:
        super().__init__()
        self._host = weakref.ref(host)
        self._pile: list[tuple[Visit | None, str | None]] = []
        """Who has done what since the first visit, from the bottom: the visit, or None for the host; the name of the
        savepoint, or None for work. What a guest has committed is its host's. The host's older savepoints are below."""

    def note(self, visit: Visit | None, savepoint: str | None = None) -> None:
        """Note that somebody makes a savepoint or changes something.

        Args:
            visit: whose work it is; None for the host's.
            savepoint: the savepoint's name in the database; None for any other work.

        State: all others are to say so before they work again.
        """
        if savepoint is not None or not self._pile or self._pile[-1] != (visit, None):
            self._pile.append((visit, savepoint))
        # Who has made a savepoint has not worked behind it yet.
        self._ask_again(but=visit if savepoint is None else ...)

    def has_worked(self, visit: Visit) -> bool:
        """Tell whether a guest has done anything that can be taken back."""
        return (visit, None) in self._pile

    def release(self, visit: Visit | None, savepoint: str) -> bool:
        """Forget a savepoint.

        Returns:
            whether it can be released in the database too, where it takes along all later savepoints.
        """
        start = self._place_of(visit, savepoint)
        is_on_top = all(owner is visit or name is None for owner, name in self._pile[start:])
        if (visit, savepoint) in self._pile:
            self._pile.remove((visit, savepoint))
        return is_on_top

    def take_over(self, visit: Visit) -> None:
        """Note that what a guest has done is its host's."""
        self._pile[:] = [
            (None, None) if owner is visit else (owner, name)
            for owner, name in self._pile
            if owner is not visit or name is None
        ]

    def go_back(self, visit: Visit | None, savepoint: str, roll_back: Callable[[], object] | None = None) -> None:
        """Go back to a savepoint, and let all others know who lose work by that.

        Args:
            visit: whose savepoint it is; None for the host's.
            savepoint: its name in the database.
            roll_back: what goes back there.

        Emits:
            ROLLBACK TO SAVEPOINT. Who has lost a part of its work can commit none of it, so it goes back to where that
            one began; and ROLLBACK, where that is the host.
        """
        host = self._host()
        assert host is not None, "whoever visits has its host"
        asked = self._place_of(visit, savepoint)
        place, losers = self._losers(visit, asked)
        if None in losers:
            host.dialect.do_rollback(host._dbapi)
            if visit is not None and savepoint == visit._name:
                visit.leave()
            host._begin_sent = False
            if host._transaction is not None:
                host._transaction._fail()
            return
        if place < asked:
            savepoint = self._pile[place][1] or savepoint
        elif roll_back is not None:
            roll_back()
        if place < asked or roll_back is None:
            host.control(host.dialect.rollback_to_savepoint_sql(savepoint))
        del self._pile[place:]
        # What they do next is not noted any more, even where they were the last.
        self._ask_again()
        for loser in list(self):
            if loser in losers:
                loser.lose()

    def take_back_given_up(self, *, but: Visit | None = None) -> None:
        """Take back what guests have done that nobody can commit any more.

        Args:
            but: a guest that is not asked.

        Emits: ROLLBACK TO SAVEPOINT.
        """
        for visit in list(self):
            if visit is not but and visit in self and visit.is_given_up:
                visit.rollback()

    def let_go(self, visit: Visit) -> None:
        """Forget a visit."""
        if visit in self:
            self.remove(visit)
        if self:
            self.take_over(visit)
        else:
            # All that is left is the host's, and lies in the order in which it made it.
            self._pile.clear()

    def end(self) -> None:
        """Let all guests go, because the host has committed their work along with its own."""
        for visit in list(self):
            visit.leave()

    def lose(self) -> None:
        """Let all guests know that their work has gone with the whole transaction."""
        for visit in list(self):
            visit.lose()

    def heed_savepoint(self, visit: Visit | None, word: str | None, name: str) -> None:
        """Note what a text has done about a savepoint.

        Args:
            visit: whose text it was; None for the host's.
            word: what it does, as ``transaction_word()`` tells.
            name: the savepoint's name.
        """
        if word == "SAVEPOINT":
            self.note(visit, name)
        elif word == "ROLLBACK TO":
            self.go_back(visit, name, lambda: None)

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

    def _ask_again(self, *, but: object = ...) -> None:
        """Let all say so before they work again.

        Args:
            but: the visit that need not, or None for the host.
        """
        for visit in [None, *self]:
            party = self._party(visit)
            if party is not None and visit is not but:
                party._ready = False

    def _party(self, visit: Visit | None) -> Party | None:
        return self._host() if visit is None else visit.guest

    def _place_of(self, visit: Visit | None, savepoint: str) -> int:
        """Find a savepoint in the pile, below which those are that the host made before its first guest came."""
        for place in reversed(range(len(self._pile))):
            if self._pile[place] == (visit, savepoint):
                return place
        return 0

    def _losers(self, visit: Visit | None, place: int) -> tuple[int, set[Visit | None]]:
        """Find who loses work besides the one that goes back.

        Args:
            visit: who goes back.
            place: where to.

        Returns:
            the place to which all of these must go back; they, with None for the host.
        """
        losers: set[Visit | None] = set()
        found = {owner for owner, _ in self._pile[place:]} - {visit}
        while more := found - losers:
            losers |= more
            if None in losers:
                break
            lower = min(self._pile.index((loser, loser._name)) for loser in more if loser is not None)
            found = {owner for owner, _ in self._pile[lower:place]}
            place = min(place, lower)
        return place, losers
