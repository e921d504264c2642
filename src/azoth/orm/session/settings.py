"""The settings of sessions: what each of them can be."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Final, Literal, NoReturn, TypeAlias

from azoth.exc import ArgumentError
from azoth.util.arguments import as_mapping, check_flag, check_function, wrong_value

JoinTransactionMode: TypeAlias = Literal["conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"]


JOIN_MODES: Final = frozenset({"conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"})
FLAGS: Final = ("autoflush", "expire_on_commit", "autobegin", "twophase", "weak_identity_map", "load_on_peers")
PLAIN_FLAGS: Final = frozenset(product((True, False), repeat=len(FLAGS)))
"""All that flags can be: a session looks its own up in one step."""


def check_settings(bind: object, info: object, query_cls: object, *, future: object) -> None:
    """Refuse a bind that is no engine, and other settings of the wrong kind.

    Raises:
        ArgumentError: one has a value without meaning.
    """
    if bind is not None:
        check_bind("Session(): bind", bind)
    if info is not None:
        as_mapping("Session(): info", info)
    if query_cls is not None:
        check_function("Session(): query_cls", query_cls, "pass a class derived from Query")
    if future is not True and future is not None:
        raise ArgumentError(
            "Session(): future can be True only",
            why="sessions are those of SQLAlchemy 2, and the older kind is asked for otherwise",
            fix="leave it out; autocommit= or transactional= make a classic session",
            code="AZ-S990",
        )


def check_bind(argument: str, bind: object) -> None:
    """Refuse what is neither an engine nor a connection.

    Raises:
        ArgumentError: it is something else.
    """
    if not hasattr(bind, "dialect"):
        fix = "pass what create_engine() gave" if not isinstance(bind, str) else "write create_engine(...) around it"
        raise wrong_value(argument, "an engine or a connection", bind, fix)


def check_modes(flags: tuple[object, ...], join_transaction_mode: object, execution_options: object) -> None:
    """Refuse flags that are none, unknown modes and options of the wrong kind.

    Raises:
        ArgumentError: a flag is neither true nor false, or the options are no dictionary.
        InvalidRequestError: the mode is unknown.
    """
    for name, value in zip(FLAGS, flags, strict=True):
        if name == "twophase" and not isinstance(value, bool):
            check_two_phase(value)
        else:
            check_flag(f"Session(): {name}", value)
    if execution_options is not None:
        as_mapping("Session(): execution_options", execution_options)
    if join_transaction_mode not in JOIN_MODES:
        raise ArgumentError(
            f"join_transaction_mode {join_transaction_mode!r} is unknown",
            why="it says what commit() and rollback() do with a transaction that others began",
            fix=f"use one of {', '.join(sorted(JOIN_MODES))}",
            code="AZ-S30",
        )


def check_two_phase(value: object) -> None:
    """Refuse what does not say how to commit in two phases.

    Raises:
        ArgumentError: it is something else.
    """
    # By what it offers: its class stands above this.
    if not hasattr(value, "is_last_resource"):
        raise wrong_value("Session(): twophase", "True, False or a TwoPhase", value)


def refuse_subtransactions() -> NoReturn:
    """Say that a session has no subtransactions.

    Raises:
        ArgumentError: always.
    """
    raise ArgumentError(
        "begin(): subtransactions belong to classic sessions",
        why="in this one a second begin() is refused, whatever is asked for",
        fix="use begin_nested() for a savepoint, or make the session with autocommit= or transactional=",
        code="AZ-S991",
    )


def check_execution(params: object, options: object, bind_arguments: object) -> None:
    """Find what is wrong with the arguments of ``execute()``, after it has failed.

    Raises:
        ArgumentError: one of them is of the wrong kind.
    """
    for name, given in (("execution_options", options), ("bind_arguments", bind_arguments)):
        if given is not None:
            as_mapping(f"execute(): {name}", given)
    if params is None or isinstance(params, Mapping):
        return
    rows = params if isinstance(params, list | tuple) else [params]
    for row in rows:
        if not isinstance(row, Mapping) or not all(isinstance(key, str) for key in row):
            raise wrong_value(
                "execute(): params",
                "a dictionary by name, or a list of dictionaries",
                row,
                'write {"name": value}, or [{"name": value}, ...] for several rows',
            )
