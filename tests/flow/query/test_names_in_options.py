"""Loader options are given attributes: a name is refused with the attribute to write, "*" means all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, literal, select
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import (
    Load,
    aliased,
    contains_eager,
    declarative_base,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    noload,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
    undefer,
    with_expression,
)
from tests.flow.query.blog import Address, User

Base: Any = declarative_base()


class Ship(Base):
    """Its attribute's name is no other class's, so that the advice for a bare name can be foretold."""

    __tablename__ = "ships"
    id = Column(Integer, primary_key=True)
    masts_of_oak = relationship("Mast")


class Mast(Base):
    __tablename__ = "masts"
    id = Column(Integer, primary_key=True)
    ship_id = Column(ForeignKey("ships.id"))


NAMED: dict[str, tuple[Callable[[], Any], str]] = {
    "joinedload": (lambda: joinedload("masts_of_oak"), "joinedload(Ship.masts_of_oak)"),
    "selectinload": (lambda: selectinload("masts_of_oak"), "selectinload(Ship.masts_of_oak)"),
    "subqueryload": (lambda: subqueryload("masts_of_oak"), "subqueryload(Ship.masts_of_oak)"),
    "immediateload": (lambda: immediateload("masts_of_oak"), "immediateload(Ship.masts_of_oak)"),
    "lazyload": (lambda: lazyload("masts_of_oak"), "lazyload(Ship.masts_of_oak)"),
    "noload": (lambda: noload("masts_of_oak"), "noload(Ship.masts_of_oak)"),
    "raiseload": (lambda: raiseload("masts_of_oak", sql_only=True), "raiseload(Ship.masts_of_oak)"),
    "defaultload": (lambda: defaultload("masts_of_oak"), "defaultload(Ship.masts_of_oak)"),
    "contains_eager": (lambda: contains_eager("masts_of_oak"), "contains_eager(Ship.masts_of_oak)"),
    "names in a chain": (lambda: joinedload("masts_of_oak", "id"), "defaultload(Ship.masts_of_oak)"),
    "a name at a chain's end": (lambda: joinedload(User.addresses, "notes"), "joinedload(Address.notes)"),
    "dotted names": (
        lambda: joinedload("fleet.masts_of_oak"),
        "joinedload(Ship.masts_of_oak); relationships on the way are options of their own",
    ),
    "defer": (lambda: Load(User).defer("age"), "defer(User.age)"),
    "defer that raises": (lambda: Load(User).defer("age", raiseload=True), "defer(User.age)"),
    "undefer": (lambda: Load(User).undefer("age"), "undefer(User.age)"),
    "load_only": (lambda: Load(User).load_only(User.id, "age"), "load_only(User.age)"),
    "with_expression": (lambda: Load(User).with_expression("age", literal(1)), "with_expression(User.age)"),
    "behind a relationship": (lambda: joinedload(User.addresses).defer("email"), "defer(Address.email)"),
    "behind a relationship of an alias": (
        lambda: joinedload(aliased(User).addresses).load_only("id"),
        "load_only(Address.id)",
    ),
    "behind an alias": (
        lambda: joinedload(User.addresses.of_type(aliased(Address))).joinedload("notes"),
        "joinedload(Address.notes)",
    ),
    "options of an option": (
        lambda: selectinload(User.addresses).options(joinedload("masts_of_oak")),
        "joinedload(Ship.masts_of_oak)",
    ),
    "no class has it": (
        lambda: joinedload("nothing_of_the_kind"),
        "joinedload(User.nothing_of_the_kind), with the class that has it",
    ),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_name_is_refused_with_the_attribute_to_write(case: str) -> None:
    make, written = NAMED[case]
    with pytest.raises(ArgumentError, match="a name is no attribute") as caught:
        make()
    assert caught.value.fix == f"write {written}"


def test_queries_refuse_names_as_statements_do(session: Any) -> None:
    with pytest.raises(ArgumentError, match="a name is no attribute"):
        session.query(User).options(joinedload("addresses"))


@pytest.mark.parametrize("make", [load_only, contains_eager, lambda name: with_expression(name, literal(1))])
def test_options_of_single_attributes_do_not_mean_all(make: Callable[[str], Any]) -> None:
    with pytest.raises(ArgumentError, match="would have no meaning"):
        make("*")


def test_a_name_is_no_class_to_begin_at() -> None:
    with pytest.raises(InvalidRequestError, match="is not a mapped class"):
        Load("User")


@pytest.mark.parametrize("option", [joinedload("*"), selectinload("*"), Load(User).selectinload("*")])
def test_all_relationships_are_loaded_by_the_wildcard(session: Any, statements: Any, option: Any) -> None:
    user = session.scalars(select(User).filter_by(name="ed").options(option)).one()
    statements.clear()
    assert [address.email for address in user.addresses] == ["ed@a", "ed@b"]
    assert statements == []


@pytest.mark.parametrize("option", [raiseload("*"), Load(User).raiseload("*"), defaultload("*").raiseload("*")])
def test_all_relationships_are_refused_by_the_wildcard(session: Any, option: Any) -> None:
    user = session.scalars(select(User).filter_by(name="ed").options(option)).one()
    with pytest.raises(InvalidRequestError):
        user.addresses


def test_all_columns_are_deferred_by_the_wildcard(session: Any) -> None:
    user = session.scalars(select(User).filter_by(id=1).options(defer("*"), undefer(User.age))).one()
    assert set(user.__dict__) & {"id", "name", "age"} == {"id", "age"}
