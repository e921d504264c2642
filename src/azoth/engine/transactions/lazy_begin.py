"""Beginning in the database, as late as the statements allow."""

from __future__ import annotations

import re
import time
import weakref
from collections.abc import Callable
from threading import get_ident
from typing import Any, Final

from azoth.engine.dialect_base.begin_action import BeginAction, StatementNeed
from azoth.engine.failure import driver_state, translated_failure
from azoth.engine.transactions.transaction import RootTransaction, waits_for_rollback
from azoth.engine.transactions.transaction_control import TransactionControl
from azoth.pool import PoolProxiedConnection

__all__ = ["LazyBegin", "transaction_word"]

_FIRST_WORDS: Final = r"(?is)(?:[\s;]|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*(\w+)(?:\s+(?:transaction|work))?(\s+to\b)?"
_ENDINGS: Final = {"commit": "COMMIT", "end": "COMMIT", "rollback": "ROLLBACK", "abort": "ROLLBACK"}

_SAVEPOINT_NAME: Final = r"(?is).*\b(?:savepoint|to)\s+[\"'`\[]?(\w+)"

_ATTACHING: Final = frozenset({"attach", "detach"})


def transaction_word(sql: str) -> str | None:
    """Tell what a text does to the transaction.

    Args:
        sql: the text; comments may stand before its first word.

    Returns:
        "COMMIT", "ROLLBACK", "SAVEPOINT" or "ROLLBACK TO"; None where it does nothing to it.
    """
    found = re.match(_FIRST_WORDS, sql)
    if found is None:
        return None
    word = found[1].lower()
    if word == "savepoint":
        return "SAVEPOINT"
    ending = _ENDINGS.get(word)
    return "ROLLBACK TO" if ending == "ROLLBACK" and found[2] else ending


class LazyBegin(TransactionControl):
    """The part of a connection that sends BEGIN, where a statement needs it and nobody has sent it before."""

    _proxy: PoolProxiedConnection | None
    _begin_action: BeginAction | None
    _exposed: bool = False
    """Whether the user was given the driver's connection, and may begin and end transactions there."""
    _told_of_text: Callable[[Any, str], None] | None = None
    """What is told of texts that end the transaction or make savepoints: whoever believes in the transaction."""

    def _begin_for(self, sql: str | None) -> None:
        """Begin in the database where a statement needs it, unless a transaction is begun there."""
        assert self._proxy is not None
        is_shared = self._exposed or self._proxy._pool.may_share
        if is_shared or not self._begin_sent:
            is_begun = self.dialect.in_transaction(self._dbapi)
            if is_begun is not None:
                # What others have begun on the same connection is joined, what they have ended is begun anew.
                self._begin_sent = is_begun
        begin = self._begin_action
        if not self._begin_sent and begin is not None:
            if sql in begin.unbegun or (need := begin.need_of(sql)) is StatementNeed.NOTHING:
                self._ready = not is_shared and begin.unbegun
                return
            if need is StatementNeed.BEGIN:
                self._begin_in_database(begin)
            else:
                self._note_begun()
        self._begin_sent = True
        if begin is not None and (self._visit is not None or self._visitors):
            if begin.need_of(sql) is StatementNeed.NOTHING:
                self._ready = not is_shared and begin.unbegun
                return
            self._take_turn(sql)
        # On a shared connection each statement must look again.
        self._ready = not is_shared

    def _take_turn(self, sql: str | None) -> None:
        """Work where others have worked since, on the same driver's connection."""
        host = self if self._visit is None else self._visit.host
        visitors = host._visitors
        if visitors:
            visitors.take_back_given_up(but=self._visit)
        if visitors and sql is not None:
            visitors.note(self._visit)
        if self._transaction is not None and not self._transaction.is_active:
            raise waits_for_rollback()

    def _begin_in_database(self, begin: BeginAction) -> None:
        if self._logs:
            self.engine._log.say("BEGIN (implicit)", self._logging_token)

        def attempt() -> None:
            # Noted before it is sent: what interrupts the call must not leave a transaction that nobody knows of.
            self._begin_sent = True
            try:
                begin(self._dbapi)
            except Exception:
                is_begun = self.dialect.in_transaction(self._dbapi)
                if not is_begun:
                    self._begin_sent = is_begun is None
                    raise
                # Another thread has begun on the same connection since we looked; its transaction is joined. Or this
                # is a guest by now, whose host has begun.
            except BaseException as interrupt:
                self._interrupted(interrupt)
                raise

        try:
            attempt()
        except Exception as error:  # noqa: BLE001 -- see run()
            self._repeat(attempt, error, "BEGIN", None)
        self._note_begun()

    def _begin_anew(self, sql: str) -> None:
        """Roll back a transaction in which nothing has been done yet, and begin again."""
        if self._logs:
            self.engine._log.say("ROLLBACK (to prepare the statement anew)", self._logging_token)
        self.dialect.prepare_anew(self._dbapi)
        self._ready = self._begin_sent = False
        self._begin_for(sql)

    def _is_alone(self, ready: object, *, many: bool) -> bool:
        """Tell whether nothing is lost of the transaction when a statement that failed is rolled back and repeated.

        Args:
            ready: what ``_ready`` was before the statement.
            many: whether it was executed for many sets of values.
        """
        if self._exposed or self._dbapi is None or self._proxy is None or self._proxy._pool.may_share:
            return False
        if self._autocommit:
            return not many
        # Listeners may have executed something between the beginning and the statement.
        is_first = ready is not True and not self.dispatch.begin and not self.dispatch.before_cursor_execute
        return is_first and type(self._transaction) is RootTransaction

    def _note_begun(self) -> None:
        """Let others of this thread find this connection where it holds a lock for which they would wait."""
        dialect = self.dialect
        if dialect.has_one_writer and self._visit is None:
            others = [
                noted
                for noted in dialect.begun
                if (other := noted[1]()) is not None and other is not self and other._begin_sent
            ]
            dialect.begun = [*others, (get_ident(), weakref.ref(self))]

    def _heed_text(self, sql: str) -> None:
        """Note what a text of the user's own has done: a COMMIT or ROLLBACK of theirs ends the transaction.

        Args:
            sql: the text.

        State:
            where it has ended, its savepoints have too, and the next statement that writes begins another one.
            ``_told_of_text`` hears of it. What it attaches to a database in memory is attached to all of its
            connections.
        """
        if self._is_controlling:
            return
        if self._told_of_text is not None and (word := transaction_word(sql)) is not None:
            self._told_of_text(self, word)
        if self._begin_sent:
            self.dialect.heed_text(self._dbapi, sql)
        host = self if self._visit is None else self._visit.host
        if host._visitors and (found := re.match(_SAVEPOINT_NAME, sql)) is not None:
            host._visitors.heed_savepoint(self._visit, transaction_word(sql), found[1])
        if self.dialect.shares_in_session and (found := re.match(_FIRST_WORDS, sql)) and found[1].lower() in _ATTACHING:
            self.dialect.note_attached(self._dbapi)
            if not self.engine.pool.may_share:
                # Its other connections have not what this one has attached; those that are opened from now on have.
                self.engine.pool.dispose()
        if self._begin_action is not None and self._begin_sent and driver_state(self) is False:
            self._ready = self._begin_sent = False
            if host._visitors:
                host._visitors.heed_text(self, host, transaction_word(sql))
            # The savepoints have ended with it.
            while self._nested_transaction is not None:
                self._nested_transaction._end()

    def _is_begun_by_others(self) -> bool:
        """Tell whether somebody else has begun a transaction on the driver's connection, in which we have only read."""
        if self._dbapi is None or self._proxy is None or not (self._exposed or self._proxy._pool.may_share):
            return False
        return bool(self.dialect.in_transaction(self._dbapi))

    def _repeat(
        self,
        attempt: Callable[[], Any],
        error: Exception,
        sql: str,
        parameters: Any,
        execution_context: object = None,
        many: bool | None = None,
        *,
        is_alone: bool = False,
    ) -> Any:
        """Wait and attempt again what found a lock, as long as the dialect advises; raise everything else.

        Who would wait for ever attempts it as a guest. What is alone in its transaction is attempted again also where
        the driver must prepare it anew.
        """
        if is_alone and self.dialect.needs_preparing_anew(error):
            try:
                self._begin_anew(sql)
                return attempt()
            except Exception as next_error:  # noqa: BLE001 -- see run()
                error = next_error
        if self.dialect.has_one_writer and self._visit is None:
            # With the first connection that finds a lock.
            from azoth.engine.transactions.visit import as_guest  # noqa: PLC0415

            done, found = as_guest(self, attempt, error, sql)
            if done:
                return found
            error = found
        started = time.monotonic()
        while (delay := self.dialect.retry_delay(error, time.monotonic() - started)) is not None:
            time.sleep(delay)
            try:
                return attempt()
            except Exception as next_error:  # noqa: BLE001 -- see run()
                error = next_error
        raise translated_failure(self, error, sql, parameters, execution_context, many) from error
