"""What dialects share that statements are compiled for, and that nothing runs on."""

from __future__ import annotations

from collections.abc import Mapping

from azoth import exc

__all__ = ["refuse_arguments"]


def refuse_arguments(dialect: str, given: Mapping[str, bool]) -> None:
    """Refuse arguments of a dialect that say how it connects, or how it runs statements.

    Args:
        dialect: the name of the dialect.
        given: the arguments, and whether each was given.

    Raises:
        ArgumentError: one was.
    """
    for name, is_given in given.items():
        if is_given:
            raise exc.ArgumentError(
                f"the dialect {dialect!r} cannot heed {name}",
                why="the argument is about connections or about the SQL of older programs, and this dialect only "
                "compiles statements",
                fix="leave it out",
                code="AZ-D90",
            )
