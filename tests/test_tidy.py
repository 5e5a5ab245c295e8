"""The repository keeps its own rules: sizes, names, homes of libraries, neutral locks, commands that exist.

Sizes are a ratchet: a file or function over the line is listed with its size and may only shrink.
"""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hantu.cli.main import run
from tools import closed_days, traceability

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hantu"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

LARGE_FILES: dict[str, int] = {}
"""Files over the line, each with the size it may only shrink from."""
LONG_FUNCTIONS: dict[str, int] = {}

BANNED_MODULES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
BANNED_WORD = re.compile(r"(?:^|_)ticks?(?:_|$)|Tick(?:s|[A-Z]|$)")
"""Say trade, quote or price_step."""
UNFINISHED = re.compile(r"\b(?:TO" "DO|FIX" "ME|X" "XX|Not" "ImplementedError)\b")
NOT_OURS = re.compile(
    r"/wo" r"rk/|/ro" r"ot/|\.py" r"env\b|/tmp/ba" r"sh_jobs|py" r"pi\.org|python" r"hosted|arti" r"factory"
)
"""Paths of one machine and hosts of registries."""

ANYWHERE_ABOVE = (
    "adapters",
    "cli",
    "harness",
    "kis",
    "runtime",
    "settings",
    "simulator",
    "strategies",
    "bootstrap.py",
    "telemetry.py",
)
HOMES = {
    "aiofastnet": ("adapters",),
    "aiohttp": ("adapters", "simulator", "harness"),
    "aiosmtplib": ("adapters/notify",),
    "anyio": ("api",),
    "apprise": ("adapters/notify",),
    "argon2": ("adapters/accounts",),
    "cryptography": ("kis", "adapters", "operations"),
    "fastapi": ("api",),
    "httptools": ("adapters", "simulator", "harness"),
    "msgspec": ANYWHERE_ABOVE,
    "multidict": ("adapters", "simulator", "harness"),  # the headers of aiohttp
    "picows": ("adapters", "simulator", "harness"),
    "prometheus_client": ("operations",),
    "pydantic": ("api",),
    "pyotp": ("adapters",),
    "pysqlite3": ("adapters/store", "harness"),
    "sqlite3": ("adapters/store", "harness"),
    "rich": ("cli",),
    "starlette": ("api",),
    "typer": ("cli",),
    "uvicorn": ("api",),
    "uvloop": ("bootstrap.py", "cli", "harness"),
    "webauthn": ("adapters/accounts",),
    "yaml": ("simulator",),
    # what the benchmark measures against
    "mojito": ("harness",),
    "pykis": ("harness",),
    "websockets": ("harness",),
}
TOO_HEAVY_FOR_THE_GUARD = {
    "apprise", "fastapi", "holidays", "numpy", "pandas", "prometheus_client", "pydantic", "requests", "rich", "sqlalchemy", "starlette",
    "structlog", "typer", "webauthn", "websockets", "yaml",
}  # fmt: skip


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_docstring = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1].lineno if has_docstring else node.lineno
            yield node.name, (node.end_lineno or first) - first + 1


def documents() -> list[Path]:
    """Return every text file that belongs to the project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() or [name_of(path) for path in python_files("src", "tests", "tools")]
    paths = [ROOT / name for name in names if not name.startswith(("requirements", "tests/golden/", ".venv/"))]
    return [path for path in paths if path.suffix not in {".png", ".gif", ".zst", ".gz", ".db"} and path.is_file()]


def test_files_stay_small():
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("src", "tools")}
    grown = {name: size for name, size in sizes.items() if size > LARGE_FILES.get(name, FILE_LINES_MAX)}
    assert not grown, "split these by what they decide"


def test_the_ratchet_only_turns_one_way():
    stale = [
        name for name in LARGE_FILES if len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= FILE_LINES_MAX
    ]
    assert not stale, "these have shrunk: take them off the list"


def test_functions_stay_small():
    long = {
        f"{name_of(path)}::{name}": lines
        for path in python_files("src", "tools")
        for name, lines in functions(path)
        if lines > LONG_FUNCTIONS.get(f"{name_of(path)}::{name}", FUNCTION_LINES_MAX)
    }
    assert not long, "give the parts names"


def test_packages_are_doors_without_furniture():
    assert [name_of(path) for path in SOURCE.rglob("__init__.py") if path.read_text(encoding="utf-8").strip()] == []


def test_modules_are_named_after_what_they_hold():
    assert [name_of(path) for path in python_files("src", "tools") if path.stem in BANNED_MODULES] == []


def test_one_word_has_one_meaning():
    named = (
        f"{name_of(path)}: {node.name}"
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and BANNED_WORD.search(node.name)
    )
    assert list(named) == []


def test_every_module_opens_with_what_it_is_for():
    opened = [path for path in python_files("src", "tools", "tests") if path.name != "__init__.py"]
    assert [name_of(path) for path in opened if not ast.get_docstring(parsed(path))] == []


def test_nothing_is_left_unfinished():
    found = [
        f"{name_of(path)}:{number}"
        for path in documents()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if path.name != "CONTRIBUTING.md" and UNFINISHED.search(line)
    ]
    assert found == []


def test_no_file_knows_the_machine_it_was_written_on():
    found = [
        f"{name_of(path)}:{number}"
        for path in documents()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NOT_OURS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_says_what_and_never_from_where(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    foreign = [
        line for line in text.splitlines() if "://" in line or " @ " in line or re.match(r"\s*-(?!-hash=)", line)
    ]
    assert foreign == []
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_agree_and_hold_every_dependency():
    def pinned(lock: str) -> dict[str, str]:
        text = (ROOT / lock).read_text(encoding="utf-8")
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))

    to_run, to_develop = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert to_run.items() <= to_develop.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[<>=\[; ~]", text)[0].lower().replace("_", "-") for text in project["dependencies"]}
    assert wanted <= {name.lower().replace("_", "-") for name in to_run}


def test_each_library_has_its_home():
    strangers = []
    for path in python_files("src"):
        place = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(parsed(path)):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for library in {module.split(".")[0] for module in modules} - {"hantu"}:
                homes = HOMES.get(library)
                if homes is None and library in sys.stdlib_module_names:
                    continue
                if not any(place == home or place.startswith(f"{home}/") for home in homes or ()):
                    strangers.append(f"{place} imports {library}")
    assert strangers == []


def commands(document: Path) -> set[str]:
    """Return the make, hantu and python -m lines of the fenced blocks of ``document``."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = (line.strip().removeprefix("$ ") for block in fenced for line in block.splitlines())
    return {line.split(" #")[0].strip() for line in lines if re.match(r"(make|hantu|python3? -m hantu)\b", line)}


GUIDES = [path for pattern in ("README*.md", "CONTRIBUTING.md", "docs/*.md") for path in sorted(ROOT.glob(pattern))]


def test_every_command_of_the_guides_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    missing = []
    for line in sorted({line for path in GUIDES for line in commands(path)}):
        program, *words = line.split()
        if program == "make":
            named = [word for word in words if re.fullmatch(r"[a-z]+", word)]
            missing += [line] if set(named) - targets else []
        elif program.startswith("python"):
            missing += [line] if not (ROOT / "src" / (words[1].replace(".", "/") + ".py")).is_file() else []
        elif not hantu_answers(words):
            missing.append(line)
    assert missing == []
    assert not hantu_answers(["no-such-command"]), "the check can fail"


def hantu_answers(words: list[str]) -> bool:
    """Tell whether ``hantu <verb> [<verb>] --help`` works; arguments end the verbs."""
    verbs = []
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        verbs.append(word)
    return run([*verbs, "--help"], {"HANTU_LANG": "en"}) == 0


def test_the_guard_process_stays_lean():
    code = "import sys, hantu.bootstrap; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert answer.returncode == 0, answer.stderr
    loaded = set(answer.stdout.split())
    assert {module.split(".")[0] for module in loaded} & TOO_HEAVY_FOR_THE_GUARD == set()
    assert [module for module in loaded if module.startswith(("hantu.simulator", "hantu.cli"))] == []


def test_unit_tests_mirror_the_source():
    folders = {path.name for path in (ROOT / "tests" / "unit").iterdir() if path.is_dir() and path.name[0] not in "_."}
    assert folders - {path.stem for path in SOURCE.iterdir()} == set()


def test_closed_areas_have_no_untested_row():
    known, found, closed = traceability.rows(), traceability.shown(), traceability.closed_areas()
    assert traceability.complaints(known, found, closed) == []


def test_the_table_of_rows_names_tests_and_closed_areas(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "docs" / "requirements.tsv").write_text("row\twhat\nMON-S.01\topens\nMON-S.02\tsells\nALR-1\ttells\n")
    (tmp_path / "docs" / "closed_areas.txt").write_text("# none\nMON-S\n")
    (tmp_path / "tests" / "test_day.py").write_text(
        "import pytest\n"
        "@pytest.mark.requirement('MON-S.01', 'ALR-9')\n"
        "class TestDay:\n    def test_opens(self): ...\n    def not_a_test(self): ...\n"
        "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.requirement('ALR-1'))])\n"
        "async def test_tells(n): ...\n"
    )
    known, found = traceability.rows(tmp_path), traceability.shown(tmp_path)
    assert found["MON-S.01"] == ["tests/test_day.py::TestDay::test_opens"]
    assert found["ALR-1"] == ["tests/test_day.py::test_tells"]
    complaints = traceability.complaints(known, found, traceability.closed_areas(tmp_path))
    assert complaints == [
        "tests/test_day.py::TestDay::test_opens names ALR-9, which is no row",
        "MON-S.02 has no test: sells",
    ]


def test_the_list_of_closed_days_is_as_the_tool_writes_it():
    assert closed_days.TARGET.read_text(encoding="utf-8") == closed_days.render()


def test_every_attack_names_tests_that_exist():
    page = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 22, "one for each attack of the catalogue"
    missing = []
    for row in rows:
        named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row)
        assert named, row
        for path, test in named:
            text = (ROOT / "tests" / path).read_text(encoding="utf-8") if (ROOT / "tests" / path).exists() else ""
            if not text or (test and f"def {test}(" not in text):
                missing.append(f"{path}::{test}")
    assert missing == []
