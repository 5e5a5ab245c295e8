"""Writes docs/traceability.md: every requirement row with the tests that show it.

Reads ``@pytest.mark.requirement("MON-3.07", ...)`` from the test files without importing them:
on functions, classes, whole modules (``pytestmark``) and single cases (``pytest.param(marks=...)``).
Fails on a row nobody knows and on a row of a closed area (docs/closed_areas.txt) without a test.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent
Shown: TypeAlias = dict[str, list[str]]
"""Row → names of tests, ``tests/unit/x.py::test_y``."""


def rows(root: Path = ROOT) -> dict[str, str]:
    """Return every row of docs/requirements.tsv with its short text, in the order of the document."""
    lines = (root / "docs" / "requirements.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t", 1) for line in lines)


def closed_areas(root: Path = ROOT) -> list[str]:
    lines = (root / "docs" / "closed_areas.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def area(row: str) -> str:
    """Return ``MON-S`` for ``MON-S.01`` and ``ALR`` for ``ALR-7``."""
    return re.sub(r"[.-]\d+$", "", row)


def shown(root: Path = ROOT) -> Shown:
    """Return the tests of every row that a marker names."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        name = path.relative_to(root).as_posix()
        for row, test in _marked(tree.body, name, _module_rows(tree)):
            if test not in found[row]:
                found[row].append(test)
    return dict(found)


def complaints(known: Mapping[str, str], found: Shown, closed: list[str]) -> list[str]:
    """Return one sentence per unknown row, unknown area and row of a closed area without a test."""
    areas = {area(row) for row in known}
    unknown = [f"{tests[0]} names {row}, which is no row" for row, tests in found.items() if row not in known]
    strangers = [f"closed_areas.txt: {name} is no area" for name in closed if name not in areas]
    bare = [f"{row} has no test: {text}" for row, text in known.items() if area(row) in closed and row not in found]
    return unknown + strangers + bare


def render(known: Mapping[str, str], found: Shown, closed: list[str]) -> str:
    by_area: defaultdict[str, list[str]] = defaultdict(list)
    for row in known:
        by_area[area(row)].append(row)
    total = sum(row in found for row in known)
    lines = [
        "# Requirement rows and their tests",
        "",
        f"Written by `make docs`. {total} of {len(known)} rows are named by a test.",
        "",
        "| area | rows | with a test | closed |",
        "|---|---|---|---|",
    ]
    for name, members in by_area.items():
        done = sum(row in found for row in members)
        lines.append(f"| {name} | {len(members)} | {done} | {'yes' if name in closed else ''} |")
    for name, members in by_area.items():
        lines += ["", f"## {name}", "", "| row | what | tests |", "|---|---|---|"]
        for row in members:
            tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in found.get(row, ()))
            lines.append(f"| {row} | {known[row].replace('|', chr(92) + '|')} | {tests} |")
    return "\n".join(lines) + "\n"


def _marked(body: list[ast.stmt], name: str, inherited: set[str]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, f"{name}::{node.name}", inherited | _named(node.decorator_list))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            for row in sorted(inherited | _named(node.decorator_list)):
                yield row, f"{name}::{node.name}"


def _module_rows(tree: ast.Module) -> set[str]:
    marks = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
    ]
    return _named(marks)


def _named(nodes: list[ast.expr]) -> set[str]:
    """Return the rows named by ``requirement(...)`` calls anywhere in ``nodes``."""
    calls = (call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call))
    return {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def main() -> int:
    known, found, closed = rows(), shown(), closed_areas()
    (ROOT / "docs" / "traceability.md").write_text(render(known, found, closed), encoding="utf-8")
    problems = complaints(known, found, closed)
    for problem in problems:
        print(problem)
    named = sum(row in found for row in known)
    print(f"docs/traceability.md: {named} of {len(known)} rows are named by a test, {len(closed)} areas closed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
