"""Approvals and tokens as rows: decided once, spent once, in the transaction of the intent."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hantu.adapters.store import approvals as rows
from hantu.adapters.store.maintenance import init_database, reading
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.approval import Approval, ApprovalStatus, Mandate, OrderTerms
from hantu.domain.errors import DeniedError, TokenSpentError, UsageError
from hantu.domain.order import Purpose
from tests.contract.lives import HYNIX, HandClock, batch, intent

TERMS = OrderTerms("local", "main", "005930", Side.SELL, 10, 60_000, 70_000)
MANDATE = Mandate("M-1", "operator", "2026-11-23 00:00:00.000000", "f" * 64, 100)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hantu.db"
    init_database(path)
    return path


def approved(database: Path, number: str = "A-1") -> Approval:
    rows.propose(database, number, TERMS, actor="alice")
    return rows.decide(database, number, approve=True, actor="bob")


def by_hand(number: int, *, jti: str = "j1", approval: str = "A-1", symbol: str = "005930") -> ev.IntentRecorded:
    return replace(
        intent(f"20261123-{number:04d}", f"manual-r{number}", symbol), purpose=Purpose.MANUAL, token_id=jti, approval=approval,  # type: ignore[arg-type]
    )  # fmt: skip


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    with reading(database) as connection:
        return list(connection.execute(sql).fetchall())


async def opened(database: Path, clock: HandClock) -> SqliteStore:
    store = SqliteStore(
        database, clock, holder="test", account_alias="main", environment="local", spill_dir=database.parent / "spill"
    )
    await store.open()
    return store


@pytest.mark.requirement("DEC-25")
def test_a_proposal_is_decided_once_by_a_person_and_on_the_audit_trail(database: Path) -> None:
    proposed = rows.propose(database, "A-1", TERMS, actor="alice", note="rebalance")
    assert (proposed.status, proposed.terms, proposed.proposed_by) == (ApprovalStatus.PENDING, TERMS, "alice")
    given = rows.decide(database, "A-1", approve=True, actor="bob")
    assert (given.status, given.decided_by) == (ApprovalStatus.APPROVED, "bob")
    with pytest.raises(DeniedError):
        rows.decide(database, "A-1", approve=True, actor="bob")
    assert rows.decide(database, "A-1", approve=False, actor="bob").status is ApprovalStatus.DENIED, "taken back"
    with pytest.raises(DeniedError):
        rows.decide(database, "A-1", approve=False, actor="bob")
    with pytest.raises(UsageError):
        rows.decide(database, "A-2", approve=True, actor="bob")
    trail = ask(database, "SELECT event_type, actor FROM ops_audit_log ORDER BY audit_id")
    assert trail == [("approval_proposed", "alice"), ("approval_approved", "bob"), ("approval_denied", "bob")]


@pytest.mark.parametrize("changes", [{"quantity_max": 0}, {"price_low": 0}, {"price_low": 70_001}, {"venues": ()}])
def test_terms_that_allow_nothing_are_not_taken(database: Path, changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        rows.propose(database, "A-1", replace(TERMS, **changes), actor="alice")  # type: ignore[arg-type]


def test_what_is_past_its_time_is_expired(database: Path) -> None:
    rows.propose(database, "A-1", TERMS, actor="alice", valid_s=-1)
    assert [row.status for row in rows.listed(database)] == [ApprovalStatus.EXPIRED]
    assert rows.listed(database, status="pending") == ()
    with pytest.raises(DeniedError):
        rows.decide(database, "A-1", approve=True, actor="bob")
    rows.propose(database, "A-2", TERMS, actor="alice")
    rows.decide(database, "A-2", approve=True, actor="bob", valid_s=-1)
    found = asyncio.run(rows.ApprovalDesk(database, "local", "main").find("A-2", "j1"))
    assert found.left_s < 0


@pytest.mark.requirement("ALR-20", "DEC-25")
async def test_a_token_is_spent_in_the_transaction_of_its_intent_and_never_again(database: Path) -> None:
    approved(database)
    clock = HandClock()
    store = await opened(database, clock)
    await store.record(batch(clock.now(), by_hand(1)))
    found = await rows.ApprovalDesk(database, "local", "main").find("A-1", "")
    assert found.spent and found.approval
    assert (found.approval.status, found.approval.intent_id) == (ApprovalStatus.USED, "20261123-0001")

    approved(database, "A-2")
    for again in (
        by_hand(2, jti="j1", approval="A-2", symbol=HYNIX),
        by_hand(3, jti="j2", approval="A-1", symbol=HYNIX),
        by_hand(4, jti="j3", approval="A-unknown", symbol=HYNIX),
    ):
        with pytest.raises(TokenSpentError):
            await store.record(batch(clock.advance(1), again))
    assert ask(database, "SELECT jti, intent_id, approval_id FROM order_tokens") == [("j1", "20261123-0001", "A-1")]
    assert ask(database, "SELECT intent_id FROM intents") == [("20261123-0001",)], "what was refused is no intent"
    assert ask(database, "SELECT count(*) FROM event_log WHERE event_type = 'intent_recorded'") == [(4,)]
    await store.close()


@pytest.mark.requirement("ALR-20")
async def test_two_uses_at_the_same_moment_leave_one_intent(database: Path) -> None:
    approved(database)
    clock = HandClock()
    store = await opened(database, clock)
    ended = await asyncio.gather(
        *(store.record(batch(clock.advance(1), by_hand(n, symbol=f"00000{n}"))) for n in range(1, 6)),
        return_exceptions=True,
    )
    assert [type(one) for one in ended].count(TokenSpentError) == 4
    assert len(ask(database, "SELECT 1 FROM intents")) == 1
    await store.close()


@pytest.mark.requirement("DEC-25")
async def test_an_exit_counts_the_use_of_its_mandate_and_is_never_stopped_by_its_token(database: Path) -> None:
    rows.save_mandate(database, "document", MANDATE, "local", "main")
    clock = HandClock()
    store = await opened(database, clock)
    exit_ = replace(intent(), token_id="20261123-0001", mandate="M-1")
    await store.record(batch(clock.now(), exit_))
    other = replace(intent("20261123-0002", "f2", HYNIX), token_id="20261123-0001")
    await store.record(batch(clock.advance(1), other))
    assert ask(database, "SELECT uses, last_used_at <> '' FROM mandates") == [(1, 1)]
    assert ask(database, "SELECT jti, mandate_id FROM order_tokens") == [("20261123-0001", "M-1")]
    assert len(ask(database, "SELECT 1 FROM intents")) == 2
    await store.close()


@pytest.mark.requirement("DEC-25")
async def test_the_newest_mandate_counts_until_it_is_revoked(database: Path) -> None:
    desk = rows.ApprovalDesk(database, "local", "main")
    assert await desk.mandate() is None
    rows.save_mandate(database, "first", MANDATE, "local", "main")
    newer = replace(MANDATE, mandate_id="M-2", signed_at="2026-11-24 00:00:00.000000")
    rows.save_mandate(database, "second", newer, "local", "main")
    found = await desk.mandate()
    assert found and (found.document, found.revoked_at) == ("second", "")
    assert rows.revoke_mandate(database, "local", "main", actor="bob") == "M-2"
    assert rows.revoke_mandate(database, "local", "main", actor="bob") == ""
    found = await desk.mandate()
    assert found and found.revoked_by == "bob"
    assert await rows.ApprovalDesk(database, "real", "main").mandate() is None
    assert await desk.latest_decision_s() == 0
    approved(database)
    assert await desk.latest_decision_s() > 1_700_000_000
