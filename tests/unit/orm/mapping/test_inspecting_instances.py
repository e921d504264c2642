"""What inspect() tells about an instance."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth.orm import NO_VALUE, DeclarativeBase, Mapped, Session, mapped_column
from azoth.orm.exc import DetachedInstanceError


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


def conditions(user: User) -> list[str]:
    state: Any = azoth.inspect(user)
    names = ("transient", "pending", "persistent", "deleted", "detached")
    return [name for name in names if getattr(state, name)]


def test_a_new_instance_is_transient() -> None:
    state: Any = azoth.inspect(User(name="ed"))

    assert state.transient
    assert not state.has_identity
    assert state.identity is state.identity_key is state.session is None
    assert state.mapper is azoth.inspect(User)


def test_attributes_tell_value_and_history() -> None:
    user = User(name="ed")
    state: Any = azoth.inspect(user)

    assert state.attrs.name.value == "ed"
    assert state.attrs["id"].loaded_value is NO_VALUE
    assert list(state.attrs.name.history.added) == ["ed"]
    assert list(state.attrs.keys()) == ["id", "name"]
    assert state.unloaded == {"id"}
    assert state.dict is user.__dict__
    assert state.object is state.obj() is user
    with pytest.raises(AttributeError, match="nothing"):
        state.attrs.nothing


def test_a_state_follows_its_instance_through_a_session(engine: azoth.Engine) -> None:
    Base.metadata.create_all(engine)
    user = User(name="ed")
    seen = [conditions(user)]
    with Session(engine) as session:
        session.add(user)
        seen.append(conditions(user))
        session.flush()
        seen.append(conditions(user))
        state: Any = azoth.inspect(user)
        assert state.session is session
        assert state.identity == (1,)
        assert state.identity_key == (User, (1,), None)
        user.name = "jack"
        assert state.modified
        session.commit()
        assert state.expired
        assert state.expired_attributes == {"id", "name"}
        session.delete(user)
        session.flush()
        seen.append(conditions(user))
        session.commit()
        seen.append(conditions(user))
        assert state.was_deleted

    assert seen == [["transient"], ["pending"], ["persistent"], ["deleted"], ["detached"]]
    with pytest.raises(DetachedInstanceError):
        user.name
