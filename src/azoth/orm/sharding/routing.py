"""Where the statements of a sharded session go: the listener that executes each in its shards."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError, MultipleResultsFound
from azoth.orm.loading.terms import TOKEN
from azoth.orm.runtime.state import state_of
from azoth.orm.sharding.combining import check_combinable, executed_in_all, executed_up_to, wanted_rows
from azoth.orm.sharding.shard_option import SHARD_ID, set_shard_id

if TYPE_CHECKING:
    from azoth.engine.result import Result
    from azoth.orm.session.statements.execute_state import ORMExecuteState
    from azoth.orm.sharding.ports import ShardingPort

NAMED_OTHERWISE = ("_sa_shard_id",)
"""Other names of the execution option, which programs have found and use."""


def execute_in_shards(state: ORMExecuteState) -> Result[*tuple[Any, ...]]:
    """Execute a statement in the shards that it is for (a listener of ``do_orm_execute``).

    Args:
        state: the statement on its way.

    Returns:
        the result; those of several shards stand one after the other.

    Raises:
        InvalidRequestError: the results of several shards cannot be put together, or no shard is named.
    """
    shards = shards_of(state)
    if len(shards) == 1:
        return _executed(state, shards[0])
    executions = [partial(_executed, state, shard) for shard in shards]
    if state.is_relationship_load:
        # Members are put together by what they belong to; each shard has its own in their order.
        return _referenced(state, shards) if _is_one_for_each(state) else executed_in_all([run() for run in executions])
    check_combinable(state.statement, len(shards))
    if (count := wanted_rows(state)) is not None:
        return executed_up_to(count, executions)
    return executed_in_all([run() for run in executions])


def _executed(state: ORMExecuteState, shard: Hashable) -> Result[*tuple[Any, ...]]:
    result: Result[*tuple[Any, ...]] = state.invoke_statement(
        bind_arguments={SHARD_ID: shard}, execution_options={TOKEN: shard}
    )
    return result


def shards_of(state: ORMExecuteState) -> Sequence[Hashable]:
    """Say in which shards a statement is executed.

    What names one comes first. Columns of objects are loaded from where these are, and so is what a subquery of the
    statement that brought them tells, if the program's function names that shard among others.

    Raises:
        InvalidRequestError: the function names none.
    """
    options = state.present_options()
    token = options.get(TOKEN)
    if state.is_column_load and token is not None:
        return (token,)
    named = named_shard(options, state.bind_arguments, state.user_defined_options)
    if named is not None:
        return (named,)
    if token is not None and not state.is_relationship_load:
        return (token,)
    session: ShardingPort = state.session
    chosen = list(dict.fromkeys(session.choosers.statement(state) or ()))
    if not chosen:
        raise InvalidRequestError(
            "execute_chooser names no shard for a statement",
            why="a statement must be executed somewhere to have a result",
            fix="let it give a list of keys of shards, all of them where it cannot tell",
            code="AZ-X71",
        )
    return (token,) if token in chosen and _is_by_subquery(state) else chosen


def named_shard(
    options: Mapping[str, Any], bind_arguments: Mapping[str, Any], loader_options: Sequence[object]
) -> Hashable:
    """Give the shard that a program names for one statement, or None."""
    named = bind_arguments.get(SHARD_ID)
    if named is None:
        for option in loader_options:
            if isinstance(option, set_shard_id):
                named = option.shard_id
    for name in (SHARD_ID, *NAMED_OTHERWISE):
        if named is None:
            named = options.get(name)
    return named


def _is_by_subquery(state: ORMExecuteState) -> bool:
    loads = None if state.purpose is None else state.purpose.loads
    return loads is not None and loads.current_strategy == "subquery"


def _is_one_for_each(state: ORMExecuteState) -> bool:
    purpose = state.purpose
    return purpose is not None and purpose.relationship is not None and purpose.relationship.use_get


def _referenced(state: ORMExecuteState, shards: Sequence[Hashable]) -> Result[*tuple[Any, ...]]:
    """Load what references by primary key lead to: from the shard of the objects that refer, and from others.

    These are asked only for what is not there. So a key that several shards have means the object in the same shard.

    Raises:
        MultipleResultsFound: several of the other shards have a row with the key.
    """
    own = state.present_options().get(TOKEN)
    wanted = None if state.purpose is None else state.purpose.keys
    found: dict[Any, tuple[Hashable, Any]] = {}
    for shard in sorted(shards, key=lambda shard: shard != own):
        frozen = _executed(state, shard).freeze()
        for row in frozen.data:
            place, _ = found.setdefault(state_of(row[0]).pk, (shard, row))
            if place not in (shard, own):
                raise _several_found(row[0])
        if shard == own and len(found) == wanted:
            break
    frozen.data = [row for _, row in found.values()]
    return frozen()


def _several_found(instance: object) -> MultipleResultsFound:
    return MultipleResultsFound(
        f"Multiple rows were found when exactly one was required: {type(instance).__name__} by a reference",
        why="execute_chooser named several shards for it, and more than one of them has a row with the key",
        fix="let execute_chooser name the right one; state.lazy_loaded_from has the object that refers",
        code="AZ-X78",
    )
