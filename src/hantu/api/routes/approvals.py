"""Orders by hand: proposed, shown with their risk, decided with a second factor, placed through the guard."""

from collections.abc import Mapping
from typing import Final, Literal

from fastapi import Request

from hantu.api.models.acts import (
    ApprovalStory,
    ApprovalView,
    Approve,
    Decided,
    FlowResume,
    FlowView,
    MandateSign,
    MandateView,
    OrderOutcome,
    Place,
    Propose,
)
from hantu.api.models.shapes import Page
from hantu.api.routes.answer import Answer, Cursor, Ident, Inside, Limit, Who


def approvals(
    house: Inside, status: Literal["", "pending", "approved", "denied", "used", "expired"] = "", limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[ApprovalView]:  # fmt: skip
    """List approvals, newest first."""
    rows, following = house.desk.approvals(status, limit, cursor)
    return Page[ApprovalView](items=[ApprovalView.model_validate(row) for row in rows], next_cursor=following)


def approval(approval_id: Ident, house: Inside) -> ApprovalStory:
    """Show one approval: terms, reason, risk before and after, what became of its order."""
    return ApprovalStory.model_validate(house.desk.approval(approval_id))


def approval_propose(asked: Propose, caller: Who, house: Inside) -> ApprovalView:
    """Put an order before a person; it must be decided within the hour."""
    return ApprovalView.model_validate(house.desk.propose(asked, by=caller))


def approval_approve(approval_id: Ident, asked: Approve, request: Request, caller: Who, house: Inside) -> Decided:
    """Approve what was shown; with quantity and price the order is placed at once."""
    found = house.desk.decide(approval_id, approve=True, order_hash=asked.order_hash, by=caller)
    placed = None
    if asked.quantity is not None and asked.limit_price is not None:
        told = house.desk.place(
            approval_id, asked.quantity, asked.limit_price, by=caller, request_id=request.state.request_id
        )
        placed = OrderOutcome.model_validate(told)
    return Decided(approval=ApprovalView.model_validate(found), placed=placed)


def approval_deny(approval_id: Ident, caller: Who, house: Inside) -> ApprovalView:
    """Deny, or take back an approval nobody has used."""
    return ApprovalView.model_validate(house.desk.decide(approval_id, approve=False, order_hash="", by=caller))


def approval_place(approval_id: Ident, asked: Place, request: Request, caller: Who, house: Inside) -> OrderOutcome:
    """Place an approved order; says what is known of it and no more."""
    told = house.desk.place(
        approval_id, asked.quantity, asked.limit_price, by=caller, request_id=request.state.request_id
    )
    return OrderOutcome.model_validate(told)


def flow_show(house: Inside) -> FlowView:
    """Show whether orders by hand are paused, since when and why."""
    return FlowView.model_validate(house.desk.flow())


def flow_resume(asked: FlowResume, caller: Who, house: Inside) -> FlowView:
    """Let orders by hand go again, with the analysis of what failed."""
    return FlowView.model_validate(house.desk.resume_flow(asked.analysis, by=caller))


def mandate(house: Inside) -> MandateView:
    """Show the standing approval of exits and whether it holds."""
    return MandateView.model_validate(house.desk.mandate())


def mandate_sign(asked: MandateSign, caller: Who, house: Inside) -> MandateView:
    """Sign it for the exit rules as they are now."""
    return MandateView.model_validate(house.desk.sign_mandate(asked.limits, by=caller))


def mandate_revoke(caller: Who, house: Inside) -> MandateView:
    """Take it back: profit waits, stops go on."""
    return MandateView.model_validate(house.desk.revoke_mandate(by=caller))


HANDLERS: Final[Mapping[str, Answer]] = {
    "approvals": Answer(approvals, Page[ApprovalView]),
    "approval": Answer(approval, ApprovalStory),
    "approval_propose": Answer(approval_propose, ApprovalView, 201),
    "approval_approve": Answer(approval_approve, Decided),
    "approval_deny": Answer(approval_deny, ApprovalView),
    "approval_place": Answer(approval_place, OrderOutcome),
    "flow_show": Answer(flow_show, FlowView),
    "flow_resume": Answer(flow_resume, FlowView),
    "mandate": Answer(mandate, MandateView),
    "mandate_sign": Answer(mandate_sign, MandateView),
    "mandate_revoke": Answer(mandate_revoke, MandateView),
}
