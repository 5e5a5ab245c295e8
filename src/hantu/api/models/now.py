"""Bodies about now: what is held, what guards it, and the kill switch."""

from typing import Any, Literal

from pydantic import Field

from hantu.api.models.shapes import Ask, Note, Reason, SymbolText, View


class KillView(View):
    """The strictest of all doors; what cannot be read counts as ``active``."""

    level: Literal["off", "active", "hard", "flatten"]
    reason: str = ""
    actor: str = ""
    timestamp: str = ""
    automatic: bool = False
    cause: str = ""
    release_until: str = ""
    obstacles: list[str] = Field(default=[], description="What stands in the way of a release, as sentences.")
    seen: dict[str, str] = Field(default={}, examples=[{"guard": "off", "file": "none", "row": "off"}])


class PositionView(View):
    """One holding. ``source`` guard: live; records: as last written, the guard does not answer."""

    symbol: str = Field(examples=["005930"])
    name: str = Field(examples=["삼성전자"])
    quantity: int
    average_price: int
    cost: int | None = None
    price: int | None = None
    price_age_s: float | None = Field(default=None, description="Seconds since the last trade was seen.")
    stop_price: int
    target_price: int
    rule: str = ""
    guarded: bool = True
    trailing: bool = False
    to_stop_pct: float | None = None
    to_target_pct: float | None = None
    pnl: int | None = None
    return_rate: float | None = None
    state: str = Field(default="", examples=["guarded"])
    order: dict[str, Any] | None = None
    held_since: str = ""
    updated_at: str = ""
    source: Literal["guard", "records"] = "guard"


class PositionList(View):
    items: list[PositionView]


class Waiting(View):
    """What waits for a person."""

    approvals: int = 0
    incidents: int = 0
    alerts_unsent: int = 0
    requests: int = 0


class StateView(View):
    """Everything the first page shows."""

    time: str = Field(description="UTC of this server.")
    running: bool = Field(description="Whether a guard answers.")
    age_s: float | None = Field(default=None, description="Seconds since the guard said it; None: never.")
    safe: bool
    verdict: str
    dangers: list[str] = []
    environment: str = ""
    account: str = ""
    mode: str = ""
    version: str = ""
    speed: float = Field(default=1.0, description="Of market time, on the practice exchange.")
    state: str = ""
    market_time: str = Field(default="", description="Korean time of the market.")
    stopped: bool = Field(default=False, description="A person stopped monitoring, and the market is open.")
    kill: KillView
    guarded: int = 0
    unguarded: list[dict[str, Any]] = []
    unprotected_s: float | None = None
    connection: dict[str, Any] = {}
    subscriptions: dict[str, Any] = {}
    halted: dict[str, Any] = {}
    latency_ms: dict[str, float | None] = {}
    notice_delay_ms: dict[str, float | None] = {}
    day_pnl: int | None = None
    exits_today: int | None = None
    positions: list[PositionView] = []
    needs_person: list[dict[str, Any]] = []
    recovery: dict[str, Any] | None = None
    storage_ok: bool | None = None
    components: dict[str, Any] = {}
    counts: dict[str, int] = {}
    alerts: dict[str, Any] = {}
    watch: list[dict[str, Any]] = []
    waiting: Waiting = Waiting()


class KillSet(Ask):
    """Nothing may stand in the way: a reason is welcome, not needed."""

    level: Literal["active", "hard"] = "active"
    reason: Note = Field(default="", examples=["시세 이상"])


class KillRelease(Ask):
    reason: Reason = Field(examples=["원인 확인 완료"])
    release_s: int = Field(default=0, ge=0, le=28_800, description="Only paper and practice: on again by itself.")


class Flatten(Ask):
    reason: Reason = Field(examples=["전량 정리"])
    confirm: Literal["flatten"] = Field(description="The word, typed by a person.")


class KillAnswer(View):
    """``taken``: the guard follows. ``asked``: it did not answer, file and row were written, or a second person must say yes."""

    status: Literal["asked", "taken"]
    level: str
    doors: list[str] = Field(default=[], examples=[["guard"]])
    request_id: str = Field(default="", description="Waits for a second person.")
    message: str = ""
    elapsed_ms: float | None = None


class KillRow(View):
    timestamp: str
    level: str
    reason: str
    actor: str
    automatic: bool


class KillHistory(View):
    items: list[KillRow]


class PairRequest(View):
    """A wish of one person that a second one has to confirm."""

    request_id: str
    action: Literal["release", "flatten"]
    level: str
    reason: str
    asked_by: str
    asked_at: str
    expires_at: str
    release_s: int = 0
    confirmed_by: str = ""
    state: str = Field(examples=["waiting"], description="waiting, confirmed, withdrawn, expired or failed")


class PairRequests(View):
    items: list[PairRequest]


class Pause(Ask):
    """One stock, or all of them when none is named."""

    symbol: SymbolText | Literal[""] = ""
    reason: Note = ""


class Resolve(Ask):
    """What a person found out about an order nobody could find out about."""

    verdict: Literal["filled", "absent", "adopted"]
    reason: Reason
    order_no: str = Field(default="", max_length=20, pattern=r"^[0-9A-Za-z]*$")
