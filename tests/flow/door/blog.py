"""A blog whose posts, comments and tags can be hidden."""

from __future__ import annotations

from azoth import Boolean, Column, ForeignKey, String, Table
from azoth.orm import DeclarativeBase, Mapped, Session, deferred, mapped_column, query_expression, relationship


class Base(DeclarativeBase):
    """The base of the classes here."""


class CanBeHidden:
    """What is not shown to everybody."""

    hidden: Mapped[bool] = mapped_column(Boolean, default=False)


class User(Base):
    """Who writes."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    about: Mapped[str | None] = deferred(Column(String(20)))
    length: Mapped[int | None] = query_expression()
    posts: Mapped[list[Post]] = relationship(back_populates="user", order_by="Post.id")


class Post(CanBeHidden, Base):
    """What is written."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User | None] = relationship(back_populates="posts")
    comments: Mapped[list[Comment]] = relationship(order_by="Comment.id")
    tags: Mapped[list[Tag]] = relationship(secondary="post_tags", order_by="Tag.id")


class Comment(CanBeHidden, Base):
    """What is said about it."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(20))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))


class Tag(CanBeHidden, Base):
    """What it is about."""

    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(20))


post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


def fill(session: Session) -> None:
    """Store two users: three posts of Ada's, one hidden, with two comments and two tags each, one of them hidden."""
    seen, unseen = Tag(id=1, word="new"), Tag(id=2, word="old", hidden=True)
    ada, bob = User(id=1, name="Ada", about="x"), User(id=2, name="Bob")
    for number in (1, 2, 3):
        comments = [Comment(text="good"), Comment(text="bad", hidden=True)]
        post = Post(id=number, title=f"p{number}", hidden=number == 3, comments=comments, tags=[seen, unseen])
        ada.posts.append(post)
    session.add_all([ada, bob])
    session.commit()
