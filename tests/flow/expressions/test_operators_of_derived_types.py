"""Types that are derived from documents, arrays and what is concatenated have the operators of these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth import column, types
from azoth.dialects import postgresql


class Path(types.Concatenable, types.UserDefinedType[str]):
    cache_ok = True

    class comparator_factory(types.Concatenable.Comparator):
        def above(self, other: object) -> Any:
            return self.op("@>")(other)

    def get_col_spec(self, **options: Any) -> str:
        return "PATH"


class Document(types.JSON):
    class comparator_factory(types.JSON.Comparator):  # type: ignore[name-defined, misc]
        def title(self) -> Any:
            return self["title"].as_string()


class Numbers(types.ARRAY):
    class comparator_factory(types.ARRAY.Comparator):  # type: ignore[name-defined, misc]
        def first(self) -> Any:
            return self[1]


class Binary(postgresql.JSONB):
    """A document of a program's own."""


def written(expression: Any) -> str:
    return str(expression.compile(dialect=postgresql.dialect()))


def test_what_is_concatenated_is_so_by_plus() -> None:
    path: Any = column("p", Path())
    assert written(path + path) == "p || p"
    assert written(path + column("x", types.String)) == "p || x"
    assert written(path + column("n", types.Integer)) == "p + n"
    assert written(path.above(path)) == "p @> p"
    assert (path + path).type is path.type


def test_documents_keep_their_operators_beside_those_of_the_program() -> None:
    document: Any = column("d", Document())
    assert written(document.title()) == "CAST(d ->> %(d_1)s::TEXT AS VARCHAR)"
    assert written(document["n"].as_integer()) == "CAST(d ->> %(d_1)s::TEXT AS INTEGER)"
    assert written(column("b", Binary())["a"]) == "b[%(b_1)s::TEXT]"


def test_arrays_do_so_too() -> None:
    numbers: Any = column("a", Numbers(types.Integer))
    assert written(numbers.first()) == "a[%(a_1)s::INTEGER]"
    assert written(numbers.any(5)) == "%(a_1)s::INTEGER = ANY (a)"
    assert written(numbers + numbers) == "a || a"
    assert types.PickleType.Comparator is types.TypeEngine.Comparator


def test_an_expression_with_parts_is_nothing_to_iterate_over() -> None:
    assert not isinstance(column("d", Document()), Iterable)
    assert not isinstance(column("a", types.Integer), Iterable)
