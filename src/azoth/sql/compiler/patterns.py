"""The compiler of comparisons that SQL spells in words: LIKE and its relatives, IN, BETWEEN, regular expressions."""

from __future__ import annotations

from typing import Any

from azoth.sql import operators
from azoth.sql.compiler.base import CompilerBase
from azoth.sql.elements import BinaryExpression, BindParameter
from azoth.sql.operators import Operator, facts_of

__all__ = ["PatternCompiler"]


class PatternCompiler(CompilerBase):
    """Write comparisons that SQL spells in words."""

    def visit_in_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write IN and NOT IN; an empty list makes a condition that is false, or true for NOT IN."""
        text = f"{self.process(binary.left, **options)} {facts_of(op).symbol} {self.process(binary.right, **options)}"
        right = binary.right
        if isinstance(right, BindParameter) and right.expanding and right.effective_value == ():
            return f"({text} OR (1 = 1))" if op is operators.not_in_op else f"{text} AND (1 != 1)"
        return f"({text})" if op is operators.not_in_op else text

    visit_not_in_op_binary = visit_in_op_binary

    def visit_between_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write BETWEEN."""
        symbol = facts_of(op).symbol + (" SYMMETRIC" if dict(binary.modifiers).get("symmetric") else "")
        return f"{self.process(binary.left, **options)} {symbol} {self.process(binary.right, **options)}"

    visit_not_between_op_binary = visit_between_op_binary

    def visit_between_range(self, bounds: Any, **options: Any) -> str:
        """Write the bounds of BETWEEN."""
        return f"{self.process(bounds.low, **options)} AND {self.process(bounds.high, **options)}"

    def _escaped(self, binary: BinaryExpression[Any]) -> str:
        escape = dict(binary.modifiers).get("escape")
        return "" if escape is None else f" ESCAPE {self._quoted_text(escape)}"

    def like(self, left: str, op: Operator, right: str) -> str:
        """Write LIKE or NOT LIKE."""
        return f"{left} {facts_of(op).symbol} {right}"

    def ilike(self, left: str, op: Operator, right: str) -> str:
        """Write a LIKE without regard to case."""
        word = facts_of(op).symbol.replace("ILIKE", "LIKE")
        return f"lower({left}) {word} lower({right})"

    def visit_like_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write LIKE."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        return self.like(left, op, right) + self._escaped(binary)

    visit_not_like_op_binary = visit_like_op_binary

    def visit_ilike_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write ILIKE."""
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        return self.ilike(left, op, right) + self._escaped(binary)

    visit_not_ilike_op_binary = visit_ilike_op_binary

    def _affix(
        self, binary: BinaryExpression[Any], op: Operator, before: bool, after: bool, any_case: bool, **options: Any
    ) -> str:
        left, right = self.process(binary.left, **options), self.process(binary.right, **options)
        if any_case:
            left, right = f"lower({left})", f"lower({right})"
        pattern = self.concatenated(["'%'"] * before + [right] + ["'%'"] * after)
        return self.like(left, op, pattern) + self._escaped(binary)

    def concatenated(self, texts: list[str]) -> str:
        """Write the concatenation of texts."""
        return " || ".join(texts)

    def visit_startswith_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write startswith()."""
        return self._affix(binary, op, before=False, after=True, any_case=False, **options)

    def visit_endswith_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write endswith()."""
        return self._affix(binary, op, before=True, after=False, any_case=False, **options)

    def visit_contains_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write contains()."""
        return self._affix(binary, op, before=True, after=True, any_case=False, **options)

    def visit_istartswith_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write istartswith()."""
        return self._affix(binary, op, before=False, after=True, any_case=True, **options)

    def visit_iendswith_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write iendswith()."""
        return self._affix(binary, op, before=True, after=False, any_case=True, **options)

    def visit_icontains_op_binary(self, binary: BinaryExpression[Any], op: Operator, **options: Any) -> str:
        """Write icontains()."""
        return self._affix(binary, op, before=True, after=True, any_case=True, **options)

    visit_not_startswith_op_binary = visit_startswith_op_binary
    visit_not_endswith_op_binary = visit_endswith_op_binary
    visit_not_contains_op_binary = visit_contains_op_binary
    visit_not_istartswith_op_binary = visit_istartswith_op_binary
    visit_not_iendswith_op_binary = visit_iendswith_op_binary
    visit_not_icontains_op_binary = visit_icontains_op_binary

    def visit_regexp_replace_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: Any) -> str:
        """Write the replacement of what a regular expression matches."""
        modifiers = dict(binary.modifiers)
        parts = [binary.left, binary.right, modifiers["replacement"]]
        texts = [self.process(part, **options) for part in parts]
        flags = modifiers.get("flags")
        if flags is not None:
            texts.append(self._quoted_text(flags))
        return f"REGEXP_REPLACE({', '.join(texts)})"

    def _quoted_text(self, text: str) -> str:
        escaped = text.replace("'", "''")
        return f"'{escaped}'"
