"""Which operations of a session travel along a relationship."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from azoth.exc import ArgumentError
from azoth.util.arguments import as_list, wrong_value
from azoth.util.near_names import did_you_mean
from azoth.util.warning import warn

TOKENS: Final = ("save-update", "merge", "delete", "refresh-expire", "expunge")
ALL: Final = frozenset(TOKENS)
VALID: Final = frozenset([*TOKENS, "all", "none", "delete-orphan"])
CASCADES: Final = frozenset([*TOKENS, "delete-orphan"])
WRITING: Final = frozenset(["save-update", "delete", "delete-orphan"])

Cascades: TypeAlias = str | Iterable[str] | bool
"""What configures cascades: a text such as ``"all, delete-orphan"``, or the tokens one by one."""


class CascadeOptions(frozenset[str]):
    """The cascades of one relationship, as a set of tokens and as flags.

    Args:
        values: a text such as ``"all, delete-orphan"``, or the tokens one by one; None and False mean none.

    Raises:
        ArgumentError: a token is unknown; the message names the valid ones.
    """

    save_update: bool
    merge: bool
    delete: bool
    delete_orphan: bool
    refresh_expire: bool
    expunge: bool

    __slots__ = ("delete", "delete_orphan", "expunge", "merge", "refresh_expire", "save_update")

    def __new__(cls, values: Cascades | None = None) -> CascadeOptions:
        """Parse the tokens."""
        return super().__new__(cls, _expanded(values))

    def __init__(self, values: Cascades | None = None) -> None:
        super().__init__()
        self.save_update = "save-update" in self
        self.merge = "merge" in self
        self.delete = "delete" in self
        self.delete_orphan = "delete-orphan" in self
        self.refresh_expire = "refresh-expire" in self
        self.expunge = "expunge" in self

    @classmethod
    def from_string(cls, arg: str | None) -> CascadeOptions:
        """Parse a text such as ``"all, delete-orphan"``.

        Args:
            arg: the text; None and an empty one mean no cascades.

        Raises:
            ArgumentError: a token is unknown, or it is no text.
        """
        if arg is not None and not isinstance(arg, str):
            raise wrong_value("CascadeOptions.from_string(): arg", 'a text such as "all, delete-orphan"', arg)
        return cls(arg)

    def __repr__(self) -> str:
        return f"CascadeOptions({', '.join(sorted(self))!r})"

    def __reduce__(self) -> Any:
        return CascadeOptions, (", ".join(sorted(self)),)


def _expanded(values: Cascades | None) -> set[str]:
    if values is None or values is False:
        return set()
    given = [token.strip() for token in values.split(",")] if isinstance(values, str) else list(_tokens(values))
    tokens = {token for token in given if token}
    for token in sorted(tokens - VALID):
        raise ArgumentError(
            f"unknown cascade {token!r}",
            why=f"valid cascades are {', '.join(sorted(VALID))}",
            fix=did_you_mean(token, VALID),
            code="AZ-M20",
        )
    if "none" in tokens:
        return set()
    if "all" in tokens:
        tokens |= ALL
    return tokens - {"all", "none"}


def _tokens(values: Iterable[str] | bool) -> Iterable[str]:
    if values is True:
        return ["all"]
    return as_list("cascade", values, 'names such as "all, delete-orphan"')


def cascade_of(given: Cascades | None, *, viewonly: bool) -> CascadeOptions:
    """Give the cascades of a relationship as they were configured.

    Args:
        given: a text, or the tokens one by one; None means none, False, the classic spelling, the default.
        viewonly: whether the relationship writes nothing; the cascades that write, part of "all", are left out then.

    Raises:
        ArgumentError: a token is unknown.

    Emits: a warning where orphans are to be deleted, but not the members of a parent that is deleted itself.
    """
    if given is False:
        return CascadeOptions("merge" if viewonly else "save-update, merge")
    cascade = CascadeOptions(given)
    if viewonly:
        return CascadeOptions(cascade - WRITING)
    if cascade.delete_orphan and not cascade.delete:
        warn(
            "the delete-orphan cascade requires delete",
            why="a member that loses its parent is deleted, and the members of a deleted parent lose it",
            fix='write cascade="all, delete-orphan", or name delete along with it',
            code="AZ-M54",
        )
    return cascade
