"""Errors of relationship attributes name class and attribute, the reason and the way out, in one format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth.exc import AzothError
from azoth.orm.collections import attribute_keyed_dict, collection_adapter
from tests.unit.orm.runtime.mapped_classes import Family


def append_text() -> None:
    parent = Family().Parent()
    parent.children.append("text")


def assign_none() -> None:
    Family().Parent().children = None


def store_without_key() -> None:
    family = Family(collection_class=attribute_keyed_dict("name"))
    family.Child().parent = family.Parent()


def second_owner() -> None:
    family = Family(single_parent=True)
    child = family.Child()
    first, second = family.Parent(), family.Parent()
    first.children.append(child)
    second.children.append(child)


def adapter_of_a_plain_list() -> None:
    collection_adapter([])


@pytest.mark.parametrize(
    "act, named",
    [
        (append_text, "Parent.children cannot hold an object of type str [AZ-S91]"),
        (assign_none, "incompatible collection type for Parent.children: None is not list-like [AZ-S94]"),
        (store_without_key, "cannot put a Child object into a KeyFuncDict: its key is not populated [AZ-S93]"),
        (second_owner, "Child object already has a parent through Parent.children [AZ-S90]"),
        (adapter_of_a_plain_list, "a list object belongs to no mapped instance [AZ-S95]"),
    ],
)
def test_the_message_has_a_summary_with_a_code_a_reason_and_a_fix(act: Callable[[], None], named: Any) -> None:
    with pytest.raises(AzothError) as caught:
        act()
    summary, why, fix = str(caught.value).splitlines()
    assert summary == named
    assert why.startswith("  why: ")
    assert fix.startswith("  fix: ")
