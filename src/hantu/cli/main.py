"""The ``hantu`` program: from what was typed to an exit code.

0 done, 1 failed, 2 wrong usage or configuration, 3 refused by a safety rule.
"""

import difflib
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from hantu.cli.background import ERROR_WORDS, STEP_MARK
from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import DeniedError, HantuError, UsageError

DONE, FAILED, USAGE, REFUSED = 0, 1, 2, 3
LANGUAGES = ("ko", "en")
RANGE = re.compile("range|greater|less")
"""How the parser words a number outside its limits."""
OTHER_NAMES = {"killswitch": "kill", "incident": "incidents", "check": "checklist"}
VALUE_SWITCHES = {"--config": "config", "--lang": "lang"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    sys.exit(run(list(sys.argv[1:] if argv is None else argv), os.environ))


def run(argv: list[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code."""
    shell = Shell(environ, json="--json" in argv)
    try:
        return _run(argv, shell)
    except CheckFailed:
        return FAILED
    except HantuError as error:
        return _explain(shell, error)
    except BrokenPipeError:
        # The reader has seen enough (`hantu events | head`); keep the interpreter quiet at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return FAILED
    except Exception as error:  # noqa: BLE001  (the boundary: a bug of ours is recorded, not shown raw)
        return _explain(shell, _bug(error))


def _run(argv: list[str], shell: Shell) -> int:
    rest, given = split_common(argv)
    shell.json = "json" in given
    shell.lang = language(given.get("lang", ""), shell.environ)
    shell.config = Path(given["config"]) if "config" in given else None
    from hantu.cli.texts.catalog import texts_of
    from hantu.cli.tree import build

    texts = texts_of(shell.lang)
    if shell.lang == "ko":
        _translate_panels()
    try:
        result = build(texts).main(args=_known_as(rest), prog_name="hantu", obj=shell, standalone_mode=False)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        return FAILED
    except _usage_problems() as caught:
        problem: Any = caught
        if type(problem).__name__ == "NoArgsIsHelpError":
            typer.echo(problem.message)
            return USAGE
        raise _typed_wrong(problem, texts.problems) from None
    return result if isinstance(result, int) else DONE


def _known_as(words: list[str]) -> list[str]:
    """The documents call the same commands by other names."""
    return [OTHER_NAMES.get(word, word) for word in words[:1]] + words[1:]


def split_common(argv: list[str]) -> tuple[list[str], dict[str, str]]:
    """Take the switches every command has out of the arguments.

    Raises:
        UsageError: A switch lacks its value.
    """
    rest: list[str] = []
    given: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            given["json"] = "yes"
        elif name in VALUE_SWITCHES:
            value = value if equals else next(words, "")
            if not value:
                raise UsageError(f"{name} 뒤에 값이 없습니다.", next_step=f"{name} 값 형식으로 적어 주세요.")
            given[VALUE_SWITCHES[name]] = value
        else:
            rest.append(word)
    return rest, given


def language(asked: str, environ: Mapping[str, str]) -> str:
    """Return the language of help texts.

    Raises:
        UsageError: It is not one of ours.
    """
    lang = asked or environ.get("HANTU_LANG", "") or LANGUAGES[0]
    if lang not in LANGUAGES:
        raise UsageError(f"지원하지 않는 언어입니다: {lang}", next_step="--lang ko 또는 --lang en 을 쓰세요.")
    return lang


def _explain(shell: Shell, error: HantuError) -> int:
    code = USAGE if isinstance(error, UsageError) else REFUSED if isinstance(error, DeniedError) else FAILED
    if shell.json:
        kind = {USAGE: "usage", REFUSED: "denied"}.get(code, "failed")
        shell.emit({"ok": False, "code": kind, "message": str(error), "next_step": error.next_step})
        return code
    from rich.text import Text

    text = Text.assemble((ERROR_WORDS[code == REFUSED], "bold red"), str(error))
    if error.next_step:
        text.append(f"\n  {STEP_MARK} ", "bold").append(error.next_step)
    shell.err.print(text, soft_wrap=True)
    return code


def _bug(error: Exception) -> HantuError:
    file = Path(tempfile.gettempdir()) / f"hantu-error-{os.getpid()}.txt"
    file.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return HantuError(
        f"hantu 내부 오류입니다({type(error).__name__}: {error}).",
        next_step=f"자세한 내용을 {file} 에 남겼습니다. 이 파일과 함께 알려 주세요.",
    )


def _usage_problems() -> type[Exception]:
    # typer has its own copy of click since 0.25 and uses the installed one before.
    return next(cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException")


def _typed_wrong(problem: Any, words: Mapping[str, str]) -> UsageError:
    """Say in one sentence what the parser did not like."""
    kind = type(problem).__name__
    context: Any = getattr(problem, "ctx", None)
    path = context.command_path if context is not None else "hantu"
    step = words["see"].format(path=path)
    param = getattr(problem, "param", None)
    name = param.opts[0] if param is not None and param.opts else ""
    if kind == "NoSuchOption":
        guesses = list(problem.possibilities or [])
        step = words["guess"].format(guess=guesses[0]) if guesses else step
        return UsageError(words["unknown_option"].format(word=problem.option_name), next_step=step)
    if kind == "MissingParameter":
        return UsageError(words["missing"].format(name=name if name.startswith("-") else name.upper()), next_step=step)
    if name:
        detail = words["range"] if RANGE.search(problem.message) else words["form"]
        return UsageError(words["bad"].format(name=name, detail=detail), next_step=step)
    unknown = re.match(r"No such command '([^']*)'", problem.message)
    if unknown:
        close = difflib.get_close_matches(unknown[1], getattr(context.command, "commands", {}), n=1)
        step = words["guess"].format(guess=f"{path} {close[0]}") if close else step
        return UsageError(words["unknown_command"].format(word=f"{path} {unknown[1]}"), next_step=step)
    return UsageError(words["extra"], next_step=step)


def _translate_panels() -> None:
    from typer import rich_utils

    rich_utils.OPTIONS_PANEL_TITLE = "옵션"
    rich_utils.ARGUMENTS_PANEL_TITLE = "인수"
    rich_utils.COMMANDS_PANEL_TITLE = "명령"
    rich_utils.DEFAULT_STRING = "[기본값: {}]"
    rich_utils.REQUIRED_LONG_STRING = "[필수]"


if __name__ == "__main__":
    main()
