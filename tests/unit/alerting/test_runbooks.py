"""What alerts and documents tell an operator to open, type or query exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.alerting.catalogue import Delivery
from hantu.alerting.rows import CATALOGUE
from hantu.cli.main import split_common
from hantu.cli.texts.catalog import texts_of
from hantu.cli.tree import build
from tests.unit.adapters.store.plain_sqlite import ask

ROOT = Path(__file__).parents[3]
RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = sorted(page for page in RUNBOOKS.glob("*.md") if page.name != "README.md")
READ_BY_PEOPLE = [ROOT / "README.md", ROOT / "README.ko.md", *RUNBOOKS.glob("*.md"), *(ROOT / "docs").glob("*.md")]
SECTIONS = ["## 확인", "## 지금 할 일", "## hantu가 스스로 하는 일"]
ARGUMENT = re.compile(r"[A-Z_]{2,}|\d|\{|[^\x00-\x7f]|…|[\w-]+\.(db|csv|json|yaml|toml)|^(buy|sell|A-[0-9a-f]+)$")
"""What stands for something to fill in, an id, or a file."""
ROOT_COMMAND = build(texts_of("ko"))


def commands(text: str) -> Iterator[str]:
    """Yield every ``hantu …`` that a text tells to type, without comments and further commands."""
    fenced = re.findall(r"```(?:sh)?\n(.*?)```", text, re.DOTALL)
    lines = [line.strip() for block in fenced for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in lines:
        for part in re.split(r"\s#|[;&|)]|\$\(", line.strip("`")):
            if part.strip().startswith("hantu "):
                yield part.strip().rstrip(")")


def problem(line: str) -> str:
    """Say why a command line cannot be typed; nothing when it can."""
    words, _ = split_common(shlex.split(line)[1:])
    command: Any = ROOT_COMMAND
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    switches = {switch for param in command.params for switch in param.opts} | {"--help", "-h"}
    values = {switch for param in command.params if not getattr(param, "is_flag", False) for switch in param.opts}
    takes_words = any(param.param_type_name == "argument" for param in command.params)
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            if word not in switches:
                return f"no switch {word}"
            if word in values:
                words = words[1:]
        elif not takes_words and not ARGUMENT.match(word):
            return f"no command {word}"
    return ""


@pytest.mark.parametrize("event_type", sorted(CATALOGUE))
def test_every_row_has_its_page_and_the_page_names_the_event(event_type: str) -> None:
    row = CATALOGUE[event_type]
    page = RUNBOOKS / f"{row.runbook}.md"
    assert page.is_file()
    if row.delivery in (Delivery.AT_ONCE, Delivery.BATCH) and row.runbook != "monitoring":
        assert f"`{event_type}`" in page.read_text("utf-8")


def test_no_page_without_an_alert_and_every_page_is_listed() -> None:
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    assert {page.stem for page in PAGES} == {row.runbook for row in CATALOGUE.values()}
    assert all(f"]({page.name})" in index for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_says_how_to_check_what_to_do_and_what_happens_by_itself(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^## .*", text, re.MULTILINE) == SECTIONS
    assert list(commands(text)), "no command to check with"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_query_runs(page: Path, tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    queries = re.findall(r"```sql\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert queries
    for query in queries:
        assert isinstance(ask(database, query), list)


@pytest.mark.parametrize("document", READ_BY_PEOPLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_document_exists(document: Path) -> None:
    found = {line: problem(line) for line in commands(document.read_text("utf-8"))}
    assert not {line: reason for line, reason in found.items() if reason}


@pytest.mark.parametrize("event_type", sorted(CATALOGUE))
def test_every_command_in_an_alert_exists(event_type: str) -> None:
    row = CATALOGUE[event_type]
    assert not problem(row.check), row.check
    for line in commands(row.action):
        assert not problem(line), line


@pytest.mark.parametrize(
    "line", ["hantu frobnicate", "hantu kill onn", "hantu events --typ x", "hantu monitor status all"]
)
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    assert problem(line)


@pytest.mark.parametrize("document", READ_BY_PEOPLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8"))
    assert not [link for link in links if "://" not in link and not (document.parent / link).exists()]
