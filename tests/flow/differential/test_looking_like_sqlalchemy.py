"""States, mappers, managers and options tell the same of the same objects in both libraries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.blog import make_model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

FLAGS = ("transient", "pending", "persistent", "deleted", "detached", "was_deleted", "has_identity", "modified")
KINDS = ("instance", "mapper", "selectable", "aliased_class", "bundle", "property", "attribute", "clause_element")


def flags(state: Any) -> list[str]:
    return [name for name in FLAGS if getattr(state, name)]


def kinds(subject: Any) -> tuple[list[str], str]:
    return [kind for kind in KINDS if getattr(subject, f"is_{kind}")], subject.extension_type.name


def a_state_through_its_life(lib: Library, m: Any, s: Any) -> Any:
    user = m.User(id=9, name="new")
    state = lib.inspect(user)
    assert state is user._sa_instance_state
    assert isinstance(state, lib.orm.InstanceState)
    assert isinstance(state, lib.orm.InspectionAttr)
    seen: list[Any] = [flags(state), sorted(state.unloaded), sorted(state.unmodified)]
    s.add(user)
    seen += [flags(state), state.session is s, state.mapper is lib.inspect(m.User), state.object is user]
    s.flush()
    seen += [flags(state), state.identity, state.identity_key[1:], state.key[1:]]
    user.age = 4
    seen += [flags(state), sorted(state.unmodified_intersection(["age", "name"])), state.attrs.age.history.added]
    s.delete(user)
    s.flush()
    seen += [flags(state)]
    s.commit()
    return [*seen, flags(state), state.session]


def what_was_expired(lib: Library, m: Any, s: Any) -> Any:
    user = s.get(m.User, 1)
    state = lib.inspect(user)
    before = state.expired, sorted(state.unloaded)
    s.expire(user)
    return before, state.expired, sorted(state.unloaded), state.attrs.name.loaded_value.name


def what_options_leave_to_be_loaded(lib: Library, m: Any, s: Any) -> Any:
    options = [lib.orm.lazyload(m.User.addresses), lib.orm.defer(m.User.name)]
    user = s.scalars(lib.select(m.User).order_by(m.User.id).options(*options)).first()
    state = lib.inspect(user)
    return sorted(key for key in state.callables if key != "addresses")


def what_kind_it_is(lib: Library, m: Any, s: Any) -> Any:
    bundle = lib.orm.Bundle("b", m.User.id, m.User.name)
    return [kinds(one) for one in (lib.inspect(m.User()), lib.inspect(m.User), bundle, m.User.name)]


def what_a_manager_knows(lib: Library, m: Any, s: Any) -> Any:
    manager = lib.inspect(m.User).class_manager
    user = m.User()
    with pytest.raises(AttributeError):
        manager.state_getter()(object())
    return manager.state_getter()(user) is lib.inspect(user)


def what_a_mapper_says_of_itself(lib: Library, m: Any, s: Any) -> Any:
    mapper = lib.inspect(m.User)
    return (
        mapper.path_string(),
        mapper.primary_mapper() is mapper,
        mapper.is_sibling(mapper),
        mapper.is_sibling(lib.inspect(m.Tag)),
        [(key, column.name) for key, column in mapper.columns.items()],
        mapper.columns.name.name,
        "user_name" in mapper.columns,
    )


def reached(cascade: str, user: Any, lib: Library, **options: Any) -> list[Any]:
    mapper = lib.inspect(type(user))
    found = list(mapper.cascade_iterator(cascade, lib.inspect(user), **options))
    for instance, its_mapper, state, values in found:
        assert its_mapper is lib.inspect(type(instance))
        assert state is lib.inspect(instance)
        assert values is instance.__dict__
    return sorted((type(one[0]).__name__, one[0].id) for one in found)


def what_cascades_reach(lib: Library, m: Any, s: Any) -> Any:
    user = s.get(m.User, 1)
    unloaded = reached("save-update", user, lib)
    assert user.addresses
    assert user.tags
    beyond = reached("save-update", user, lib, halt_on=lambda state: state.class_ is m.Tag)
    return (
        unloaded,
        reached("save-update", user, lib),
        beyond,
        reached("delete", user, lib),
        reached("merge", user, lib),
    )


def keys_of_rows(lib: Library, m: Any, s: Any) -> Any:
    mapper = lib.inspect(m.Stock)
    row = s.execute(lib.select(m.Stock.place, m.Stock.item).order_by(m.Stock.place, m.Stock.item)).first()
    return mapper.identity_key_from_row(row)[1:], mapper.identity_key_from_row(row._mapping)[1:]


def what_lies_below_options(lib: Library, m: Any, s: Any) -> Any:
    criteria = lib.orm.with_loader_criteria(m.User, m.User.age > 3)
    by_function = lib.orm.with_loader_criteria(m.User, lambda cls: cls.age > 3)
    options = [criteria, by_function, lib.orm.UserDefinedOption(), lib.orm.joinedload(m.User.addresses)]
    return [[str(node) for node in option.get_children()] for option in options]


def what_began_a_transaction(lib: Library, m: Any, s: Any) -> Any:
    s.get(m.User, 1)
    origins = [s.get_transaction().origin.name]
    s.rollback()
    with s.begin() as outer, s.begin_nested() as inner:
        origins += [outer.origin.name, inner.origin.name]
    return origins, [origin.name for origin in lib.orm.SessionTransactionOrigin]


def which_connection_takes_part(lib: Library, m: Any, s: Any) -> Any:
    s.commit()
    transaction = s.begin()
    with pytest.raises(lib.exc.InvalidRequestError):
        transaction.bound_connection(m.User)
    connection = s.connection()
    same = transaction.bound_connection(m.User) is connection, transaction.bound_connection() is connection
    s.begin_nested()
    inner = s.connection()
    return [*same, s.get_nested_transaction().bound_connection(m.User) is inner]


def what_makes_sessions(lib: Library, m: Any, s: Any) -> Any:
    make = lib.sessionmaker(s.get_bind(), info={"a": 1})
    assert isinstance(make, lib.sessionmaker)
    assert lib.sessionmaker[lib.Session] is not None
    user = s.get(m.User, 1)
    with make.begin() as other:
        found = other.get(m.User, 1).name, other.info, other.in_transaction()
    make.configure(info={"b": 2})
    key = lib.sessionmaker.identity_key(m.User, 1)[1:]
    return found, make().info, lib.sessionmaker.object_session(user) is s, key


def what_queries_join(lib: Library, m: Any, s: Any) -> Any:
    queries = [
        s.query(m.User.id).join(m.Address, isouter=True).filter(m.Address.id.is_(None)),
        s.query(m.User.id).join(m.Address, onclause=m.Address.user_id == m.User.id).order_by(m.Address.id),
        s.query(m.User.id).outerjoin(m.Address, onclause=m.User.addresses).order_by(m.User.id),
    ]
    return [[row[0] for row in query] for query in queries]


def what_a_map_knows(lib: Library, m: Any, s: Any) -> Any:
    assert isinstance(s.identity_map, lib.orm.IdentityMap)
    user = s.get(m.User, 1)
    before = s.identity_map.check_modified()
    user.name = "new"
    return before, s.identity_map.check_modified(), lib.orm.util.has_identity(user), lib.orm.util.has_identity(m.User())


def what_a_flush_knows(lib: Library, m: Any, s: Any) -> Any:
    changed, gone, expired = s.get(m.User, 1), s.get(m.User, 4), s.get(m.Address, 1)
    seen: list[Any] = []

    def look(session: Any, context: Any, *given: Any) -> None:
        states = [lib.inspect(one) for one in (changed, gone, expired)]
        relationship = lib.inspect(m.User).relationships.addresses
        assert isinstance(context, lib.orm.UOWTransaction)
        assert context.get_attribute_history(states[0], "name").added == ["new"]
        seen.append([context.is_deleted(state) for state in states])
        seen.append([context.was_already_deleted(state) for state in states])
        assert relationship is not None

    s.execute(lib.delete(m.Address.__table__).where(m.Address.__table__.c.id == 1))
    s.expire(expired)
    changed.name = "new"
    s.delete(gone)
    lib.event.listen(s, "after_flush", look)
    s.flush()
    return seen


def what_is_mapped(lib: Library, m: Any, s: Any) -> Any:
    declared = lib.orm.mapped_column(lib.Integer)
    related = lib.relationship("Thing")
    assert [related].index(related) == 0
    assert related != lib.relationship("Thing")
    return isinstance(declared, lib.orm.Mapped), isinstance(related, lib.orm.Mapped), declared.in_([1]) is not None


SCENARIOS: list[Scenario] = [
    a_state_through_its_life,
    what_was_expired,
    what_options_leave_to_be_loaded,
    what_kind_it_is,
    what_a_manager_knows,
    what_a_mapper_says_of_itself,
    what_cascades_reach,
    keys_of_rows,
    what_lies_below_options,
    what_began_a_transaction,
    which_connection_takes_part,
    what_makes_sessions,
    what_queries_join,
    what_a_map_knows,
    what_a_flush_knows,
    what_is_mapped,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_scenario(database: Database, scenario: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, scenario)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, make_model, scenario) == expected
