"""Options that mean something to the program's own listeners, and nothing to azoth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from azoth.sql.selectable import FromClause
from azoth.sql.visitors import HasChildren, Visitable
from azoth.util.arguments import wrong_value

__all__ = ["AliasOption", "UserDefinedOption", "contains_alias", "user_options_among"]


class UserDefinedOption(HasChildren):
    """Base of the options that a program defines for its own listeners of ``do_orm_execute``.

    ``select(User).options(FromCache("users"))`` hands one to them, in ``orm_execute_state.user_defined_options``.

    Args:
        payload: what it carries.

    Attributes:
        propagate_to_loaders: whether loads get it, too, that are made later for the objects of the result: of
            relationships, and of deferred and expired columns.
    """

    is_user_defined: ClassVar[bool] = True
    propagate_to_loaders: bool = False
    payload: object = None

    # What is sent does not depend on it: statements with such options are found in the cache by the rest.
    _shape: ClassVar[tuple[str, ...]] = ("user defined option",)
    _binds: ClassVar[tuple[object, ...]] = ()

    def __init__(self, payload: object = None) -> None:
        self.payload = payload


class AliasOption(HasChildren):
    """The option that ``contains_alias()`` makes (classic).

    Args:
        alias: an alias or subquery.
    """

    propagate_to_loaders = False
    _shape: ClassVar[tuple[str, ...]] = ("alias option",)
    _binds: ClassVar[tuple[object, ...]] = ()

    def __init__(self, alias: FromClause) -> None:
        if not isinstance(alias, FromClause):
            raise wrong_value("contains_alias(): alias", "an alias or a subquery", alias)
        self.alias = alias

    def _nodes(self) -> dict[str, list[Visitable]]:
        return {"alias": [self.alias]}


def contains_alias(alias: FromClause) -> AliasOption:
    """Name what stands for a query's table (classic); statements know that by themselves, so it changes nothing.

    Args:
        alias: an alias or subquery.
    """
    return AliasOption(alias)


def user_options_among(options: Iterable[object]) -> tuple[UserDefinedOption, ...]:
    """Pick out of a statement's options those that the program has defined."""
    return tuple([option for option in options if isinstance(option, UserDefinedOption)])
