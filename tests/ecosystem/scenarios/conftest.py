"""Programs that a scenario starts in processes of their own."""

import subprocess
import sys

import pytest
import sqlalchemy


@pytest.fixture
def run_module(tmp_path):
    """Run a module as a program in ``tmp_path``, on azoth where this process is: processes do not inherit the alias."""
    is_azoth = type(sqlalchemy).__module__.partition(".")[0] == "azoth"
    start = [sys.executable, *(["-m", "azoth", "run"] if is_azoth else []), "-m"]

    def run(module, *arguments, status=0, **options):
        done = subprocess.run(
            [*start, module, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False, **options
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return run
