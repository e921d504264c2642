"""TextClause: SQL written by hand, with ``:name`` parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final, Self

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter
from azoth.sql.elements.column_clause import ColumnClause
from azoth.sql.elements.executable import Executable
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.label_reference import LabelReference
from azoth.sql.elements.operand import clause_of
from azoth.sql.operators import Operator, in_op, not_in_op
from azoth.sql.ports import import_builder
from azoth.sql.types import NULLTYPE, TypeEngine, to_instance
from azoth.sql.visitors import Visitable, replace
from azoth.util.arguments import check_text, wrong_value

__all__ = ["PARAMETER", "TextClause", "affixes", "check_hint", "install_textual_select", "order_operand", "text"]

PARAMETER: Final = r"(?<![:\w\\]):(\w+)(?![:\w])|\\:"
"""A colon after a backslash, or a name after a colon that is not part of ``::``, of a word or after a backslash.

A pattern as text: ``re`` compiles it with the first use, not with the import of this module, and remembers it.
"""


def _import_textual_select(text: TextClause, columns: tuple[Any, ...], positional: bool) -> Any:
    import_builder("textual_select")
    return _textual_select[0](text, columns, positional)


_textual_select: list[Callable[[TextClause, tuple[Any, ...], bool], Any]] = [_import_textual_select]


def install_textual_select(make: Callable[[TextClause, tuple[Any, ...], bool], Any]) -> None:
    """Install what ``text().columns()`` makes; the selectable package, which sits above, calls it once.

    Args:
        make: called with the text, its columns and whether these are matched by position.
    """
    _textual_select[0] = make


class TextClause(Executable):
    r"""SQL written by hand; ``:name`` is a parameter, ``\:`` a colon, and ``::`` is left alone.

    Args:
        text: the SQL.
    """

    __visit_name__: ClassVar[str] = "textclause"
    _fields: ClassVar[tuple[str, ...]] = ("text", "parameters")
    key: str | None = None
    type: TypeEngine[Any] = NULLTYPE
    _anonymous_hint: str = "anon"
    _value_hint: str = "param"
    _proxies: tuple[Any, ...] = ()
    primary_key: bool = False
    foreign_keys: Any = frozenset()

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise wrong_value("text(): text", "SQL as a string", text, 'write text("SELECT ...")')
        self.text = text
        names = dict.fromkeys(filter(None, re.findall(PARAMETER, text)))
        self.parameters: tuple[BindParameter[Any], ...] = tuple([BindParameter(name, required=True) for name in names])

    @property
    def bind_names(self) -> dict[str, BindParameter[Any]]:
        """The parameters by their names in the text."""
        # A parameter made unique has lost its key but kept its name in the text.
        return {parameter.key or parameter.hint: parameter for parameter in self.parameters}

    def bindparams(self, /, *binds: BindParameter[Any], **names_to_values: Any) -> Self:
        """Copy this text with values or types for its parameters.

        Args:
            binds: parameters that replace those of the same name.
            names_to_values: values by name.

        Raises:
            ArgumentError: the text has no such parameter.
        """
        parameters = self.bind_names
        for bind in binds:
            if not isinstance(bind, BindParameter):
                raise wrong_value("bindparams(): each", "a bindparam()", bind, "give values by name: bindparams(x=5)")
            name = bind.key or bind.hint
            self._check_name(name, parameters)
            parameters[name] = bind
        for name, value in names_to_values.items():
            self._check_name(name, parameters)
            parameters[name] = parameters[name]._with_value(value)
        return self._copy_with(parameters=tuple(parameters.values()))

    def _check_name(self, name: str, parameters: dict[str, BindParameter[Any]]) -> None:
        if name not in parameters:
            raise exc.ArgumentError(
                f"This text() construct doesn't define a bound parameter named {name!r}",
                why=f"it has {', '.join(map(repr, parameters)) or 'no parameters'}",
                fix=f"write :{name} in the text, or correct the name",
                code="AZ-C07",
            )

    def columns(self, /, *columns: Any, **types: Any) -> Any:
        """Say which columns the text selects, so that it can stand as a select with types and a subquery.

        Args:
            columns: columns in the order of the text.
            types: from the name of a column to its type.
        """
        named: list[ColumnClause[Any]] = [ColumnClause(name, to_instance(type_)) for name, type_ in types.items()]
        given = tuple([_column_of(column, types) for column in columns])
        overridden = {column.name for column in given}
        further = [column for column in named if column.name not in overridden]
        return _textual_select[0](self, (*given, *further), bool(given) and not types)

    def self_group(self, against: Operator | None = None) -> Any:
        """Stand in parentheses on the right of IN."""
        return Grouping(self) if against is in_op or against is not_in_op else self

    def _as_in_operand(self) -> Any:
        return Grouping(self)

    def label(self, name: str | None) -> Any:
        """Refuse: the text of a column with a name is ``literal_column()``.

        Raises:
            ArgumentError: always.
        """
        raise exc.ArgumentError(
            "text() has no label()",
            why="it stands for any SQL, not for one value",
            fix="use literal_column('...').label(name)",
            code="AZ-C08",
        )

    def and_(self, other: Any) -> Any:
        """Refuse to be combined by method; use the function ``and_()``."""
        raise TypeError("use and_(text, other)")

    def _with_values(self, values: Any, unique: bool) -> Self:
        def exchanged(node: Visitable) -> Visitable | None:
            if not isinstance(node, BindParameter):
                return None
            bind = node._with_value(values[node.key]) if node.key in values else node
            return bind._made_unique() if unique else bind

        return replace(self, exchanged)


def _column_of(column: Any, types: dict[str, Any]) -> Any:
    if isinstance(column, str):
        return ColumnClause(column, types.get(column))
    clause = clause_of(column)
    if clause is None:
        raise exc.ArgumentError(
            f"text().columns() takes columns and names, got an object of class {type(column).__name__}",
            why="the text does not tell its columns",
            fix="write text(...).columns(column('id', Integer), name=String)",
            code="AZ-C08",
        )
    return clause


def order_operand(value: Any) -> Any:
    """Turn what was given to ORDER BY or GROUP BY into an element; a string names a label or a column.

    Args:
        value: an expression, an object that has one, or the name of a label.

    Raises:
        ArgumentError: it is nothing of these.
    """
    clause = clause_of(value)
    if clause is not None:
        return clause._as_operand()
    if isinstance(value, str):
        return LabelReference(value)
    raise exc.ArgumentError(
        f"ORDER BY or GROUP BY expression expected, got an object of class {type(value).__name__}",
        why="rows are ordered and grouped by what the database computes",
        fix="name a column, an expression, or the label of one as a string",
        code="AZ-C01",
    )


def text(text: str) -> TextClause:
    r"""Make SQL of a text; ``:name`` in it is a parameter.

    Args:
        text: the SQL; ``\:`` stands for a colon, and ``::`` is left alone.
    """
    return TextClause(text)


def affixes(function: str, given: tuple[Any, ...], dialect: str) -> tuple[tuple[Any, str], ...]:
    """Read the texts that a dialect gets before or behind a statement.

    Args:
        function: which function was called, for the error.
        given: SQL texts or expressions.
        dialect: the dialect that gets them.

    Raises:
        ArgumentError: one of them is neither text nor expression.
    """
    check_text(f"{function}(): dialect", dialect, "give the name of a dialect, or leave it out for all")
    found = [(one if isinstance(one, str) else clause_of(one), dialect) for one in given]
    for one, (element, _) in zip(given, found, strict=True):
        if element is None:
            raise wrong_value(f"{function}()", "SQL text or an expression", one, "write it as text, or text(...)")
    return tuple(found)


def check_hint(function: str, hint: object, dialect_name: object) -> None:
    """Refuse a hint that is no text.

    Args:
        function: which function was called, for the error.
        hint: the hint.
        dialect_name: the dialect that gets it.

    Raises:
        ArgumentError: one of the two is no text.
    """
    check_text(f"{function}(): text", hint, "write the hint as the database spells it")
    check_text(f"{function}(): dialect_name", dialect_name, "give the name of a dialect, or leave it out for all")
