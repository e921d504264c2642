"""A sequence as a program that can be kept, run and read."""

from __future__ import annotations

from tests.fuzz.compare import Difference
from tests.fuzz.models import Model
from tests.fuzz.source import CORE, ORM, model_source
from tests.fuzz.steps import Sequence


def program(model: Model, sequence: Sequence, difference: Difference) -> str:
    """Write a program that takes the name of a library, and ends where the two libraries differ."""
    body = model_source(model)
    used = body + "".join(step.source(model) for step in sequence.steps)
    core, orm = ([name for name in names if name in used] for names in (CORE, ORM))
    settings = sequence.settings
    arguments = f"autoflush={settings.autoflush}, expire_on_commit={settings.expire_on_commit}"
    return "\n".join([
        f'"""{difference}"""',
        "import sqlite3, sys",
        "from importlib import import_module",
        'library = sys.argv[1] if len(sys.argv) > 1 else "azoth"',
        'core, orm, pool = import_module(library), import_module(f"{library}.orm"), import_module(f"{library}.pool")',
        *(f"{name} = core.{name}" for name in {*core, "create_engine", "event"}),
        *(f"{name} = orm.{name}" for name in sorted({*orm, "Session", "DeclarativeBase"})),
        "",
        body,
        'database = sqlite3.connect(":memory:", isolation_level=None if library == "sqlalchemy" else "")',
        *(['database.execute("PRAGMA foreign_keys=ON")'] if model.foreign_keys else []),
        'echo = "-e" in sys.argv',
        'engine = create_engine("sqlite://", creator=lambda: database, poolclass=pool.StaticPool, echo=echo)',
        'if library == "sqlalchemy":',
        '    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))',
        "Base.metadata.create_all(engine)",
        f'peers = {{"load_on_peers": {settings.load_on_peers}}} if library == "azoth" else {{}}',
        f"s = Session(engine, {arguments}, **peers)",
        "",
        "STEPS = " + _lines([step.source(model) for step in sequence.steps]),
        "for step in STEPS:",
        "    try:",
        "        try:",
        '            print(">>>", step, "  ->  ", eval(step))',
        "        except SyntaxError:",
        "            exec(step)",
        "    except Exception as error:",
        '        print("   ", type(error).__name__, str(error)[:300])',
        *_last_look(model),
        f"# {difference}".replace("\n", "\n# "),
        "",
    ])  # fmt: skip


def _lines(steps: list[str]) -> str:
    return "[\n" + "".join(f"    {step!r},\n" for step in steps) + "]"


def _last_look(model: Model) -> list[str]:
    tables = dict.fromkeys(entity.table for entity in model.entities)
    return [f"print({table!r}, database.execute('SELECT * FROM {table}').fetchall())" for table in tables]
