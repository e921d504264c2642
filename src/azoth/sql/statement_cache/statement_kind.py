"""What kind of statement is executed, as functions of defaults and listeners ask for it."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["StatementKind"]


class StatementKind:
    """Of which kind a statement is: for those who are told about its execution."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    kind: str
    """"insert", "update", "delete", "select", "text", "ddl" or "expression"; empty where only the driver knows."""

    @property
    def isinsert(self) -> bool:
        """Whether the statement is an INSERT."""
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        """Whether the statement is an UPDATE."""
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        """Whether the statement is a DELETE."""
        return self.kind == "delete"

    @property
    def is_crud(self) -> bool:
        """Whether the statement is an INSERT, UPDATE or DELETE."""
        return self.kind in ("insert", "update", "delete")

    @property
    def is_text(self) -> bool:
        """Whether the statement is text: of the program's own, or for the driver alone."""
        return self.kind in ("text", "")

    @property
    def isddl(self) -> bool:
        """Whether the statement defines schema."""
        return self.kind == "ddl"
