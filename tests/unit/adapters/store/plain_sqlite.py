"""The plain sqlite3 of Python, in a process of its own, as an operator's shell would be.

Two SQLite libraries in one process drop each other's file locks, so the one of
the interpreter must not open a database that pysqlite3 has open here.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = """
import json, sqlite3, sys
database, sql, many = json.load(sys.stdin)
with sqlite3.connect(database) as plain:
    plain.row_factory = sqlite3.Row
    try:
        rows = plain.executemany(sql, many).fetchall() if many else plain.execute(sql).fetchall()
    except sqlite3.Error as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
    else:
        print(json.dumps([dict(row) for row in rows]))
"""


def ask(database: Path, sql: str, *many: tuple[object, ...]) -> Any:
    """Return the rows of a query, or the error's text; ``many`` are rows of parameters for a write."""
    told = json.dumps([str(database), sql, many])
    done = subprocess.run([sys.executable, "-c", SCRIPT], input=told, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
