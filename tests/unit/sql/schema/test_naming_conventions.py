"""Names that constraints and indexes get from the naming convention of their metadata."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.schema import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    conv,
)
from azoth.types import Boolean, Integer

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def test_the_usual_convention() -> None:
    metadata = MetaData(naming_convention=CONVENTION)
    Table("p", metadata, Column("id", Integer, primary_key=True))
    table = Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("p_id", ForeignKey("p.id"), index=True),
        Column("u", Integer, unique=True),
        Column("flag", Boolean(create_constraint=True, name="flag")),
        CheckConstraint("u > 1", name="large"),
        CheckConstraint("u > 2", name=conv("exactly")),
    )
    assert {constraint.name for constraint in table.constraints} == {
        "pk_t",
        "fk_t_p_id_p",
        "uq_t_u",
        "ck_t_large",
        "ck_t_flag",
        "exactly",
    }
    assert {index.name for index in table.indexes} == {"ix_t_p_id"}


@pytest.mark.parametrize(
    "convention, name",
    [
        ("uq_%(column_0_key)s", "uq_akey"),
        ("uq_%(column_1_name)s", "uq_b"),
        ("uq_%(column_0N_name)s", "uq_ab"),
        ("uq_%(column_0_N_name)s", "uq_a_b"),
        ("uq_%(column_0_N_label)s", "uq_t_a_t_b"),
        ("uq_%(mine)s", "uq_t!"),
    ],
)
def test_tokens(convention: str, name: str) -> None:
    def mine(constraint: Any, table: Any) -> str:
        return f"{table.name}!"

    table = Table(
        "t",
        MetaData(naming_convention={"uq": convention, "mine": mine}),
        Column("a", Integer, key="akey"),
        Column("b", Integer),
        UniqueConstraint("a", "b"),
    )
    assert [one.name for one in table.constraints if isinstance(one, UniqueConstraint)] == [name]


def test_tokens_of_the_table_referred_to() -> None:
    convention = {"fk": "fk_%(referred_table_name)s_%(referred_column_0_name)s_%(referred_column_0_N_name)s"}
    table = Table(
        "t",
        MetaData(naming_convention=convention),
        Column("a", Integer),
        Column("b", Integer),
        ForeignKeyConstraint(["a", "b"], ["p.x", "p.y"]),
    )
    assert [one.name for one in table.foreign_key_constraints] == ["fk_p_x_x_y"]


def test_given_names_are_kept() -> None:
    metadata = MetaData(naming_convention=CONVENTION)
    table = Table("t", metadata, Column("a", Integer), UniqueConstraint("a", name="mine"), Index("my_index", "a"))
    assert "mine" in {one.name for one in table.constraints}
    assert {one.name for one in table.indexes} == {"my_index"}


def test_a_convention_that_needs_a_name_asks_for_one() -> None:
    with pytest.raises(exc.InvalidRequestError, match="CheckConstraint of table t needs a name"):
        Table("t", MetaData(naming_convention=CONVENTION), Column("a", Integer), CheckConstraint("a > 1"))
