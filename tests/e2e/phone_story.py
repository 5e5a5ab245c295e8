"""Plays a conversation on real processes and writes what the phones show: ``python -m tests.e2e.phone_story FOLDER``.

``phone.json`` is for tools/phone_picture.py, ``phone.md`` the transcript of docs/telegram.md.
"""

import json
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.e2e.phone_town import KIM, LEE, Town
from tests.receivers.telegram_chat import Bubble

KST = timezone(timedelta(hours=9))


def play(town: Town) -> None:
    """A morning: a look, a stop, an alert, a release, an order."""
    talk = town.talk
    status = talk.asks(KIM, "/status", "모니터링 중")
    talk.asks(KIM, "/positions", "보유 1종목")
    talk.taps(KIM, status, "🛑", "킬스위치")
    talk.asks(LEE, "/kill hard 시세 이상", "킬스위치")
    alert = talk.hears(KIM, "보호되지 않는")
    talk.presses(KIM, alert, "✅")
    town.arena.wait(lambda: not alert.buttons, "the alert to say who saw it")
    talk.asks(LEE, "/resume", "킬스위치 풀기")
    code = town.code(LEE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    talk.asks(LEE, f"{wrong} 시세 정상 확인", "맞지 않습니다")
    talk.asks(LEE, f"{code} 시세 정상 확인", "킬스위치를 풀었습니다")
    ident = town.propose()
    shown, other = talk.hears(KIM, ident), talk.hears(LEE, ident)
    talk.taps(KIM, shown, "🖋", "주문 승인")
    talk.asks(KIM, town.code(KIM), "승인했습니다")
    town.arena.wait(lambda: not shown.buttons and not other.buttons, "the proposal to be closed on every phone")
    talk.asks(LEE, "/halt", "실행하지 않았습니다", age_s=754)


def told(one: Bubble) -> dict[str, Any]:
    return {
        "mine": one.mine, "text": one.text, "marks": one.marks, "edited": one.edited,
        "buttons": [[button["text"] for button in row] for row in one.buttons],
        "time": f"{datetime.fromtimestamp(one.date, KST):%H:%M}",
    }  # fmt: skip


def transcript(columns: list[dict[str, Any]]) -> str:
    """Return the conversations as text, one block a person."""
    lines = []
    for column in columns:
        lines += [f"── {column['who']} ──", ""]
        for one in column["bubbles"]:
            mark = "▶ " if one["mine"] else "  "
            lines += [mark + line for line in one["text"].splitlines()]
            lines += ["  " + " ".join(f"[{label}]" for label in row) for row in one["buttons"]]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="hantu-") as home:
        town = Town(Path(home))
        try:
            town.start()
            play(town)
            bubbles = town.talk.call(lambda: list(town.talk.chat.bubbles))
        finally:
            town.close()
    columns = [
        {"who": f"{name}의 휴대전화", "bubbles": [told(one) for one in bubbles if one.chat == number]}
        for name, number in (("kim", KIM), ("lee", LEE))
    ]
    (folder / "phone.json").write_text(json.dumps(columns, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "phone.md").write_text(transcript(columns), encoding="utf-8")


if __name__ == "__main__":
    main()
