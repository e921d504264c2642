"""Mappers: classes mapped apart from their tables, and what a mapper tells."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table, and_, func, select
from azoth.orm import (
    ColumnProperty,
    aliased,
    backref,
    class_mapper,
    column_property,
    configure_mappers,
    declarative_base,
    mapper,
    object_mapper,
    reconstructor,
    registry,
    relation,
    synonym,
    validates,
)
from azoth.orm.exc import UnmappedClassError, UnmappedColumnError, UnmappedInstanceError
from azoth.orm.mapping.classic.imperative import classic_registry


@pytest.fixture
def users() -> Table:
    return Table(
        "users",
        MetaData(),
        Column("user_id", Integer, primary_key=True),
        Column("name", String),
        Column("age", Integer),
    )


def test_a_plain_class_is_mapped_to_a_table(users: Table) -> None:
    class User:
        def __init__(self, name: str) -> None:
            self.name = name

    mapped = registry().map_imperatively(User, users, properties={"id": users.c.user_id})

    assert azoth.inspect(User) is mapped
    assert mapped.column_keys == ("id", "name", "age")
    assert mapped.primary_key_keys == ("id",)
    assert mapped.key_of(users.c.user_id) == "id"
    assert User("ed").name == "ed"
    assert str(User.id == 5) == "users.user_id = :user_id_1"


def test_the_classic_mapper_and_relation_work_with_their_positional_tables() -> None:
    metadata = MetaData()
    orders = Table("orders", metadata, Column("id", Integer, primary_key=True))
    items = Table("items", metadata, Column("id", Integer, primary_key=True), Column("o", ForeignKey("orders.id")))
    users = Table("users", metadata, Column("id", Integer, primary_key=True))
    user_orders = Table(
        "user_orders", metadata, Column("user_id", ForeignKey("users.id")), Column("order_id", ForeignKey("orders.id"))
    )

    class Order: ...

    class Item: ...

    class User: ...

    try:
        mapper(Item, items)
        mapper(User, users)
        mapper(
            Order,
            orders,
            properties={
                "items": relation(Item, items, cascade="all, delete-orphan"),
                "customer": relation(User, users, user_orders, cascade="save-update"),
            },
        )
        relationships = class_mapper(Order).relationships
        assert relationships["items"].direction.name == "ONETOMANY"
        assert relationships["items"].secondary is None
        assert relationships.customer.direction.name == "MANYTOMANY"
        assert relationships.customer.secondary is user_orders
        order, item = Order(), Item()
        order.items.append(item)
        assert order.items == [item]
    finally:
        classic_registry().dispose()
    assert not hasattr(Order, "items")


def test_only_listed_columns_are_mapped(users: Table) -> None:
    class A: ...

    class B: ...

    class C: ...

    own = registry()
    assert own.map_imperatively(A, users, include_properties=["user_id", "name"]).column_keys == ("user_id", "name")
    assert own.map_imperatively(B, users, exclude_properties=[users.c.age]).column_keys == ("user_id", "name")
    assert own.map_imperatively(C, users, column_prefix="_").column_keys == ("_user_id", "_name", "_age")


def test_a_property_of_the_class_keeps_its_column_from_being_mapped(users: Table) -> None:
    class User:
        @property
        def name(self) -> str:
            return "computed"

    mapped = registry().map_imperatively(User, users)

    assert mapped.column_keys == ("user_id", "age")
    assert User().name == "computed"


def test_the_primary_key_can_be_named_where_the_table_has_none() -> None:
    table = Table("log", MetaData(), Column("a", Integer), Column("b", Integer), Column("c", Integer))

    class Log: ...

    mapped = registry().map_imperatively(Log, table, primary_key=[table.c.a, table.c.b])

    assert mapped.primary_key_keys == ("a", "b")
    assert mapped.composite_key
    assert mapped.pk_from_values({"a": 1, "b": 2}) == (1, 2)
    assert mapped.pk_from_values({"a": None, "b": None}) is None


def test_a_table_without_primary_key_is_refused() -> None:
    class Log: ...

    with pytest.raises(azoth.exc.ArgumentError, match=r"Log\(log\).*primary key columns"):
        registry().map_imperatively(Log, Table("log", MetaData(), Column("a", Integer)))


def test_leaving_out_the_primary_key_is_refused(users: Table) -> None:
    class User: ...

    with pytest.raises(azoth.exc.ArgumentError, match="leaves out the primary key column"):
        registry().map_imperatively(User, users, include_properties=["name"])


def test_mapping_twice_is_refused(users: Table) -> None:
    class User: ...

    own = registry()
    own.map_imperatively(User, users)
    with pytest.raises(azoth.exc.ArgumentError, match="mapped already"):
        own.map_imperatively(User, users)


def test_unknown_options_are_refused_with_a_suggestion(users: Table) -> None:
    class User: ...

    with pytest.raises(azoth.exc.ArgumentError, match="'order_bye'") as caught:
        registry().map_imperatively(User, users, order_bye=users.c.name)
    assert "'order_by'" in caught.value.fix


def test_dispose_gives_the_class_back(users: Table) -> None:
    class User: ...

    own = registry()
    own.map_imperatively(User, users)
    own.dispose()

    assert azoth.inspect(User, raiseerr=False) is None
    assert "__setattr__" not in User.__dict__
    assert "__init__" not in User.__dict__
    own.map_imperatively(User, users)


def test_class_mapper_and_object_mapper_name_what_is_not_mapped(users: Table) -> None:
    class Plain: ...

    with pytest.raises(UnmappedClassError, match="Plain is not mapped"):
        class_mapper(Plain)
    with pytest.raises(UnmappedInstanceError, match="Plain' is not mapped"):
        object_mapper(Plain())
    with pytest.raises(azoth.exc.ArgumentError, match="Class object expected"):
        class_mapper("Plain")


def test_properties_are_found_by_name_and_column(users: Table) -> None:
    class User: ...

    mapped = registry().map_imperatively(User, users)

    assert mapped.get_property_by_column(users.c.name) is mapped.attrs.name is mapped.get_property("name")
    assert mapped.c.name is users.c.name
    assert [prop.key for prop in mapped.iterate_properties] == ["user_id", "name", "age"]
    with pytest.raises(azoth.exc.InvalidRequestError, match="no property 'nam'") as caught:
        mapped.get_property("nam")
    assert "'name'" in caught.value.fix
    with pytest.raises(UnmappedColumnError):
        mapped.key_of(Column("other", Integer))


def test_identity_keys_have_class_and_primary_key(users: Table) -> None:
    class User: ...

    mapped = registry().map_imperatively(User, users)
    user = User()
    user.user_id = 5

    assert mapped.identity_key_from_primary_key((5,)) == (User, (5,), None)
    assert mapped.identity_key_from_instance(user) == (User, (5,), None)
    assert mapped.primary_key_from_instance(user) == [5]


def test_sql_expressions_are_attributes() -> None:
    Base = declarative_base()

    class Address(Base):
        __tablename__ = "address"
        id = Column(Integer, primary_key=True)
        user_id = Column(ForeignKey("user.id"))

    class User(Base):
        __tablename__ = "user"
        id = Column(Integer, primary_key=True)
        first = Column(String)
        last = Column(String)
        full = column_property(first + " " + last)
        addresses = column_property(
            select(func.count(Address.id)).where(Address.user_id == id).correlate_except(Address).scalar_subquery()
        )

    mapped = azoth.inspect(User)
    assert list(mapped.expression_keys) == ["full", "addresses"]
    assert mapped.column_keys == ("id", "first", "last")
    assert [prop.key for prop in mapped.column_attrs] == ["full", "addresses", "id", "first", "last"]
    assert str(select(User.full)).startswith("SELECT")
    assert " || " in str(User.full == "a b")


def test_synonyms_read_write_and_compare_as_the_attribute(users: Table) -> None:
    class User:
        def _get(self) -> str:
            return self._name.upper()

        loud = property(_get)

    registry().map_imperatively(
        User, users, properties={"title": synonym("name"), "_age": users.c.age, "years": synonym("_age")}
    )
    user = User()
    user.title = "ed"

    assert user.name == "ed"
    assert user.title == "ed"
    assert str(User.title == "x") == "users.name = :name_1"
    assert str(User.years > 3) == "users.age > :age_1"
    assert list(azoth.inspect(User).synonyms.keys()) == ["title", "years"]


def test_a_synonym_of_nothing_is_refused(users: Table) -> None:
    class User: ...

    own = registry()
    own.map_imperatively(User, users, properties={"title": synonym("nam")})
    with pytest.raises(azoth.exc.ArgumentError, match="'nam'"):
        configure_mappers()
    own.dispose()


def test_validators_see_each_value_and_may_change_it(users: Table) -> None:
    class User:
        @validates("name", "age")
        def check(self, key: str, value: Any) -> Any:
            if value is None:
                raise ValueError(key)
            return value

        @reconstructor
        def loaded(self) -> None: ...

    mapped = registry().map_imperatively(User, users)
    user = User()
    user.name = "ed"

    with pytest.raises(ValueError, match="age"):
        user.age = None
    assert user.name == "ed"
    assert user.age is None
    assert [function.__name__ for function in mapped.reconstructors] == ["loaded"]


def test_validators_see_what_relationships_get() -> None:
    Base = declarative_base()

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relation(Child)

        @validates("children")
        def check(self, key: str, child: Any) -> Any:
            if child.id is None:
                raise ValueError(key)
            return child

    parent = Parent()
    parent.children.append(Child(id=1))
    with pytest.raises(ValueError, match="children"):
        parent.children.append(Child())
    assert len(parent.children) == 1


def test_versions_are_counted_by_default() -> None:
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("v", Integer))

    class A: ...

    mapped = registry().map_imperatively(A, table, version_id_col=table.c.v)
    assert mapped.version_id_key == "v"
    assert mapped.version_id_generator(None) == 1
    assert mapped.version_id_generator(4) == 5


def test_adding_a_property_makes_a_new_shape(users: Table) -> None:
    class User: ...

    mapped = registry().map_imperatively(User, users)
    shape = mapped._shape
    mapped.add_property("twice", column_property(users.c.age * 2))

    assert mapped._shape != shape
    assert list(mapped.expression_keys) == ["twice"]


def test_a_failed_mapping_keeps_the_others_from_being_used_and_says_why() -> None:
    Base = declarative_base()

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        b = relation("Missing")

    with pytest.raises(azoth.exc.InvalidRequestError, match="'Missing'"):
        configure_mappers()
    with pytest.raises(azoth.exc.InvalidRequestError, match="failed to initialize") as caught:
        A()
    assert "Missing" in caught.value.why
    Base.registry.dispose()


def test_backrefs_are_made_when_the_first_instance_is() -> None:
    metadata = MetaData()
    parents = Table("parents", metadata, Column("id", Integer, primary_key=True))
    children = Table(
        "children", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey("parents.id"))
    )

    class Parent: ...

    class Child: ...

    own = registry()
    own.map_imperatively(Parent, parents, properties={"children": relation(Child, backref=backref("parent"))})
    own.map_imperatively(Child, children)
    child = Child()
    child.parent = parent = Parent()

    assert parent.children == [child]
    assert not hasattr(Child.__init__, "__wrapped__")


def test_clear_mappers_gives_all_classes_back() -> None:
    # In a process of its own, because it unmaps the classes of all other tests too.
    program = """
from azoth import Column, Integer, MetaData, Table, inspect
from azoth.orm import clear_mappers, declarative_base, mapper

class Plain: ...

class Declared(declarative_base()):
    __tablename__ = "declared"
    id = Column(Integer, primary_key=True)

table = Table("plain", MetaData(), Column("id", Integer, primary_key=True))
mapper(Plain, table)
clear_mappers()
print(inspect(Plain, raiseerr=False), inspect(Declared, raiseerr=False), hasattr(Plain, "id"))
mapper(Plain, table)
"""
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert output.split() == ["None", "None", "False"]


def test_joins_can_be_mapped() -> None:
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
    b = Table("b", metadata, Column("bid", Integer, ForeignKey("a.id"), primary_key=True), Column("y", Integer))

    class AB: ...

    joined = a.join(b, and_(a.c.id == b.c.bid))
    mapped = registry().map_imperatively(AB, joined, properties={"id": [a.c.id, b.c.bid]}, primary_key=[a.c.id])

    assert set(mapped.column_keys) == {"id", "x", "y"} or set(mapped.column_keys) == {"id", "a_x", "b_y"}
    assert mapped.primary_key == (a.c.id,)


def test_attributes_can_have_operators_of_their_own(users: Table) -> None:
    class Shouting(ColumnProperty.Comparator):
        def __eq__(self, other: object) -> Any:
            return func.upper(self.__clause_element__()) == func.upper(other)

        def is_loud(self) -> Any:
            return self.__clause_element__() == func.upper(self.__clause_element__())

    class User: ...

    registry().map_imperatively(
        User, users, properties={"name": column_property(users.c.name, comparator_factory=Shouting)}
    )

    assert str(User.name == "x") == "upper(users.name) = upper(:upper_1)"
    assert str(User.name.is_loud()) == "users.name = upper(users.name)"
    assert str(User.name.like("x")) == "users.name LIKE :name_1"
    assert str(aliased(User, name="u").name == "x") == "upper(u.name) = upper(:upper_1)"
