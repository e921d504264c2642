"""Seed 003: every example, in the order of the text, on SQLite and in Python 3."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, Table, create_engine, event, inspect, select
from azoth.exc import AzothError, IntegrityError, PendingRollbackError
from azoth.orm import (
    Session,
    SessionExtension,
    class_mapper,
    create_session,
    mapper,
    object_session,
    relation,
    scoped_session,
    sessionmaker,
)
from azoth.orm.exc import DetachedInstanceError
from azoth.orm.session.session import Session as ActualSession
from tests.database import Database


def fill(shop: SimpleNamespace) -> None:
    """Store user 1 (ed) with three addresses, and items 1 and 2."""
    sess = Session(shop.engine)
    ed = shop.User(name="ed", addresses=[shop.Address(email=f"{letter}@x") for letter in "abc"])
    sess.add_all([ed, shop.Item(foo="f", bar="b"), shop.Item(foo="f", bar="b")])
    sess.commit()
    sess.close()


# -- Getting a Session ----------------------------------------------------------------------------------------------


def test_using_a_sessionmaker_configuration(shop: Any) -> None:
    some_engine, x = shop.engine, shop.User(name="x")
    # create a configured "Session" class
    Session = sessionmaker(bind=some_engine)

    # create a Session
    sess = Session()

    # work with sess
    sess.save(x)
    sess.commit()

    # close when finished
    sess.close()

    assert shop.committed("users") == ["x"]
    assert isinstance(Session, type)
    assert isinstance(sess, Session)


def test_the_made_class_is_a_subclass_of_the_actual_session_class(shop: Any) -> None:
    Made = sessionmaker(bind=shop.engine)
    assert issubclass(Made, ActualSession)
    assert Made is not ActualSession
    assert Made().bind is shop.engine


def test_configuring_the_engine_later(database: Database) -> None:
    # configure Session class with desired options
    Session = sessionmaker()

    # later, we create the engine
    engine = database.make_engine("later")

    # associate it with our custom Session class
    Session.configure(bind=engine)

    # work with the session
    sess = Session()
    assert sess.execute("select 1").scalar() == 1
    sess.close()


def test_binding_an_individual_session_to_a_connection(shop: Any) -> None:
    # global application scope.  create Session class, engine
    Session = sessionmaker()
    engine = shop.engine

    # local scope, such as within a controller function: connect to the database
    connection = engine.connect()

    # bind an individual Session to the connection
    sess = Session(bind=connection)
    sess.add(shop.User(name="x"))
    sess.commit()
    assert sess.connection() is connection
    sess.close()
    assert not connection.closed
    connection.close()
    assert shop.committed("users") == ["x"]


def test_using_create_session(shop: Any) -> None:
    session = create_session(bind=shop.engine, autocommit=True, autoflush=False)
    assert type(session) is Session
    session.save(shop.User(name="x"))
    assert session.query(shop.User).all() == []
    session.flush()
    assert shop.committed("users") == ["x"]


# -- Using the Session ----------------------------------------------------------------------------------------------


def test_a_typical_conversation(shop: Any) -> None:
    Data = shop.Item
    setup = Session(shop.engine)
    setup.add(Data(value=15))
    setup.commit()
    # configured Session class
    Session_ = sessionmaker(bind=shop.engine)

    sess = Session_()
    d = Data(value=10)
    sess.add(d)
    d2 = sess.query(Data).filter(Data.value == 15).one()
    d2.value = 19
    sess.commit()

    assert sorted(shop.committed("items", "value")) == [10, 19]


def test_the_session_of_an_object(shop: Any) -> None:
    session = sessionmaker(bind=shop.engine)()
    someobject = shop.User(name="x")
    assert Session.object_session(someobject) is None
    session.add(someobject)
    assert Session.object_session(someobject) is session
    assert object_session(someobject) is session
    session.close()


def test_querying(shop: Any) -> None:
    fill(shop)
    User, Address, usermapper = shop.User, shop.Address, shop.usermapper
    session = Session(shop.engine)
    # query from a class
    [ed] = session.query(User).filter_by(name="ed").all()

    # query with multiple classes, returns tuples
    rows = session.query(User, Address).join("addresses").filter_by(name="ed").all()
    assert [(user, address.email) for user, address in rows] == [(ed, "a@x"), (ed, "b@x"), (ed, "c@x")]

    # query from a mapper
    query = session.query(usermapper)
    x = query.get(1)
    assert x is ed
    session.close()


def test_adding_new_items(shop: Any) -> None:
    User = shop.User
    session = Session(shop.engine)
    user1 = User(name="user1")
    user2 = User(name="user2")
    session.add(user1)
    session.add(user2)

    session.commit()  # write changes to the database
    assert shop.committed("users") == ["user1", "user2"]

    item1, item2, item3 = shop.Item(), shop.Item(), shop.Item()
    session.add_all([item1, item2, item3])
    assert len(session.new) == 3
    session.close()


def test_adding_detached_items_again(shop: Any) -> None:
    fill(shop)
    first = Session(shop.engine)
    user = first.query(shop.User).one()
    first.close()
    assert inspect(user).detached

    second = Session(shop.engine)
    second.add(user)
    assert inspect(user).persistent
    assert len(user.addresses) == 3
    second.close()


def test_merging(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    existing_object = shop.User(id=1, name="edward")
    merged_object = session.merge(existing_object)
    assert merged_object is session.get(shop.User, 1)
    assert merged_object.name == "edward"
    assert existing_object not in session
    session.close()


def test_deleting(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj1, obj2 = session.query(shop.Item).all()
    # mark two objects to be deleted
    session.delete(obj1)
    session.delete(obj2)

    # commit (or flush)
    session.commit()
    assert shop.committed("items", "id") == []
    session.close()


def test_nothing_is_removed_from_collections(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    user = session.get(shop.User, 1)

    address = user.addresses[1]
    session.delete(address)
    session.flush()
    assert address in user.addresses

    session.expire(user, ["addresses"])
    assert address not in user.addresses
    session.close()


def test_the_solution_is_to_use_proper_cascading(engine: Any) -> None:
    metadata = MetaData()
    users_table = Table("users", metadata, Column("id", Integer, primary_key=True))
    addresses_table = Table(
        "addresses",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", Integer, ForeignKey("users.id")),
    )
    metadata.create_all(engine)

    class User:
        pass

    class Address:
        pass

    # The text has "all, delete"; what deletes a removed member is "delete-orphan", as its chapter on cascades says.
    mapper(User, users_table, properties={"addresses": relation(Address, cascade="all, delete-orphan")})
    mapper(Address, addresses_table)
    session = Session(engine)
    user = User()
    user.addresses = [Address(), Address(), Address()]
    session.add(user)
    session.flush()

    address = user.addresses[1]
    del user.addresses[1]
    session.flush()

    assert address not in user.addresses
    assert inspect(address).deleted
    assert session.query(Address).count() == 2
    session.close()
    for class_ in (User, Address):
        class_mapper(class_).dispose()


def test_flushing_a_list_of_objects(shop: Any) -> None:
    session = Session(shop.engine, autoflush=False)
    user1, user2, address1, address2 = shop.User(), shop.User(), shop.Address(), shop.Address()
    session.add_all([user1, user2, address1, address2])

    # saves only user1 and address2.  all other modified
    # objects remain present in the session.
    session.flush([user1, address2])

    assert set(session.new) == {user2, address1}
    assert inspect(user1).persistent
    assert inspect(address2).persistent

    session.flush()
    assert not session.new
    session.close()


def test_autoflush(shop: Any) -> None:
    User = shop.User
    Session = sessionmaker(autoflush=True, transactional=True, bind=shop.engine)
    sess = Session()
    u1 = User(name="jack")
    sess.save(u1)

    # reload user1
    u2 = sess.query(User).filter_by(name="jack").one()
    assert u2 is u1

    # commit session, flushes whatever is remaining
    sess.commit()
    assert shop.committed("users") == ["jack"]
    sess.close()


def test_expunge_and_clear(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj1 = session.get(shop.User, 1)
    new = shop.Item()
    session.add(new)

    session.expunge(obj1)
    assert inspect(obj1).detached
    session.expunge(new)
    assert inspect(new).transient

    obj2 = session.get(shop.Item, 1)
    connection = session.connection()
    session.clear()
    assert obj2 not in session
    assert list(session) == []
    # the transaction and its connection stay
    assert session.connection() is connection
    session.close()


def test_refreshing_and_expiring(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj1, obj2 = session.query(shop.Item).order_by(shop.Item.id).all()
    obj1.foo = obj2.foo = "changed"

    # immediately re-load attributes on obj1, obj2
    with session.no_autoflush:
        session.refresh(obj1)
        session.refresh(obj2)
    assert (obj1.foo, obj2.foo) == ("f", "f")

    # expire objects obj1, obj2, attributes will be reloaded
    # on the next access:
    obj1.foo = "changed"
    session.expire(obj1)
    session.expire(obj2)
    assert "foo" not in vars(obj1)
    assert "foo" not in vars(obj2)
    assert (obj1.foo, obj2.foo) == ("f", "f")
    session.close()


def test_refreshing_and_expiring_by_name(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj1, obj2 = session.query(shop.Item).order_by(shop.Item.id).all()
    with session.no_autoflush:
        for each in (obj1, obj2):
            each.foo, each.bar = "changed", "changed"

        # immediately re-load the attributes 'foo', 'value' on obj1, obj2
        session.refresh(obj1, ["foo", "value"])
        session.refresh(obj2, ["foo", "value"])
        assert [(each.foo, each.bar) for each in (obj1, obj2)] == [("f", "changed")] * 2

        # expire the attributes 'foo', 'bar' objects obj1, obj2, attributes will be reloaded
        # on the next access:
        session.expire(obj1, ["foo", "bar"])
        session.expire(obj2, ["foo", "bar"])
        assert [(each.foo, each.bar) for each in (obj1, obj2)] == [("f", "b")] * 2
    session.close()


# -- Session Attributes ---------------------------------------------------------------------------------------------


def test_the_identity_map(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    myobject = session.get(shop.User, 1)
    assert myobject._instance_key == (shop.User, (1,))
    assert myobject._instance_key in session.identity_map
    assert not hasattr(shop.User(), "_instance_key")
    address = myobject.addresses[0]
    assert {myobject, address} <= set(session.identity_map.values())
    session.close()


def test_iteration_and_membership(shop: Any, capsys: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj = session.get(shop.User, 1)
    for each in session:
        print(each.name)

    if obj in session:
        print("Object is present")
    assert capsys.readouterr().out == "ed\nObject is present\n"
    session.close()


def test_new_dirty_and_deleted(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    obj1, obj2 = session.query(shop.Item).all()
    obj3 = shop.Item()
    session.add(obj3)
    obj1.foo = "changed"
    session.delete(obj2)

    # pending objects recently added to the Session
    assert list(session.new) == [obj3]

    # persistent objects which currently have changes detected
    assert list(session.dirty) == [obj1]

    # persistent objects that have been marked as deleted via session.delete(obj)
    assert list(session.deleted) == [obj2]
    session.close()


# -- Cascades -------------------------------------------------------------------------------------------------------


def test_configuring_cascades(engine: Any) -> None:
    metadata = MetaData()
    users_table = Table("users", metadata, Column("id", Integer, primary_key=True))
    order_table = Table("orders", metadata, Column("id", Integer, primary_key=True))
    items_table = Table(
        "items",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("order_id", Integer, ForeignKey("orders.id")),
    )
    user_orders_table = Table(
        "user_orders",
        metadata,
        Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
        Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True),
    )
    metadata.create_all(engine)

    class Order:
        pass

    class Item:
        pass

    class User:
        pass

    mapper(User, users_table)
    mapper(Item, items_table)
    # The second argument of relation() is the table between; items need none, so the text's `items_table` is left out.
    mapper(
        Order,
        order_table,
        properties={
            "items": relation(Item, cascade="all, delete-orphan"),
            "customer": relation(User, user_orders_table, cascade="save-update"),
        },
    )
    session = Session(engine)
    order, item, user = Order(), Item(), User()
    order.items.append(item)
    order.customer.append(user)
    session.add(order)
    assert item in session
    assert user in session
    session.commit()

    order.items.remove(item)
    session.flush()
    assert inspect(item).deleted

    other = Item()
    order.items.append(other)
    assert other in session
    session.flush()
    session.expunge(order)
    assert other not in session
    assert user in session
    session.add(order)

    session.delete(order)
    session.commit()
    assert session.query(Item).count() == 0
    assert session.query(User).one() is user
    session.close()
    for class_ in (User, Item, Order):
        class_mapper(class_).dispose()


# -- Managing Transactions ------------------------------------------------------------------------------------------


def test_a_transactional_session(shop: Any) -> None:
    fill(shop)
    Item = shop.Item
    # transactional session
    Session = sessionmaker(transactional=True, bind=shop.engine)
    sess = Session()
    try:
        item1 = sess.query(Item).get(1)
        item2 = sess.query(Item).get(2)
        item1.foo = "bar"
        item2.bar = "foo"

        # commit- will immediately go into a new transaction afterwards
        sess.commit()
    except:
        # rollback - will immediately go into a new transaction afterwards.
        sess.rollback()
        raise
    assert shop.committed("items", "foo") == ["bar", "f"]
    assert shop.committed("items", "bar") == ["b", "foo"]
    item1.foo = "again"
    sess.rollback()
    assert item1.foo == "bar"
    sess.close()


@pytest.mark.parametrize("end", ["rollback", "close"])
@pytest.mark.parametrize("failing", ["flush", "commit"])
def test_an_error_of_flush_or_commit_requires_rollback_or_close(shop: Any, failing: str, end: str) -> None:
    fill(shop)
    statements: list[str] = []
    event.listen(shop.engine, "rollback", lambda connection: statements.append("ROLLBACK"))
    sess = sessionmaker(transactional=True, bind=shop.engine)()
    sess.save(shop.User(id=1))
    with pytest.raises(IntegrityError):
        getattr(sess, failing)()
    assert statements == ["ROLLBACK"]
    with pytest.raises(PendingRollbackError, match="UniqueViolation"):
        sess.query(shop.User).all()
    getattr(sess, end)()
    assert sess.query(shop.User).count() == 1
    sess.close()


def test_a_transaction_begun_explicitly(shop: Any) -> None:
    fill(shop)
    Item = shop.Item
    # non transactional session
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    sess.begin()
    try:
        item1 = sess.query(Item).get(1)
        item2 = sess.query(Item).get(2)
        item1.foo = "bar"
        item2.bar = "foo"
        sess.commit()
    except:
        sess.rollback()
        raise
    assert shop.committed("items", "foo") == ["bar", "f"]
    assert not sess.in_transaction()


def test_a_transaction_as_a_with_statement(shop: Any) -> None:
    fill(shop)
    Item = shop.Item
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    with sess.begin():
        item1 = sess.query(Item).get(1)
        item2 = sess.query(Item).get(2)
        item1.foo = "bar"
        item2.bar = "foo"
    assert shop.committed("items", "bar") == ["b", "foo"]


def test_nested_transactions(shop: Any) -> None:
    u1, u2, u3 = (shop.User(name=name) for name in ("u1", "u2", "u3"))
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    sess.begin()
    sess.save(u1)
    sess.save(u2)
    sess.flush()

    sess.begin_nested()  # establish a savepoint
    sess.save(u3)
    sess.rollback()  # rolls back u3, keeps u1 and u2

    sess.commit()  # commits u1 and u2
    assert shop.committed("users") == ["u1", "u2"]
    assert inspect(u3).transient


@pytest.mark.lacks("two phases")
def test_two_phases_over_two_engines(database: Database, shop: Any) -> None:
    # The example needs databases with two phases. What SQLite, which has one, must do is to refuse, not to half commit.
    User, Account = shop.User, shop.Item
    engine1, engine2 = shop.engine, database.make_engine("two")
    shop.metadata.create_all(engine2)
    Session = sessionmaker(twophase=True, transactional=True)

    # bind User operations to engine 1, Account operations to engine 2
    Session.configure(binds={User: engine1, Account: engine2})

    sess = Session()

    # .... work with accounts and users
    sess.save(User(name="ed"))
    sess.save(Account(foo="x"))
    with pytest.raises(AzothError, match=re.compile("two.phase", re.IGNORECASE)):
        sess.commit()
    sess.close()
    assert shop.committed("users") == []
    engine2.dispose()


# -- Embedding SQL Insert/Update Expressions into a Flush -----------------------------------------------------------


def test_embedding_sql_expressions_into_a_flush(shop: Any, engine: Any) -> None:
    some_table = Table("some_table", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))
    some_table.create(engine)

    class SomeClass:
        pass

    mapper(SomeClass, some_table)
    session = Session(engine)
    session.execute(some_table.insert(), {"id": 5, "value": 7})
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: statements.append(statement))

    someobject = session.query(SomeClass).get(5)

    # set 'value' attribute to a SQL expression adding one
    someobject.value = some_table.c.value + 1

    # issues "UPDATE some_table SET value=value+1"
    session.commit()
    assert "SET value=(some_table.value + " in " ".join(statements[-1].split())
    assert "value" not in vars(someobject)
    assert someobject.value == 8

    created = SomeClass()
    created.value = select(some_table.c.value).scalar_subquery() * 2
    session.add(created)
    session.flush()
    assert "value" not in vars(created)
    assert created.value == 16
    session.close()
    class_mapper(SomeClass).dispose()


# -- Using SQL Expressions with Sessions ----------------------------------------------------------------------------


def test_executing_statements(shop: Any) -> None:
    engine, mytable = shop.engine, shop.users
    Session = sessionmaker(bind=engine, transactional=True)
    sess = Session()
    for number in (7, 8):
        sess.save(shop.User(id=number, name=f"user {number}"))
    sess.flush()
    result = sess.execute("select * from users where id=:id", {"id": 7})
    result2 = sess.execute(select([mytable], mytable.c.id == 7))
    assert result.all() == result2.all() == [(7, "user 7")]

    connection = sess.connection()
    assert connection.in_transaction()
    assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 2
    sess.rollback()
    assert shop.committed("users") == []
    sess.close()


def test_executing_relative_to_a_mapper(shop: Any) -> None:
    mytable, MyMappedClass = shop.users, shop.User
    shop.metadata.bind = shop.engine
    # session is *not* bound to an engine or connection
    Session = sessionmaker(transactional=True)
    sess = Session()
    sess.save(MyMappedClass(id=7, name="x"))

    # need to specify mapper or class when executing
    result = sess.execute("select * from users where id=:id", {"id": 7}, mapper=MyMappedClass)
    result2 = sess.execute(select([mytable], mytable.c.id == 7), mapper=MyMappedClass)
    assert result.all() == result2.all() == [(7, "x")]

    # need to specify mapper or class when you call connection()
    connection = sess.connection(MyMappedClass)
    assert connection.engine is shop.engine
    sess.close()


@pytest.mark.parametrize("transactional", [False, True])
def test_taking_part_in_a_transaction_of_a_connection(shop: Any, transactional: bool) -> None:
    engine = shop.engine
    Session = sessionmaker(transactional=transactional)

    # non-ORM connection + transaction
    conn = engine.connect()
    trans = conn.begin()

    # bind the Session *instance* to the connection
    sess = Session(bind=conn)
    sess.save(shop.User(name="x"))
    sess.flush()
    sess.begin()
    sess.save(shop.User(name="y"))
    sess.commit()
    if transactional:
        sess.commit()

    # the outermost Transaction controls the scope
    assert shop.committed("users") == []
    trans.commit()
    assert shop.committed("users") == ["x", "y"]
    sess.close()
    conn.close()


def test_the_threadlocal_engine(shop: Any) -> None:
    Session_ = sessionmaker(transactional=True)
    engine = create_engine(shop.engine.url, strategy="threadlocal")
    shop.metadata.bind = engine
    engine.begin()

    sess = Session_()  # session takes place in the transaction like everyone else

    # ... go nuts
    sess.save(shop.User(name="x"))
    sess.commit()
    assert shop.committed("users") == []

    engine.commit()  # commit the transaction
    assert shop.committed("users") == ["x"]
    sess.close()
    engine.dispose()


# -- Contextual/Thread-local Sessions -------------------------------------------------------------------------------


def test_contextual_sessions(shop: Any) -> None:
    User = shop.User
    Session = scoped_session(sessionmaker(autoflush=True, transactional=True, bind=shop.engine))
    # call Session() the first time.  the new Session instance is created.
    sess = Session()

    # later, in the same application thread, someone else calls Session()
    sess2 = Session()

    # the two Session objects are *the same* object
    assert sess is sess2

    # create some objects
    u1 = User()
    u2 = User()

    # save to the contextual session, without instantiating
    Session.save(u1)
    Session.save(u2)

    # view the "new" attribute
    assert u1 in Session.new

    # flush changes (if not using autoflush)
    Session.flush()

    # commit transaction (if using a transactional session)
    Session.commit()
    assert len(shop.committed("users")) == 2

    u3 = User()
    Session.save(u3)
    Session.flush()
    sess.close()
    assert Session() is sess
    Session.close()
    assert u3 not in Session
    assert len(shop.committed("users")) == 2

    Session.remove()
    assert Session() is not sess
    Session.remove()


def test_the_lifespan_in_a_web_request(shop: Any) -> None:
    MyClass = shop.User
    Session = scoped_session(sessionmaker(autoflush=True, transactional=True, bind=shop.engine))

    def controller() -> list[str]:
        # call Session().  this establishes a new, contextual Session.
        sess = Session()

        # load some objects, save some changes
        objects = sess.query(MyClass).all()

        # some other code calls Session, it's the same contextual session as "sess"
        sess2 = Session()
        assert sess2 is sess
        sess2.save(MyClass(name="foo"))
        sess2.commit()

        # generate content to be returned
        return [each.name for each in objects]

    served = []
    for _ in range(3):
        served.append(controller())
        Session.remove()
        assert shop.engine.pool.checkedout() == 0
    assert served == [[], ["foo"], ["foo", "foo"]]
    # the objects of a request are gone with its session
    assert list(Session()) == []
    Session.remove()


# -- Partitioning and extending -------------------------------------------------------------------------------------


def test_vertical_partitioning(database: Database, shop: Any) -> None:
    User, Account = shop.User, shop.Item
    engine1, engine2 = shop.engine, database.make_engine("two")
    shop.metadata.create_all(engine2)
    Session = sessionmaker(transactional=True)

    # bind User operations to engine 1, Account operations to engine 2
    Session.configure(binds={User: engine1, Account: engine2})

    sess = Session()
    sess.save(User(name="ed"))
    sess.save(Account(foo="x"))
    sess.commit()
    assert shop.committed("users") == ["ed"]
    assert shop.committed("items", "foo") == []
    with engine2.connect() as connection:
        assert connection.exec_driver_sql("SELECT foo FROM items").scalars().all() == ["x"]
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 0
    sess.close()
    engine2.dispose()


def test_extending_a_session(shop: Any, capsys: Any) -> None:
    class MySessionExtension(SessionExtension):
        def before_commit(self, session: Any) -> None:
            print("before commit!")

    extension = MySessionExtension()
    Session = sessionmaker(extension=extension, bind=shop.engine)
    sess = Session()
    sess.add(shop.User())
    sess.commit()
    assert capsys.readouterr().out == "before commit!\n"

    # The same SessionExtension instance can be used with any number of sessions.
    sess2 = create_session(extension=extension, bind=shop.engine)
    sess2.begin()
    sess2.commit()
    assert capsys.readouterr().out == "before commit!\n"
    sess.close()


def test_detached_objects_load_nothing(shop: Any) -> None:
    fill(shop)
    session = Session(shop.engine)
    user = session.get(shop.User, 1)
    session.close()
    assert user.name == "ed"
    with pytest.raises(DetachedInstanceError):
        user.addresses
