"""The standing approval of exits: without one profit waits, a stop never does (DEC-25)."""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.order import Purpose
from hantu.engine.inputs import MandateRead
from hantu.engine.turn import Turn

NO_MANDATE = "mandate"


def read(turn: Turn, got: MandateRead) -> None:
    """Take the standing approval in as it is now; changes are recorded, and told once."""
    desk, mandate = turn.desk, got.mandate
    before = desk.mandate.mandate_id if desk.mandate else ""
    desk.mandate = mandate
    if mandate is None:
        lapsed = ev.MandateLapsed(before, got.reason or "none")
        if turn.record_once(("mandate", "", lapsed.reason), lapsed):
            turn.forget("held")
        return
    turn.forget("mandate")
    if mandate.mandate_id != before:
        turn.record(ev.MandateInForce(mandate.mandate_id, mandate.signed_by, mandate.signed_at))
        turn.forget("held")
    if got.review_days:
        turn.record_once(
            ("mandate_review", mandate.mandate_id, str(got.review_days)),
            ev.MandateReviewDue(mandate.mandate_id, mandate.signed_by, mandate.signed_at, got.review_days),
        )


def missing(turn: Turn, symbol: Symbol, purpose: Purpose) -> bool:
    """Whether an exit of ``purpose`` has to wait for a standing approval of all that is held."""
    if purpose.urgent or purpose is Purpose.MANUAL or not turn.desk.config.mandate_required:
        return False
    position, mandate = turn.book.positions.get(symbol), turn.desk.mandate
    largest = min(position.quantity, turn.desk.config.order_quantity_max) if position else 0
    return mandate is None or not mandate.covers(symbol, largest)


def name_for(turn: Turn, symbol: Symbol, quantity: int) -> str:
    """Return the mandate an exit order runs under; empty if none covers it."""
    mandate = turn.desk.mandate
    return mandate.mandate_id if mandate is not None and mandate.covers(symbol, quantity) else ""
