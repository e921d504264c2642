"""What a declarative base and a class body may say, and what is said about what they say in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint, exc, func, select
from azoth.exc import AzothWarning
from azoth.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    Mapped,
    Mapper,
    column_property,
    configure_mappers,
    declarative_base,
    declared_attr,
    mapped_column,
    registry,
    relationship,
)
from tests.database import Database

BASES = [DeclarativeBase, DeclarativeBaseNoMeta]


def new_base() -> Any:
    return type("Base", (DeclarativeBase,), {})


def declare(base: Any, name: str = "Item", /, **body: Any) -> Any:
    return type(base)(name, (base,), {"__tablename__": name.lower(), "id": Column(Integer, primary_key=True), **body})


@pytest.mark.parametrize("root", BASES)
@pytest.mark.parametrize("order", [1, -1])
def test_a_base_has_what_its_mixins_say(root: Any, order: int) -> None:
    metadata, types = MetaData(), {int: String(7)}
    mixin = type("Settings", (), {"metadata": metadata, "type_annotation_map": types})
    base = root.__class__("Base", (mixin, root)[::order], {})
    assert base.metadata is base.registry.metadata is metadata
    item = declare(base, __annotations__={"size": Mapped[int]})
    assert item.__table__.c.size.type.length == 7

    own = registry()
    base = root.__class__("Base", (type("Settings", (), {"registry": own}), root)[::order], {})
    assert declare(base).__mapper__.registry is own
    assert base.metadata is own.metadata


@pytest.mark.parametrize("root", BASES)
def test_a_base_whose_registry_is_none_is_refused(root: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="no registry"):
        type(root)("Base", (root,), {"registry": {"a": 1}})
    with pytest.raises(exc.InvalidRequestError, match="no registry"):
        DeclarativeMeta("Base", (), {"metadata": MetaData()})
    with pytest.raises(exc.InvalidRequestError, match="types of its own"):
        type(root)("Base", (root,), {"registry": registry(), "type_annotation_map": {int: Integer}})


@pytest.mark.parametrize("root", BASES)
def test_a_class_is_not_mapped_by_the_root_of_bases_itself(root: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="directly"):
        declare(root)
    base = type(root)("Base", (root,), {"__tablename__": declared_attr(lambda cls: cls.__name__.lower())})
    assert type(base)("Thing", (base,), {"id": Column(Integer, primary_key=True)}).__table__.name == "thing"


def test_classes_may_use_the_names_of_the_base_for_attributes(database: Database) -> None:
    base = new_base()
    with pytest.warns(AzothWarning, match="'registry'"):
        item = declare(base, registry=mapped_column(String(9)))
    with pytest.warns(AzothWarning, match="'metadata'"):
        note = declare(base, "Note", metadata=mapped_column(String(9)))
    below = type(base)("SmallNote", (note,), {"__tablename__": None})
    engine = database.make_engine()
    base.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:
        session.add_all([item(id=1, registry="r"), note(id=1, metadata="m")])
        session.commit()
        assert session.scalars(select(item.registry)).one() == "r"
        assert session.scalars(select(note.metadata)).one() == "m"
    assert below.__mapper__.registry is base.registry


def test_a_function_may_make_the_mappers_of_a_base_or_a_class() -> None:
    def make(class_: type[Any], table: Any, **options: Any) -> Any:
        mapper: Any = Mapper(class_, table, **options)
        mapper.made_for = class_.__name__
        return mapper

    assert declare(declarative_base(mapper=make)).__mapper__.made_for == "Item"
    base = new_base()
    assert declare(base, "Other", __mapper_cls__=staticmethod(make)).__mapper__.made_for == "Other"
    assert not hasattr(declare(base).__mapper__, "made_for")


def test_a_class_method_may_make_the_table() -> None:
    class Automatic:
        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()  # type: ignore[attr-defined, no-any-return]

        @classmethod
        def __table_cls__(cls, name: str, metadata: MetaData, *parts: Any, **options: Any) -> Table | None:
            if any(isinstance(part, Column) and part.primary_key for part in parts):
                return Table(f"auto_{name}", metadata, *parts, **options)
            return None

    base = new_base()
    person = type(base)("Person", (Automatic, base), {"id": Column(Integer, primary_key=True)})
    employee = type(base)("Employee", (person,), {"title": Column(String(9))})
    assert person.__table__.name == "auto_person"
    assert employee.__mapper__.local_table is person.__table__
    assert "title" in person.__table__.c


def test_mapped_attributes_stay_on_their_classes() -> None:
    item = declare(new_base(), name=Column(String(9)))
    with pytest.raises(NotImplementedError, match=r"Item\.name cannot be taken out"):
        del item.name
    item.anything = 5
    del item.anything
    assert not hasattr(item, "anything")


def test_a_class_without_a_table_gets_no_columns() -> None:
    base = new_base()
    rows = select(Column("x", Integer, primary_key=True)).select_from(azoth.table("foo")).subquery("foo")
    item = type(base)("Item", (base,), {"__table__": rows})
    with pytest.raises(exc.InvalidRequestError, match="no table"):
        item.y = mapped_column(Integer)


def test_a_text_in_the_primary_key_names_an_attribute() -> None:
    base = new_base()
    item = declare(base, code_=Column("code", String(9)), __mapper_args__={"primary_key": "code_"})
    assert item.__mapper__.primary_key == (item.__table__.c.code,)
    for wrong in ("nothing", "double"):
        with pytest.raises(exc.ArgumentError, match=f"names '{wrong}'"):
            number = Column(Integer)
            body = {"number": number, "double": column_property(number * 2)}
            declare(new_base(), "Other", **body, __mapper_args__={"primary_key": wrong})


def test_constraints_may_name_column_properties_of_the_body() -> None:
    prop = column_property(Column("size", Integer))
    limit: Any = prop > func.least(5)
    args = (UniqueConstraint(prop), azoth.CheckConstraint(limit))
    item = declare(new_base(), size=prop, __table_args__=args)
    found = [one for one in item.__table__.constraints if "size" in one.columns]
    assert {type(one) for one in found} == {UniqueConstraint, azoth.CheckConstraint}


def test_expressions_that_are_not_mapped_are_warned_of() -> None:
    with pytest.warns(AzothWarning, match=r"Item\.x is a SQL expression"):
        item = declare(new_base(), x=Column("x", Integer) + 5, y="no expression")
    assert list(item.__table__.c.keys()) == ["id"]
    with pytest.warns(AzothWarning, match=r"Item\.x is a SQL expression"):
        declare(new_base(), x=declared_attr(lambda cls: func.now()))


@pytest.mark.parametrize("type_", [Integer, Integer()])
def test_column_for_the_schemas_column_is_warned_of(type_: Any) -> None:
    for slip in (azoth.column(type_), declared_attr(lambda cls: azoth.column(type_))):
        with pytest.warns(AzothWarning, match=r"Item\.x is a SQL expression"):
            item = declare(new_base(), x=slip)
        assert list(item.__table__.c.keys()) == ["id"]


@pytest.mark.parametrize("make", [lambda: Column(Integer), lambda: mapped_column(Integer)])
def test_a_column_under_two_names_is_mapped_under_the_first(make: Callable[[], Any]) -> None:
    column = make()
    with pytest.warns(AzothWarning, match="several names: a, b"):
        item = declare(new_base(), a=column, b=column)
    assert set(item.__mapper__.attrs.keys()) == {"id", "a"}


def test_a_property_under_two_names_is_warned_of() -> None:
    prop: Any = relationship("Item")
    with pytest.warns(AzothWarning, match=r"Item\.a and Item\.b are one property"):
        declare(new_base(), other=Column(ForeignKey("item.id")), a=prop, b=prop)


def test_two_columns_of_one_name_are_a_duplicate() -> None:
    with (
        pytest.warns(AzothWarning, match="several names: x, y"),
        pytest.raises(exc.DuplicateColumnError, match="two columns named 'x'"),
    ):
        declare(new_base(), x=Column("x", Integer), y=Column("x", Integer))


def test_cascading_says_nothing_on_a_mapped_class() -> None:
    with pytest.warns(AzothWarning, match="cascading has no effect"):
        declare(new_base(), size=declared_attr.cascading(lambda cls: Column(Integer)))


def test_a_second_class_of_a_name_is_warned_of() -> None:
    base = new_base()
    declare(base)
    with pytest.warns(AzothWarning, match="another class Item"):
        declare(base, __tablename__="item2")


def test_a_relationship_to_a_table_says_that_it_is_none_to_a_class() -> None:
    base = new_base()
    declare(base)
    declare(base, "Part", item_id=Column(ForeignKey("item.id")), item=relationship("item"))
    with pytest.raises(exc.ArgumentError, match="refers to the table 'item'"):
        configure_mappers()
    base.registry.dispose()


@pytest.mark.parametrize("name", ["__table__", "nothing"])
def test_a_name_of_no_attribute_in_a_relationship_is_an_attribute_error(name: str) -> None:
    base = new_base()
    declare(base)
    part = f"Item.id == Part.{name}.item_id"
    declare(base, "Part", item_id=Column(ForeignKey("item.id")), item=relationship("Item", primaryjoin=part))
    with pytest.raises(AttributeError):
        configure_mappers()
    base.registry.dispose()


def test_an_attribute_tells_the_history_of_an_instance() -> None:
    item = declare(new_base(), name=Column(String(9)))
    assert item.name.get_history(item(name="a")) == (["a"], (), ())


def test_classes_below_a_base_with_a_metaclass_alone_have_the_constructor() -> None:
    own = registry()
    base = DeclarativeMeta("Base", (), {"__abstract__": True, "registry": own, "metadata": own.metadata})
    item = declare(base, __new__=lambda cls, *args, **kwargs: object.__new__(cls))
    assert item(id=5).id == 5
    with pytest.raises(TypeError, match="invalid keyword"):
        item(nothing=5)
