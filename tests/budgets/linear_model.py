"""Classes whose collections become large: lists, sets and dictionaries of children, tags, and a chain."""

from __future__ import annotations

from typing import Any

from azoth import Column, ForeignKey, Integer, String, Table
from azoth.orm import attribute_keyed_dict, declarative_base, relationship

Base: Any = declarative_base()

post_tag = Table(
    "post_tag",
    Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    title = Column(String(50), default=lambda: "title")
    lines = relationship("Line", back_populates="post", order_by="Line.id")
    owned = relationship("Owned", back_populates="post", cascade="all, delete-orphan", order_by="Owned.id")
    marks = relationship("Mark", back_populates="post", collection_class=set)
    entries = relationship("Entry", back_populates="post", collection_class=attribute_keyed_dict("name"))
    tags = relationship("Tag", secondary=post_tag, back_populates="posts")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    text = Column(String(50))
    post_id = Column(ForeignKey("post.id"), index=True)
    post = relationship(Post, back_populates="lines")


class Owned(Base):
    __tablename__ = "owned"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"), index=True)
    post = relationship(Post, back_populates="owned")


class Mark(Base):
    __tablename__ = "mark"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"), index=True)
    post = relationship(Post, back_populates="marks")


class Entry(Base):
    __tablename__ = "entry"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    post_id = Column(ForeignKey("post.id"), index=True)
    post = relationship(Post, back_populates="entries")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    posts = relationship(Post, secondary=post_tag, back_populates="tags")


class Link(Base):
    __tablename__ = "link"
    id = Column(Integer, primary_key=True)
    next_id = Column(ForeignKey("link.id"), index=True)
    next = relationship("Link", remote_side=[id], back_populates="previous", cascade="all")
    previous = relationship("Link", back_populates="next", cascade="all")
