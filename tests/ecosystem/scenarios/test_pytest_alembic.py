"""pytest-alembic: a project whose migrations are tested by its tests and fixtures, in an inner run of pytest."""

import textwrap

import pytest

pytest_plugins = ["pytester"]

ENVIRONMENT = """
from alembic import context
from sqlalchemy import engine_from_config, pool

import models

connectable = context.config.attributes.get("connection")
if connectable is None:
    connectable = engine_from_config(
        context.config.get_section(context.config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool
    )
with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=models.Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""

TEMPLATE = """
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

def upgrade():
    ${upgrades if upgrades else "pass"}

def downgrade():
    ${downgrades if downgrades else "pass"}
"""

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    born: Mapped[int | None]

class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(30), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))
"""

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

def upgrade():
    op.create_table(
        "author", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20), nullable=False)
    )

def downgrade():
    op.drop_table("author")
"""

SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("author") as batch:
        batch.add_column(sa.Column("born", sa.Integer))
    op.create_table(
        "book",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(30), nullable=False),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("author.id"), nullable=False),
    )
    op.create_index("ix_book_title", "book", ["title"])

def downgrade():
    op.drop_table("book")
    with op.batch_alter_table("author") as batch:
        batch.drop_column("born")
"""

FIXTURES = """
import pytest
import sqlalchemy as sa
from pytest_alembic.config import Config

@pytest.fixture
def alembic_config():
    return Config(
        config_options={"script_location": "migrations"},
        at_revision_data={"0002": [{"__tablename__": "author", "id": 7, "name": "ann"}]},
    )

@pytest.fixture
def alembic_engine(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shelf.db'}")
    yield engine
    engine.dispose()
"""


@pytest.fixture
def project(pytester):
    """A project with two revisions; ``write()`` changes its files."""

    def write(path, text):
        file = pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    pytester.write = write
    write("pytest.ini", "[pytest]\npythonpath = .\n")
    write("conftest.py", FIXTURES)
    write("models.py", MODELS)
    write("migrations/env.py", ENVIRONMENT)
    write("migrations/script.py.mako", TEMPLATE)
    write("migrations/versions/0001_first.py", FIRST)
    write("migrations/versions/0002_second.py", SECOND)
    return pytester


def run(project):
    """Run pytest in the project, in this process."""
    return project.runpytest_inprocess("-p", "no:cacheprovider", "-v")


def test_migrations_that_are_right(project):
    project.write("test_builtin.py", "from pytest_alembic.tests import *\n")
    project.write(
        "test_experimental.py", "from pytest_alembic.tests.experimental import test_downgrade_leaves_no_trace\n"
    )
    project.write(
        "test_data.py",
        """
        import sqlalchemy as sa
        from sqlalchemy.orm import Session

        import models

        def test_data_stays(alembic_runner, alembic_engine):
            alembic_runner.migrate_up_to("0001")
            assert alembic_runner.current == "0001"
            alembic_runner.insert_into("author", {"id": 1, "name": "bob"})
            alembic_runner.migrate_up_one()
            assert alembic_runner.current == alembic_runner.heads[0] == "0002"
            with alembic_engine.connect() as connection:
                rows = connection.execute(sa.text("SELECT id, name, born FROM author ORDER BY id")).all()
            # One row from before the revision, one that belongs to it.
            assert rows == [(1, "bob", None), (7, "ann", None)]
            alembic_runner.migrate_down_one()
            assert alembic_runner.current == "0001"
            assert sa.inspect(alembic_engine).get_table_names() == ["alembic_version", "author"]
            assert alembic_runner.history.revisions == ["base", "0001", "0002", "heads"]

        def test_models_work_on_what_migrations_made(alembic_runner, alembic_engine):
            alembic_runner.migrate_up_to("heads")
            with Session(alembic_engine) as session:
                session.add(models.Book(title="air", author_id=7))
                session.commit()
                assert session.scalars(sa.select(models.Book.title).join(models.Author)).all() == ["air"]

        def test_tables_at_a_revision(alembic_runner):
            alembic_runner.migrate_up_to("0001")
            assert alembic_runner.table_at_revision("author", revision="0001").c.keys() == ["id", "name"]
        """,
    )
    project.write(
        "test_data_before.py",
        """
        import pytest
        import sqlalchemy as sa
        from pytest_alembic.config import Config

        @pytest.fixture
        def alembic_config():
            rows = [{"__tablename__": "author", "id": 3, "name": "cat"}]
            return Config(config_options={"script_location": "migrations"}, before_revision_data={"0002": rows})

        def test_rows_are_inserted_before_a_revision(alembic_runner, alembic_engine):
            alembic_runner.migrate_up_to("0002")
            with alembic_engine.connect() as connection:
                assert connection.execute(sa.text("SELECT id, name, born FROM author")).all() == [(3, "cat", None)]
        """,
    )
    result = run(project)
    result.assert_outcomes(passed=9)
    for name in ("model_definitions_match_ddl", "single_head_revision", "up_down_consistency", "upgrade"):
        result.stdout.fnmatch_lines([f"test_builtin.py::test_{name} PASSED*"])


def test_a_model_without_a_migration_and_a_wrong_downgrade_are_found(project):
    project.write("models.py", MODELS + '\n    price: Mapped[int] = mapped_column(server_default="0")\n')
    wrong = SECOND.replace('op.drop_table("book")', 'op.drop_table("boook")')
    project.write("migrations/versions/0002_second.py", wrong)
    project.write("test_builtin.py", "from pytest_alembic.tests import *\n")
    result = run(project)
    result.assert_outcomes(passed=2, failed=2)
    said = result.stdout.str()
    assert "The models describing the DDL of your database are out of sync" in said
    assert "batch_op.add_column(sa.Column('price'" in said
    assert "no such table: boook" in said


def test_two_heads_are_found(project):
    project.write("migrations/versions/000b_other.py", SECOND.replace('"0002", "0001"', '"000b", "0001"'))
    project.write("test_builtin.py", "from pytest_alembic.tests import test_single_head_revision\n")
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Expected 1 head revision, found 2*"])
