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
    check_combinable(state.statement, len(shards))
    if (count := wanted_rows(state)) is not None:
        return executed_up_to(count, [partial(_executed, state, shard) for shard in shards])
    result = executed_in_all([_executed(state, shard) for shard in shards])
    if _is_one_for_each(state):
        return _each_in_one_shard(result)
    return result


def _executed(state: ORMExecuteState, shard: Hashable) -> Result[*tuple[Any, ...]]:
    result: Result[*tuple[Any, ...]] = state.invoke_statement(
        bind_arguments={SHARD_ID: shard}, execution_options={TOKEN: shard}
    )
    return result


def shards_of(state: ORMExecuteState) -> Sequence[Hashable]:
    """Say in which shards a statement is executed.

    What names one comes first; columns of objects are loaded from where these are. Relationships are loaded from the
    shard of the objects that they belong to, unless the program's function leaves that out.

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
    is_related = state.is_relationship_load
    if token is not None and not is_related:
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
    return (token,) if is_related and token in chosen else chosen


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


def _is_one_for_each(state: ORMExecuteState) -> bool:
    purpose = state.purpose
    return purpose is not None and purpose.relationship is not None and purpose.relationship.use_get


def _each_in_one_shard(result: Result[*tuple[Any, ...]]) -> Result[*tuple[Any, ...]]:
    """Make sure that a reference by primary key leads to one object, and not to one in each of several shards."""
    frozen = result.freeze()
    places: dict[Any, Hashable] = {}
    for row in frozen.data:
        found = state_of(row[0])
        if places.setdefault(found.pk, found.identity_token) != found.identity_token:
            name = type(row[0]).__name__
            raise MultipleResultsFound(
                f"Multiple rows were found when exactly one was required: {name} by a reference",
                why="execute_chooser named several shards for it, and more than one of them has a row with the key",
                fix="let execute_chooser give [state.lazy_loaded_from.identity_token] where that is not None",
                code="AZ-X78",
            )
    return frozen()
