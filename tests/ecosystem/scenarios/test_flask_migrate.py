"""Flask-Migrate: its commands in the application's own runner, as functions and in processes, also on two databases."""

import textwrap

import flask
import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column


def make_app(tmp_path, binds=(), **options):
    app = flask.Flask("shop", root_path=str(tmp_path), instance_path=str(tmp_path))
    app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'shop.db'}", SQLALCHEMY_BINDS=dict(binds))
    app.db = db = SQLAlchemy(app)
    flask_migrate.Migrate(app, db, directory=str(tmp_path / "migrations"), **options)

    class Customer(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.String(30), index=True)

    return app


def dispose(app):
    with app.app_context():
        app.db.session.remove()
        for engine in app.db.engines.values():
            engine.dispose()


@pytest.fixture
def app(tmp_path):
    app = make_app(tmp_path, render_as_batch=True)
    yield app
    dispose(app)


@pytest.fixture
def command(app):
    """Run ``flask db ...`` in this process."""
    runner = app.test_cli_runner()

    def run(*arguments, status=0):
        result = runner.invoke(args=["db", *arguments])
        assert result.exit_code == status, (result.output, result.exception)

    return run


def columns(app):
    with app.app_context():
        inspector = sa.inspect(app.db.engine)
        return (
            [column["name"] for column in inspector.get_columns("customer")] if inspector.has_table("customer") else []
        )


def version(app):
    with app.app_context(), app.db.engine.connect() as connection:
        return connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all()


def add_nick(app):
    table = app.db.metadata.tables["customer"]
    table.append_column(sa.Column("nick", sa.String(10), server_default="none", nullable=False))


def written(tmp_path, revision):
    (script,) = (tmp_path / "migrations" / "versions").glob(f"{revision}_*.py")
    return script.read_text()


def test_a_schema_grows_and_shrinks(app, command, tmp_path):
    command("init")
    command("migrate", "-m", "first", "--rev-id", "0001")
    assert columns(app) == []
    command("upgrade")
    assert columns(app) == ["id", "name"]
    with app.app_context():
        app.db.session.execute(sa.text("INSERT INTO customer (name) VALUES ('ann')"))
        app.db.session.commit()
        app.db.session.remove()
    add_nick(app)
    command("check", status=1)
    command("migrate", "-m", "nick names", "--rev-id", "0002")
    script = written(tmp_path, "0002")
    assert "with op.batch_alter_table('customer', schema=None) as batch_op:" in script
    assert "sa.Column('nick', sa.String(length=10), server_default='none', nullable=False)" in script
    assert "batch_op.drop_column('nick')" in script
    command("upgrade")
    assert (columns(app), version(app)) == (["id", "name", "nick"], ["0002"])
    with app.app_context():
        assert app.db.session.execute(sa.text("SELECT name, nick FROM customer")).all() == [("ann", "none")]
        app.db.session.remove()
    command("downgrade")
    assert (columns(app), version(app)) == (["id", "name"], ["0001"])
    command("downgrade", "base")
    assert (columns(app), version(app)) == ([], [])


def test_versions_are_stamped_without_changes(app, command):
    command("init")
    command("migrate", "-m", "first", "--rev-id", "0001")
    command("stamp", "head")
    assert (columns(app), version(app)) == ([], ["0001"])
    command("stamp", "--purge", "base")
    assert version(app) == []


def test_branches_are_merged(app, command, tmp_path):
    command("init")
    command("migrate", "-m", "first", "--rev-id", "0001")
    command("revision", "-m", "left", "--rev-id", "000a", "--head", "0001")
    command("revision", "-m", "right", "--rev-id", "000b", "--head", "0001", "--splice")
    command("upgrade", status=1)
    command("upgrade", "heads")
    assert sorted(version(app)) == ["000a", "000b"]
    command("merge", "-m", "both", "--rev-id", "0002", "000a", "000b")
    command("upgrade")
    assert version(app) == ["0002"]


def test_functions_do_what_commands_do(app, tmp_path):
    with app.app_context():
        flask_migrate.init()
        flask_migrate.migrate(message="first", rev_id="0001")
        flask_migrate.upgrade()
        flask_migrate.revision(message="by hand", rev_id="0002")
        config = app.extensions["migrate"].migrate.get_config(str(tmp_path / "migrations"))
        assert ScriptDirectory.from_config(config).get_current_head() == "0002"
        flask_migrate.upgrade(revision="+1")
        flask_migrate.downgrade(revision="-1")
    assert (columns(app), version(app)) == (["id", "name"], ["0001"])


def test_what_is_compared_can_be_said(tmp_path):
    app = make_app(tmp_path, include_object=lambda thing, name, kind, *rest: kind != "index")
    with app.app_context():
        flask_migrate.init()
        flask_migrate.migrate(message="first", rev_id="0001")
    dispose(app)
    script = written(tmp_path, "0001")
    assert "op.create_table('customer'," in script
    assert "create_index" not in script


def test_two_databases(tmp_path):
    app = make_app(tmp_path, {"log": f"sqlite:///{tmp_path / 'log.db'}"})

    class Visit(app.db.Model):
        __bind_key__ = "log"
        id: Mapped[int] = mapped_column(primary_key=True)
        path: Mapped[str]

    with app.app_context():
        flask_migrate.init(multidb=True)
        flask_migrate.migrate(message="first", rev_id="0001")
        flask_migrate.upgrade()
        found = {name: sorted(sa.inspect(engine).get_table_names()) for name, engine in app.db.engines.items()}
        flask_migrate.downgrade()
        left = {name: sorted(sa.inspect(engine).get_table_names()) for name, engine in app.db.engines.items()}
    dispose(app)
    assert found == {None: ["alembic_version", "customer"], "log": ["alembic_version", "visit"]}
    assert left == {None: ["alembic_version"], "log": ["alembic_version"]}


def test_a_missing_folder_is_an_error(app, command):
    command("upgrade", status=1)


PROGRAM = """
import flask, flask_migrate
from flask_sqlalchemy import SQLAlchemy

app = flask.Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///{folder}/shop.db"
db = SQLAlchemy(app)
flask_migrate.Migrate(app, db)


class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(30), unique=True)


@app.cli.command()
def add():
    db.session.add(Customer(name="ann"))
    db.session.commit()
    print([customer.name for customer in db.session.scalars(db.select(Customer))])
"""


def test_commands_in_processes_of_their_own(run_module, tmp_path):
    (tmp_path / "shop.py").write_text(textwrap.dedent(PROGRAM.format(folder=tmp_path)))

    def run(*arguments):
        return run_module("flask", "--app", "shop", *arguments)

    run("db", "init")
    run("db", "migrate", "-m", "first", "--rev-id", "0001")
    script = " ".join(run("db", "upgrade", "--sql").split())
    assert "CREATE TABLE customer ( id INTEGER NOT NULL, name VARCHAR(30), PRIMARY KEY (id), UNIQUE (name) );" in script
    run("db", "upgrade")
    assert run("add") == "['ann']\n"
    assert run("db", "current").strip() == "0001 (head)"
