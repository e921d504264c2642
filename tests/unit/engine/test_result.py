"""Results over rows that exist already."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from azoth import exc
from azoth.engine import ChunkedIteratorResult, IteratorResult, ResultShape, scalar_shape

PAIRS = [(1, "a"), (2, "b"), (3, "c")]


def pairs(rows: Any = PAIRS) -> IteratorResult[*tuple[Any, ...]]:
    return IteratorResult(("id", "name"), rows)


def test_all_and_fetchall_give_every_row_once() -> None:
    result = pairs()
    assert result.all() == PAIRS
    assert result.fetchall() == []


def test_fetchone_fetchmany_and_iteration_go_on_where_the_last_one_stopped() -> None:
    result = pairs([*PAIRS, (4, "d"), (5, "e")])
    assert result.fetchone() == (1, "a")
    for row in result:
        assert row == (2, "b")
        break
    assert result.fetchmany(2) == [(3, "c"), (4, "d")]
    assert next(result) == (5, "e")
    assert result.fetchone() is None
    with pytest.raises(StopIteration):
        next(result)


def test_rows_read_ahead_by_a_loop_are_not_lost_for_another_view() -> None:
    result = pairs()
    for _row in result:
        break
    assert result.scalars().all() == [2, 3]


def test_first_gives_the_first_row_and_closes() -> None:
    result = pairs()
    assert result.first() == (1, "a")
    with pytest.raises(exc.ResourceClosedError):
        result.all()
    assert pairs([]).first() is None


def test_one_needs_exactly_one_row() -> None:
    assert pairs(PAIRS[:1]).one() == (1, "a")
    with pytest.raises(exc.NoResultFound, match="no row was found"):
        pairs([]).one()
    with pytest.raises(exc.MultipleResultsFound, match="several rows"):
        pairs().one()


def test_one_or_none_allows_none() -> None:
    assert pairs([]).one_or_none() is None
    assert pairs(PAIRS[:1]).one_or_none() == (1, "a")
    with pytest.raises(exc.MultipleResultsFound):
        pairs().one_or_none()


def test_scalar_and_its_strict_relatives() -> None:
    assert pairs().scalar() == 1
    assert pairs([]).scalar() is None
    assert pairs(PAIRS[:1]).scalar_one() == 1
    assert pairs([]).scalar_one_or_none() is None
    with pytest.raises(exc.NoResultFound):
        pairs([]).scalar_one()
    with pytest.raises(exc.MultipleResultsFound):
        pairs().scalar_one_or_none()


def test_scalars_of_a_column_by_position_or_name() -> None:
    assert pairs().scalars().all() == [1, 2, 3]
    assert pairs().scalars("name").all() == ["a", "b", "c"]
    assert pairs().scalars(-1).first() == "a"


def test_mappings() -> None:
    assert pairs().mappings().all() == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "name": "c"}]
    assert pairs().mappings().fetchone() == {"id": 1, "name": "a"}
    assert list(pairs().mappings().keys()) == ["id", "name"]
    assert pairs().columns("name").mappings().first() == {"name": "a"}


def test_keys_are_ordered_and_can_be_compared() -> None:
    keys = pairs().keys()
    assert list(keys) == ["id", "name"]
    assert keys == ["id", "name"]
    assert "id" in keys
    assert "nix" not in keys
    assert len(keys) == 2


def test_columns_selects_and_reorders() -> None:
    assert pairs().columns("name", 0).all() == [("a", 1), ("b", 2), ("c", 3)]
    assert pairs().columns("name", "id").columns(1).all() == [(1,), (2,), (3,)]
    with pytest.raises(exc.NoSuchColumnError):
        pairs().columns("nix")


def test_unique_leaves_out_repetitions() -> None:
    doubled = [*PAIRS, *PAIRS]
    assert pairs(doubled).unique().all() == PAIRS
    assert list(pairs(doubled).unique()) == PAIRS
    assert pairs(doubled).unique(lambda row: row.id % 2).all() == [(1, "a"), (2, "b")]
    assert pairs(doubled).scalars().unique().all() == [1, 2, 3]
    assert pairs(doubled).unique().scalars().all() == [1, 2, 3]
    assert pairs(PAIRS[:1] * 3).unique().one() == (1, "a")


def test_unique_fills_fetchmany_and_partitions() -> None:
    doubled = [row for row in PAIRS for _ in range(2)]
    assert [len(part) for part in pairs(doubled).unique().partitions(2)] == [2, 1]


def test_unique_of_things_that_cannot_be_compared_names_the_fix() -> None:
    with pytest.raises(exc.InvalidRequestError, match="strategy"):
        pairs([([1], "a")]).unique().all()


def test_partitions_and_yield_per() -> None:
    assert list(pairs().partitions(2)) == [PAIRS[:2], PAIRS[2:]]
    assert list(pairs().yield_per(1).partitions()) == [[row] for row in PAIRS]
    assert list(pairs().yield_per(2)) == PAIRS


def test_a_closed_result_says_so() -> None:
    result = pairs()
    with result as same:
        assert same is result
    assert result.closed
    for read in (result.all, result.fetchone, result.first, lambda: next(result), result.scalars().all):
        with pytest.raises(exc.ResourceClosedError, match="closed"):
            read()


def test_a_frozen_result_can_be_read_again() -> None:
    frozen = pairs().freeze()
    assert frozen().all() == frozen().all() == PAIRS
    assert frozen().scalars("name").all() == ["a", "b", "c"]
    assert frozen.with_new_rows([(9, "z")])().all() == [(9, "z")]


def test_merged_results_follow_each_other() -> None:
    assert pairs().merge(pairs([(4, "d")])).all() == [*PAIRS, (4, "d")]


def test_processors_apply_to_rows_scalars_and_selected_columns() -> None:
    def shape() -> ResultShape:
        return ResultShape(("id", "name"), (), (None, str.upper))

    assert IteratorResult(shape(), PAIRS).all() == [(1, "A"), (2, "B"), (3, "C")]
    assert IteratorResult(shape(), PAIRS).scalars(1).all() == ["A", "B", "C"]
    assert IteratorResult(shape(), PAIRS).columns("name").all() == [("A",), ("B",), ("C",)]


def test_the_only_chunk_of_bare_values_is_returned_untouched() -> None:
    chunk = [object(), object()]
    result: Any = ChunkedIteratorResult(("User",), [chunk], source_supports_scalars=True)
    assert result.scalars().all() is chunk


def test_chunks_of_bare_values_as_rows_and_in_parts() -> None:
    def result() -> Any:
        return ChunkedIteratorResult(scalar_shape("n"), [[1, 2], [3, 4, 5]])

    assert result().all() == [(1,), (2,), (3,), (4,), (5,)]
    assert result().scalars().fetchmany(3) == [1, 2, 3]
    assert list(result().scalars().partitions(2)) == [[1, 2], [3, 4], [5]]
    assert result().scalars().first() == 1
    assert result().columns("n").scalars().all() == [1, 2, 3, 4, 5]


def test_chunks_close_what_stands_behind_them_once() -> None:
    closed: list[int] = []
    result: Any = ChunkedIteratorResult(("a",), [[(1,)], [(2,)]], on_close=lambda: closed.append(1))
    assert result.first() == (1,)
    result.close()
    assert closed == [1]


def test_a_result_that_needs_unique_refuses_to_be_read_without() -> None:
    def result() -> Any:
        return ChunkedIteratorResult(scalar_shape("n"), [[1, 1, 2]], needs_unique=True, unique_filters=(id,))

    for read in (result().all, result().scalars().all, result().first):
        with pytest.raises(exc.InvalidRequestError, match="unique"):
            read()
    assert result().unique().all() == [(1,), (2,)]
    assert result().scalars().unique().all() == [1, 2]


def test_unique_filters_decide_how_values_are_compared() -> None:
    one, other = [1], [1]
    result: Any = ChunkedIteratorResult(("a",), [[(one,), (other,), (one,)]], unique_filters=(id,))
    assert result.unique().scalars().all() == [one, other]


def test_the_code_that_applies_processors_can_be_read_and_stands_in_tracebacks() -> None:
    def fail(value: str) -> str:
        raise ValueError(value)

    shape = ResultShape(("id", "name"), (), (None, fail))
    with pytest.raises(ValueError, match="a") as caught:
        IteratorResult(shape, PAIRS).all()
    assert "make_row(((last := row)[0], process_1(row[1]),))" in "".join(traceback.format_exception(caught.value))
