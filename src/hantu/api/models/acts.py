"""Bodies of orders by hand, strategies and jobs."""

from typing import Any, Literal

from pydantic import Field, model_validator

from hantu.api.models.shapes import Ask, Note, Reason, Shares, SymbolText, View, WonPrice


class Propose(Ask):
    """At most so many shares inside a price band (both ends included)."""

    side: Literal["buy", "sell"]
    symbol: SymbolText = Field(examples=["005930"])
    quantity: Shares = Field(examples=[10])
    price_low: WonPrice = Field(examples=[70_000])
    price_high: WonPrice = Field(examples=[71_000])
    note: Note = Field(default="", examples=["지지선에서 반등, 점수 82"])

    @model_validator(mode="after")
    def _band(self) -> "Propose":
        if self.price_low > self.price_high:
            raise ValueError("price_low is above price_high")
        return self


class Terms(View):
    environment: str
    account: str
    symbol: str
    side: str
    quantity_max: int
    price_low: int
    price_high: int
    venues: list[str]
    order_type: str
    purpose: str


class Risk(View):
    """What the order does at most: to this stock and to everything held, in won, before and after."""

    quantity_before: int
    quantity_after: int
    value_before: int = Field(description="Of this stock, at cost or at the last price known.")
    value_after: int
    exposure_before: int = Field(description="Of all stocks.")
    exposure_after: int
    order_value_max: int
    loss_at_stop: int | None = Field(description="Of this stock after a purchase at the top of the band, at its stop.")
    limits: list[str] = Field(description="Limits it would break, as sentences.")


class ApprovalView(View):
    """One order put before a person."""

    approval_id: str = Field(examples=["A-1b2c3d4e"])
    status: str = Field(examples=["pending"])
    terms: Terms
    order_hash: str = Field(description="Goes back with the approval: what was shown is what is approved.")
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str
    expires_at: str
    used_at: str
    intent_id: str
    note: str


class ApprovalStory(View):
    """The approval, what it risks, and what became of its order."""

    approval: ApprovalView
    risk: Risk
    order: dict[str, Any] | None = None


class Approve(Ask):
    """With quantity and price the order is placed at once; without it waits for ``place``."""

    order_hash: str = Field(min_length=16, max_length=128)
    quantity: Shares | None = None
    limit_price: WonPrice | None = None

    @model_validator(mode="after")
    def _both(self) -> "Approve":
        if (self.quantity is None) != (self.limit_price is None):
            raise ValueError("quantity and limit_price come together")
        return self


class Place(Ask):
    quantity: Shares
    limit_price: WonPrice


class OrderOutcome(View):
    """What is known of the order, no more. ``unknown``: it may live; never send it again."""

    outcome: Literal["accepted", "refused", "not_sent", "unknown", "asked", "rejected"]
    intent_id: str = ""
    order_no: str = ""
    code: str = ""
    reason: str = ""
    detail: str = ""
    hint: str = ""


class Decided(View):
    approval: ApprovalView
    placed: OrderOutcome | None = None


class FlowPause(View):
    """A pause after a second token call without an answer; ``resumed_at`` is empty while it lasts."""

    paused_at: str
    cause: str = Field(examples=["502 Bad Gateway"])
    resumed_at: str
    resumed_by: str
    analysis: str


class FlowView(View):
    """Whether orders by hand go: while ``pause`` is there, nothing is approved or placed. Exits are not part of it."""

    pause: FlowPause | None
    failures: int = Field(
        description="Token calls without an answer in the last quarter of an hour; the second one pauses."
    )
    last: FlowPause | None = Field(description="The newest pause that ended.")


class FlowResume(Ask):
    analysis: Reason = Field(
        min_length=10, examples=["감시 서버의 디스크가 가득 차 재시작이 되풀이됨. 비우고 다시 시작함"]
    )


class MandateView(View):
    """The standing approval of exits."""

    in_force: bool
    reason: str
    mandate_id: str = ""
    signed_by: str = ""
    signed_at: str = ""
    uses: int = 0
    last_used_at: str = ""


class MandateSign(Ask):
    limits: dict[SymbolText, Shares] = Field(default={}, max_length=200, examples=[{"005930": 100}])


class StrategyView(View):
    """One strategy under supervision."""

    strategy_id: str
    state: str = Field(examples=["running"])
    started_at: str = ""
    heartbeat_at: str = ""
    restarts: int = 0
    errors: int = 0
    last_error: str = ""
    last_error_at: str = ""
    detail: dict[str, Any] = {}


class StrategyList(View):
    """``total_running`` and the strategies as the documents name them."""

    total_running: int
    strategies: list[StrategyView]


class JobView(View):
    job_id: str
    state: str = Field(examples=["paused"])
    step: str = ""
    updated_at: str = ""
    detail: dict[str, Any] = {}


class JobList(View):
    total: int
    running: int
    paused: int
    failed: int
    items: list[JobView]
