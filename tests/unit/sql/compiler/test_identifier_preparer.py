"""Names stand in quotes exactly where SQL would read them otherwise."""

from __future__ import annotations

import pytest

from azoth.sql.compiler import IdentifierPreparer


@pytest.mark.parametrize(
    "name, written",
    [
        ("users", "users"),
        ("user_2", "user_2"),
        ("_x$", "_x$"),
        ("Users", '"Users"'),
        ("user", '"user"'),
        ("select", '"select"'),
        ("two words", '"two words"'),
        ("2nd", '"2nd"'),
        ("$x", '"$x"'),
        ('say "x"', '"say ""x"""'),
        ("straße", '"straße"'),
        ("", '""'),
        ("a;b", '"a;b"'),
        ("line\n", '"line\n"'),
    ],
)
def test_quoting(name: str, written: str) -> None:
    assert IdentifierPreparer().quote(name) == written


def test_quoting_may_be_forced_or_forbidden() -> None:
    preparer = IdentifierPreparer()
    assert preparer.quote("users", force=True) == '"users"'
    assert preparer.quote("Users", force=False) == "Users"


def test_a_name_that_decides_by_itself_does_not_decide_for_equal_names() -> None:
    class Name(str):
        quote = True

    preparer = IdentifierPreparer()
    assert preparer.quote(Name("users")) == '"users"'
    assert preparer.quote("users") == "users"
    assert preparer.quote(Name("users")) == '"users"'


def test_other_quotes() -> None:
    assert IdentifierPreparer(initial_quote="`").quote("a`b") == "`a``b`"
    assert IdentifierPreparer(initial_quote="[", final_quote="]").quote("a]b") == "[a]]b]"
