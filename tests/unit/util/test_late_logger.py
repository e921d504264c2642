"""A logger that is looked up when there is something to log."""

from __future__ import annotations

import logging
import subprocess
import sys

from azoth.util.echo import LateLogger

FIRST_RESULT = """
import sys
import azoth
engine = azoth.create_engine("sqlite://"{options})
with engine.connect() as connection:
    connection.execute(azoth.text("SELECT 1")).all()
{more}
print("logging" in sys.modules)
"""


def run(options: str = "", more: str = "") -> tuple[str, str]:
    program = FIRST_RESULT.format(options=options, more=more)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout, done.stderr


def test_a_program_that_logs_nothing_does_not_import_logging() -> None:
    assert run() == ("False\n", "")


def test_echo_logs_from_the_first_statement_on() -> None:
    out, _ = run(options=", echo=True")
    assert "SELECT 1" in out


def test_a_level_that_is_set_after_the_first_statement_is_heard() -> None:
    _, err = run(
        more="""
import logging
logging.basicConfig(level=logging.INFO)
with engine.connect() as connection:
    connection.execute(azoth.text("SELECT 2")).all()
"""
    )
    assert "SELECT 2" in err
    assert "SELECT 1" not in err


def test_it_is_the_logger_of_its_name() -> None:
    late = LateLogger("azoth.engine.of_this_test")
    assert not late.hears_info()
    assert late.logger is logging.getLogger("azoth.engine.of_this_test")
    late.logger.setLevel(logging.INFO)
    assert late.hears_info()
