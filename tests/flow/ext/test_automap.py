"""Automap makes classes and relationships from tables, and leaves what a program declares itself."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import pytest

import azoth
from azoth import event, exc
from azoth.ext.automap import AutomapBase, automap_base, generate_relationship
from azoth.orm import (
    DeclarativeBase,
    Session,
    class_mapper,
    configure_mappers,
    declarative_base,
    relationship,
)
from azoth.orm.exc import UnmappedClassError
from azoth.orm.interfaces import MANYTOMANY, MANYTOONE, ONETOMANY
from tests.database import Database

SHOP = (
    "CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))",
    "CREATE TABLE purchase (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id))",
    "CREATE TABLE tag (id INTEGER NOT NULL PRIMARY KEY, word VARCHAR(20))",
    "CREATE TABLE purchase_tag (purchase_id INTEGER REFERENCES purchase (id), tag_id INTEGER REFERENCES tag (id))",
    "CREATE TABLE place (id INTEGER NOT NULL PRIMARY KEY, within_id INTEGER REFERENCES place (id))",
    "CREATE TABLE log (line VARCHAR(20))",
)


def made(database: Database, *tables: str) -> Any:
    """An engine on a database that has some tables."""
    engine = database.make_engine()
    with engine.begin() as connection:
        for table in tables:
            connection.execute(azoth.text(table))
    return engine


@pytest.fixture
def shop(database: Database) -> Any:
    return made(database, *SHOP)


def names(class_: Any) -> dict[str, str]:
    return {prop.key: prop.direction.name for prop in azoth.inspect(class_).relationships}


def test_tables_become_classes_and_foreign_keys_become_relationships(shop: Any) -> None:
    Base = automap_base()
    Base.prepare(autoload_with=shop)
    assert sorted(Base.classes.keys()) == ["customer", "place", "purchase", "tag"]
    Customer, Purchase, Tag = Base.classes.customer, Base.classes.purchase, Base.classes["tag"]
    with Session(shop) as session:
        session.add(Customer(name="Ada", purchase_collection=[Purchase(tag_collection=[Tag(word="new")])]))
        session.commit()
        tag = session.scalars(azoth.select(Tag)).one()
        assert tag.purchase_collection[0].customer.name == "Ada"
    assert names(Customer) == {"purchase_collection": "ONETOMANY"}
    assert names(Purchase) == {"customer": "MANYTOONE", "tag_collection": "MANYTOMANY"}
    assert names(Tag) == {"purchase_collection": "MANYTOMANY"}


def test_a_table_that_refers_to_itself_has_both_sides(shop: Any) -> None:
    Base = automap_base()
    Base.prepare(autoload_with=shop)
    Place = Base.classes.place
    inner, outer = Place(), Place()
    outer.place_collection.append(inner)
    assert inner.place is outer
    assert names(Place) == {"place": "MANYTOONE", "place_collection": "ONETOMANY"}


def test_what_the_foreign_key_says_of_the_members_holds_for_the_collection(database: Database) -> None:
    engine = made(
        database,
        "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a_id INTEGER REFERENCES a (id))",
        "CREATE TABLE c (id INTEGER NOT NULL PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id))",
        "CREATE TABLE d (id INTEGER NOT NULL PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id) ON DELETE CASCADE)",
        "CREATE TABLE e (id INTEGER NOT NULL PRIMARY KEY, a_id INTEGER REFERENCES a (id) ON DELETE SET NULL)",
        "CREATE TABLE f (id INTEGER NOT NULL PRIMARY KEY, a_id INTEGER REFERENCES a (id) ON DELETE CASCADE)",
    )
    Base = automap_base()
    Base.prepare(autoload_with=engine)
    told = {
        prop.key: (prop.cascade.delete_orphan, bool(prop.passive_deletes))
        for prop in azoth.inspect(Base.classes.a).relationships
    }
    assert told == {
        "b_collection": (False, False),
        "c_collection": (True, False),
        "d_collection": (True, True),
        "e_collection": (False, True),
        "f_collection": (False, False),
    }


# -- names ------------------------------------------------------------------------------------------------------


def test_functions_of_the_program_name_classes_and_relationships(shop: Any) -> None:
    Base = automap_base()
    asked: list[Any] = []

    def class_name(base: Any, tablename: str, table: Any) -> str:
        asked.append((base, table.name))
        return tablename.title()

    Base.prepare(
        autoload_with=shop,
        classname_for_table=class_name,
        name_for_scalar_relationship=lambda base, local, referred, constraint: f"the_{referred.__name__}",
        name_for_collection_relationship=lambda base, local, referred, constraint: f"all_{referred.__name__}",
    )
    assert (Base, "customer") in asked
    assert names(Base.classes.Purchase) == {"the_Customer": "MANYTOONE", "all_Tag": "MANYTOMANY"}


def test_a_relationship_with_the_name_of_a_column_is_an_error(database: Database) -> None:
    engine = made(
        database,
        "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER REFERENCES a (id))",
    )
    with pytest.raises(exc.ArgumentError, match=r"b\.a is a Relationship, and has the name of column b\.a"):
        automap_base().prepare(autoload_with=engine)

    Base = automap_base()

    class B(Base):
        __tablename__ = "b"
        a_id = azoth.Column("a", azoth.ForeignKey("a.id"))

    Base.prepare(autoload_with=engine)
    assert azoth.inspect(B).column_attrs.keys() == ["a_id", "id"]
    assert names(B) == {"a": "MANYTOONE"}


def test_a_second_foreign_key_with_the_same_names_is_left_out_with_a_warning(database: Database) -> None:
    engine = made(
        database,
        "CREATE TABLE person (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE letter (id INTEGER NOT NULL PRIMARY KEY, by_id INTEGER REFERENCES person (id), "
        "to_id INTEGER REFERENCES person (id))",
    )
    Base = automap_base()
    with pytest.warns(exc.AzothWarning, match=r"foreign key letter\.to_id: letter\.person stands for another"):
        Base.prepare(autoload_with=engine)
    prop = azoth.inspect(Base.classes.letter).relationships["person"]
    assert [local.name for local, _ in prop.local_remote_pairs] == ["by_id"]
    assert prop.back_populates == "letter_collection"

    Named = automap_base()
    Named.prepare(
        autoload_with=engine,
        name_for_scalar_relationship=lambda base, local, referred, constraint: constraint.column_keys[0][:2],
        name_for_collection_relationship=lambda base, local, referred, constraint: (
            f"letters_{constraint.column_keys[0][:2]}"
        ),
    )
    assert set(names(Named.classes.person)) == {"letters_by", "letters_to"}
    assert set(names(Named.classes.letter)) == {"by", "to"}


def test_a_declared_column_in_the_place_of_a_relationship_is_an_error() -> None:
    Base = automap_base()

    class Owner(Base):
        __tablename__ = "owner"
        id = azoth.Column(azoth.Integer, primary_key=True)

    class Thing(Base):
        __tablename__ = "thing"
        id = azoth.Column(azoth.Integer, primary_key=True)
        owner = azoth.Column("owner_id", azoth.ForeignKey("owner.id"))

    with pytest.raises(exc.ArgumentError, match=r"Thing\.owner, which is declared as something else"):
        Base.prepare()


# -- what a program declares ------------------------------------------------------------------------------------


def test_declared_classes_are_used_and_completed(shop: Any) -> None:
    Base = automap_base()

    class Customer(Base):
        __tablename__ = "customer"
        label = azoth.Column("name", azoth.String(20))
        purchase_collection = relationship("purchase", collection_class=set)

    Base.prepare(autoload_with=shop)
    assert Base.classes.Customer is Customer
    assert Base.by_module[Customer.__module__.partition(".")[0]]
    assert azoth.inspect(Customer).column_attrs.keys() == ["label", "id"]
    customer = Customer(label="Ada")
    purchase = Base.classes.purchase(customer=customer)
    assert customer.purchase_collection == {purchase}


def test_a_declared_table_between_keeps_its_relationships(shop: Any) -> None:
    Base = automap_base()

    class Purchase(Base):
        __tablename__ = "purchase"
        tag_collection = relationship("tag", secondary="purchase_tag", collection_class=set)

    Base.prepare(autoload_with=shop)
    tag = Base.classes.tag()
    purchase = Purchase(tag_collection={tag})
    assert tag.purchase_collection == [purchase]


def test_a_table_between_can_be_mapped_as_well() -> None:
    Base = automap_base()
    metadata = Base.metadata
    key = azoth.Column("id", azoth.Integer, primary_key=True)
    azoth.Table("left", metadata, key._copy())
    azoth.Table("right", metadata, key._copy())

    class Link(Base):
        __tablename__ = "link"
        left_id = azoth.Column(azoth.ForeignKey("left.id"), primary_key=True)
        right_id = azoth.Column(azoth.ForeignKey("right.id"), primary_key=True)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Base.prepare()
        configure_mappers()
    assert names(Base.classes.left) == {"link_collection": "ONETOMANY", "right_collection": "MANYTOMANY"}
    assert names(Link) == {"left": "MANYTOONE", "right": "MANYTOONE"}


def test_before_prepare_a_class_has_its_table_and_no_mapping() -> None:
    Base = automap_base()

    class Customer(Base):
        __tablename__ = "customer"
        id = azoth.Column(azoth.Integer, primary_key=True)

    assert Customer.__table__ is Base.metadata.tables["customer"]
    with pytest.raises(UnmappedClassError, match="Customer is not mapped yet") as caught:
        Session().query(Customer)
    assert "prepare()" in str(caught.value)
    Base.prepare()
    assert class_mapper(Customer).local_table is Customer.__table__


def test_classes_in_a_hierarchy_have_no_relationship_for_its_foreign_key(database: Database) -> None:
    engine = made(
        database,
        "CREATE TABLE firm (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE person (id INTEGER NOT NULL PRIMARY KEY, kind VARCHAR(10), firm_id INTEGER REFERENCES firm (id))",
        "CREATE TABLE writer (id INTEGER NOT NULL PRIMARY KEY REFERENCES person (id), style VARCHAR(10))",
        "CREATE TABLE clerk (id INTEGER NOT NULL PRIMARY KEY REFERENCES person (id), "
        "branch INTEGER REFERENCES firm (id))",
    )
    Base = automap_base()

    class Person(Base):
        __tablename__ = "person"
        kind = azoth.Column(azoth.String(10))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    class Writer(Person):
        __tablename__ = "writer"
        __mapper_args__ = {"polymorphic_identity": "writer"}

    class Clerk(Person):
        # Two foreign keys and nothing else, as a table between two classes has.
        __tablename__ = "clerk"
        __mapper_args__ = {"polymorphic_identity": "clerk"}

    class Guest(Person):
        __mapper_args__ = {"polymorphic_identity": "guest"}

    with pytest.warns(exc.AzothWarning, match=r"foreign key clerk\.branch: Clerk\.firm stands for another"):
        Base.prepare(autoload_with=engine)
    assert [azoth.inspect(one).inherits.class_ for one in (Writer, Clerk, Guest)] == [Person] * 3
    assert names(Writer) == {"firm": "MANYTOONE"}
    assert names(Base.classes.firm) == {"person_collection": "ONETOMANY"}
    with Session(engine) as session:
        session.add(Base.classes.firm(person_collection=[Writer(style="dry"), Guest()]))
        session.commit()
        found = session.scalars(azoth.select(Person).order_by(Person.kind)).all()
        assert [type(one) for one in found] == [Guest, Writer]


@pytest.mark.parametrize("kind", ["class", "function"])
def test_an_automap_base_stands_on_a_declarative_base(shop: Any, kind: str) -> None:
    if kind == "class":

        class Own(DeclarativeBase):
            pass
    else:
        Own = declarative_base()

    Base = automap_base(Own)
    assert issubclass(Base, Own)
    assert issubclass(Base, AutomapBase)
    assert Base.metadata is Own.metadata
    Base.prepare(shop)
    with Session(shop) as session:
        session.add(Base.classes.tag(word="x"))
        session.commit()
    with pytest.raises(exc.ArgumentError, match=r"given a declarative base, and metadata"):
        automap_base(Own, metadata=azoth.MetaData())


# -- what is made -----------------------------------------------------------------------------------------------


def test_a_function_of_the_program_makes_the_relationships(shop: Any) -> None:
    Base = automap_base()
    asked = set()

    def generate(base: Any, direction: Any, return_fn: Any, name: str, local: Any, referred: Any, **kw: Any) -> Any:
        asked.add((base, direction, return_fn.__name__, local.__name__, name, referred.__name__))
        if direction is ONETOMANY:
            kw["passive_deletes"] = "all"
            kw["cascade"] = "save-update, merge"
        return generate_relationship(base, direction, return_fn, name, local, referred, **kw)

    Base.prepare(autoload_with=shop, generate_relationship=generate, collection_class=set)
    assert (Base, MANYTOONE, "relationship", "purchase", "customer", "customer") in asked
    assert (Base, ONETOMANY, "backref", "customer", "purchase_collection", "purchase") in asked
    assert (Base, MANYTOMANY, "backref", "tag", "purchase_collection", "purchase") in asked
    assert azoth.inspect(Base.classes.customer).relationships["purchase_collection"].passive_deletes == "all"
    assert Base.classes.customer().purchase_collection == set()

    Bare = automap_base()
    Bare.prepare(autoload_with=shop, generate_relationship=lambda *args, **kw: None)
    assert [names(class_) for class_ in Bare.classes] == [{}, {}, {}, {}]
    with pytest.raises(TypeError, match="makes what relationship"):
        generate_relationship(Base, ONETOMANY, print, "x", Base.classes.tag, Base.classes.tag)


def test_columns_are_named_by_listeners(shop: Any) -> None:
    Base = automap_base()

    @event.listens_for(Base.metadata, "column_reflect")
    def name(inspector: Any, table: Any, column_info: Any) -> None:
        column_info["key"] = f"attr_{column_info['name']}"

    Base.prepare(autoload_with=shop)
    assert azoth.inspect(Base.classes.customer).column_attrs.keys() == ["attr_id", "attr_name"]
    assert names(Base.classes.purchase)["customer"] == "MANYTOONE"


def test_each_call_maps_what_is_new(shop: Any) -> None:
    Base = automap_base()
    for _ in range(2):
        Base.prepare(shop, reflection_options={"only": ["customer"], "resolve_fks": False})
        assert list(Base.classes.keys()) == ["customer"]
    Customer = Base.classes.customer
    Base.prepare(shop)
    assert Base.classes.customer is Customer
    assert sorted(Base.classes.keys()) == ["customer", "place", "purchase", "tag"]
    Base.prepare()
    assert len(Base.classes) == 4


def test_tables_in_memory_need_no_database() -> None:
    metadata = azoth.MetaData()
    azoth.Table("part", metadata, azoth.Column("id", azoth.Integer, primary_key=True))
    Base = automap_base(metadata=metadata)
    Base.prepare()
    assert Base.classes.part(id=3).id == 3
    assert list(Base.classes) == [Base.classes.part] == list(Base.classes.values())
    assert Base.classes.items().__class__.__name__ == "dict_items"
    assert "part" in dir(Base.classes)
    assert "other" not in Base.classes
    assert Base.classes.get("other") is None
    with pytest.raises(AttributeError, match="other"):
        Base.classes.other


def test_older_arguments_read_tables_too(shop: Any) -> None:
    Base = automap_base()
    Base.prepare(shop, reflect=True)
    Other = automap_base()
    Other.prepare(engine=shop, reflect=True)
    with shop.connect() as connection:
        Third = automap_base()
        Third.prepare(connection)
    assert Base.classes.keys() == Other.classes.keys() == Third.classes.keys()


@pytest.mark.parametrize(
    "given, message",
    [
        ({"reflect": True}, "has no database to read"),
        ({"schema": "main"}, "told what to read, and not to read"),
        ({"reflection_options": {"only": ["a"]}}, "told what to read, and not to read"),
    ],
)
def test_reading_needs_a_database(given: dict[str, Any], message: str) -> None:
    with pytest.raises(exc.ArgumentError, match=message):
        automap_base().prepare(**given)
    with pytest.raises(exc.ArgumentError, match="derives from no automap base"):
        AutomapBase.prepare()


# -- modules ----------------------------------------------------------------------------------------------------


def two_schemas() -> azoth.MetaData:
    metadata = azoth.MetaData()
    for schema in (None, "second"):
        azoth.Table("user", metadata, azoth.Column("id", azoth.Integer, primary_key=True), schema=schema)
    return metadata


def test_classes_of_one_name_stand_in_modules() -> None:
    Base = automap_base(metadata=two_schemas())
    Base.prepare(modulename_for_table=lambda base, name, table: table.schema)
    assert Base.by_module.azoth.ext.automap.user is Base.classes.user
    assert Base.by_module.second.user.__table__.schema == "second"
    assert Base.by_module.second.user.__module__ == "second"
    assert list(Base.classes) == [Base.classes.user]


def test_a_second_class_of_a_name_is_left_out_with_a_warning() -> None:
    Base = automap_base(metadata=two_schemas())
    with pytest.warns(exc.AzothWarning, match=r"Ignoring duplicate class name 'user' .* for table second\.user"):
        Base.prepare()
    assert Base.classes.user.__table__.schema is None


def test_a_class_and_a_module_cannot_have_one_name() -> None:
    Base = automap_base(metadata=two_schemas())
    with pytest.raises(exc.InvalidRequestError, match="name 'user' matches both a class name and a module name"):
        Base.prepare(modulename_for_table=lambda base, name, table: "user.user" if table.schema else "user")


# -- threads ----------------------------------------------------------------------------------------------------


def test_other_threads_may_configure_mappings_meanwhile() -> None:
    errors: list[BaseException] = []
    done = threading.Event()

    def configure() -> None:
        while not done.is_set():
            try:
                configure_mappers()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to see it
                errors.append(error)
                return

    other = threading.Thread(target=configure)
    other.start()
    try:
        for _ in range(5):
            metadata = azoth.MetaData()
            for number in range(12):
                referring = [azoth.Column("up", azoth.ForeignKey(f"t{number + 1}.id"))] if number < 11 else []
                azoth.Table(f"t{number}", metadata, azoth.Column("id", azoth.Integer, primary_key=True), *referring)
            Base = automap_base(metadata=metadata)
            Base.prepare()
            assert names(Base.classes.t1) == {"t2": "MANYTOONE", "t0_collection": "ONETOMANY"}
    finally:
        done.set()
        other.join()
    assert errors == []
