"""What is kept for an engine goes with it, although the mapping stays."""

from __future__ import annotations

import gc
import weakref

from azoth import create_engine, select
from azoth.orm import Session, selectinload
from tests.database import Database
from tests.flow.library import Author, Book


def test_the_plans_of_refreshes_and_options_do_not_keep_a_statement_cache(database: Database) -> None:
    caches = []
    for _ in range(3):
        engine = create_engine(database.url())
        Author.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Author(name="a", books=[Book(title="b")]))
            session.commit()
            author = session.scalars(select(Author).options(selectinload(Author.books))).one()
            session.expire(author)
            assert author.name == "a"
            assert [book.title for book in author.books] == ["b"]
        caches.append(weakref.ref(engine.statement_cache))
        engine.dispose()
        del engine, session, author
    gc.collect()
    assert [cache() for cache in caches] == [None, None, None]
