"""sqlacodegen: models written from a database, by all of its generators, and the models at work."""

import re
import sys
import textwrap

import pytest
import sqlalchemy as sa
from sqlacodegen.cli import main
from sqlacodegen.generators import DataclassGenerator, DeclarativeGenerator, SQLModelGenerator, TablesGenerator
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Session, clear_mappers, configure_mappers

SCHEMA = """
CREATE TABLE author (
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(20) NOT NULL,
    born DATE,
    CONSTRAINT named_once UNIQUE (name),
    CONSTRAINT has_a_name CHECK (length(name) > 0)
);
CREATE TABLE book (
    id INTEGER NOT NULL PRIMARY KEY,
    title VARCHAR(30) NOT NULL,
    price NUMERIC(8, 2) DEFAULT 1 NOT NULL,
    size VARCHAR(5) CHECK (size IN ('small', 'large')),
    sold BOOLEAN CHECK (sold IN (0, 1)),
    made DATETIME,
    letters INTEGER GENERATED ALWAYS AS (length(title)) STORED,
    author_id INTEGER,
    FOREIGN KEY(author_id) REFERENCES author (id) ON DELETE CASCADE
);
CREATE INDEX by_title ON book (title, price);
CREATE TABLE label (id INTEGER NOT NULL PRIMARY KEY, word TEXT NOT NULL);
CREATE TABLE label_of_book (
    book_id INTEGER NOT NULL REFERENCES book (id),
    label_id INTEGER NOT NULL REFERENCES label (id),
    PRIMARY KEY (book_id, label_id)
);
CREATE TABLE log (line TEXT, n FLOAT);
CREATE VIEW titles AS SELECT title FROM book;
"""


@pytest.fixture
def engine(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shelf.db'}")
    with engine.begin() as connection:
        for statement in SCHEMA.split(";")[:-1]:
            connection.exec_driver_sql(statement)
    yield engine
    engine.dispose()
    clear_mappers()


def generate(generator, engine, *options):
    metadata = sa.MetaData()
    metadata.reflect(engine, views=True)
    return generator(metadata, engine, options).generate()


def compact(code):
    """Give the code without what is about layout: where imports stand, and how lines are broken."""
    imports = sorted(line for line in code.splitlines() if re.match("(from|import) ", line))
    rest = [line for line in code.splitlines() if line not in imports]
    return imports, " ".join(" ".join(rest).split())


def run(code):
    """Run generated code as a module."""
    module = type(sys)("generated")
    sys.modules["generated"] = module
    exec(compile(code, "generated", "exec", dont_inherit=True), module.__dict__)
    configure_mappers()
    return module


def test_tables(engine):
    code = generate(TablesGenerator, engine)
    imports, rest = compact(code)
    assert imports == [
        (
            "from sqlalchemy import Boolean, CheckConstraint, Column, Computed, Date, DateTime, Enum, Float, "
            "ForeignKey, Index, Integer, MetaData, Numeric, String, Table, Text, UniqueConstraint, text"
        ),
        "import enum",
    ]
    for part in (
        (
            "t_author = Table( 'author', metadata, Column('id', Integer, primary_key=True), "
            "Column('name', String(20), nullable=False), Column('born', Date), "
            "CheckConstraint('length(name) > 0', name='has_a_name'), UniqueConstraint('name', name='named_once') )"
        ),
        "Column('price', Numeric(8, 2), nullable=False, server_default=text('1'))",
        "Column('size', Enum(BookSize, values_callable=lambda cls: [member.value for member in cls]))",
        "Column('sold', Boolean)",
        "Column('made', DateTime)",
        "Column('letters', Integer, Computed('length(title)', persisted=True))",
        "Column('author_id', ForeignKey('author.id', ondelete='CASCADE'))",
        "Index('by_title', 'title', 'price')",
        (
            "t_label_of_book = Table( 'label_of_book', metadata, "
            "Column('book_id', ForeignKey('book.id'), primary_key=True), "
            "Column('label_id', ForeignKey('label.id'), primary_key=True) )"
        ),
        "t_log = Table( 'log', metadata, Column('line', Text), Column('n', Float) )",
        "t_titles = Table( 'titles', metadata, Column('title', String(30)) )",
        "class BookSize(str, enum.Enum): SMALL = 'small' LARGE = 'large'",
    ):
        assert part in rest
    module = run(code)
    copy = sa.create_engine("sqlite://")
    module.metadata.create_all(copy)
    assert sorted(sa.inspect(copy).get_table_names()) == ["author", "book", "label", "label_of_book", "log", "titles"]
    with copy.connect() as connection:
        connection.execute(sa.insert(module.t_book).values(title="air", size=module.BookSize.LARGE))
        assert connection.execute(sa.select(module.t_book.c["size", "price", "letters"])).one() == (
            module.BookSize.LARGE,
            1,
            3,
        )


def test_declarative_models(engine):
    code = generate(DeclarativeGenerator, engine)
    _, rest = compact(code)
    for part in (
        "class Base(DeclarativeBase): pass",
        (
            "class Author(Base): __tablename__ = 'author' __table_args__ = ( "
            "CheckConstraint('length(name) > 0', name='has_a_name'), UniqueConstraint('name', name='named_once') )"
        ),
        "name: Mapped[str] = mapped_column(String(20), nullable=False)",
        "born: Mapped[Optional[datetime.date]] = mapped_column(Date)",
        "price: Mapped[decimal.Decimal] = mapped_column(Numeric(8, 2), nullable=False, server_default=text('1'))",
        "book: Mapped[list['Book']] = relationship('Book', back_populates='author')",
        "author: Mapped[Optional['Author']] = relationship('Author', back_populates='book')",
        "label: Mapped[list['Label']] = relationship('Label', secondary='label_of_book', back_populates='book')",
        "t_log = Table( 'log', Base.metadata, Column('line', Text), Column('n', Float) )",
    ):
        assert part in rest
    models = run(code)
    with Session(engine) as session:
        session.add(models.Author(name="ann", book=[models.Book(title="air", label=[models.Label(word="old")])]))
        session.commit()
    with Session(engine) as session:
        (book,) = session.scalars(sa.select(models.Book).join(models.Author).where(models.Author.name == "ann"))
        assert (book.author.name, [label.word for label in book.label], book.letters) == ("ann", ["old"], 3)


def test_dataclasses(engine):
    code = generate(DataclassGenerator, engine)
    _, rest = compact(code)
    assert "class Base(MappedAsDataclass, DeclarativeBase): pass" in rest
    assert "id: Mapped[int] = mapped_column(Integer, primary_key=True)" in rest
    assert "born: Mapped[Optional[datetime.date]] = mapped_column(Date" in rest
    assert "book: Mapped[list['Book']] = relationship('Book', back_populates='author')" in rest
    models = run(code)
    label = models.Label(id=5, word="old", book=[])
    assert repr(label) == "Label(id=5, word='old', book=[])"
    with Session(engine) as session:
        session.add(label)
        session.commit()
        assert session.scalars(sa.select(models.Label.word)).all() == ["old"]


def test_sqlmodels(engine):
    sqlmodel = pytest.importorskip("sqlmodel")
    sqlmodel.SQLModel.metadata.clear()
    code = generate(SQLModelGenerator, engine)
    _, rest = compact(code)
    for part in (
        "class Author(SQLModel, table=True): __table_args__ = (",
        "id: int = Field(sa_column=Column('id', Integer, primary_key=True))",
        "born: Optional[datetime.date] = Field(default=None, sa_column=Column('born', Date))",
        "author: Optional['Author'] = Relationship(back_populates='book')",
    ):
        assert part in rest
    models = run(code)
    with sqlmodel.Session(engine) as session:
        session.add(models.Author(id=1, name="ann", book=[models.Book(id=1, title="air")]))
        session.commit()
        assert session.exec(sqlmodel.select(models.Book)).one().author.name == "ann"
        assert models.Author.model_validate({"id": 2, "name": "bob"}).model_dump()["name"] == "bob"
    sqlmodel.SQLModel.metadata.clear()


@pytest.mark.parametrize(
    "options, present, absent",
    [
        (["noindexes", "noconstraints"], "class Book(Base)", "by_title"),
        (["nobidi"], "relationship('Author')", "back_populates"),
        (["use_inflect"], "books: Mapped[list['Book']]", "book: Mapped"),
        (["nosyntheticenums"], "CheckConstraint(\"size IN ('small', 'large')\")", "enum"),
        (["keep_dialect_types"], "VARCHAR(20)", "String(20)"),
    ],
)
def test_options(engine, options, present, absent):
    code = generate(DeclarativeGenerator, engine, *options)
    assert present in code
    assert absent not in code


def test_a_class_of_a_hierarchy(tmp_path):
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql("CREATE TABLE tool (thing_id INTEGER PRIMARY KEY REFERENCES thing (id), use TEXT)")
    code = generate(DeclarativeGenerator, engine)
    assert "class Tool(Thing):" in code
    models = run(code)
    assert issubclass(models.Tool, models.Thing)
    assert issubclass(models.Thing, DeclarativeBase)
    with Session(engine) as session:
        session.add(models.Tool(name="saw", use="wood"))
        session.commit()
        assert session.scalars(sa.select(models.Thing.name)).all() == ["saw"]
        assert session.scalars(sa.select(models.Tool.use)).all() == ["wood"]


def test_databases_are_described_that_are_not_there():
    """Models of a schema that is made in memory, for PostgreSQL, without a server."""
    pytest.importorskip("psycopg")
    metadata = sa.MetaData()
    sa.Table(
        "thing",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("words", postgresql.ARRAY(sa.String)),
        sa.Column("kind", postgresql.ENUM("a", "b", name="kind")),
    )
    code = TablesGenerator(metadata, sa.create_engine("postgresql+psycopg:///shelf"), []).generate()
    _, rest = compact(code)
    assert "Column('facts', JSONB)" in rest
    assert "Column('words', ARRAY(String()))" in rest
    assert (
        "Column('kind', Enum(Kind, values_callable=lambda cls: [member.value for member in cls], name='kind'))" in rest
    )


def test_the_command_in_this_process(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(
        sys, "argv", ["sqlacodegen", str(engine.url), "--tables", "label", "--outfile", str(tmp_path / "m.py")]
    )
    main()
    _, rest = compact((tmp_path / "m.py").read_text())
    assert rest == textwrap.dedent(
        "class Base(DeclarativeBase): pass "
        "class Label(Base): __tablename__ = 'label' "
        "id: Mapped[int] = mapped_column(Integer, primary_key=True) "
        "word: Mapped[str] = mapped_column(Text, nullable=False)"
    )


def test_the_command_in_a_process_of_its_own(run_module, engine):
    printed = run_module("sqlacodegen", str(engine.url), "--generator", "tables", "--tables", "log")
    assert "t_log = Table( 'log', metadata, Column('line', Text), Column('n', Float) )" in compact(printed)[1]
