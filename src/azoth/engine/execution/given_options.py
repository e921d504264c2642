"""Execution options as they are given: what each of them can be."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, TypeAlias

from azoth.util.arguments import as_mapping, check_count, check_flag, wrong_value

__all__ = ["GivenOptions", "check_compiled_cache", "check_driver_sql", "check_options", "merged_options"]

GivenOptions: TypeAlias = Mapping[str, Any] | None
"""The options of one execution."""


def merged_options(options: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add the options of one execution to those of its statement.

    Raises:
        ArgumentError: they are no dictionary.
    """
    return {**options, **as_mapping("execute(): execution_options", given)}


def check_driver_sql(statement: object, options: object) -> None:
    """Refuse what is no SQL of the driver, and options that are no dictionary.

    Raises:
        ArgumentError: one of them is something else.
    """
    if not isinstance(statement, str):
        raise wrong_value("exec_driver_sql(): statement", "SQL as a string", statement, "execute() takes statements")
    if options:
        as_mapping("exec_driver_sql(): execution_options", options)


def check_compiled_cache(value: object) -> None:
    """Refuse what cannot keep compiled statements.

    Raises:
        ArgumentError: it is neither a dictionary nor None.
    """
    if value is not None and not isinstance(value, MutableMapping):
        raise wrong_value("compiled_cache", "a dictionary to keep compiled statements in, or None", value)


def check_options(options: Mapping[str, object]) -> None:
    """Refuse values of a connection's options that would have no meaning.

    Raises:
        ArgumentError: an option has such a value.
    """
    for name in ("yield_per", "max_row_buffer"):
        if options.get(name) is not None:
            check_count(name, options[name])
    check_flag("stream_results", options.get("stream_results"))
    check_compiled_cache(options.get("compiled_cache"))
    if options.get("schema_translate_map") is not None:
        as_mapping("schema_translate_map", options["schema_translate_map"])
