"""Each documented member, and each parameter, of what is public in SQLAlchemy is in azoth, or has a reason why not.

Of classes: the members that have a description there, and the parameters of the constructor and of methods, by name and
place. Of functions: their parameters. The reasons are in ``absent_members``.
"""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy")

from tests.unit.api.absent_members import REASONS, UNDOCUMENTED
from tests.unit.api.surface import differences, documented_members, has_member, pairs, parameter_differences
from tests.unit.api.test_public_names import DOCUMENTED


def known() -> list[str]:
    return [name for names in REASONS.values() for name in names.split()]


def test_each_member_and_parameter_is_here_or_has_a_reason() -> None:
    unexplained = sorted(differences() - set(known()))
    assert not unexplained, "\n".join(["azoth lacks, without a reason:", *unexplained])


def test_no_reason_is_given_for_what_is_here() -> None:
    here = sorted(set(known()) - differences())
    assert not here, "\n".join(["is here, so take it out of absent_members:", *here])


def test_no_page_has_the_classes_that_are_called_undocumented() -> None:
    assert not DOCUMENTED & {name.split(".")[0].split("(")[0] for name in REASONS[UNDOCUMENTED].split()}


def test_reasons_are_sorted_and_each_name_has_one() -> None:
    assert len(known()) == len(set(known()))
    for names in REASONS.values():
        assert names.split() == sorted(names.split())


def test_the_reading_sees_what_there_is() -> None:
    """Should the reading itself break, nothing would be missing any more."""
    theirs, ours = pairs()["Select"]
    members = set(documented_members(theirs))
    assert {
        "where",
        "join",
        "whereclause",
        "corresponding_column",
        "column_descriptions",
        "get_execution_options",
    } <= members
    assert "_raw_columns" not in members
    assert all(has_member(ours, name) for name in ("where", "whereclause"))
    assert not has_member(ours, "nothing_such")
    assert len(pairs()) > 500


def test_parameters_are_compared_by_name_and_place() -> None:
    def theirs(first, second, *more, third=None): ...

    def ours(second, first, **options): ...

    assert sorted(parameter_differences("f", theirs, ours)) == [
        "f(*more)",
        "f(first:0->1)",
        "f(second:1->0)",
        "f(third)",
    ]
    assert list(parameter_differences("f", theirs, theirs)) == []
