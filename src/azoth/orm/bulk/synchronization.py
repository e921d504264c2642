"""How objects in memory follow an UPDATE or DELETE of their entity's rows."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.bulk.evaluator import Evaluate, Evaluator, NotLoadedError, UnevaluatableError
from azoth.orm.persistence.execution.outcome import FlushOutcome
from azoth.orm.runtime.expiry import expire, expire_keys
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE, STATE
from azoth.sql.elements import and_
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit
    from azoth.sql.dml import ConditionalChange

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


def check_strategy(strategy: object) -> None:
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
    statement: ConditionalChange,
    parameters: Mapping[str, Any] | None,
    strategy: object,
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
    if mapper.inherits is not None:
        # Those of base classes have their identities among the same keys.
        states = [state for state in states if issubclass(state.manager.class_, mapper.class_)]
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


def _evaluated(states: list[InstanceState], evaluator: Evaluator, statement: ConditionalChange) -> Affected:
    criteria = statement._where_criteria
    function: Evaluate | None = evaluator.function(and_(*criteria)) if criteria else None
    affected = Affected()
    for state in states:
        instance = state()
        if instance is None:
            continue
        values = instance.__dict__
        try:
            holds = function is None or function(stored_values(state, values) if state.changes else values)
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
    states: Mapping[Any, InstanceState],
    connection: Connection,
    mapper: Mapper,
    statement: ConditionalChange,
    parameters: Any,
) -> Affected:
    keys = select(*mapper.primary_key).select_from(mapper.selectable).where(*statement._where_criteria)
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
        connection: where it runs.
        values: pairs of column and value of the statement.
        parameters: values for its named parameters.
    """

    def __init__(
        self, connection: Connection, values: tuple[tuple[Any, Any], ...], parameters: Mapping[str, Any] | None
    ) -> None:
        self._connection = connection
        self._values = values
        self._parameters = parameters
        self._by_mapper: dict[Mapper, _ValuesOfClass] = {}

    def _for(self, state: InstanceState) -> _ValuesOfClass:
        # Objects of derived classes may have attributes for columns that the class of the statement has none for.
        mapper = state.manager.mapper
        found = self._by_mapper.get(mapper)
        if found is None:
            evaluator = evaluator_for(self._connection, mapper, self._parameters)
            found = self._by_mapper[mapper] = _ValuesOfClass(evaluator, mapper, self._values)
        return found

    def of(self, affected: Affected) -> list[tuple[InstanceState, Any, dict[str, Any]]]:
        """Evaluate the values for the objects concerned, before the statement runs."""
        return [(state, instance, self._for(state).evaluated(state, instance)) for state, instance in affected.matched]

    def apply(
        self,
        affected: Affected,
        evaluated: list[tuple[InstanceState, Any, dict[str, Any]]],
        made: Mapping[Any, Any],
        given_back: Collection[Any],
    ) -> None:
        """Give the objects their new values; what is not known is expired and loaded when it is read.

        Args:
            affected: the objects.
            evaluated: their values as far as they follow from the statement.
            made: column -> the value that its ``onupdate`` function made, the same for all rows.
            given_back: columns whose values the result has, from which the program takes them: what the server made of
                these is not put on the objects, nor loaded again.
        """
        for of_class in self._by_mapper.values():
            of_class.take_made(made, given_back)
        for state, instance, values in evaluated:
            of_class = self._for(state)
            values.update(of_class.made_by_python)
            present = instance.__dict__
            kept = of_class.kept(state)
            expired = [key for key in of_class.changing if key not in values and key not in kept]
            expire_keys(state, instance, [*expired, *[key for key in values if key not in present]])
            changes = state.changes
            for key, value in values.items():
                if key in present and key not in kept:
                    present[key] = value
                    if changes is not None:
                        changes.pop(key, None)
            if state.manager.dispatch.refresh:
                tell_refreshed(state, instance, [key for key in values if key in present and key not in kept])
        for state, instance in affected.unsure:
            keys = self._for(state).keys
            # Its row may be as it was, so that what the program has set is the last that was said of it.
            kept = keep_unflushed(state, keys)
            expire_keys(state, instance, keys - kept)


def tell_refreshed(state: InstanceState, instance: object, keys: list[str]) -> None:
    """Tell those who listen that an object has the values that a statement has written."""
    if keys:
        for listener in state.manager.dispatch.refresh:
            listener(instance, None, keys)


class _ValuesOfClass:
    """The values that an UPDATE sets, by the attributes of one class.

    Args:
        evaluator: evaluates them where it can.
        mapper: the class of the objects.
        values: pairs of column and value of the statement.

    Attributes:
        keys: the attributes that change.
        changing: those of them that objects do not keep.
        made_by_python: what columns say themselves about an UPDATE: constants, and what their functions have made.
    """

    def __init__(self, evaluator: Evaluator, mapper: Mapper, values: tuple[tuple[Any, Any], ...]) -> None:
        self._mapper = mapper
        self._known: dict[str, Evaluate] = {}
        self.made_by_python: dict[str, Any] = {}
        unknown: set[str] = set()
        for column, value in values:
            key = mapper.column_to_key.get(column)
            if key is None:
                continue
            try:
                self._known[key] = evaluator.function(value)
            except UnevaluatableError:
                unknown.add(key)
        self._written = frozenset(mapper.column_to_key.get(column) for column, _ in values)
        written = {column for column, _ in values}
        changed_tables = {column.table for column in written}
        for column, key in mapper.column_to_key.items():
            if column in written or column.table not in changed_tables:
                continue
            if column.onupdate is not None and column.onupdate.is_scalar:
                self.made_by_python[key] = column.onupdate.arg
            if column.onupdate is not None or column.server_onupdate is not None:
                unknown.add(key)
        self.changing = self.keys = frozenset([*self._known, *unknown, *mapper.expression_keys])

    def kept(self, state: InstanceState) -> frozenset[str]:
        """Name what columns change themselves and the program has set: that is going to be written."""
        return keep_unflushed(state, self.keys - self._written)

    def take_made(self, made: Mapping[Any, Any], given_back: Collection[Any]) -> None:
        """Note what functions of columns have made for an UPDATE, and what its result gives back."""
        by_column = self._mapper.column_to_key
        if given_back:
            self.changing = self.keys - ({by_column.get(column) for column in given_back} - self._written)
        self.made_by_python.update({by_column[column]: made[column] for column in made if column in by_column})

    def evaluated(self, state: InstanceState, instance: object) -> dict[str, Any]:
        """Evaluate the values for an object, as far as it has what they depend on."""
        values = {}
        stored = stored_values(state, instance.__dict__)
        for key, function in self._known.items():
            try:
                values[key] = function(stored)
            except (NotLoadedError, TypeError):
                continue
        return values


def stored_values(state: InstanceState, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the values that an object's row has, as far as its ``__dict__`` tells: those before unflushed changes."""
    changes = state.changes
    if not changes:
        return values
    return {key: value for key, value in {**values, **changes}.items() if value is not NO_VALUE}


def keep_unflushed(state: InstanceState, keys: Iterable[str]) -> frozenset[str]:
    """Name those attributes with unflushed changes, of those whose values in the row are not known any more."""
    changes = state.changes
    if not changes:
        return frozenset()
    kept = frozenset(key for key in keys if key in changes)
    changes.update(dict.fromkeys(kept, NO_VALUE))
    return kept


Before = list[tuple[InstanceState, dict[str, Any]]]
"""Objects and what they had in memory before they followed a change of rows."""


def values_before(states: Iterable[InstanceState]) -> Before:
    """Keep what objects have whose INSERT may be undone: they are not loaded again then, as others are."""
    inserted = [state for state in states if state.origin is not None and state.origin.tree is None]
    return [(state, dict(instance.__dict__)) for state in inserted if (instance := state()) is not None]


def note_changed(unit: Unit, states: Iterable[InstanceState], before: Before) -> None:
    """Note objects that have followed a change of rows.

    Args:
        unit: their unit of work.
        states: their states; the rollback of a savepoint lets them be loaded again.
        before: what those had that are transient where their INSERT is undone: they get it back.
    """
    outcome = FlushOutcome(unit.identity_map)
    outcome.updated.update(dict.fromkeys(states))
    for state, old in before:
        new = getattr(state(), "__dict__", old)
        for key in state.manager.mapper.column_keys:
            value, made = old.get(key, NO_VALUE), new.get(key, NO_VALUE)
            if value is not made:
                outcome.written.append((state, key, value, made))
    if outcome.updated:
        unit.remember(outcome)


def let_go(unit: Unit, affected: Affected) -> None:
    """Let the objects of deleted rows leave the unit; those that may be deleted find out when they are read.

    State: deleted; persistent again if the transaction is rolled back.
    """
    if affected.matched:
        outcome = FlushOutcome(unit.identity_map)
        outcome.deleted.update(affected.matched)
        for state, _ in affected.matched:
            unit.identity_map.discard_deleted(state)
        unit.remember(outcome)
    for state, instance in affected.unsure:
        extra = state.extra
        kept = {*(state.changes or ()), *((extra and extra.queued) or ())}
        if kept:
            # Its row may be there, for which they are.
            expire_keys(state, instance, state.manager.expirable - kept - {STATE})
        else:
            expire(state, instance)
            unit.identity_map.modified.pop(state, None)
