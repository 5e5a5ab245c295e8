"""The desk for orders: what it answers when the records are out of reach, and that time never goes back."""

import asyncio
import json
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.approval import Approval, ApprovalFound, ApprovalStatus, OrderTerms, order_hash
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, UsageError
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, Purpose
from hantu.domain.order_token import TokenKey, audience
from hantu.engine.inputs import OrderPlaced, TokenIssued
from hantu.runtime.order_desk import OrderDesk, Surroundings

KEY = TokenKey(b"a secret of this test, 32 bytes long", audience("local", "main"))
TERMS = OrderTerms("local", "main", "005930", Side.SELL, 10, 60_000, 70_000)
NOW = 1_795_000_000.0


class Records:
    """Approvals as a test wants them."""

    def __init__(self) -> None:
        self.broken = False
        self.status = ApprovalStatus.APPROVED
        self.left_s = 600.0
        self.latest_s = 0.0
        self.paused = ""

    async def find(self, approval_id: str, jti: str) -> ApprovalFound:
        if self.broken:
            raise BrokenError("no database")
        approval = Approval(approval_id, self.status, TERMS, order_hash(TERMS), "alice", "", "bob")
        return ApprovalFound(approval, self.left_s, spent=False, paused=self.paused)

    async def mandate(self) -> None:
        """There is none."""

    async def latest_decision_s(self) -> float:
        return self.latest_s


class Place:
    """A desk and what it did to its surroundings."""

    def __init__(self) -> None:
        self.records = Records()
        self.inputs: list[Any] = []
        self.unavailable: list[str] = []
        self.now_s = NOW
        self.level = KillLevel.OFF
        drawn = iter(f"{n:032x}" for n in range(1, 99))
        self.desk = OrderDesk(
            KEY, "local", "main", self.records,
            Surroundings(
                deliver=self.inputs.append, kill=lambda: self.level, epoch=lambda: 1, now_s=lambda: self.now_s,
                draw=lambda: next(drawn), learn_price=lambda _: None, on_unavailable=self.unavailable.append,
            ),
        )  # fmt: skip

    async def issue(self) -> Any:
        return await self.desk.issue_token(json.dumps({"approval_id": "A-1"}).encode(), "test")

    async def placing(self, token: str) -> "asyncio.Task[Any]":
        body = {"token": token, "symbol": "005930", "side": "sell", "quantity": 4, "limit_price": 65_000}
        task = asyncio.create_task(self.desk.place_order(json.dumps(body).encode(), "test"))
        for _ in range(5):
            await asyncio.sleep(0)
        return task


@pytest.mark.requirement("ALR-39", "ALR-46", "ALR-51")
async def test_a_token_that_cannot_be_issued_is_a_503_with_an_alert_and_a_log_line(caplog: Any) -> None:
    place = Place()
    place.records.broken = True
    answer = await place.issue()
    assert answer.status == 503
    assert place.unavailable == ["503 Service Unavailable"]
    (line,) = [record.getMessage() for record in caplog.records if "Token issuance" in record.getMessage()]
    assert line.startswith("[ERROR] Token issuance failed: 503 Service Unavailable")
    assert answer.body["request_id"] in line
    assert place.inputs == []


@pytest.mark.requirement("DEC-25")
async def test_a_token_lives_two_minutes_at_most_and_no_longer_than_its_approval() -> None:
    place = Place()
    first = KEY.read((await place.issue()).body["token"])
    assert (first.expires_at - first.issued_at, first.subject, first.approval) == (120, "bob", "A-1")
    place.records.left_s = 30.9
    second = KEY.read((await place.issue()).body["token"])
    assert second.expires_at - second.issued_at == 30
    assert first.jti != second.jti
    assert [type(got) for got in place.inputs] == [TokenIssued, TokenIssued], "each is on record"
    place.level = KillLevel.ACTIVE
    assert (await place.issue()).status == 403


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ApprovalStatus.PENDING, 404),
        (ApprovalStatus.DENIED, 404),
        (ApprovalStatus.USED, 409),
        (ApprovalStatus.EXPIRED, 410),
    ],
)
async def test_no_token_without_an_approval_in_force(status: ApprovalStatus, code: int) -> None:
    place = Place()
    place.records.status = status
    assert (await place.issue()).status == code
    assert place.inputs == []


@pytest.mark.requirement("ALR-19")
async def test_a_clock_set_back_revives_no_token_also_after_a_restart() -> None:
    place = Place()
    token = (await place.issue()).body["token"]
    place.now_s = NOW + 200
    task = await place.placing(token)
    place.now_s = NOW + 1
    again = await place.placing(token)
    assert [got.at_s for got in place.inputs if isinstance(got, OrderPlaced)] == [NOW + 200, NOW + 200]
    fresh = Place()
    fresh.records.latest_s = NOW + 500
    await fresh.desk.open()
    later = await fresh.placing(token)
    assert fresh.inputs[-1].at_s == NOW + 500
    for waiting in (task, again, later):
        waiting.cancel()
    await asyncio.gather(task, again, later, return_exceptions=True)


@pytest.mark.parametrize(
    ("fact", "outcome", "status"),
    [
        (ev.OrderAccepted("I-1", Symbol("005930"), "77", "", "", "", "", "answer"), "accepted", 200),
        (ev.OrderRejectedBroker("I-1", Symbol("005930"), "", "APBK0400", "no", False, ""), "refused", 422),
        (ev.OrderNotSent("I-1", Symbol("005930"), "", "denied:kill", "no"), "not_sent", 422),
        (ev.OrderUnresolved("I-1", "f", Symbol("005930"), "", "timeout", ""), "unknown", 202),
    ],
)
async def test_the_answer_says_what_is_known_and_no_more(fact: ev.Fact, outcome: str, status: int) -> None:
    place = Place()
    task = await place.placing((await place.issue()).body["token"])
    request_id = place.inputs[-1].request_id
    recorded = ev.IntentRecorded(
        "I-1", f"manual-{request_id}", "order", "sending", Symbol("005930"), "", Side.SELL, Purpose.MANUAL, 0, 4,  # type: ignore[arg-type]
        65_000, "limit", "KRX", 1, "", 4, 0, 1,  # type: ignore[arg-type]
    )  # fmt: skip
    place.desk.note(recorded)
    place.desk.note(fact)
    answer = await task
    assert (answer.status, answer.body["outcome"], answer.body["intent_id"]) == (status, outcome, "I-1")


@pytest.mark.requirement("DEC-25")
async def test_an_order_leaves_only_with_a_token_for_exactly_itself() -> None:
    place = Place()
    claims = KEY.read(token := (await place.issue()).body["token"])
    task = await place.placing(token)
    order = OrderRequest(
        "I-1", Symbol("005930"), Side.SELL, Quantity(4), Price(65_000), purpose=Purpose.MANUAL, epoch=1,
        token_id=claims.jti,
    )  # fmt: skip
    assert place.desk.flaw(order) == "missing"
    allowed = place.desk.authorize(order)
    assert place.desk.flaw(allowed) == ""
    assert place.desk.authorize(order).token == "", "handed out once"
    exit_ = OrderRequest("I-2", Symbol("005930"), Side.SELL, Quantity(4), Price(65_000), purpose=Purpose.TAKE_PROFIT)
    assert place.desk.flaw(place.desk.authorize(exit_)) == "claims", "an order without an id has no token"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"token": 1}', b'{"token":"t","symbol":"../x","side":"buy","quantity":1,"limit_price":1}',
             b'{"token":"t","symbol":"005930","side":"both","quantity":1,"limit_price":1}',
             b'{"token":"t","symbol":"005930","side":"buy","quantity":1,"limit_price":1,"force":true}', b"\xff\xfe"],
)  # fmt: skip
async def test_what_is_no_request_is_refused_before_anything_is_looked_at(body: bytes) -> None:
    place = Place()
    with pytest.raises(UsageError):
        await place.desk.place_order(body, "test")
    assert place.inputs == []


@pytest.mark.requirement("ALR-45")
async def test_while_orders_by_hand_are_paused_no_token_is_issued_and_none_is_taken() -> None:
    place = Place()
    token = (await place.issue()).body["token"]
    place.records.paused = "2026-11-23 00:00:00.000000"
    inputs = len(place.inputs)
    for answer in (await place.issue(), await (await place.placing(token))):
        assert (answer.status, answer.body["code"]) == (409, "order_flow_paused")
        assert "resume" in answer.body["hint"]
    assert len(place.inputs) == inputs, "the engine hears nothing of it"
