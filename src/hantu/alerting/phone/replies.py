"""Answers that show something: the guard's status, holdings, orders, profit and loss, alerts, proposals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hantu.alerting.phone.wording import Wording
from hantu.domain.approval import Approval
from hantu.domain.session import KST

SHOWN = 12
"""Lines of a list; more do not fit a small screen."""
TERMS = "{terms}"
"""Stands where lines of our own are put in, which ``say`` would join."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order as the records have it; ``at`` is UTC text."""

    at: str
    name: str
    side: str
    quantity: int
    price: int
    state: str
    filled: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert of the records; ``at`` is UTC text."""

    number: int
    at: str
    message: str
    priority: str
    told: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One holding of the records, for when no guard can be asked."""

    name: str
    symbol: str
    quantity: int
    average: int


def status_text(words: Wording, status: Mapping[str, Any]) -> str:
    """Return how the guard is; ``status`` is its own status object."""
    kill, halted, line = status["kill"], status["halted"], status["connection"]
    level = words.level(kill["level"])
    environment = words.environments.get(status["environment"], status["environment"])
    state = words.sessions.get(status["state"], status["state"])
    lines = [words.say("status", state=state, environment=environment, account=status["account"])]
    if kill["level"] == "off":
        lines.append(words.say("status_kill", level=level))
    else:
        lines.append(words.say("status_kill_why", level=level, reason=kill["reason"], actor=kill["actor"]))
    lines.append(words.say("status_halt", halted=halted_words(words, halted)))
    told = words.say("line_up" if line["connected"] else "line_down")
    if line["connected"] and (line["silent_s"] or 0.0) >= 60:
        told = words.say("line_silent", seconds=round(line["silent_s"]))
    subscribed = status["subscriptions"]
    lines.append(words.say("status_line", line=told, done=subscribed["done"], total=subscribed["total"]))
    held, unguarded = len(status["positions"]), len(status["unguarded"])
    lines.append(words.say("status_held", count=held + unguarded, doubt=len(status["needs_person"])))
    if unguarded:
        lines.append(words.say("status_unguarded", count=unguarded))
    if not status["storage_ok"]:
        lines.append(words.say("status_storage"))
    lines.append(words.say("status_time", time=status["market_time"]))
    return "\n".join(lines)


def halted_words(words: Wording, halted: Mapping[str, Any]) -> str:
    """Return what is paused."""
    if halted["market"]:
        return words.say("market")
    return ", ".join(halted["symbols"]) or words.say("nothing")


def positions_text(words: Wording, positions: Sequence[Mapping[str, Any]]) -> str:
    """Return the holdings as the guard sees them."""
    if not positions:
        return words.say("no_positions")
    lines = [words.say("positions", count=len(positions))]
    for one in positions[:SHOWN]:
        rate = "-" if one["return_rate"] is None else f"{one['return_rate']:+.1%}"
        lines.append(
            words.say(
                "position", name=one["name"] or one["symbol"], symbol=one["symbol"], quantity=f"{one['quantity']:,}",
                price=words.won(one["price"]), rate=rate, stop=words.won(one["stop_price"]),
                target=words.won(one["target_price"]), pnl=words.won(one["pnl"], sign=True),
                state=words.state(str(one["state"])),
            )
        )  # fmt: skip
    return "\n".join(lines)


def held_text(words: Wording, rows: Sequence[HeldLine]) -> str:
    """Return the holdings of the records."""
    if not rows:
        return words.say("no_positions")
    return "\n".join(
        words.say(
            "position_row", name=one.name or one.symbol, symbol=one.symbol, quantity=f"{one.quantity:,}",
            average=words.won(one.average),
        )
        for one in rows[:SHOWN]
    )  # fmt: skip


def orders_text(words: Wording, rows: Sequence[OrderLine]) -> str:
    """Return the newest orders."""
    if not rows:
        return words.say("no_orders")
    lines = [words.say("orders")]
    for one in rows[:SHOWN]:
        line = words.say(
            "order", time=korean_clock(one.at), name=one.name, side=words.sides.get(one.side, one.side),
            quantity=f"{one.quantity:,}", price=words.won(one.price), state=words.state(one.state),
        )  # fmt: skip
        lines.append(f"{line} {words.say('order_filled', filled=f'{one.filled:,}')}" if one.filled else line)
    return "\n".join(lines)


def pnl_text(words: Wording, status: Mapping[str, Any]) -> str:
    """Return the day's result: what was realised by exits, and what the holdings are worth more or less."""
    known = [one["pnl"] for one in status["positions"] if one["pnl"] is not None]
    realised, opened = status["day_pnl"], sum(known)
    text = words.say(
        "pnl", realised=words.won(realised, sign=True), exits=status["exits_today"],
        open=words.won(opened, sign=True), count=len(known), total=words.won(realised + opened, sign=True),
    )  # fmt: skip
    unpriced = len(status["positions"]) - len(known)
    lines = [text, *([words.say("pnl_unpriced", count=unpriced)] if unpriced else []), words.say("pnl_note")]
    return "\n".join(lines)


def alerts_text(words: Wording, rows: Sequence[AlertLine]) -> str:
    """Return the newest alerts."""
    if not rows:
        return words.say("no_alerts")
    lines = [words.say("alerts")]
    for one in rows[:SHOWN]:
        line = words.say("alert", number=one.number, time=korean_clock(one.at), message=one.message)
        lines.append(line if one.told else f"{line} {words.say('alert_unsent')}")
    return "\n".join(lines)


def terms_text(words: Wording, found: Approval, name: str = "") -> str:
    """Return what an approval would allow, in words."""
    terms = found.terms
    stock = f"{name} ({terms.symbol})" if name else terms.symbol
    return words.say(
        "terms", name=stock, side=words.sides[terms.side.value], quantity=f"{terms.quantity_max:,}",
        low=words.won(terms.price_low), high=words.won(terms.price_high),
        value=words.won(terms.quantity_max * terms.price_high),
    )  # fmt: skip


def proposal_text(words: Wording, found: Approval, who: str, name: str = "") -> str:
    """Return an order proposal that waits for a person."""
    head = words.say(
        "proposal", ident=found.approval_id, who=who, until=korean_clock(found.expires_at), terms=TERMS
    ).replace(TERMS, terms_text(words, found, name))
    return head + (words.say("proposal_note", note=found.note) if found.note else "")


def korean_clock(text: str) -> str:
    """Return the Korean time of day of UTC text; what is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(KST):%H:%M:%S}"
