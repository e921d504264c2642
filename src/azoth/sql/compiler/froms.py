"""The compiler of what stands in FROM: tables, joins, aliases, subqueries, CTEs, rows of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.compiler.expressions import ExpressionCompiler
from azoth.sql.elements import BindParameter, ColumnClause
from azoth.sql.selectable import (
    AnonymousName,
    FromClause,
    Join,
    Lateral,
    Select,
    Subquery,
    TakesExtensions,
    column_elsewhere,
)

if TYPE_CHECKING:
    from azoth.sql.selectable import CTE, Values

__all__ = ["FromCompiler"]


class Scope:
    """What one statement (not a subquery) has in front of it: its CTEs, in the order in which they are written."""

    def __init__(self) -> None:
        self.ctes: dict[Any, tuple[CTE, str]] = {}
        self.is_recursive = False


class Frame:
    """What a SELECT or a change selects from, for the subqueries inside of it.

    Args:
        around: the selectables of the statements around.
        own: its own selectables.
        select: the SELECT, whose hints may be about tables that are joined.
    """

    def __init__(
        self,
        around: tuple[FromClause, ...],
        own: tuple[FromClause, ...],
        select: Select[*tuple[Any, ...]] | None = None,
    ) -> None:
        self.select = select
        self.around = around
        self.own = own
        self.all = around + own
        self.has_columns_of_others = any(table._column_for is not None for table in self.all)


class FromCompiler(ExpressionCompiler):
    """Write what stands in FROM. The option ``asfrom`` says that an element stands there."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._frames: list[Frame] = []
        self._scopes: list[Scope] = []
        self._open_ctes: list[CTE] = []

    inner_join: ClassVar[str] = "JOIN"
    """The words between tables that are joined."""

    alias_word: ClassVar[str] = " AS "
    """What stands between a table and the name that it has in a statement."""

    recursive_word: ClassVar[str] = "WITH RECURSIVE"
    """The words before CTEs one of which speaks of itself."""

    def _is_outermost(self) -> bool:
        return not self._scopes

    # --- names ---

    def visit_column(self, column: ColumnClause[Any], include_table: bool = True, **options: object) -> str:
        """Write ``table.column``; of a table that is not there, what is there in its place."""
        if include_table and column.table is not None and self._frames:
            column = self.column_there(column)
        return super().visit_column(column, include_table, **options)

    def column_there(self, column: ColumnClause[Any]) -> ColumnClause[Any]:
        """Find what a SELECT, or one around it, has in the place of a column whose table is not there."""
        frame = self._frames[-1]
        table = column.table
        if not frame.has_columns_of_others and getattr(table, "_column_for", None) is None:
            return column
        found = None if any(one is table for one in frame.all) else column_elsewhere(column, frame.all)
        return column if found is None else found

    def table_reference(self, table: Any) -> str:
        """Write the name by which columns refer to their table."""
        if table.__visit_name__ == "table":
            return self.preparer.format_table(table)  # type: ignore[no-any-return]
        return self.quote(self.alias_name(table))

    def alias_name(self, table: Any) -> str:
        """Find the name of an alias, subquery or CTE; make one up where it has none."""
        name = table.name
        if not isinstance(name, AnonymousName):
            return name  # type: ignore[no-any-return]
        subject = table._root if table.__visit_name__ == "cte" and table._alias_of is None else table
        return self.anonymous_name(subject, str(name))

    # --- tables, joins, aliases ---

    def visit_table(self, table: Any, **_options: object) -> str:
        """Write the name of a table."""
        return self.preparer.format_table(table)  # type: ignore[no-any-return]

    def visit_join(self, join: Join, **options: Any) -> str:
        """Write ``left JOIN right ON condition``."""
        options["asfrom"] = True
        joins = join._joins()
        text = self._joined(joins[-1].left, **options)
        for one in reversed(joins):
            right = self._joined(one.right, **options)
            if isinstance(one.right, Join):
                right = f"({right})"
            word = "FULL OUTER JOIN" if one.full else "LEFT OUTER JOIN" if one.isouter else self.inner_join
            text += f" {word} {right} ON {self.condition(one.onclause)}"
        return text

    def _joined(self, table: FromClause, **options: object) -> str:
        text = self.process(table, **options)
        select = self._frames[-1].select if self._frames else None
        return text if select is None or not select._hints else self._with_hints(text, table, select)

    def _with_hints(self, text: str, table: FromClause, select: Select[*tuple[Any, ...]]) -> str:
        for hinted, hint, dialect in select._hints:
            if hinted is table and dialect in ("*", self.dialect.name):
                text += f" {self.table_hint(table, hint)}"
        return text

    def table_hint(self, table: FromClause, hint: str) -> str:
        """Write a hint behind a table."""
        return hint.replace("%(name)s", self.table_reference(table)) if "%(name)s" in hint else f"[{hint}]"

    def visit_narrowed(self, narrowed: Any, **options: Any) -> str:
        """Write the element; its criterion stands in WHERE or ON."""
        return self.process(narrowed.element, **options)

    def visit_alias(self, alias: Any, **_options: object) -> str:
        """Write ``table AS name``."""
        return f"{self.process(alias.element, asfrom=True)}{self.alias_word}{self.quote(self.alias_name(alias))}"

    def visit_subquery(self, subquery: Subquery, asfrom: bool = False, **_options: object) -> str:
        """Write ``(SELECT ...) AS name``."""
        text = self.process(subquery.element, asfrom=True)
        return f"({text}){self.alias_word}{self.quote(self.alias_name(subquery))}"

    def visit_lateral(self, lateral: Lateral, **_options: object) -> str:
        """Write ``LATERAL (SELECT ...) AS name``."""
        text = self.process(lateral.element, asfrom=True, lateral=True)
        written = text if isinstance(lateral.element, FromClause) else f"({text})"
        return f"LATERAL {written}{self.alias_word}{self.quote(self.alias_name(lateral))}"

    def visit_tablesample(self, sample: Any, **_options: object) -> str:
        """Write ``table AS name TABLESAMPLE method(percentage)``."""
        sampling = self.process(sample.sampling)
        if isinstance(sample.sampling, BindParameter):
            sampling = f"system({sampling})"
        seed = "" if sample.seed is None else f" REPEATABLE ({self.process(sample.seed)})"
        return f"{self.visit_alias(sample)} TABLESAMPLE {sampling}{seed}"

    def visit_table_valued_alias(self, alias: Any, **_options: object) -> str:
        """Write ``function(...) AS name``."""
        text = self.process(alias.element)
        if alias._with_ordinality:
            text += " WITH ORDINALITY"
        if alias._lateral:
            text = f"LATERAL {text}"
        return f"{text}{self.alias_word}{self.quote(self.alias_name(alias))}{self._derived_columns(alias)}"

    def _derived_columns(self, alias: Any) -> str:
        if not alias._render_derived:
            return ""
        if alias._render_derived_types:
            parts = [f"{self.quote(column.name)} {self.type_name(column.type)}" for column in alias._named_columns]
        else:
            parts = [self.quote(column.name) for column in alias._named_columns]
        return f"({', '.join(parts)})"

    def visit_from_expression(self, expression: Any, **_options: object) -> str:
        """Write a text or a function that stands in FROM."""
        return self.process(expression.element)

    # --- rows of values ---

    def visit_values(self, values: Values, asfrom: bool = False, **_options: object) -> str:
        """Write ``(VALUES (...), (...)) AS name (columns)``."""
        rows = self.value_rows(values)
        if not asfrom:
            return rows
        lateral = "LATERAL " if values._lateral else ""
        name = self.quote(self.alias_name(values))
        return f"{lateral}({rows}){self.alias_word}{name} ({self._value_names(values)})"

    def visit_scalar_values(self, values: Any, **_options: object) -> str:
        """Write ``VALUES (...), (...)`` as an operand."""
        return f"({self.value_rows(values.element)})"

    def value_rows(self, values: Values) -> str:
        """Write ``VALUES (...), (...)``."""
        for cte in values._independent_ctes if self._scopes else ():
            self._define_cte(cte)
        rows = [self.process_all(row, literal_binds=values.literal_binds) for row in values._data]
        return "VALUES " + ", ".join([f"({row})" for row in rows])

    def _value_names(self, values: Values) -> str:
        return ", ".join([self.quote(column.name) for column in values._column_args])

    # --- CTEs ---

    def visit_cte(self, cte: CTE, asfrom: bool = False, **_options: object) -> str:
        """Write the name of a CTE; the CTE itself goes to the front of the statement."""
        defined = cte if cte._alias_of is None else cte._alias_of
        if self.is_whole(cte):
            # str(cte): there is no statement in front of which it could be defined.
            return self.process(cte.element)
        if self._scopes:
            self._define_cte(defined)
        name = self.quote(self.alias_name(defined))
        if cte._alias_of is None:
            return name
        return f"{name}{self.alias_word}{self.quote(self.alias_name(cte))}"

    def _define_cte(self, cte: CTE) -> None:
        root = cte._root
        if any(opened._root is root for opened in self._open_ctes):
            # A recursive CTE speaks of itself.
            return
        scope = self._scopes[-1 if cte.nesting else 0]
        known = scope.ctes.get(root)
        if known is not None and (known[0] is cte or not _restates(cte, known[0])):
            return
        frames, self._frames = self._frames, []
        self._open_ctes.append(cte)
        text = self._cte_text(cte)
        self._open_ctes.pop()
        self._frames = frames
        scope.ctes[root] = (cte, text)
        scope.is_recursive = scope.is_recursive or cte.recursive

    def _cte_text(self, cte: CTE) -> str:
        name = self.quote(self.alias_name(cte))
        if cte.recursive or cte.element.__visit_name__ == "values":
            name += f"({', '.join([self.quote(column.name) for column in cte.c])})"
        prefixes = self.affixes(cte._prefixes)
        suffixes = self.affixes(cte._suffixes)
        body = self.process(cte.element, asfrom=cte.element.__visit_name__ != "values", in_cte=True)
        return f"{name} AS {prefixes + ' ' if prefixes else ''}\n({body}){' ' + suffixes if suffixes else ''}"

    def open_scope(self, statement: Any) -> None:
        """Begin a statement that can have CTEs in front of it."""
        self._scopes.append(Scope())
        for cte in statement._independent_ctes:
            self._define_cte(cte)

    def close_scope(self, text: str) -> str:
        """End a statement: write its CTEs in front of it."""
        text = self.led_by_ctes(text)
        self._scopes.pop()
        return text

    def led_by_ctes(self, text: str) -> str:
        """Write the CTEs that are open in front of a text, once."""
        scope = self._scopes[-1]
        if not scope.ctes:
            return text
        word = self.recursive_word if scope.is_recursive else "WITH"
        bodies = ", \n".join([body for _, body in scope.ctes.values()])
        scope.ctes.clear()
        return f"{word} {bodies}\n {text}"

    def affixes(self, affixes: tuple[tuple[Any, str], ...]) -> str:
        """Write prefixes or suffixes that are meant for this dialect."""
        mine = [affix for affix, dialect in affixes if dialect in ("*", self.dialect.name)]
        return " ".join([affix if isinstance(affix, str) else self.process(affix) for affix in mine])

    def _extension_text(self, statement: TakesExtensions, position: str, before: str = " ") -> str:
        """Write the clauses of a program's own that stand at a place of a statement, with a space before them."""
        if not statement._extensions:
            return ""
        text = self.process_all(statement._at(position), " ")
        return f"{before}{text}" if text else ""


def _restates(cte: CTE, other: CTE) -> bool:
    before = cte._restates
    while before is not None:
        if before is other:
            return True
        before = before._restates
    return False
