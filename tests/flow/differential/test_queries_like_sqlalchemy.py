"""The same queries give the same data on azoth and on SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.blog import make_model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_gives_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected


def names(users: Any) -> list[Any]:
    return [user.name for user in users]


def rows(found: Any) -> list[Any]:
    return [tuple(row) for row in found]


def pairs(found: Any) -> list[Any]:
    return [(user.name, None if address is None else address.email) for user, address in found]


def tree(users: Any) -> list[Any]:
    return [
        (user.name, [address.email for address in user.addresses], [tag.label for tag in user.tags]) for user in users
    ]


# -- criteria, order, limits ----------------------------------------------------------------------


@scenario
def all_in_order(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).order_by(m.User.name.desc()))


@scenario
def filter_with_several_criteria(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).filter(m.User.age == 30, m.User.name != "ed"))


@scenario
def compare_relationships_with_null(lib: Library, m: Any, s: Any) -> Any:
    nothing = lib.null()
    return [
        names(s.query(m.User).filter(m.User.addresses == nothing).order_by(m.User.id)),
        names(s.query(m.User).filter(m.User.addresses != nothing).order_by(m.User.id)),
        s.query(m.Address).filter_by(user=nothing).count(),
        s.query(m.Address).filter(m.Address.user != nothing).count(),
    ]


@scenario
def filter_by_attribute_name(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).filter_by(name="ed", age=30))


@scenario
def filter_by_unknown_name(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).filter_by(user_name="ed").all()


@scenario
def filter_by_none(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).filter_by(age=None))


@scenario
def null_safe_comparisons(lib: Library, m: Any, s: Any) -> Any:
    user = m.User
    return [
        names(s.query(user).filter(user.age.is_(None))),
        names(s.query(user).filter(user.age != None).order_by(user.id)),  # noqa: E711
        names(s.query(user).filter(user.age.is_distinct_from(30)).order_by(user.id)),
    ]


@scenario
def boolean_combinations(lib: Library, m: Any, s: Any) -> Any:
    user = m.User
    criterion = lib.or_(lib.and_(user.age == 30, user.name.like("w%")), lib.not_(user.age > 20), user.id.in_([4]))
    return names(s.query(user).filter(criterion).order_by(user.id))


@scenario
def in_of_empty_list(lib: Library, m: Any, s: Any) -> Any:
    return [names(s.query(m.User).filter(m.User.id.in_([]))), s.query(m.User).filter(m.User.id.not_in([])).count()]


@scenario
def limit_and_offset(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).order_by(m.User.id).limit(2).offset(1))


@scenario
def slices_and_items(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User).order_by(m.User.id)
    return [
        names(query[1:3]),
        query[0].name,
        names(query[2:]),
        names(query[:2]),
        names(query[1:4][1:2]),
        names(query[3:1]),
    ]


@scenario
def slice_of_a_limited_query(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).order_by(m.User.id).offset(1)[1:3])


@scenario
def item_beyond_the_end(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User)[10].name


@scenario
def filter_after_limit(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).limit(1).filter(m.User.id == 1).all()


@scenario
def distinct_values(lib: Library, m: Any, s: Any) -> Any:
    return rows(s.query(m.User.age).distinct().order_by(m.User.age))


@scenario
def first_of_nothing(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).filter(m.User.id > 100).first()


@scenario
def one_of_many(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).one()


@scenario
def one_of_none(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).filter_by(id=100).one()


@scenario
def one_or_none_and_scalar(lib: Library, m: Any, s: Any) -> Any:
    return [
        s.query(m.User).filter_by(id=100).one_or_none(),
        s.query(m.User).filter_by(id=1).one_or_none().name,
        s.query(m.User.name).filter_by(id=1).scalar(),
        s.query(m.User.name).filter_by(id=100).scalar(),
        s.query(m.User).filter_by(id=2).scalar().name,
    ]


@scenario
def scalar_of_many(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User.name).scalar()


@scenario
def get_by_key(lib: Library, m: Any, s: Any) -> Any:
    return [s.get(m.User, 1).name, s.get(m.User, 99), s.get(m.Stock, ("a", 2)).amount, s.query(m.User).get(2).name]


@scenario
def get_by_dictionary(lib: Library, m: Any, s: Any) -> Any:
    return s.get(m.Stock, {"item": 1, "place": "b"}).amount


@scenario
def get_with_a_key_of_wrong_length(lib: Library, m: Any, s: Any) -> Any:
    return s.get(m.Stock, "a")


@scenario
def get_with_criteria(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).filter_by(name="ed").get(1)


@scenario
def parameters_by_name(lib: Library, m: Any, s: Any) -> Any:
    criterion = m.User.name == lib.bindparam("wanted")
    text = lib.text("age > :least")
    query = s.query(m.User).filter(criterion).filter(text)
    return [names(query.params(wanted="ed", least=1)), names(query.params({"wanted": "ed", "least": 50}))]


# -- columns, labels, functions, groups ---------------------------------------------------------------------------


@scenario
def columns_and_their_names(lib: Library, m: Any, s: Any) -> Any:
    found = s.query(m.User.name, m.User.age.label("years")).order_by(m.User.id).all()
    return [list(found[0]._fields), found[0].name, found[0].years, rows(found)]


@scenario
def entity_beside_columns(lib: Library, m: Any, s: Any) -> Any:
    found = s.query(m.User, m.User.name, lib.func.length(m.User.name).label("size")).order_by(m.User.id).all()
    return [list(found[0]._fields), [(row.User.id, row.name, row.size) for row in found]]


@scenario
def aggregates_by_group(lib: Library, m: Any, s: Any) -> Any:
    user = m.User
    query = s.query(user.age, lib.func.count(user.id)).group_by(user.age).having(lib.func.count(user.id) > 1)
    return rows(query)


@scenario
def aggregate_over_a_join(lib: Library, m: Any, s: Any) -> Any:
    query = (
        s.query(m.User.name, lib.func.count(m.Address.id).label("number"))
        .outerjoin(m.User.addresses)
        .group_by(m.User.id)
        .order_by(lib.desc("number"), m.User.name)
    )
    return rows(query)


@scenario
def counting(lib: Library, m: Any, s: Any) -> Any:
    return [
        s.query(m.User).count(),
        s.query(m.User).filter_by(age=30).count(),
        s.query(m.User).join(m.User.addresses).count(),
        s.query(m.User.age).distinct().count(),
        s.query(m.User).limit(2).count(),
        s.query(m.User, m.Address).join(m.User.addresses).count(),
    ]


@scenario
def case_and_cast(lib: Library, m: Any, s: Any) -> Any:
    kind = lib.case((m.User.age >= 30, "old"), (m.User.age < 30, "young"), else_="unknown")
    return rows(s.query(m.User.name, kind.label("kind"), lib.cast(m.User.id, lib.String)).order_by(m.User.id))


@scenario
def bundles(lib: Library, m: Any, s: Any) -> Any:
    found = s.query(lib.Bundle("person", m.User.id, m.User.name), m.User.age).order_by(m.User.id).first()
    return [found.person.id, found.person.name, found.age]


@scenario
def adding_columns_and_entities(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User).join(m.User.addresses).order_by(m.Address.id)
    return [
        [(user.name, email) for user, email in query.add_columns(m.Address.email)],
        pairs(query.add_entity(m.Address)),
        rows(query.with_entities(m.Address.email)),
        query.with_entities(m.User.name).distinct().count(),
    ]


@scenario
def value_and_values(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User).order_by(m.User.id)
    return [query.value(m.User.name), rows(query.values(m.User.id, m.User.name))]


@scenario
def descriptions(lib: Library, m: Any, s: Any) -> Any:
    alias = lib.aliased(m.User, name="other")
    query = s.query(m.User, alias, m.User.name.label("called"), m.Address.email)
    known = {id(m.User): "User", id(alias): "alias", id(m.Address): "Address"}
    return [(d["name"], d["aliased"], known[id(d["entity"])]) for d in query.column_descriptions]


# -- joins and aliases ----------------------------------------------------------------------------


@scenario
def join_along_a_relationship(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).join(m.User.addresses).filter(m.Address.email.like("%@b")).order_by(m.User.id))


@scenario
def join_gives_each_object_once(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).join(m.User.addresses).order_by(m.User.id))


@scenario
def select_with_join_repeats_objects(lib: Library, m: Any, s: Any) -> Any:
    return names(s.scalars(lib.select(m.User).join(m.User.addresses).order_by(m.Address.id)))


@scenario
def rows_of_columns_are_not_made_unique(lib: Library, m: Any, s: Any) -> Any:
    return [
        rows(s.query(m.User.name).join(m.User.addresses).order_by(m.User.id)),
        [
            (user.name, id_)
            for user, id_ in s.query(m.User, m.Address.user_id).join(m.User.addresses).order_by(m.User.id)
        ],
    ]


@scenario
def join_to_an_entity(lib: Library, m: Any, s: Any) -> Any:
    return pairs(s.query(m.User, m.Address).join(m.Address).order_by(m.Address.id))


@scenario
def join_with_an_onclause(lib: Library, m: Any, s: Any) -> Any:
    onclause = lib.and_(m.Address.user_id == m.User.id, m.Address.email.like("%@c"))
    return pairs(s.query(m.User, m.Address).outerjoin(m.Address, onclause).order_by(m.User.id))


@scenario
def join_through_two_relationships(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.Address).join(m.Address.user).join(m.User.tags).filter(m.Tag.label == "red")
    return [address.email for address in query.order_by(m.Address.id)]


@scenario
def filter_by_after_join(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).join(m.User.addresses).filter_by(email="jack@a"))


@scenario
def filter_by_of_select_looks_at_all_entities(lib: Library, m: Any, s: Any) -> Any:
    joined = lib.select(m.User.name, m.Address.email).join(m.User.addresses).order_by(m.Address.id)
    return [
        rows(s.execute(joined.filter_by(email="ed@a"))),
        rows(s.execute(joined.filter_by(name="ed"))),
        names(s.scalars(lib.select(m.User).filter_by(name="ed", age=30))),
    ]


@scenario
def filter_by_after_with_entities(lib: Library, m: Any, s: Any) -> Any:
    return rows(s.query(m.User).with_entities(m.Address.email).filter_by(email="ed@a"))


@scenario
def filter_by_after_reset_joinpoint(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).join(m.User.addresses).filter_by(email="ed@a").reset_joinpoint().filter_by(name="ed"))


@scenario
def outer_join(lib: Library, m: Any, s: Any) -> Any:
    return pairs(s.query(m.User, m.Address).outerjoin(m.User.addresses).order_by(m.User.id, m.Address.id))


@scenario
def objects_without_related_ones(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).outerjoin(m.User.addresses).filter(m.Address.id.is_(None)))


@scenario
def select_from_another_side(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User.name, m.Address.email).select_from(m.Address).join(m.Address.user).order_by(m.Address.id)
    return rows(query)


@scenario
def implicit_join(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User, m.Address).filter(m.User.id == m.Address.user_id).filter(m.Address.email == "ed@a")
    return pairs(query)


@scenario
def aliases_of_one_entity(lib: Library, m: Any, s: Any) -> Any:
    first, second = lib.aliased(m.Address), lib.aliased(m.Address)
    query = s.query(m.User.name).join(first, m.User.addresses).join(second, m.User.addresses)
    return rows(query.filter(first.email == "ed@a", second.email == "ed@b"))


@scenario
def alias_through_of_type(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.Address)
    return names(s.query(m.User).join(m.User.addresses.of_type(other)).filter(other.email == "jack@a"))


@scenario
def alias_as_an_entity(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.User)
    return names(s.query(other).filter(other.age == 30).order_by(other.name.desc()))


@scenario
def pairs_of_one_entity(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.User)
    query = s.query(m.User, other).filter(m.User.age == other.age, m.User.id < other.id)
    return [(one.name, two.name) for one, two in query]


@scenario
def self_referential_join(lib: Library, m: Any, s: Any) -> Any:
    parent = lib.aliased(m.Node)
    query = s.query(m.Node.title, parent.title).join(parent, m.Node.parent).order_by(m.Node.id)
    return rows(query)


@scenario
def three_levels_of_a_tree(lib: Library, m: Any, s: Any) -> Any:
    child, grandchild = lib.aliased(m.Node), lib.aliased(m.Node)
    query = s.query(m.Node).join(m.Node.children.of_type(child)).join(child.children.of_type(grandchild))
    return [node.title for node in query]


@scenario
def many_to_many_join(lib: Library, m: Any, s: Any) -> Any:
    return rows(s.query(m.User.name, m.Tag.label).join(m.User.tags).order_by(m.User.id, m.Tag.id))


# -- relationships in criteria --------------------------------------------------------------------


@scenario
def any_and_has(lib: Library, m: Any, s: Any) -> Any:
    return [
        names(s.query(m.User).filter(m.User.addresses.any(m.Address.email.like("%@b"))).order_by(m.User.id)),
        names(s.query(m.User).filter(~m.User.addresses.any())),
        names(s.query(m.User).filter(m.User.tags.any(label="blue")).order_by(m.User.id)),
        s.query(m.Address).filter(m.Address.user.has(name="ed")).count(),
        [node.title for node in s.query(m.Node).filter(m.Node.children.any(m.Node.title == "leaf"))],
    ]


@scenario
def comparisons_with_objects(lib: Library, m: Any, s: Any) -> Any:
    ed, blue = s.get(m.User, 1), s.get(m.Tag, 2)
    first = s.get(m.Address, 1)
    return [
        [a.email for a in s.query(m.Address).filter(m.Address.user == ed).order_by(m.Address.id)],
        s.query(m.Address).filter(m.Address.user != ed).count(),
        names(s.query(m.User).filter(m.User.tags.contains(blue)).order_by(m.User.id)),
        names(s.query(m.User).filter(m.User.addresses.contains(first))),
        names(s.query(m.User).filter(m.User.addresses.contains(s.get(m.Address, 99)))),
        names(s.query(m.User).filter(~m.User.addresses.contains(None)).order_by(m.User.id)),
        s.scalar(lib.select(lib.func.count()).where(~m.User.addresses.contains(None))),
        [node.title for node in s.query(m.Node).filter(m.Node.parent == None)],  # noqa: E711
    ]


@scenario
def with_parent(lib: Library, m: Any, s: Any) -> Any:
    ed = s.get(m.User, 1)
    return [
        [a.email for a in s.query(m.Address).filter(lib.with_parent(ed, m.User.addresses)).order_by(m.Address.id)],
        [t.label for t in s.query(m.Tag).with_parent(ed).order_by(m.Tag.id)],
    ]


# -- eager loading --------------------------------------------------------------------------------


@scenario
def lazy_loading(lib: Library, m: Any, s: Any) -> Any:
    return tree(s.query(m.User).order_by(m.User.id))


@scenario
def joined_loading(lib: Library, m: Any, s: Any) -> Any:
    option = lib.joinedload(m.User.addresses)
    return tree(s.query(m.User).options(option).order_by(m.User.id))


@scenario
def two_joined_collections(lib: Library, m: Any, s: Any) -> Any:
    options = lib.joinedload(m.User.addresses), lib.joinedload(m.User.tags)
    return tree(s.query(m.User).options(*options).order_by(m.User.name))


@scenario
def joined_loading_with_limit(lib: Library, m: Any, s: Any) -> Any:
    option = lib.joinedload(m.User.addresses)
    query = s.query(m.User).options(option).order_by(m.User.name.desc()).limit(2)
    return tree(query)


@scenario
def joined_loading_with_limit_and_join(lib: Library, m: Any, s: Any) -> Any:
    query = (
        s.query(m.User)
        .join(m.User.tags)
        .filter(m.Tag.label == "blue")
        .options(lib.joinedload(m.User.addresses))
        .order_by(m.User.id)
        .limit(1)
        .offset(1)
    )
    return tree(query)


@scenario
def first_with_joined_loading(lib: Library, m: Any, s: Any) -> Any:
    found = s.query(m.User).options(lib.joinedload(m.User.addresses)).order_by(m.User.id.desc()).offset(1).first()
    return tree([found])


@scenario
def joined_loading_of_entity_and_column(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User, m.User.age).options(lib.joinedload(m.User.addresses)).order_by(m.User.id)
    return [(tree([user]), age) for user, age in query]


@scenario
def joined_many_to_one(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.Address).options(lib.joinedload(m.Address.user, innerjoin=True)).order_by(m.Address.id)
    return [(address.email, address.user.name) for address in query]


@scenario
def selectin_loading(lib: Library, m: Any, s: Any) -> Any:
    options = lib.selectinload(m.User.addresses), lib.selectinload(m.User.tags)
    return tree(s.query(m.User).options(*options).order_by(m.User.id))


@scenario
def subquery_loading(lib: Library, m: Any, s: Any) -> Any:
    return tree(s.query(m.User).options(lib.subqueryload(m.User.addresses)).order_by(m.User.id).limit(3))


@scenario
def chained_options(lib: Library, m: Any, s: Any) -> Any:
    option = lib.selectinload(m.User.addresses).joinedload(m.Address.user).selectinload(m.User.tags)
    found = s.query(m.User).options(option).order_by(m.User.id).all()
    return [[tag.label for tag in address.user.tags] for user in found for address in user.addresses]


@scenario
def contains_eager(lib: Library, m: Any, s: Any) -> Any:
    query = (
        s.query(m.User)
        .join(m.User.addresses)
        .filter(m.Address.email.like("%@b"))
        .options(lib.contains_eager(m.User.addresses))
        .order_by(m.User.id)
    )
    return [(user.name, [address.email for address in user.addresses]) for user in query]


@scenario
def contains_eager_of_an_alias(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.Address)
    query = (
        s.query(m.User)
        .outerjoin(m.User.addresses.of_type(other))
        .options(lib.contains_eager(m.User.addresses.of_type(other)))
        .order_by(m.User.id, other.id.desc())
    )
    return [(user.name, [address.email for address in user.addresses]) for user in query]


@scenario
def raiseload(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).options(lib.raiseload(m.User.addresses)).first().addresses


@scenario
def tree_with_eager_levels(lib: Library, m: Any, s: Any) -> Any:
    option = lib.joinedload(m.Node.children).selectinload(m.Node.children)
    root = s.query(m.Node).options(option).filter(m.Node.parent_id.is_(None)).one()
    return [(child.title, [leaf.title for leaf in child.children]) for child in root.children]


@scenario
def eager_loading_through_select(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.select(m.User).options(lib.joinedload(m.User.addresses)).order_by(m.User.id)
    return tree(s.scalars(statement).unique())


@scenario
def options_of_an_alias(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.User)
    query = s.query(other).options(lib.joinedload(other.addresses)).filter(other.age == 30).order_by(other.id)
    return tree(query)


@scenario
def deferred_columns(lib: Library, m: Any, s: Any) -> Any:
    plain = s.query(m.User).filter_by(id=1).one()
    before = "bio" in plain.__dict__
    bio = plain.bio
    s.expunge_all()
    undeferred = s.query(m.User).options(lib.undefer(m.User.bio)).filter_by(id=2).one()
    after = "bio" in undeferred.__dict__
    s.expunge_all()
    only = s.query(m.User).options(lib.load_only(m.User.name)).filter_by(id=2).one()
    return [before, bio, after, undeferred.bio, "age" in only.__dict__, only.age]


@scenario
def defer_a_column(lib: Library, m: Any, s: Any) -> Any:
    user = s.query(m.User).options(lib.defer(m.User.age)).filter_by(id=1).one()
    return ["age" in user.__dict__, user.age]


# -- subqueries, CTEs, unions ---------------------------------------------------------------------


@scenario
def subquery_in_a_join(lib: Library, m: Any, s: Any) -> Any:
    counts = s.query(m.Address.user_id, lib.func.count("*").label("number")).group_by(m.Address.user_id).subquery()
    query = s.query(m.User.name, counts.c.number).outerjoin(counts, m.User.id == counts.c.user_id).order_by(m.User.id)
    return rows(query)


@scenario
def alias_of_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    inside = s.query(m.User).filter(m.User.age == 30).subquery()
    user = lib.aliased(m.User, inside)
    return [
        names(s.query(user).order_by(user.name)),
        pairs(s.query(user, m.Address).join(user.addresses).order_by(m.Address.id)),
    ]


@scenario
def columns_of_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    inside = s.query(m.User.name, m.User.age).filter(m.User.age == 30).subquery("old")
    return rows(s.query(inside).order_by(inside.c.name))


@scenario
def names_of_the_columns_of_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    return [
        list(s.query(m.User).subquery().c.keys()),
        list(lib.select(m.User, m.Address).cte().c.keys()),
        list(lib.select(lib.aliased(m.User)).subquery().c.keys()),
        list(s.execute(lib.select(s.query(m.User.name).subquery())).keys()),
    ]


@scenario
def query_in_in(lib: Library, m: Any, s: Any) -> Any:
    with_address = s.query(m.Address.user_id)
    return names(s.query(m.User).filter(m.User.id.in_(with_address)).order_by(m.User.id))


@scenario
def correlated_scalar_subquery(lib: Library, m: Any, s: Any) -> Any:
    number = s.query(lib.func.count(m.Address.id)).filter(m.Address.user_id == m.User.id).scalar_subquery()
    return rows(s.query(m.User.name, number.label("number")).order_by(m.User.id))


@scenario
def correlated_with_label(lib: Library, m: Any, s: Any) -> Any:
    last = s.query(lib.func.max(m.Address.email)).filter(m.Address.user_id == m.User.id).correlate(m.User).label("last")
    return rows(s.query(m.User.name, last).order_by(m.User.id))


@scenario
def exists(lib: Library, m: Any, s: Any) -> Any:
    has_address = s.query(m.Address).filter(m.Address.user_id == m.User.id).exists()
    return [
        names(s.query(m.User).filter(has_address).order_by(m.User.id)),
        names(s.query(m.User).filter(~has_address)),
        s.query(s.query(m.User).filter_by(name="ed").exists()).scalar(),
        s.query(s.query(m.User).filter_by(name="none").exists()).scalar(),
    ]


@scenario
def common_table_expression(lib: Library, m: Any, s: Any) -> Any:
    old = s.query(m.User.id, m.User.name).filter(m.User.age == 30).cte("old")
    query = s.query(old.c.name, m.Address.email).join(m.Address, m.Address.user_id == old.c.id).order_by(m.Address.id)
    return rows(query)


@scenario
def recursive_common_table_expression(lib: Library, m: Any, s: Any) -> Any:
    top = s.query(m.Node.id, m.Node.title).filter(m.Node.title == "left").cte("below", recursive=True)
    node = lib.aliased(m.Node)
    below = top.union_all(s.query(node.id, node.title).filter(node.parent_id == top.c.id))
    return sorted(rows(s.query(below.c.title)))


@scenario
def union_of_queries(lib: Library, m: Any, s: Any) -> Any:
    first, second = s.query(m.User).filter_by(age=30), s.query(m.User).filter_by(name="ed")
    return [
        names(first.union(second).order_by(m.User.name)),
        names(first.union(second).filter(m.User.name != "ed")),
        first.union_all(second).count(),
        names(first.intersect(second)),
        names(first.except_(second)),
    ]


@scenario
def union_with_eager_loading(lib: Library, m: Any, s: Any) -> Any:
    first, second = s.query(m.User).filter_by(id=1), s.query(m.User).filter_by(id=3)
    return tree(first.union(second).options(lib.joinedload(m.User.addresses)).order_by(m.User.id))


@scenario
def union_of_columns(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.User.name).union(s.query(m.Address.email))
    return sorted(rows(query))


@scenario
def union_of_selects(lib: Library, m: Any, s: Any) -> Any:
    combined = lib.union(lib.select(m.User).where(m.User.id == 1), lib.select(m.User).where(m.User.id == 3))
    user = lib.aliased(m.User, combined.subquery())
    return [
        sorted(names(s.scalars(lib.select(m.User).from_statement(combined)))),
        names(s.scalars(lib.select(user).order_by(user.id.desc()))),
    ]


@scenario
def join_after_union(lib: Library, m: Any, s: Any) -> Any:
    combined = s.query(m.User).filter_by(id=1).union(s.query(m.User).filter_by(id=2))
    return names(combined.join(m.User.addresses).filter(m.Address.email == "jack@a"))


@scenario
def window_functions(lib: Library, m: Any, s: Any) -> Any:
    number = lib.func.row_number().over(partition_by=m.Address.user_id, order_by=m.Address.id)
    return rows(s.query(m.Address.email, number.label("number")).order_by(m.Address.id))


# -- text and given statements --------------------------------------------------------------------


@scenario
def from_text(lib: Library, m: Any, s: Any) -> Any:
    text = lib.text("SELECT * FROM users WHERE age = :age ORDER BY id")
    return names(s.query(m.User).from_statement(text).params(age=30))


@scenario
def from_text_with_columns(lib: Library, m: Any, s: Any) -> Any:
    text = lib.text("SELECT id AS a, user_name AS b FROM users ORDER BY id").columns(m.User.id, m.User.name)
    return names(s.scalars(lib.select(m.User).from_statement(text)))


@scenario
def from_a_core_select(lib: Library, m: Any, s: Any) -> Any:
    table = m.User.__table__
    statement = lib.select(table).where(table.c.age == 30).order_by(table.c.id)
    return names(s.scalars(lib.select(m.User).from_statement(statement)))


@scenario
def text_criteria_and_order(lib: Library, m: Any, s: Any) -> Any:
    return names(s.query(m.User).filter(lib.text("age = 30")).order_by(lib.text("user_name DESC")))


# -- select() of entities -------------------------------------------------------------------------


@scenario
def results_of_select(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.select(m.User).order_by(m.User.id)
    return [
        names(s.scalars(statement)),
        [row.User.name for row in s.execute(statement)],
        s.execute(statement).scalars().first().name,
        s.execute(statement.where(m.User.id == 1)).scalar_one().name,
        s.scalar(statement).name,
        [mapping["User"].name for mapping in s.execute(statement).mappings()],
        [[user.name for user in part] for part in s.scalars(statement).partitions(3)],
    ]


@scenario
def select_of_entity_and_column(lib: Library, m: Any, s: Any) -> Any:
    result = s.execute(lib.select(m.User, m.Address.email).join(m.User.addresses).order_by(m.Address.id))
    return [list(result.keys()), [(row.User.name, row.email) for row in result]]


@scenario
def select_of_attributes(lib: Library, m: Any, s: Any) -> Any:
    result = s.execute(lib.select(m.User.id, m.User.name).order_by(m.User.id))
    return [list(result.keys()), [row.name for row in result]]


@scenario
def one_of_too_many_in_select(lib: Library, m: Any, s: Any) -> Any:
    return s.scalars(lib.select(m.User)).one()


@scenario
def join_from(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.select(m.Address.email, m.User.name).join_from(m.User, m.Address).order_by(m.Address.id)
    return rows(s.execute(statement))


@scenario
def relationship_with_further_criteria(lib: Library, m: Any, s: Any) -> Any:
    target = m.User.addresses.and_(m.Address.email.like("%@b"))
    statement = lib.select(m.User.name, m.Address.email).outerjoin(target).order_by(m.User.id)
    return rows(s.execute(statement))


@scenario
def populate_existing(lib: Library, m: Any, s: Any) -> Any:
    ed = s.get(m.User, 1)
    s.execute(lib.text("UPDATE users SET age = 99 WHERE id = 1"))
    before = s.query(m.User).filter_by(id=1).one().age
    after = s.query(m.User).populate_existing().filter_by(id=1).one().age
    return [before, after, ed.age]


@scenario
def autoflush_before_queries(lib: Library, m: Any, s: Any) -> Any:
    s.add(m.User(id=9, name="new"))
    hidden = s.query(m.User).autoflush(False).filter_by(name="new").count()
    return [hidden, s.query(m.User).filter_by(name="new").count()]


@scenario
def yield_per(lib: Library, m: Any, s: Any) -> Any:
    return [names(s.query(m.User).order_by(m.User.id).yield_per(2)), rows(s.query(m.User.id).yield_per(1))]
