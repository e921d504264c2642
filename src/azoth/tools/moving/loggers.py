"""Names of loggers: what each is called on the other side, and where a program's text surely means one."""

from __future__ import annotations

import re
from typing import Final

import libcst as cst

from azoth.other_name.alias_module import ROOT
from azoth.tools.homes.direction import Direction
from azoth.tools.homes.public_modules import AZOTH
from azoth.tools.moving.program import Program

__all__ = ["is_logger_name", "renamed_logger"]

_OVER: Final = (
    (re.compile(rf"{ROOT}((\.engine|\.pool)?)"), rf"{AZOTH}\1"),
    (re.compile(rf"{ROOT}\.engine(?:\.base)?\.Engine((?:\.\w+)*)"), rf"{AZOTH}.engine\1"),
    (re.compile(rf"{ROOT}\.pool\.(?:base|impl)\.\w+((?:\.\w+)*)"), rf"{AZOTH}.pool\1"),
)
_BACK: Final = (
    (re.compile(rf"{AZOTH}((\.engine|\.pool)?)"), rf"{ROOT}\1"),
    (re.compile(rf"{AZOTH}\.engine((?:\.\w+)+)"), rf"{ROOT}.engine.Engine\1"),
)

_TAKING_ONE_FIRST: Final = frozenset({"getLogger", "assertLogs", "assertNoLogs"})
_TAKING_ONE_BY_KEYWORD: Final = frozenset({"at_level", "set_level"})


def renamed_logger(name: str, direction: Direction) -> str | None:
    """Give what a logger is called on the other side; None for one that is not there.

    Args:
        name: its name.
        direction: where to move.
    """
    for pattern, replacement in _OVER if direction.new == AZOTH else _BACK:
        match = pattern.fullmatch(name)
        if match is not None:
            return match.expand(replacement)
    return None


def is_logger_name(node: cst.SimpleString, program: Program) -> bool:
    """Tell whether a text surely is the name of a logger, by what it is handed to.

    Args:
        node: the text.
        program: the program that it stands in.
    """
    above = program.parent(node)
    if isinstance(above, cst.Arg):
        call = program.parent(above)
        return isinstance(call, cst.Call) and _takes(call, above)
    if isinstance(above, cst.DictElement) and above.key is node:
        return _is_under_loggers(program.parent(above), program)
    return False


def _takes(call: cst.Call, argument: cst.Arg) -> bool:
    function = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    name = function.value if isinstance(function, cst.Name) else ""
    if argument.keyword is not None:
        return name in _TAKING_ONE_BY_KEYWORD and argument.keyword.value == "logger"
    return name in _TAKING_ONE_FIRST and call.args[0] is argument


def _is_under_loggers(node: cst.CSTNode | None, program: Program) -> bool:
    """Tell whether a dictionary is the part of a logging configuration that names loggers."""
    above = program.parent(node) if node is not None else None
    return (
        isinstance(above, cst.DictElement)
        and isinstance(above.key, cst.SimpleString)
        and above.key.raw_value == "loggers"
    )
