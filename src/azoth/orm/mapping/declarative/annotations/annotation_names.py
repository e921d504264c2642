"""What the names in the text of an annotation mean, and the evaluation of such text."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from azoth.orm.mapping.attributes.mapped import DynamicMapped, Mapped, WriteOnlyMapped

KINDS: dict[str, type[Any]] = {
    "Mapped": Mapped, "DynamicMapped": DynamicMapped, "WriteOnlyMapped": WriteOnlyMapped,
}  # fmt: skip
_UNKNOWN: Any = object()


class Unresolved(type):
    """The class of stand-ins for names in annotations that are not defined (yet).

    A stand-in is a class, so that ``Optional[...]``, ``list[...]`` and ``... | None`` take it like any other. It
    answers nothing that other classes do not, so that whatever inspects it (a debugger, a test runner that formats
    a failure) finds an ordinary class.
    """

    path: str


def unresolved(path: str) -> Unresolved:
    """Make the stand-in for a name, or for a path of names with dots."""
    stand_in = Unresolved(path.rpartition(".")[2], (), {})
    stand_in.path = path
    return stand_in


class AnnotationNames:
    """The names that an annotation of a class can use.

    Args:
        class_: the class whose body has the annotation.
        enclosing: the variables of the function that defines the class, if one does.
    """

    def __init__(self, class_: type[Any], enclosing: Mapping[str, Any]) -> None:
        module = sys.modules.get(class_.__module__)
        self._module: Mapping[str, Any] = {} if module is None else module.__dict__
        self._enclosing = enclosing
        self._class = class_

    def evaluate(self, text: str) -> Any:
        """Evaluate the text of an annotation, as ``typing.get_type_hints`` does.

        Names that are not defined, and paths that begin with one, become stand-ins.

        Args:
            text: the annotation as the program's author wrote it.

        Raises:
            Exception: whatever the text raises.
        """
        text = text.strip()
        code = compile(text, "<annotation>", "eval")
        found = {name: self._find(name) for name in names_in(code)}
        known = {name: value for name, value in found.items() if value is not _UNKNOWN}
        undefined = found.keys() - known.keys()
        if "." not in text:
            known.update({name: unresolved(name) for name in undefined})
        elif undefined:
            # Only such text needs the parser, whose import takes as long as that of many of our modules.
            from azoth.orm.mapping.declarative.annotations.undefined_paths import with_single_names  # noqa: PLC0415

            code, paths = with_single_names(text, undefined)
            known.update({path: unresolved(path) for path in paths})
        # Functions in C find imports through these built-ins, also where no name of the text is one.
        return eval(code, {**known, "__builtins__": vars(builtins)})  # noqa: S307

    def _find(self, name: str) -> Any:
        for scope in (self._enclosing, self._module):
            if name in scope:
                return scope[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        own = self._class.__dict__.get(name)
        if isinstance(own, type):
            return own
        return KINDS.get(name, _UNKNOWN)


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names that a piece of code looks up, those of functions within it too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
