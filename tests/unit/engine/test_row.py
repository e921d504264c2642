"""Rows."""

from __future__ import annotations

import copy
import pickle

import pytest

from azoth import exc
from azoth.engine.row import row_class


def test_a_row_is_a_tuple_with_names() -> None:
    row = row_class(("id", "name"))((1, "x"))
    assert row == (1, "x")
    assert (row.id, row.name, row[1], row[-1]) == (1, "x", "x", "x")
    assert row._fields == ("id", "name")
    assert row._asdict() == {"id": 1, "name": "x"}
    assert row.t == row._tuple() == row.tuple() == (1, "x")
    ident, name = row
    assert (ident, name) == (1, "x")


def test_a_row_is_a_mapping_through_its_mapping() -> None:
    row = row_class(("id", "name"))((1, "x"))
    assert dict(row._mapping) == {"id": 1, "name": "x"}
    assert "id" in row._mapping
    assert "nix" not in row._mapping
    assert list(row._mapping.keys()) == ["id", "name"]


def test_rows_of_the_same_columns_share_a_class() -> None:
    assert row_class(("a", "b")) is row_class(("a", "b"))


def test_rows_have_no_dict() -> None:
    assert not hasattr(row_class(("a",))((1,)), "__dict__")


def test_an_unknown_attribute_names_the_columns() -> None:
    with pytest.raises(AttributeError, match=r"'nam'.*'id', 'name'"):
        row_class(("id", "name"))((1, "x")).nam


def test_an_unknown_key_is_an_error_that_is_a_key_error_too() -> None:
    row = row_class(("id",))((1,))
    with pytest.raises(exc.NoSuchColumnError) as caught:
        row._mapping["nix"]
    assert isinstance(caught.value, KeyError)
    assert "'id'" in str(caught.value)


def test_a_name_that_occurs_twice_is_ambiguous() -> None:
    row = row_class(("id", "id"))((1, 2))
    assert tuple(row) == (1, 2)
    with pytest.raises(exc.InvalidRequestError, match="several columns"):
        row.id
    with pytest.raises(exc.InvalidRequestError, match="several columns"):
        row._mapping["id"]


def test_columns_named_like_methods_of_tuples_are_readable() -> None:
    row = row_class(("count", "index", "t"))((7, 8, 9))
    assert (row.count, row.index, row.t) == (7, 8, 9)


def test_columns_with_odd_names_do_not_break_the_row() -> None:
    row = row_class(("count(*)", "_mapping", "__len__", "class"))((1, 2, 3, 4))
    assert len(row) == 4
    assert row._mapping["_mapping"] == 2
    assert row._mapping["count(*)"] == 1
    assert getattr(row, "class") == 4


def test_rows_survive_pickling_and_copying() -> None:
    row = row_class(("id", "name"))((1, "x"))
    for other in (pickle.loads(pickle.dumps(row)), copy.copy(row), copy.deepcopy(row)):
        assert other == row
        assert other.name == "x"


def test_rows_compare_and_hash_as_tuples() -> None:
    make = row_class(("id", "name"))
    assert sorted([make((2, "a")), make((1, "b"))]) == [(1, "b"), (2, "a")]
    assert {make((1, "x")), (1, "x")} == {(1, "x")}
    assert repr(make((1, "x"))) == "(1, 'x')"
