"""Every command explains itself, in both languages, and speaks JSON."""

import os
import subprocess
import sys

import pytest

from hantu.cli.main import language, run, split_common
from hantu.cli.texts.catalog import texts_of
from hantu.cli.tree import build, walk
from hantu.domain.errors import UsageError

COMMANDS = [path for path, _ in walk(build(texts_of("ko")))]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_command_and_parameter_has_a_text(lang):
    texts = texts_of(lang)
    for path, command in walk(build(texts)):
        assert texts.commands[path].help, path
        assert texts.commands[path].example.startswith(("hantu", "sqlite3")), path
        for param in command.params:
            assert param.help, f"{path}: {param.name}"
    assert set(texts.commands) == set(COMMANDS)


@pytest.mark.requirement("MON-I.13")
@pytest.mark.parametrize("path", COMMANDS)
def test_help_shows_an_example_and_json(path, capsys):
    code = run([*path.split(), "--help"], {})
    out = capsys.readouterr().out
    assert code == 0
    assert "예:  " in out
    assert "--json" in out


def test_examples_name_commands_that_exist():
    for entry in texts_of("ko").commands.values():
        words = entry.example.split()
        if words[0] == "hantu":
            assert any(" ".join(words[1:end]) in COMMANDS for end in (2, 3))


def test_english_help(capsys):
    assert run(["monitor", "--help"], {"HANTU_LANG": "en"}) == 0
    assert "Example:" in capsys.readouterr().out
    assert run(["--lang", "en", "monitor", "--help"], {}) == 0
    assert "Start, stop" in capsys.readouterr().out


def test_language_is_one_of_ours():
    assert language("", {}) == "ko"
    with pytest.raises(UsageError):
        language("fr", {})


def test_common_switches_are_taken_anywhere():
    assert split_common(["a", "--json", "--config=x", "b"]) == (["a", "b"], {"json": "yes", "config": "x"})
    assert split_common(["a", "--config", "x", "--", "--json"]) == (["a", "--", "--json"], {"config": "x"})
    with pytest.raises(UsageError):
        split_common(["a", "--config"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["monitor", "statu"], "hantu monitor status"),
        (["sim", "--sped", "3"], "--speed"),
        (["explain"], "IDENT"),
        (["sim", "--speed", "x"], "형식"),
        (["sim", "--speed", "0"], "범위"),
        (["monitor", "status", "extra"], "알아들을 수 없는"),
        (["sim", "--scenario", "demoo"], "demo"),
        (["sim", "--layout", "2024"], "2026-09"),
        (["sim", "--trade-width", "45"], "46, 47"),
        (["sim", "--notice", "x"], "compact"),
        (["--lang", "fr", "version"], "--lang ko"),
        (["--config", "none.toml", "positions"], "none.toml"),
    ],
)
def test_mistyped_command_is_one_sentence_and_code_2(hantu, words, text):
    code, out, err = hantu(*words)
    assert code == 2
    assert out == ""
    assert text in err
    assert "→" in err
    assert "Traceback" not in err


def test_taken_port_names_the_switch(hantu):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = hantu("sim", "--rest-port", str(taken.getsockname()[1]))
    assert code == 1
    assert "--rest-port" in err


def test_version_and_schema_are_json(hantu_json):
    assert set(hantu_json("version")[1]) == {"version", "python", "sqlite"}
    assert "$defs" in hantu_json("sim", "schema")[1]
    assert {"demo", "quiet"} <= {row["name"] for row in hantu_json("sim", "scenarios")[1]}


def test_help_of_the_program_itself_is_quick_and_imports_no_server():
    """Heavy parts are imported inside commands; a program that lists them proves it."""
    probe = (
        "import sys; from hantu.cli.main import run; run(['monitor', 'status', '--json'], {'HANTU_HOME': '/nonexistent'});"
        "heavy = {'aiohttp', 'picows', 'cryptography', 'yaml', 'pysqlite3', 'sqlite3'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_program_runs_as_a_module_and_ends_quietly_when_the_reader_leaves():
    command = f"{sys.executable} -m hantu.cli.main sim schema | head -c 10"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("{")
