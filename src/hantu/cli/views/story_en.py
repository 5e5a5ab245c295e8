"""The story of an order in English; recorded reasons stay in the words they were recorded in."""

from collections.abc import Callable, Mapping

from hantu.cli.views.story import Line, Payload

PURPOSES = {
    "stop_loss": "stop",
    "take_profit": "target",
    "trailing_stop": "trailing stop",
    "partial_profit": "partial profit",
    "manual": "manual",
}
FOUND_BY = {
    "inquiry": "found as the only matching order in the broker's list and adopted: order {}",
    "notice": "found as the only matching order in the notices and adopted: order {}",
    "person": "adopted on a person's word: order {}",
}
REASONS = {
    "보낸 뒤 답을 받기 전에 감시가 꺼짐": "the guard died after sending, before the answer",
    "응답 없음": "no answer",
}
SOURCES = {"notice": "execution notice", "inquiry": "inquiry", "person": "a person"}


def tell(event_type: str, payload: Payload) -> Line | None:
    """Return the line of a fact, None if there is none in English."""
    teller = TELLERS.get(event_type)
    return teller(payload) if teller is not None else None


def _reached(sign: str) -> Callable[[Payload], Line]:
    def line(fact: Payload) -> Line:
        text = f"{_stock(fact)} {fact['price']:,} {sign} {fact['level']:,} won ({fact['basis']})"
        return (f"{PURPOSES.get(fact['purpose'], 'level')} reached", text, "bold")

    return line


def _intent(fact: Payload) -> Line:
    if fact["kind"] != "order":
        return ("cancel", f"{_stock(fact)} cancel recorded and sent", "")
    again = f", attempt {fact['attempt']}" if fact.get("attempt", 1) > 1 else ""
    text = f"{_stock(fact)} {fact['side']} {fact['quantity']:,} at {fact['limit_price']:,} recorded, then sent{again}"
    return ("order", text, "")


def _accepted(fact: Payload) -> Line:
    if fact.get("how") in FOUND_BY:
        return ("adopted", FOUND_BY[fact["how"]].format(fact["order_no"]), "bold green")
    return ("accepted", f"order {fact['order_no']}", "")


def _filled(fact: Payload) -> Line:
    source = SOURCES.get(fact["source"], fact["source"])
    text = f"{fact['quantity']:,} at {fact['price']:,} won ({fact['cumulative']:,}/{fact['ordered']:,}, by {source})"
    return ("filled" if fact["cumulative"] >= fact["ordered"] else "partly filled", text, "bold")


def _left(fact: Payload) -> Line:
    label = PURPOSES.get(fact["purpose"], "exit")
    return (f"{label} done", f"{_stock(fact)} {fact['return_rate']:+.1%}, {fact['pnl']:+,} won", "bold")


def _recovered(fact: Payload) -> Line:
    what = f"{len(fact['differences'])} differences, {len(fact.get('remaining', ()))} things remain"
    return ("recovery complete", f"after {fact.get('duration_s', 0.0):.1f} s: {what}", "bold green")


def _recovery_began(fact: Payload) -> Line:
    cause = "the guard had ended uncleanly" if fact["cause"] == "unclean_end" else f"asked for by {fact['actor']}"
    return ("recovery began", f"{cause}; every order that may have left is looked for ({fact['flow']})", "bold yellow")


def _resolved(fact: Payload) -> Line:
    word = f"{fact['actor']} says {fact['verdict']} {fact['order_no']}".rstrip()
    denied = f", not taken: {fact['denied']}" if fact["denied"] else f": {fact['reason']}"
    return ("person", f"{word}{denied}", "bold")


def _why(fact: Payload) -> str:
    reason = str(fact["reason"])
    return REASONS.get(reason, reason)


def _stock(fact: Payload) -> str:
    return f"{fact.get('name') or ''}({fact['symbol']})"


TELLERS: Mapping[str, Callable[[Payload], Line]] = {
    "stop_loss_reached": _reached("≤"),
    "take_profit_reached": _reached("≥"),
    "intent_recorded": _intent,
    "order_accepted": _accepted,
    "order_filled": _filled,
    "stop_loss_filled": _left,
    "take_profit_filled": _left,
    "recovery_began": _recovery_began,
    "recovery_completed": _recovered,
    "order_resolved_by_person": _resolved,
    "order_rejected_broker": lambda fact: ("refused", f"{_stock(fact)} {fact['code']} {fact['reason']}", "bold yellow"),
    "order_not_sent": lambda fact: ("not sent", f"no byte left: {fact['code']} {fact['reason']}", "yellow"),
    "order_failed": lambda fact: ("failed", f"{_stock(fact)} {fact['reason']}", "bold yellow"),
    "order_unresolved": lambda fact: (
        "unknown", f"{_stock(fact)} no answer; nothing is sent again until evidence says what happened ({_why(fact)})",
        "bold yellow",
    ),
    "order_absent": lambda fact: ("absent", f"proved never to have reached the broker: {fact['evidence']}", "yellow"),
    "order_escalated": lambda fact: ("needs a person", f"{_stock(fact)} {fact['reason']}", "bold red"),
    "order_canceled": lambda fact: ("cancelled", f"{fact['quantity']:,} confirmed", ""),
    "cancel_resolved": lambda fact: ("cancel request", f"{fact['state']} {fact['reason']}", ""),
    "order_expired": lambda fact: ("expired", f"{fact['quantity']:,} ended with the day", "yellow"),
    "exit_held": lambda fact: ("held back", f"{_stock(fact)}: {fact['reason']}", "bold yellow"),
    "position_closed": lambda fact: ("closed", f"{_stock(fact)} is no longer held", ""),
    "order_allowed_protective": lambda fact: ("allowed", f"protective sell under kill level {fact['level']}", "dim"),
    "killswitch_on": lambda fact: ("kill switch", f"{fact['level']} ({fact['actor']}): {fact['reason']}", "bold red"),
    "recovery_stopped": lambda fact: ("recovery stopped", f"{fact['reason']}", "bold red"),
}  # fmt: skip
