"""The dashboard's sources keep the rules of the house, and the tool that builds them knows when it has to."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hantu.api import problems
from hantu.settings.server.keeping import CATALOGUE
from tools import dashboard

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
FILE_LINES_MAX = 400
GENERATED = {"schema.d.ts"}
FORBIDDEN = re.compile(
    r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|dangerouslyUse"
)
STYLE = re.compile(r"<[a-zA-Z][^>]*\sstyle=")
ADDRESS = re.compile(r"https?://(?!www\.w3\.org/)")


def written() -> Iterator[Path]:
    for path in sorted((UI / "src").rglob("*")):
        if path.suffix in {".ts", ".vue", ".css"} and path.name not in GENERATED:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(UI).as_posix()


def test_files_of_the_dashboard_stay_small() -> None:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written()}
    assert {name: size for name, size in sizes.items() if size > FILE_LINES_MAX} == {}


ATTRIBUTION = "https://www.tradingview.com/"
"""The licence of the charts asks for this link where their logo is off; it is followed by a person, never loaded."""


def test_nothing_breaks_the_policy_of_the_server() -> None:
    """Markup from text, style attributes and other hosts would be refused by the browser, or worse, would not."""
    found = []
    for path in written():
        text = path.read_text(encoding="utf-8")
        found += [f"{name_of(path)}: {one[0]}" for one in FORBIDDEN.finditer(text)]
        found += [f"{name_of(path)}: style" for _ in STYLE.finditer(text)]
        rest = text.replace(ATTRIBUTION, "") if path.name == "About.vue" else text
        found += [f"{name_of(path)}: {rest[one.start() :][:40]}" for one in ADDRESS.finditer(rest)]
    assert found == []


def test_versions_are_exact_and_the_lock_says_no_place() -> None:
    package = json.loads((UI / "package.json").read_text(encoding="utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert {name: version for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}
    lock = json.loads((UI / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if not one.get("integrity", "").startswith("sha512-")] == []


def test_every_kind_of_fact_has_a_name() -> None:
    text = (UI / "src" / "words" / "titles.ts").read_text(encoding="utf-8")
    named = re.findall(r"^  (\w+): \['[^']+', '[^']+'\],$", text, re.MULTILINE)
    assert set(named) == set(CATALOGUE)


def codes_of_the_server() -> set[str]:
    """Every ``code`` an answer can carry: those by status, and those written where a request is refused."""
    found = {*problems.CODES.values(), problems.UNREACHED, "denied"}
    for path in sorted((ROOT / "src" / "hantu").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            place = {"Problem": 1, "AccessError": 0}.get(name)
            if place is not None and isinstance(node, ast.Call):
                code = node.args[place]
                found |= {code.value} if isinstance(code, ast.Constant) and isinstance(code.value, str) else set()
    return found


def test_every_code_of_the_server_has_english() -> None:
    text = (UI / "src" / "words" / "problems.ts").read_text(encoding="utf-8")
    named = re.findall(r"^  (\w+): \['[^']+', (?:'[^']*'|[A-Z_]+)\],$", text, re.MULTILINE)
    assert sorted(named) == sorted(codes_of_the_server())


def small_ui(folder: Path) -> Path:
    ui = folder / "ui"
    (ui / "src").mkdir(parents=True)
    for name in dashboard.SOURCES:
        if "." in name:
            (ui / name).write_text(name)
    (ui / "src" / "main.ts").write_text("1")
    (ui / "node_modules").mkdir()
    return ui


def stamped(folder: Path, ui: Path) -> Path:
    static = folder / "static"
    static.mkdir()
    (static / "index.html").write_text("<title>hantu")
    (static / dashboard.STAMP).write_text(json.dumps({"sources": dashboard.fingerprint(ui)}))
    return static


def test_a_build_is_fresh_until_a_source_changes(tmp_path: Path) -> None:
    ui = small_ui(tmp_path)
    static = stamped(tmp_path, ui)
    assert dashboard.is_fresh(static, ui)
    (ui / "node_modules" / "other.js").write_text("no source")
    assert dashboard.is_fresh(static, ui)
    (ui / "src" / "main.ts").rename(ui / "src" / "begin.ts")
    assert not dashboard.is_fresh(static, ui)


@pytest.mark.parametrize("harm", ["index.html", "build.json", "text", "list"])
def test_half_a_build_is_none(tmp_path: Path, harm: str) -> None:
    ui = small_ui(tmp_path)
    static = stamped(tmp_path, ui)
    if harm in {"text", "list"}:
        (static / dashboard.STAMP).write_text("[]" if harm == "list" else "half a")
    else:
        (static / harm).unlink()
    assert not dashboard.is_fresh(static, ui)


class Failing:
    """Stands where the build is, and says it cannot."""

    def __init__(self, folder: Path) -> None:
        self.tries = 0
        self._memory = folder / "failed"

    def build(self, _always: bool) -> bool:
        self.tries += 1
        raise dashboard.Failed("no network")

    def asked(self, *words: str, sources: str = "1", **environ: str) -> int:
        return dashboard.attempt([*words], environ, self._memory, sources, self.build)


@pytest.fixture
def failing(tmp_path: Path) -> Failing:
    return Failing(tmp_path)


def test_a_failed_build_warns_and_is_not_tried_for_nothing(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (failing.asked(), failing.tries) == (0, 1)
    assert "no network" in capsys.readouterr().err
    assert (failing.asked(), failing.tries) == (0, 1)
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (failing.asked(sources="2"), failing.tries) == (0, 2)


@pytest.mark.parametrize("word", ["--always", "--needed"])
def test_a_failed_build_is_loud_where_it_was_asked_for(failing: Failing, word: str) -> None:
    assert (failing.asked(), failing.asked(word), failing.tries) == (0, 1, 2)


def test_a_failed_build_is_loud_where_browsers_are_needed(failing: Failing) -> None:
    need = {"TESTS_NEED": "prometheus,browser"}
    assert (failing.asked(**need), failing.asked(**need)) == (1, 1)


def test_who_wants_no_dashboard_gets_none(failing: Failing) -> None:
    assert (failing.asked(SKIP_UI="1"), failing.tries) == (0, 0)
    assert (failing.asked("--always", SKIP_UI="1"), failing.tries) == (1, 1)


def test_a_build_that_succeeds_ends_the_memory_of_a_failure(tmp_path: Path) -> None:
    failing, asked = Failing(tmp_path), []
    failing.asked()
    memory = tmp_path / "failed"
    assert memory.is_file()
    assert dashboard.attempt(["--needed"], {}, memory, "1", lambda always: asked.append(always) or True) == 0
    assert (asked, memory.exists()) == ([False], False)


@pytest.mark.parametrize("mended", [True, False])
def test_links_to_programs_that_npm_left_out_are_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """The tool says that all went well; without its bundler the build would fail now and ever after."""
    modules = tmp_path / "ui" / "node_modules"
    bundler = modules / ".bin" / "vite"
    ran: list[str] = []

    def run(command: list[str], _environ: object) -> None:
        ran.append(command[1])
        bundler.parent.mkdir(parents=True, exist_ok=True)
        if mended and command[1] == "rebuild":
            bundler.touch()

    monkeypatch.setattr(dashboard, "ROOT", tmp_path)
    monkeypatch.setattr(dashboard, "MODULES", modules)
    monkeypatch.setattr(dashboard, "BUNDLER", bundler)
    monkeypatch.setattr(dashboard, "run", run)
    if mended:
        dashboard.install({})
        dashboard.install({})
    else:
        with pytest.raises(dashboard.Failed, match="vite"):
            dashboard.install({})
    assert ran == ["ci", "rebuild"]
    assert (modules / ".lock").is_file() is mended
