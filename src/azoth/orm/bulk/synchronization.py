"""How objects in memory follow an UPDATE or DELETE of their entity's rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.bulk.evaluator import Evaluate, Evaluator, NotLoadedError, UnevaluatableError
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.runtime.expiry import expire, expire_keys
from azoth.orm.runtime.ports import Unit
from azoth.orm.runtime.state import InstanceState
from azoth.sql.elements import and_
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper

STRATEGIES: Final = ("auto", "evaluate", "fetch", False, None)
LIKE_IGNORES_CASE: Final = frozenset({"sqlite", "mysql", "mariadb"})


class Affected:
    """The objects in memory whose rows a statement changes.

    Attributes:
        matched: those that surely are, with what they were before as far as the new values depend on it.
        unsure: those that lack the attributes to tell.
    """

    __slots__ = ("matched", "unsure")

    def __init__(self) -> None:
        self.matched: list[tuple[InstanceState, Any]] = []
        self.unsure: list[tuple[InstanceState, Any]] = []


def check_strategy(strategy: Any) -> None:
    """Refuse what is no strategy.

    Raises:
        ArgumentError: the message lists the strategies.
    """
    if strategy not in STRATEGIES:
        raise ArgumentError(
            f"synchronize_session={strategy!r} is no strategy",
            why="it says how objects in memory follow the statement",
            fix="use 'auto', 'evaluate', 'fetch' or False",
            code="AZ-L42",
        )


def find_affected(
    unit: Unit,
    connection: Connection,
    mapper: Mapper,
    statement: Any,
    parameters: Mapping[str, Any] | None,
    strategy: Any,
    token: Hashable = None,
) -> Affected:
    """Find the objects in memory whose rows an UPDATE or DELETE is about to change.

    Args:
        unit: the unit of work.
        connection: where the statement will run.
        mapper: the entity.
        statement: the UPDATE or DELETE.
        parameters: values for its named parameters.
        strategy: "auto", "evaluate", "fetch" or False.
        token: the identity token of the rows. Without one, criteria that are evaluated concern objects of all tokens,
            and keys that are fetched those without any.

    Raises:
        InvalidRequestError: the criteria cannot be evaluated in memory, and "evaluate" was asked for.

    Emits: a SELECT of primary keys with "fetch", and with "auto" where the criteria need the database.
    """
    if not strategy:
        return Affected()
    identity_map = unit.identity_map
    of_tokens = (
        identity_map.states_of_all_tokens(mapper.manager)
        if token is None
        else [identity_map.states(mapper.manager, token)]
    )
    states = [state for states in of_tokens for state in states.values()]
    if not states and strategy != "evaluate":
        return Affected()
    if strategy != "fetch":
        try:
            return _evaluated(states, evaluator_for(connection, mapper, parameters), statement)
        except UnevaluatableError as error:
            if strategy == "evaluate":
                raise InvalidRequestError(
                    f"{mapper.class_.__name__}: the criteria cannot be evaluated in Python",
                    why=f"only the database can evaluate {error}",
                    fix="use synchronize_session='fetch' (or 'auto'), or False and expire the objects yourself",
                    code="AZ-L43",
                ) from None
    return _fetched(identity_map.states(mapper.manager, token), connection, mapper, statement, parameters)


def evaluator_for(connection: Connection, mapper: Mapper, parameters: Mapping[str, Any] | None) -> Evaluator:
    """Make the evaluator that agrees with a connection's database."""
    ignores_case = connection.dialect.name in LIKE_IGNORES_CASE
    return Evaluator(mapper, like_ignores_case=ignores_case, parameters=parameters)


def _evaluated(states: list[InstanceState], evaluator: Evaluator, statement: Any) -> Affected:
    criteria = statement._where_criteria
    function: Evaluate | None = evaluator.function(and_(*criteria)) if criteria else None
    affected = Affected()
    for state in states:
        instance = state()
        if instance is None:
            continue
        try:
            holds = function is None or function(instance.__dict__)
        except NotLoadedError:
            affected.unsure.append((state, instance))
            continue
        except TypeError as error:
            # Python does not compare what the database compares.
            raise UnevaluatableError(str(error)) from error
        if holds:
            affected.matched.append((state, instance))
    return affected


def _fetched(
    states: Mapping[Any, InstanceState], connection: Connection, mapper: Mapper, statement: Any, parameters: Any
) -> Affected:
    keys = select(*mapper.primary_key).select_from(mapper.local_table).where(*statement._where_criteria)
    named = {bind.key for bind in keys._binds}
    given = {name: value for name, value in (parameters or {}).items() if name in named} or None
    affected = Affected()
    for row in connection.execute(keys, given):
        state = states.get(tuple(row) if mapper.composite_key else row[0])
        instance = None if state is None else state()
        if state is not None and instance is not None:
            affected.matched.append((state, instance))
    return affected


class NewValues:
    """The values that an UPDATE sets, as objects in memory take them over.

    Args:
        evaluator: evaluates them where it can.
        mapper: the entity.
        values: pairs of column and value of the statement.
    """

    def __init__(self, evaluator: Evaluator, mapper: Mapper, values: tuple[tuple[Any, Any], ...]) -> None:
        self._mapper = mapper
        self._known: dict[str, Evaluate] = {}
        self._unknown: set[str] = set()
        for column, value in values:
            key = mapper.column_to_key.get(column)
            if key is None:
                continue
            try:
                self._known[key] = evaluator.function(value)
            except UnevaluatableError:
                self._unknown.add(key)
        written = {column for column, _ in values}
        self._constant: dict[str, Any] = {}
        for column, key in mapper.column_to_key.items():
            if column in written or column.table is not mapper.local_table:
                continue
            if column.onupdate is not None and column.onupdate.is_scalar:
                self._constant[key] = column.onupdate.arg
            if column.onupdate is not None or column.server_onupdate is not None:
                self._unknown.add(key)
        self._keys = {*self._known, *self._unknown}
        self._expressions = set(mapper.expression_keys)

    def of(self, affected: Affected) -> list[tuple[InstanceState, Any, dict[str, Any]]]:
        """Evaluate the values for the objects concerned, before the statement runs."""
        found = []
        for state, instance in affected.matched:
            values = {}
            for key, function in self._known.items():
                try:
                    values[key] = function(instance.__dict__)
                except (NotLoadedError, TypeError):
                    continue
            found.append((state, instance, values))
        return found

    def apply(
        self,
        affected: Affected,
        evaluated: list[tuple[InstanceState, Any, dict[str, Any]]],
        made: Mapping[Any, Any],
    ) -> None:
        """Give the objects their new values; what is not known is expired and loaded when it is read.

        Args:
            affected: the objects.
            evaluated: their values as far as they follow from the statement.
            made: column -> the value that its ``onupdate`` function made, the same for all rows.
        """
        by_key = self._mapper.column_to_key
        made_by_python = {**self._constant, **{by_key[column]: made[column] for column in made if column in by_key}}
        for state, instance, values in evaluated:
            values.update(made_by_python)
            present = instance.__dict__
            expired = [key for key in (*self._keys, *self._expressions) if key not in values]
            expire_keys(state, instance, [*expired, *[key for key in values if key not in present]])
            changes = state.changes
            for key, value in values.items():
                if key in present:
                    present[key] = value
                    if changes is not None:
                        changes.pop(key, None)
        for state, instance in affected.unsure:
            expire_keys(state, instance, (*self._keys, *self._expressions))


def note_changed(unit: Unit, states: Iterable[InstanceState]) -> None:
    """Note objects that follow a change of rows: the rollback of a savepoint lets them be loaded again."""
    outcome = FlushOutcome(unit.identity_map)
    outcome.updated.update(dict.fromkeys(states))
    if outcome.updated:
        unit.remember(outcome)


def let_go(unit: Unit, affected: Affected) -> None:
    """Let the objects of deleted rows leave the unit; those that may be deleted find out when they are read.

    State: deleted; persistent again if the transaction is rolled back.
    """
    if affected.matched:
        outcome = FlushOutcome(unit.identity_map)
        outcome.deleted.update(affected.matched)
        for state, instance in affected.matched:
            unit.identity_map.discard_deleted(state, instance)
        unit.remember(outcome)
    for state, instance in affected.unsure:
        expire(state, instance)
        unit.identity_map.modified.pop(state, None)
