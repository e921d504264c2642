"""Ranges and bit strings of PostgreSQL behave in Python as those of SQLAlchemy do."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy.dialects.postgresql as theirs

import azoth.dialects.postgresql as ours

DAY = datetime.date(2024, 2, 29)

BOUNDS = [
    ((1, 5), "[)"),
    ((1, 4), "[]"),
    ((0, 5), "()"),
    ((5, 9), "[)"),
    ((5, 9), "(]"),
    ((3, 7), "[]"),
    ((2, 3), "[)"),
    ((None, 3), "[)"),
    ((7, None), "(]"),
    ((None, None), "[]"),
    ((4, 4), "[]"),
]
DECIMALS = [
    ((None if low is None else low / 2, None if high is None else high / 2), bounds) for (low, high), bounds in BOUNDS
]
DAYS = [
    (tuple(None if one is None else DAY + datetime.timedelta(days=one) for one in ends), bounds)
    for ends, bounds in BOUNDS
]

QUESTIONS = [
    "overlaps",
    "contains",
    "contained_by",
    "strictly_left_of",
    "strictly_right_of",
    "not_extend_left_of",
    "not_extend_right_of",
    "adjacent_to",
    "__eq__",
]
RESULTS = ["union", "intersection", "difference"]


def ranges(library: ModuleType, kind: list[Any]) -> list[Any]:
    return [*[library.Range(*ends, bounds=bounds) for ends, bounds in kind], library.Range(empty=True)]


def normal(library: ModuleType, value: Any) -> Any:
    """Describe a range so that equal ones have the same description, whichever library they are of."""
    if not isinstance(value, library.Range):
        return value
    probes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    return [value.contains(probe) for probe in probes]


@pytest.mark.parametrize("kind", [BOUNDS, DECIMALS, DAYS], ids=["whole", "decimal", "days"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_ranges_answer_the_same(question: str, kind: list[Any]) -> None:
    def answers(library: ModuleType) -> list[bool]:
        each = ranges(library, kind)
        return [getattr(one, question)(two) for one in each for two in each]

    assert answers(ours) == answers(theirs)


@pytest.mark.parametrize("operation", RESULTS)
def test_ranges_combine_the_same(operation: str) -> None:
    def results(library: ModuleType) -> list[Any]:
        found = []
        for one in ranges(library, BOUNDS):
            for two in ranges(library, BOUNDS):
                try:
                    found.append(normal(library, getattr(one, operation)(two)))
                except ValueError:
                    found.append("no range")
        return found

    assert results(ours) == results(theirs)


def test_equal_ranges_have_one_hash() -> None:
    whole = ours.Range(1, 5), ours.Range(1, 4, bounds="[]"), ours.Range(0, 5, bounds="()")
    assert len(set(whole)) == 1
    assert len({ours.Range(1, 1), ours.Range(empty=True)}) == 1


def test_a_range_without_values_is_empty_in_comparisons_as_it_is_in_postgresql() -> None:
    nothing = ours.Range(4, 4)
    assert nothing == ours.Range(4, 5, bounds="()") == ours.Range(empty=True)
    assert not nothing.overlaps(ours.Range(1, 9))
    assert ours.Range(1, 2).contains(nothing)
    assert not ours.Range(1.5, 1.5, bounds="()").contains(1.5)


@pytest.mark.parametrize("kind", [BOUNDS, DAYS], ids=["whole", "days"])
def test_ranges_have_the_same_text(kind: list[Any]) -> None:
    assert [str(one) for one in ranges(ours, kind)] == [str(one) for one in ranges(theirs, kind)]


BITS: dict[str, Callable[[Any], Any]] = {
    "int": lambda bits: int(bits("1011")),
    "bytes": lambda bits: bytes(bits("101100001111")),
    "from int": lambda bits: str(bits.from_int(5, 8)),
    "from bytes": lambda bits: str(bits.from_bytes(b"\x0f\x01")),
    "from bytes of a length": lambda bits: str(bits.from_bytes(b"\x0f", length=10)),
    "and": lambda bits: str(bits("1100") & bits("1010")),
    "or": lambda bits: str(bits("1100") | bits("1010")),
    "xor": lambda bits: str(bits("1100") ^ bits("1010")),
    "not": lambda bits: str(~bits("1100")),
    "shift to the left": lambda bits: str(bits("1101") << 2),
    "shift to the right": lambda bits: str(bits("1101") >> 1),
    "concatenation": lambda bits: str(bits("11") + bits("01")),
    "repetition": lambda bits: str(bits("10") * 3),
    "slice": lambda bits: str(bits("10110")[1:4]),
    "bit": lambda bits: bits("10110").get_bit(1),
    "set bit": lambda bits: str(bits("10110").set_bit(1, "1")),
    "set": lambda bits: bits("10110").has_bit(2) if hasattr(bits, "has_bit") else None,
    "lengths": lambda bits: (bits("101100001").bit_length, bits("101100001").octet_length),
    "text": lambda bits: repr(bits("101")),
    "equality": lambda bits: bits("101") == "101",
    "left": lambda bits: str(bits("0010").lstrip("0")),
    "padding": lambda bits: (str(bits("1").rjust(4, "0")), str(bits("1").ljust(4, "0")), str(bits("1").zfill(3))),
    "prefix": lambda bits: str(bits("1101").removeprefix("11")),
    "no bits": lambda bits: bits("102"),
    "too large": lambda bits: bits.from_int(9, 3),
    "negative": lambda bits: bits.from_int(-1, 3),
    "of different lengths": lambda bits: bits("11") & bits("1"),
}


@pytest.mark.parametrize("name", BITS)
def test_bit_strings_behave_the_same(name: str) -> None:
    def outcome(bits: Any) -> Any:
        try:
            return BITS[name](bits)
        except ValueError:
            return ValueError

    assert outcome(ours.BitString) == outcome(theirs.BitString)
