"""How the demonstration looks: a story line by line, a table at the end."""

import shutil
import sys
import time
from pathlib import Path
from typing import Any

from hantu.cli.shell import Shell, to_json
from hantu.cli.verdict import Finding, Told
from hantu.cli.views.story import tell
from hantu.cli.views.wording import korean_time

STEP_S = 30
"""Seconds a sign-in code lasts."""
CLOCK_CELLS = 10
LABEL_CELLS = 14


class Playbill:
    """Prints the story; with ``--json`` only the table, as JSON."""

    def __init__(self, shell: Shell, home: Path) -> None:
        self._shell = shell
        self._home = home
        self._step = 0

    def opening(self, play: Any) -> None:
        """Say what is about to be seen."""
        account = play.accounts[0]
        self._print("hantu demo: 압축한 거래일 하루", "bold")
        self._print(
            f"연습 거래소와 감시가 진짜 프로세스, 진짜 소켓으로 KIS 규격을 주고받습니다. "
            f"종목 {len(play.stocks)}개, 보유 {len(account.holdings)}개, 시장 시각 {play.clock.speed:g}배속.",
            "dim",
        )
        self._print(f"기록 폴더: {self._home}", "dim")
        self._print("")

    def dashboard(self, stage: Any, *, built: bool, ready: bool) -> None:
        """Say where the day can be watched, and who may; shown once."""
        who = stage.viewer
        self._step = int(time.time()) // STEP_S
        if self._shell.json:
            shown = {"url": stage.server_url, "built": built, "ready": ready, "user": who.name, "password": who.password,
                     "secret": who.secret, "code": who.code(time.time())}  # fmt: skip
            self._shell.err.print(to_json({"dashboard": shown}), markup=False, soft_wrap=True)
            return
        if stage.ended("server"):
            self._print(
                f"대시보드 서버가 시작하지 못했습니다. 시연은 계속합니다.\n{stage.last_words('server')}", "yellow"
            )
            return
        late = "" if ready else " (아직 뜨는 중입니다)"
        self._print(f"대시보드: {stage.server_url}{late}", "bold")
        if built:
            self._print(f"  이름 {who.name}   비밀번호 {who.password}   코드 {who.code(time.time())}")
            self._print(
                f"  보기만 하는 계정이고 이 시연과 함께 사라집니다. 코드는 30초마다 바뀝니다. 인증 앱: {who.uri}", "dim"
            )
        else:
            self._print(
                "  화면은 아직 만들어지지 않았습니다. 저장소에서 `make ui` (Node 20 이상)로 만들면 다음 시연에 열립니다.",
                "dim",
            )
        self._print("")

    def dashboard_ends(self, stage: Any) -> None:
        """Say that what was looked at goes with the day."""
        self._print(f"{stage.server_url} 은(는) 이 시연과 함께 끝납니다. 더 보려면 `hantu demo --keep`.", "dim")

    def code(self, viewer: Any, now_s: float) -> None:
        """Show the next code once the last one has passed."""
        step = int(now_s) // STEP_S
        if step != self._step:
            self._step = step
            self._line("", "대시보드", f"│ 새 로그인 코드 {viewer.code(now_s)}", "dim")

    def event(self, told: Told) -> None:
        """Tell one event."""
        line = tell(told.event_type, told.payload)
        if line is not None:
            self._line(korean_time(told.timestamp, "%H:%M:%S"), *line)

    def message(self, text: str) -> None:
        """Show what arrived on the phone."""
        for number, part in enumerate(part for part in text.splitlines() if part.strip()):
            self._line("", "휴대폰" if number == 0 else "", f"│ {part}", "green" if number == 0 else "")

    def trouble(self, stage: Any) -> None:
        """Say that a process ended in the middle."""
        for name in ("exchange", "guard"):
            if stage.ended(name):
                self._print(f"{name} 프로세스가 중간에 끝났습니다:\n{stage.last_words(name)}", "bold red")

    def closing(self, seconds: float) -> None:
        """Say how long it took."""
        self._print("")
        self._print(f"하루가 끝났습니다 (실제 {seconds:.0f}초).", "dim")

    def table(self, findings: list[Finding]) -> None:
        """Show expected against happened."""
        held = all(finding.held for finding in findings)
        if self._shell.json:
            self._shell.emit({"ok": held, "findings": findings})
            return
        from rich.text import Text

        from hantu.cli.views.tables import table

        out = self._shell.out
        made = table("약속과 결과 (hantu의 기록과 거래소의 기록으로 함께 확인)", "항목", "약속", "실제", "판정")
        for finding in findings:
            verdict = Text("지킴", "bold green") if finding.held else Text("어김", "bold red")
            made.add_row(finding.name, finding.expected, finding.happened, verdict)
        out.print(made)
        kept = sum(finding.held for finding in findings)
        out.print(f"{len(findings)}개 가운데 {kept}개를 지켰습니다.", style="bold green" if held else "bold red")

    def how_to_look(self, stage: Any) -> None:
        """Say how to look at what was left running, and how to stop it."""
        pids = " ".join(str(stage.children[name].pid) for name in ("server", "exchange", "phone"))
        hantu = f"HANTU_HOME={self._home} {program()}"
        who = stage.viewer
        lines = {
            "대시보드": stage.server_url,
            "로그인": f"{who.name} / {who.password} / 코드 {who.code(time.time())} (인증 앱: {who.uri})",
            "상태 보기": f"{hantu} monitor status --watch",
            "청산 보기": f"{hantu} exits",
            "사건 보기": f"{hantu} events",
            "거래소 보기": f"curl -s {stage.rest_url}/_sim/state",
            "끄기": f"{hantu} monitor stop; kill {pids}",
        }
        if self._shell.json:
            self._shell.err.print(to_json(lines), markup=False, soft_wrap=True)
            return
        self._print("")
        self._print("거래소와 감시, 서버를 켜 두었습니다.", "bold")
        for label, command in lines.items():
            self._shell.out.print(f"  {label}: {command}", markup=False, soft_wrap=True)

    def _line(self, clock: str, label: str, text: str, style: str) -> None:
        if self._shell.json:
            return
        from rich.cells import cell_len
        from rich.table import Table
        from rich.text import Text

        said = Text(text, "" if label else style)
        if not self._shell.out.is_terminal:
            pad = " " * max(0, LABEL_CELLS - cell_len(label))
            self._shell.out.print(Text.assemble(f"{clock:8}  {label}{pad} ", said), soft_wrap=True)
            return
        row = Table.grid(padding=0)
        # What does not fit goes on under its own column.
        for width in (CLOCK_CELLS, LABEL_CELLS + 1, None):
            row.add_column(width=width, overflow="fold")
        row.add_row(Text(clock, "dim"), Text(label, style or ""), said)
        self._shell.out.print(row)

    def _print(self, text: str, style: str = "") -> None:
        if not self._shell.json:
            self._shell.out.print(text, style=style, markup=False)


def program() -> str:
    """Return how the reader can call this very program."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "hantu" and shutil.which("hantu") is None else "hantu"
