"""Switches of dialects that say how statements are executed; those about how they are written stand with compilers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from azoth.engine.execute_style import InsertmanyvaluesSentinelOpts

__all__ = ["DialectSwitches"]


class DialectSwitches:
    """How a dialect wants its statements to be executed."""

    numbers_rows_in_order: bool = False
    """Whether one INSERT of many rows gives them ascending keys in their order; not to be mixed up with the order in
    which RETURNING gives rows back."""
    insertmanyvalues_implicit_sentinel: InsertmanyvaluesSentinelOpts = InsertmanyvaluesSentinelOpts.NOT_SUPPORTED
    """By what the keys of many rows tell which row is whose; a class that sets it sets ``numbers_rows_in_order``."""
    insertmanyvalues_max_parameters: int = 32_700
    """How many values one INSERT of many rows has at most, where ``max_bind_variables`` does not allow less."""
    use_insertmanyvalues: bool = True
    """Whether a flush inserts many rows in one statement, where it wants something back of them."""
    use_insertmanyvalues_wo_returning: bool = False
    """Whether it does so too where it wants nothing back; otherwise the driver executes one row many times."""
    favor_returning_over_lastrowid: bool = False
    """Whether a flush learns the keys of new rows by RETURNING where the driver reports them, too: many rows go in one
    statement then, and not in one each."""
    preexecute_autoincrement_sequences: bool = False
    """Whether keys are numbered by sequences of their own, which can be asked before an INSERT without RETURNING."""

    execute_sequence_format: type[Any] = tuple
    """What the driver takes values by position in: ``tuple`` or ``list``."""
    include_set_input_sizes: ClassVar[set[Any] | None] = None
    """The driver's types of which ``do_set_input_sizes()`` is told; None for all."""
    exclude_set_input_sizes: ClassVar[set[Any] | None] = None
    """The driver's types of which it is not told."""
    engine_config_types: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    """What turns texts of ``engine_from_config()`` into arguments, besides those that every engine has."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        own = cls.__dict__
        sentinel = own.get("insertmanyvalues_implicit_sentinel")
        if sentinel is not None and "numbers_rows_in_order" not in own:
            cls.numbers_rows_in_order = bool(sentinel & InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT)
