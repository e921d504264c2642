"""What a program says about its shards: the functions that a sharded session asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from azoth.exc import ArgumentError
from azoth.util.arguments import as_mapping, check_function
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.state import InstanceState
    from azoth.orm.session.statements.execute_state import ORMExecuteState

ShardIdentifier: TypeAlias = str
"""What names a shard: a key of ``shards``."""


class ShardChooser(Protocol):
    """Says in which shard the row of an object lies, or goes."""

    def __call__(self, mapper: Mapper, instance: Any, /) -> Hashable:
        """Name the shard of an object.

        Args:
            mapper: the mapper of the topmost class of its hierarchy.
            instance: the object.
        """
        ...


class IdentityChooser(Protocol):
    """Says in which shards the row with a primary key might be."""

    def __call__(
        self,
        mapper: Mapper,
        primary_key: Sequence[Any],
        /,
        *,
        lazy_loaded_from: InstanceState | None,
        execution_options: Mapping[str, Any],
        bind_arguments: Mapping[str, Any],
    ) -> Collection[Any]:
        """Name the shards, the likeliest first.

        Args:
            mapper: the mapper of the class.
            primary_key: the values of the key.
            lazy_loaded_from: the state of the object whose relationship was read, or None.
            execution_options: those of the execution.
            bind_arguments: what ``get_bind()`` is asked with.
        """
        ...


ExecuteChooser: TypeAlias = "Callable[[ORMExecuteState], Collection[Any]]"
"""Names the shards in which a statement is executed."""


class Choosers(NamedTuple):
    """What a sharded session asks.

    Attributes:
        shard: which shard an object belongs to.
        identity: which shards might have a row.
        statement: which shards a statement is for.
    """

    shard: Callable[..., Hashable]
    identity: Callable[..., Collection[Any]]
    statement: ExecuteChooser


def choosers(
    shard_chooser: ShardChooser,
    identity_chooser: IdentityChooser | None,
    execute_chooser: ExecuteChooser | None,
    id_chooser: Callable[[Any, Any], Collection[Any]] | None,
    query_chooser: Callable[[Any], Collection[Any]] | None,
    query_of: Callable[[Any], object],
) -> Choosers:
    """Take the functions that a session was made with, those of earlier eras among them.

    Args:
        shard_chooser, identity_chooser, execute_chooser: those of today.
        id_chooser: called with a query and a primary key.
        query_chooser: called with the statement.
        query_of: makes the query for ``id_chooser``.

    Raises:
        ArgumentError: one is missing, or given in two forms.
    """
    check_function("ShardedSession(): shard_chooser", shard_chooser, "pass a function of a mapper and an object")
    _check_one_of("identity_chooser", identity_chooser, "id_chooser", id_chooser)
    _check_one_of("execute_chooser", execute_chooser, "query_chooser", query_chooser)
    identity: Callable[..., Collection[Any]] | None = identity_chooser
    statement = execute_chooser
    if id_chooser is not None:
        identity = partial(_by_query, id_chooser, query_of)
    if query_chooser is not None:
        statement = partial(_by_statement, query_chooser)
    assert identity is not None, "one of the two was given"
    assert statement is not None, "one of the two was given"
    return Choosers(shard_chooser, identity, statement)


def _by_query(
    id_chooser: Callable[[Any, Any], Collection[Any]],
    query_of: Callable[[Any], object],
    mapper: Mapper,
    primary_key: Sequence[Any],
    **_: object,
) -> Collection[Any]:
    return id_chooser(query_of(mapper), primary_key)


def _by_statement(query_chooser: Callable[[Any], Collection[Any]], state: ORMExecuteState) -> Collection[Any]:
    return query_chooser(state.statement)


def _check_one_of(name: str, given: object, former_name: str, former: object) -> None:
    if (given is None) is (former is None):
        raise ArgumentError(
            f"ShardedSession(): {name} or {former_name} is required"
            if given is None
            else f"ShardedSession(): {name} and {former_name} are the same in two forms",
            why=f"{former_name} is what {name} was called in earlier versions",
            fix=f"pass {name}",
            code="AZ-X70",
        )
    chosen = former if given is None else given
    check_function(f"ShardedSession(): {name if former is None else former_name}", chosen, "pass a function")


def shards_by_name(shards: Mapping[Any, Any] | None) -> dict[Any, Any]:
    """Take the shards that a session was made with."""
    return dict(as_mapping("ShardedSession(): shards", shards if shards is not None else {}))
