"""What moving does not concern stays as it is, byte for byte."""

from __future__ import annotations

import codecs

import pytest

pytest.importorskip("libcst")

from azoth.tools.homes.direction import BACK, OVER
from azoth.tools.moving.plan import plan
from azoth.tools.moving.program import UnreadableError

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")

PROGRAM = "import sqlalchemy as sa\n\nx: 'sa.Table' = sa.sql.select(1)\n"

KEPT = {
    "CRLF": PROGRAM.replace("\n", "\r\n").encode(),
    "CR": PROGRAM.replace("\n", "\r").encode(),
    "mixed ends of lines": b"import sqlalchemy as sa\r\nif x:\n\ty\r\n\tfrom sqlalchemy import orm\n",
    "a byte order mark": codecs.BOM_UTF8 + PROGRAM.encode(),
    "a declared encoding": "# -*- coding: latin-1 -*-\ns = 'äöü'; import sqlalchemy # ß\n".encode("latin-1"),
    "a declared encoding of Windows": "# vim: set fileencoding=cp1252 :\ns = '€'; import sqlalchemy\n".encode("cp1252"),
    "letters before it in its line": "s = 'äöü€😀'; import sqlalchemy; x = 'é', sqlalchemy.select\n".encode(),
    "letters in names and annotations": "import sqlalchemy as sä\ndef f(é: '  sä.Table | ñ'): ...\n".encode(),
    "form feeds": b"\x0cimport os\n\x0c\nimport sqlalchemy\n\x0cimport sqlalchemy.orm\nclass A:\n  \x0c x = sqlalchemy",
    "separators in texts": "x = 'a\x0bb\x85c\u2028'\nimport sqlalchemy\n".encode(),
    "no newline at its end": PROGRAM.rstrip().encode(),
    "blanks at its end": PROGRAM.encode() + b"   \n\n  \n# end\n   ",
    "blanks everywhere": b"import  sqlalchemy   as sa;import  sqlalchemy\nfrom sqlalchemy .orm import( Session as S,)",
    "continued lines": b"from sqlalchemy \\\n  import and_, \\\n or_\nimport \\\n sqlalchemy.orm\n",
    "long imports": b"from sqlalchemy.orm import (\n  Session as S, # s\n  # a\n\n  aliased\n  ,)  # noqa\n",
    "tabs": b"def f():\n\timport sqlalchemy\n\treturn (\n\t\tsqlalchemy\t. orm # c\n\t)\n",
    "nothing of it": b"import os  \n\x00"[:-1],
}  # fmt: skip


@pytest.mark.parametrize("before", KEPT.values(), ids=KEPT)
def test_all_else_stays_and_going_back_gives_the_same_file(before: bytes) -> None:
    over = plan(before, OVER)
    assert over.findings == ()
    assert over.after == before.replace(b"sqlalchemy", b"azoth")
    assert plan(over.after, BACK).after == before


@pytest.mark.parametrize(
    "program",
    [
        b"import sqlalchemy\nprint 'Python 2'\n",
        b"import sqlalchemy\n{% template %}\n",
        b"# coding: no-such-encoding\nimport sqlalchemy\n",
        b"import sqlalchemy\nx = '\xff'\n",
        b"import sqlalchemy\nif x:\n\ty\n        z\n",
    ],
)
def test_what_is_no_program_is_not_read(program: bytes) -> None:
    with pytest.raises(UnreadableError):
        plan(program, OVER)


def test_what_is_no_program_does_not_matter_where_it_does_not_name_the_package() -> None:
    assert plan(b"{% template %} \xff", OVER).after == b"{% template %} \xff"
