"""What a relationship cascades when nothing is said."""

from __future__ import annotations

from typing import Any

from azoth import inspect
from azoth.orm import Session


def test_relations_save_and_merge_by_default(shop: Any) -> None:
    cascade = inspect(shop.User).relationships["addresses"].cascade
    assert set(cascade) == {"save-update", "merge"}

    session = Session(shop.engine)
    user = shop.User(name="ed", addresses=[shop.Address(email="a")])
    session.add(user)
    [address] = user.addresses
    assert address in session
    session.commit()

    merged = session.merge(shop.User(id=user.id, addresses=[shop.Address(id=address.id, email="b")]))
    assert merged.addresses == [address]
    assert address.email == "b"
    session.commit()

    session.expunge(user)
    assert address in session
    session.add(user)
    session.delete(user)
    session.commit()
    assert session.query(shop.Address).one() is address
    session.close()
