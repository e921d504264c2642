"""What ``python -m azoth`` understands."""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for.

    Args:
        arguments: those behind the program's name; None for the ones that it was started with.

    Returns:
        the exit status: 0 where all is well, 1 where something was found, 2 for arguments without meaning.
    """
    options = _parser().parse_args(arguments)
    if options.command == "run":
        if not options.module and not Path(options.program).exists():
            print(f"{options.program}: no such file; -m stands before the name of a module", file=sys.stderr)
            return 2
        return _run_program(options.program, options.arguments, is_module=options.module)
    if options.command == "recover":
        return _recover(options)
    path = Path(options.path)
    if not path.exists():
        print(f"{path}: no such file or folder", file=sys.stderr)
        return 2
    if options.command == "move":
        return _move(path, back=options.back, write=options.write)
    from azoth.cli.import_report import report_imports  # noqa: PLC0415  # each command brings what it needs

    return report_imports(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m azoth", description="Tools for programs that use azoth.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a program that imports sqlalchemy on azoth")
    run.add_argument("-m", dest="module", action="store_true", help="PROGRAM is the name of a module")
    run.add_argument("program", metavar="PROGRAM")
    run.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="arguments of the program")
    check = commands.add_parser("check-imports", help="say which of SQLAlchemy's names a project uses azoth has")
    check.add_argument("path", metavar="PATH", help="a file, or a folder with sources")
    move = commands.add_parser("move", help="let a project import azoth instead of sqlalchemy; print the diff")
    move.add_argument("path", metavar="PATH", help="a file, or a folder with sources")
    move.add_argument("--write", action="store_true", help="change the files")
    move.add_argument("--back", action="store_true", help="the other way: from azoth to sqlalchemy")
    recover = commands.add_parser("recover", help="finish transactions over several databases after a crash")
    recover.add_argument("databases", metavar="DATABASE", nargs="+", help="URLs, or module:name of a sessionmaker")
    recover.add_argument("--owner", help="whose transactions: the name in TwoPhase(NAME)")
    recover.add_argument("--decisions", metavar="PLACE", help="the URL or the file in which decisions are recorded")
    recover.add_argument("--dry-run", action="store_true", help="only say what would be done")
    recover.add_argument(
        "--decide", metavar="TRANSACTION=OUTCOME", action="append", default=[],
        help="commit or rollback, for a transaction of which no record says what to do",
    )  # fmt: skip
    return parser


def _recover(options: argparse.Namespace) -> int:
    from azoth.cli.recovery_report import recover  # noqa: PLC0415
    from azoth.exc import AzothError  # noqa: PLC0415

    try:
        return recover(
            options.databases,
            owner=options.owner,
            decisions=options.decisions,
            dry_run=options.dry_run,
            decide=options.decide,
        )
    except AzothError as error:
        print(error, file=sys.stderr)
        return 2


def _move(path: Path, *, back: bool, write: bool) -> int:
    from azoth.cli.move_report import move_imports  # noqa: PLC0415
    from azoth.exc import AzothError  # noqa: PLC0415

    try:
        return move_imports(path, back=back, write=write)
    except AzothError as error:
        print(error, file=sys.stderr)
        return 2


def _run_program(program: str, arguments: Sequence[str], *, is_module: bool) -> int:
    """Run a program in this process, with ``sqlalchemy`` leading to azoth.

    Args:
        program: the path of its file, or the name of its module.
        arguments: what it finds in ``sys.argv`` behind its name.
        is_module: whether the name is that of a module, as with ``python -m``.

    Returns:
        0 where it comes to its end; a program that ends itself (``SystemExit``) decides for itself.
    """
    from azoth.cli.program_arguments import give_arguments  # noqa: PLC0415  # installs the other name

    give_arguments([program, *arguments])
    if is_module:
        sys.path.insert(0, "")
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, str(Path(program).resolve().parent))
        runpy.run_path(program, run_name="__main__")
    return 0
