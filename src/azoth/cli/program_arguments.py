"""The arguments of a program that runs on azoth, by which the processes that it starts run on azoth too.

``multiprocessing`` hands ``sys.argv`` to processes that it does not fork, before these import the program. Whoever
unpickles the arguments has the other name, which would lead to SQLAlchemy itself otherwise.
"""

from __future__ import annotations

import multiprocessing
import sys

import azoth.as_sqlalchemy  # installs itself

__all__ = ["ProgramArguments", "give_arguments", "program_arguments"]


class ProgramArguments(list[str]):
    """A list of arguments that brings the other name along."""

    def __reduce__(self) -> tuple[object, ...]:
        return program_arguments, (list(self),)


def program_arguments(arguments: list[str]) -> ProgramArguments:
    """Give the arguments in another process.

    Args:
        arguments: the program's name and what stands behind it.
    """
    return ProgramArguments(arguments)


def give_arguments(arguments: list[str]) -> None:
    """Let a program have its arguments.

    Args:
        arguments: its name and what stands behind it.

    State: ``sys.argv`` is replaced; a server that forks the program's processes has the other name from the beginning.
    """
    sys.argv = ProgramArguments(arguments)
    # Not the program, which it would import before anybody unpickles its arguments; each process does that by itself.
    multiprocessing.set_forkserver_preload([azoth.as_sqlalchemy.__name__])
