"""The compiler of expressions: columns, operators, bound values, CASE, CAST, functions, windows, text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth import exc
from azoth.sql import operators
from azoth.sql.compiler.base import ItemParameter, PackedParameter
from azoth.sql.compiler.functions import FunctionCompiler
from azoth.sql.compiler.patterns import PatternCompiler
from azoth.sql.elements import (
    NO_VALUE,
    AsBoolean,
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ClauseList,
    ColumnClause,
    ColumnElement,
    Label,
    TextClause,
    Tuple,
    UnaryExpression,
    chain_of,
    left_expression,
    literal_column,
)
from azoth.sql.elements.text import PARAMETER
from azoth.sql.operators import Operator, facts_of
from azoth.sql.types import TypeEngine

if TYPE_CHECKING:
    from azoth.sql.elements import Case, Cast, Extract, TypeCoerce
    from azoth.sql.elements.template import TString

__all__ = ["ExpressionCompiler"]

_FIELD: Final = r"[A-Za-z_]\w*\Z"


class ExpressionCompiler(PatternCompiler, FunctionCompiler):
    """Write expressions.

    An operator is written by ``visit_<operator>_binary()`` or ``visit_<operator>_unary()`` where the compiler, or a
    dialect's compiler derived from it, has such a method, and by its symbol elsewhere.
    """

    # --- names ---

    def visit_column(self, column: ColumnClause[Any], include_table: bool = True, **_options: object) -> str:
        """Write ``table.column``."""
        name = column.name
        if name is None:
            raise exc.CompileError(
                "a column without a name cannot be part of a statement",
                why=f"all that is known of it is its type, {column.type!r}",
                fix="give its name first: column('name', Integer)",
                code="AZ-C720",
            )
        if not column.is_literal:
            name = self.quote(name)
        table = column.table
        if table is None or not include_table:
            return name
        prefix = self.table_reference(table)
        if column.names_table:
            return prefix
        return f"{prefix}.{name}" if prefix else name

    def table_reference(self, table: Any) -> str:
        """Write the name by which columns refer to their table."""
        return self.preparer.format_table(table)  # type: ignore[no-any-return]

    def visit_label(self, label: Label[Any], **options: Any) -> str:
        """Write the labelled expression; only the columns of a select have ``AS name``."""
        return self.process(label.element, **options)

    def visit_label_reference(self, reference: Any, **_options: object) -> str:
        """Write the name of a label."""
        return self.quote(reference.name)

    def visit_collation(self, clause: Any, **_options: object) -> str:
        """Write the name of a collation."""
        written = str(self.preparer.format_collation(clause.collation))
        return written if clause.schema is None else f"{self.quote(clause.schema)}.{written}"

    # --- constants and bound values ---

    def condition(self, element: ClauseElement, **options: object) -> str:
        """Write an element where SQL wants a condition; a dialect may have no truth values that are conditions."""
        return self.process(element, **options)

    def visit_null(self, _element: Any, **_options: object) -> str:
        """Write NULL."""
        return "NULL"

    def visit_true(self, _element: Any, **_options: object) -> str:
        """Write true, or 1 where there is no boolean type."""
        return "true" if self.dialect.supports_native_boolean else "1"

    def visit_false(self, _element: Any, **_options: object) -> str:
        """Write false, or 0 where there is no boolean type."""
        return "false" if self.dialect.supports_native_boolean else "0"

    def visit_bindparam(
        self, bind: BindParameter[Any], literal_binds: bool = False, is_wrapped: bool = False, **options: Any
    ) -> str:
        """Write the placeholder of a bound value, or the value where literals are asked for."""
        if bind.expanding:
            return self._value_list(bind, literal_binds)
        if not is_wrapped:
            wrapped = self._wrapped(bind, bind.type)
            if wrapped is not None:
                return self.process(wrapped, literal_binds=literal_binds, is_wrapped=True, **options)
        if self.literal_binds or literal_binds or bind.literal_execute:
            return self._literal(bind)
        return self.bind_placeholder(bind)

    def render_literal_bindparam(self, bindparam: BindParameter[Any], **kw: object) -> str:
        """Write a bound value into the text.

        Args:
            bindparam: the value.
            kw: the options of the expression that it stands in; nothing depends on them.
        """
        return self._literal(bindparam)

    def bind_placeholder(self, bind: BindParameter[Any]) -> str:
        """Write the placeholder of a single value; a dialect may put a cast around it."""
        return self.list_placeholder(bind, bind.type)

    def _wrapped(self, value: ColumnElement[Any], type_: TypeEngine[Any]) -> Any | None:
        """Give the expression that a type puts around its values; None where it has none."""
        return type_.dialect_impl(self.dialect).bind_expression(value)  # type: ignore[arg-type]

    def _literal(self, bind: BindParameter[Any]) -> str:
        value = bind.effective_value
        if value is NO_VALUE:
            if bind.literal_execute and not self.literal_binds:
                # The value comes with the execution, which compiles anew with it.
                return self.bind_placeholder(bind)
            raise exc.CompileError(
                f"Bind parameter {bind.key!r} without a value cannot be written into SQL text",
                why="literal_binds asks for values in the text",
                fix="give it a value with statement.params(...)",
                code="AZ-C13",
            )
        return self.render_literal_value(value, bind.type)

    def _value_list(self, bind: BindParameter[Any], literal_binds: bool) -> str:
        values = bind.effective_value
        if values is NO_VALUE or values is None:
            # How many there are is known at the execution, which compiles anew with them.
            return f"({self.mark(bind)})"
        if not values:
            return f"({self.empty_set(bind)})"
        is_literal = self.literal_binds or literal_binds or bind.literal_execute
        if not is_literal and self._is_packed(bind):
            return f"({self.packed_values(bind)})"
        rows = isinstance(values[0], (tuple, list))
        types = list_types(bind.type, len(values[0]) if rows else 1)
        if any(self._wrapped(bind, type_) is not None for type_ in types):
            items = [self._wrapped_item(bind, place, types, literal_binds) for place in range(len(values))]
        elif is_literal:
            items = [self._literal_item(value, types) for value in values]
        elif rows:
            items = [self._placeholders(bind, len(value)) for value in values]
        else:
            items = [self.list_placeholder(bind, types[0]) for _ in values]
        return f"({self.values_prefix() if rows else ''}{', '.join(items)})"

    def list_placeholder(self, bind: BindParameter[Any], type_: TypeEngine[Any]) -> str:
        """Write the placeholder of a value of a type, in a cast where the database is told types that way."""
        written = self.mark(bind)
        if getattr(getattr(self.dialect, "bind_typing", None), "name", "") == "RENDER_CASTS":
            impl = type_.dialect_impl(self.dialect)  # type: ignore[arg-type]  # as all compilers ask
            if impl.render_bind_cast:
                return self.render_bind_cast(type_, impl, written)
        return written

    def _placeholders(self, bind: BindParameter[Any], width: int) -> str:
        return f"({', '.join([self.mark(bind) for _ in range(width)])})"

    def _wrapped_item(
        self, bind: BindParameter[Any], place: int, types: list[TypeEngine[Any]], literal_binds: bool
    ) -> str:
        """Write a value of a list, each part of it in the expression of its type."""
        value = bind.effective_value[place]
        if not isinstance(value, (tuple, list)):
            return self.process(ItemParameter(bind, (place,), value, types[0]), literal_binds=literal_binds)
        items = [
            ItemParameter(bind, (place, part_place), part, type_)
            for part_place, (part, type_) in enumerate(zip(value, types, strict=True))
        ]
        return f"({self.process_all(items, literal_binds=literal_binds)})"

    def _literal_item(self, value: object, types: list[TypeEngine[Any]]) -> str:
        if isinstance(value, (tuple, list)):
            parts = [self.render_literal_value(part, part_type) for part, part_type in zip(value, types, strict=True)]
            return f"({', '.join(parts)})"
        return self.render_literal_value(value, types[0])

    def values_prefix(self) -> str:
        """Write what stands before a list of row values."""
        return "VALUES " if self.dialect.tuple_in_values else ""

    def empty_set(self, bind: BindParameter[Any]) -> str:
        """Write what stands for no value at all in the parentheses of IN."""
        values_type = bind.type
        width = len(getattr(values_type, "types", ())) or 1
        return "NULL" if width == 1 else f"({', '.join(['NULL'] * width)})"

    def _is_packed(self, bind: BindParameter[Any]) -> bool:
        limit = getattr(self.dialect, "max_bind_variables", None)
        if limit is None or isinstance(bind.effective_value[0], (tuple, list)):
            return False
        # Counted once over the statement: only one that has too many values packs its long lists.
        binds = self.statement._binds if self.statement is not None else ()
        total = sum(len(other.effective_value or ()) if other.expanding else 1 for other in binds)
        return total > limit and len(bind.effective_value) > 500

    packed_list: ClassVar[str | None] = None
    """A subquery that unpacks a list bound as one JSON text, such as ``SELECT {} FROM json_each({})``."""

    def packed_values(self, bind: BindParameter[Any]) -> str:
        """Write a subquery for a list that is too long to be bound value by value."""
        if self.packed_list is None:
            raise exc.CompileError(
                f"the list has {len(bind.effective_value)} values, more than {self.dialect.name!r} can bind",
                why="each value needs a parameter of its own here",
                fix="split the list, or put the values into a temporary table",
                code="AZ-C14",
            )
        value = literal_column("value", bind.type)
        wrapped = self._wrapped(value, bind.type)
        text = "value" if wrapped is None else self.process(wrapped, is_wrapped=True)
        return self.packed_list.format(text, self.mark(PackedParameter(bind)))

    # --- operators ---

    def visit_binary(self, binary: BinaryExpression[Any], **options: Any) -> str:
        """Write ``left operator right``."""
        left = left_expression(binary)
        if left.__class__ is BinaryExpression and id(left) not in self._written:
            self._write_left_operands(binary, **options)
        op = binary.operator
        visit = getattr(self, f"visit_{op.__name__}_binary", None)
        if visit is not None:
            return visit(binary, op, **options)  # type: ignore[no-any-return]
        return self._by_symbol(binary, op, **options)

    def visit_custom_op_binary(self, binary: BinaryExpression[Any], op: operators.custom_op, **options: object) -> str:
        """Write an operator of the program's own; a dialect's ``visit_<visit_name>_op_binary()`` does it its way."""
        visit = getattr(self, f"visit_{op.visit_name}_op_binary", None) if op.visit_name is not None else None
        return self._by_symbol(binary, op, **options) if visit is None else visit(binary, op, **options)

    def _by_symbol(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        text = self.process(binary.left, **options)
        return f"{text} {facts_of(op).symbol} {self.process(binary.right, **options)}"

    def _write_left_operands(self, binary: BinaryExpression[Any], **options: Any) -> None:
        """Write a chain from its beginning, so that each operation finds its left operand written."""
        for left in reversed(chain_of(binary)[1:]):
            text = self.process(left, **options)
            self._written.pop(id(left_expression(left)), None)
            self._written[id(left)] = text

    def visit_unary(self, unary: UnaryExpression[Any], **options: Any) -> str:
        """Write an operator before its operand, or a modifier after it."""
        op = unary.operator or unary.modifier
        visit = getattr(self, f"visit_{op.__name__}_unary", None) if op is not None else None
        if visit is not None:
            return visit(unary, op, **options)  # type: ignore[no-any-return]
        text = self.process(unary.element, **options)
        if unary.operator is not None:
            return self._prefixed(unary.operator, text)
        return text + facts_of(unary.modifier).symbol if unary.modifier is not None else text

    def _prefixed(self, op: Operator, text: str) -> str:
        if op is operators.any_op or op is operators.all_op:
            return f"{facts_of(op).symbol}{text if text.startswith('(') else f'({text})'}"
        return facts_of(op).symbol + text

    def visit_truediv_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: Any) -> str:
        """Write a division; of whole numbers so that the result is none.

        Not the types decide: a column with NUMERIC affinity holds 10.00 as the whole number 10 in SQLite.
        """
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        return f"{left} / ({right} + 0.0)" if self.dialect.div_is_floordiv else f"{left} / {right}"

    def visit_floordiv_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: Any) -> str:
        """Write a division rounded down."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        is_whole = _is_whole(getattr(binary.left, "type", None)) and _is_whole(getattr(binary.right, "type", None))
        if is_whole and self.dialect.div_is_floordiv:
            return f"{left} / {right}"
        return f"FLOOR({left} / {right})"

    def visit_negation(self, negation: Any, **options: Any) -> str:
        """Write NOT before a condition."""
        text = self.process(negation.element, **options)
        return f"NOT {text}" if text else ""

    def visit_as_boolean(self, element: AsBoolean, **options: Any) -> str:
        """Write a column as a truth value."""
        text = self.process(element.element, **options)
        is_true = element.operator is operators.is_true
        if self.dialect.supports_native_boolean:
            return text if is_true else f"NOT {text}"
        return f"{text} = {1 if is_true else 0}"

    def visit_part(self, part: Any, **options: Any) -> str:
        """Write what a part of a whole stands for."""
        return self.process(part.element, **options)

    def visit_grouping(self, grouping: Any, **options: Any) -> str:
        """Write parentheses."""
        return f"({self.process(grouping.element, **options)})"

    def visit_clauselist(self, clauses: ClauseList, **options: Any) -> str:
        """Write elements with their separator."""
        symbol = facts_of(clauses.operator).symbol
        if not isinstance(clauses, BooleanClauseList) and clauses.operator is not operators.comma_op:
            symbol = f" {symbol.strip()} "
        if self.longest_condition is not None and len(clauses.clauses) > self.longest_condition:
            texts = [text for clause in clauses.clauses if (text := self.process(clause, **options))]
            return self._in_groups(texts, symbol, self.longest_condition)
        return self.process_all(clauses.clauses, symbol, **options)

    longest_condition: ClassVar[int | None] = None
    """How many conditions may follow each other in a database that counts each as one more level; None for any."""

    def _in_groups(self, texts: list[str], symbol: str, size: int) -> str:
        """Put parentheses around portions of many conditions, which keeps the meaning of AND and OR."""
        while len(texts) > size and symbol != facts_of(operators.comma_op).symbol:
            portions = [texts[start : start + size] for start in range(0, len(texts), size)]
            texts = [f"({symbol.join(portion)})" for portion in portions]
        return symbol.join(texts)

    def visit_tuple(self, clauses: Tuple, **options: Any) -> str:
        """Write a row value."""
        return f"({self.process_all(clauses.clauses, **options)})"

    def visit_slice(self, element: Any, **options: Any) -> str:
        """Write the bounds of a part of an array."""
        return f"{self.process(element.start, **options)}:{self.process(element.stop, **options)}"

    def visit_getitem_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: Any) -> str:
        """Write an element of an array."""
        return f"{self.process(binary.left, **options)}[{self.process(binary.right, **options)}]"

    def visit_json_getitem_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: Any) -> str:
        """Write a part of a JSON document."""
        return f"{self.process(binary.left, **options)}[{self.process(binary.right, **options)}]"

    def visit_json_path_getitem_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write a part further down in a JSON document."""
        return self.visit_json_getitem_op_binary(binary, op, **options)

    # --- CASE, CAST, EXTRACT ---

    def visit_case(self, case: Case[Any], **options: Any) -> str:
        """Write ``CASE ... END``."""
        parts = ["CASE"]
        if case.value is not None:
            parts.append(self.process(case.value, **options))
        for condition, result in case.whens:
            condition_text = (
                self.condition(condition, **options) if case.value is None else self.process(condition, **options)
            )
            parts.append(f"WHEN {condition_text} THEN {self.process(result, **options)}")
        if case.else_ is not None:
            parts.append(f"ELSE {self.process(case.else_, **options)}")
        return " ".join([*parts, "END"])

    def visit_cast(self, cast: Cast[Any], **options: Any) -> str:
        """Write ``CAST(expression AS type)``."""
        return self._cast("CAST", cast, **options)

    def visit_try_cast(self, cast: Cast[Any], **options: Any) -> str:
        """Write ``TRY_CAST(expression AS type)``."""
        return self._cast("TRY_CAST", cast, **options)

    def _cast(self, word: str, cast: Cast[Any], **options: Any) -> str:
        name, collation = self.dialect.type_compiler_instance.process_apart(cast.type)
        return f"{word}({self.process(cast.clause, **options)} AS {name}){collation}"

    def type_name(self, type_: TypeEngine[Any]) -> str:
        """Write a type."""
        return self.dialect.type_compiler_instance.process(type_)

    def visit_type_coerce(self, coerced: TypeCoerce[Any], **options: Any) -> str:
        """Write the expression alone."""
        return self.process(coerced.clause, **options)

    def visit_extract(self, extract: Extract, **options: Any) -> str:
        """Write ``EXTRACT(field FROM expression)``."""
        if not re.match(_FIELD, extract.field, re.ASCII):
            raise exc.CompileError(
                f"{extract.field!r} is not a valid extract argument",
                why="the part of a date or time is a word of SQL",
                fix="use a word such as year, month, day, hour or epoch",
                code="AZ-C261",
            )
        return f"EXTRACT({extract.field} FROM {self.process(extract.expr, **options)})"

    # --- text ---

    def visit_textclause(self, text: TextClause, **options: Any) -> str:
        """Write text with its parameters."""
        if self.is_whole(text):
            self.kind = "text"
        binds = text.bind_names

        def exchanged(match: re.Match[str]) -> str:
            name = match[1]
            if name is None:
                return ":"
            return self.process(binds[name], **options)

        return re.sub(PARAMETER, exchanged, text.text)

    def visit_tstring(self, template: TString, **options: Any) -> str:
        """Write the texts of a template string and its values."""
        if self.is_whole(template):
            self.kind = "text"
        return "".join([one if isinstance(one, str) else self.process(one, **options) for one in template.parts])


def list_types(type_: TypeEngine[Any], width: int) -> list[TypeEngine[Any]]:
    """Name the types of the values of a list for IN: one for each part of a row value."""
    types: list[TypeEngine[Any]] = getattr(type_, "types", None) or []
    return types if len(types) == width else [type_] * width


def _is_whole(type_: Any) -> bool:
    return type_ is not None and type_._affinity == "integer"
