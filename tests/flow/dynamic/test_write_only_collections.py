"""lazy="write_only": the collection is changed and gives statements, and is never loaded."""

from __future__ import annotations

import pytest

from azoth import inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session, WriteOnlyCollection, attributes
from tests.flow.dynamic.forum import Ban, Reader, Site, Tag, Visit


@pytest.fixture
def site(session: Session) -> Site:
    """A site with three visits."""
    site = Site(id=1)
    site.visits.add_all([Visit(id=1, kind="x"), Visit(id=2, kind="y"), Visit(id=3, kind="y")])
    session.add(site)
    session.commit()
    return site


def visits(session: Session, site: Site) -> list[int]:
    return list(session.scalars(site.visits.select().with_only_columns(Visit.id)))


def test_a_collection_gives_a_select_in_the_relationships_order(session: Session, site: Site) -> None:
    assert isinstance(site.visits, WriteOnlyCollection)
    found = session.scalars(site.visits.select()).all()
    assert [visit.id for visit in found] == [1, 2, 3]
    assert session.scalars(site.visits.select().where(Visit.kind == "x")).one().id == 1


def test_it_cannot_be_iterated_or_counted(site: Site) -> None:
    with pytest.raises(TypeError, match="cannot be iterated"):
        list(site.visits)
    with pytest.raises(TypeError):
        len(site.visits)  # type: ignore[arg-type]


def test_adding_and_removing_never_load(session: Session, site: Site, statements: list[str]) -> None:
    visit = session.get_one(Visit, 2)
    assert site.id == 1
    statements.clear()
    site.visits.add(Visit(id=4))
    site.visits.remove(visit)
    assert statements == []
    history = inspect(site).attrs.visits.history
    assert [one.id for one in history.added] == [4]
    assert list(history.deleted) == [visit]
    session.flush()
    assert [statement.split()[0] for statement in statements] == ["INSERT", "UPDATE"]
    assert visits(session, site) == [1, 3, 4]
    assert visit.site_id is None


def test_a_bulk_insert_refers_to_the_owner(session: Session, site: Site) -> None:
    session.execute(site.visits.insert(), [{"id": 7, "kind": "a"}, {"id": 8, "kind": "b"}])
    session.commit()
    assert visits(session, site) == [1, 2, 3, 7, 8]


def test_a_bulk_insert_can_return_the_objects(session: Session, site: Site) -> None:
    made = session.scalars(site.visits.insert().returning(Visit), [{"id": 7, "kind": "a"}]).all()
    assert [(visit.id, visit.site_id) for visit in made] == [(7, 1)]


def test_a_bulk_update_changes_members_only(session: Session, site: Site) -> None:
    session.add(Visit(id=9, kind="y"))
    session.execute(site.visits.update().values(kind="z").where(Visit.kind == "y"))
    assert session.scalars(select(Visit.kind).order_by(Visit.id)).all() == ["x", "z", "z", "y"]


def test_a_bulk_delete_deletes_members_only(session: Session, site: Site) -> None:
    session.add(Visit(id=9, kind="y"))
    session.execute(site.visits.delete().where(Visit.kind == "y"))
    assert session.scalars(select(Visit.id).order_by(Visit.id)).all() == [1, 9]


def test_a_transient_owner_can_be_given_a_whole_collection(session: Session) -> None:
    site = Site(id=2, visits=[Visit(id=5)])
    site.visits = [Visit(id=6)]
    session.add(site)
    session.commit()
    assert visits(session, site) == [6]
    assert session.scalars(select(Visit.id)).all() == [6]


def test_a_persistent_owner_cannot(site: Site) -> None:
    with pytest.raises(InvalidRequestError, match=r"Site\.visits cannot be replaced"):
        site.visits = []


def test_deleting_the_owner_needs_passive_deletes(session: Session, site: Site) -> None:
    session.delete(site)
    with pytest.raises(InvalidRequestError, match=r"Site\.visits is write-only") as caught:
        session.flush()
    assert "passive_deletes=True" in str(caught.value)


def test_with_passive_deletes_the_database_deletes_the_members(session: Session) -> None:
    banning = Site(id=3)
    banning.bans.add(Ban(id=1))
    session.add(banning)
    session.commit()
    session.execute(banning.bans.delete())
    assert session.scalars(select(Ban)).all() == []


def test_a_removed_member_under_delete_orphan_is_deleted(session: Session) -> None:
    site = Site(id=3)
    ban = Ban(id=1)
    site.bans.add(ban)
    session.add(site)
    session.commit()
    site.bans.remove(ban)
    session.commit()
    assert inspect(ban).detached
    assert session.scalars(select(Ban)).all() == []


def test_an_insert_that_was_written_before_the_owner_was_flushed_refers_to_it(session: Session) -> None:
    site = Site()
    session.add(site)
    inserted = site.visits.insert().returning(Visit)
    assert inspect(site).pending
    visits = session.scalars(inserted, [{"kind": "a"}, {"kind": "b"}]).all()
    assert site.id is not None
    assert [(visit.kind, visit.site_id) for visit in visits] == [("a", site.id), ("b", site.id)]
    session.execute(site.visits.insert(), [{"kind": "c"}])
    assert session.scalars(site.visits.select().with_only_columns(Visit.kind)).all() == ["a", "b", "c"]


def test_an_insert_for_an_owner_without_a_row_is_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"Site\.id of an object that has no value"):
        session.execute(Site().visits.insert(), [{"kind": "a"}])


def test_many_to_many_statements(session: Session) -> None:
    tag = Tag(id=1, name="t")
    tag.readers.add_all([Reader(id=1, name="ann"), Reader(id=2, name="bob")])
    session.add_all([tag, Reader(id=3, name="cid")])
    session.commit()
    assert session.scalars(tag.readers.select().order_by(Reader.id).with_only_columns(Reader.name)).all() == [
        "ann",
        "bob",
    ]
    session.execute(tag.readers.update().values(name="x"))
    assert session.scalars(select(Reader.name).order_by(Reader.id)).all() == ["x", "x", "cid"]
    with pytest.raises(InvalidRequestError, match="not possible for a many-to-many"):
        tag.readers.insert()
    tag.readers.remove(session.get_one(Reader, 1))
    session.commit()
    assert session.scalars(tag.readers.select()).one().id == 2


def test_loading_it_from_outside_is_refused(site: Site) -> None:
    with pytest.raises(InvalidRequestError, match="does not support object population"):
        attributes.set_committed_value(site, "visits", [])
    with pytest.raises(NotImplementedError, match="AZ-L61"):
        attributes.set_committed_value(site, "visits", [])


def test_merging_a_new_object_with_members_into_a_stored_one_is_refused(session: Session, site: Site) -> None:
    given = Site(id=1)
    given.visits.add(Visit(id=9))
    with pytest.raises(InvalidRequestError, match="AZ-L60"):
        session.merge(given)
    assert session.merge(Site(id=1)) is site
