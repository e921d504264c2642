"""Paths of names in the text of an annotation that begin with a name which is not defined."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet
from types import CodeType

__all__ = ["with_single_names"]


def with_single_names(text: str, undefined: AbstractSet[str]) -> tuple[CodeType, set[str]]:
    """Compile the text of an annotation so that each undefined name or path is looked up as a whole.

    Args:
        text: the annotation.
        undefined: the names that are not defined.

    Returns:
        the code, and the paths that it looks up: ``models.user.User`` is one name.
    """
    names = _SingleNames(undefined)
    return compile(names.visit(ast.parse(text, mode="eval")), "<annotation>", "eval"), names.paths


class _SingleNames(ast.NodeTransformer):
    """Exchange each path of names that begins with an unknown one for a single name, dots and all."""

    def __init__(self, unknown: AbstractSet[str]) -> None:
        self.unknown = unknown
        self.paths: set[str] = set()

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._exchange(node) or self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._exchange(node) or node

    def _exchange(self, node: ast.expr) -> ast.Name | None:
        names: list[str] = []
        part = node
        while isinstance(part, ast.Attribute):
            names.append(part.attr)
            part = part.value
        if not isinstance(part, ast.Name) or part.id not in self.unknown:
            return None
        path = ".".join([part.id, *reversed(names)])
        self.paths.add(path)
        return ast.copy_location(ast.Name(path, ast.Load()), node)
