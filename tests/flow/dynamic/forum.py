"""Forums, posts and tags: dynamic and write-only relationships of every direction."""

from __future__ import annotations

import azoth
from azoth import Column, ForeignKey, Table
from azoth.orm import DeclarativeBase, DynamicMapped, Mapped, WriteOnlyMapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Forum(Base):
    __tablename__ = "forums"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    posts: DynamicMapped[Post] = relationship(back_populates="forum", order_by="Post.id")
    notes: DynamicMapped[Note] = relationship(cascade="all, delete-orphan", back_populates="forum")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forums.id"))
    forum: Mapped[Forum | None] = relationship(back_populates="posts")
    tags: DynamicMapped[Tag] = relationship(secondary=post_tags, back_populates="posts", order_by="Tag.name")


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list[Post]] = relationship(secondary=post_tags, back_populates="tags")
    readers: WriteOnlyMapped[Reader] = relationship(secondary="tag_readers")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    forum: Mapped[Forum] = relationship(back_populates="notes")


class Site(Base):
    __tablename__ = "sites"
    id: Mapped[int] = mapped_column(primary_key=True)
    visits: WriteOnlyMapped[Visit] = relationship(order_by="Visit.id")
    bans: WriteOnlyMapped[Ban] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class Visit(Base):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))


class Ban(Base):
    __tablename__ = "bans"
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))


class Reader(Base):
    __tablename__ = "readers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


tag_readers = Table(
    "tag_readers",
    Base.metadata,
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    Column("reader_id", ForeignKey("readers.id"), primary_key=True),
)


def make_tables(engine: azoth.Engine) -> None:
    Base.metadata.create_all(engine)
