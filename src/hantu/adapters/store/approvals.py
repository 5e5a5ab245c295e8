"""Approvals and mandates as rows: what people decide, read and written beside the guard.

Every function opens the database for one short transaction. Moments are of the
machine's clock, by the database itself, so that two processes agree.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from hantu.adapters.store.maintenance import NOW, reading, writing
from hantu.adapters.store.order_flow import paused_since, refuse_if_paused
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import audit
from hantu.domain.account import Side
from hantu.domain.approval import (
    Approval,
    ApprovalFound,
    ApprovalStatus,
    Mandate,
    MandateRow,
    OrderTerms,
    order_hash,
)
from hantu.domain.errors import DeniedError, UsageError
from hantu.domain.order import OrderType, Purpose

T = TypeVar("T")
_json = msgspec.json.Encoder()
_COLUMNS = """approval_id, status, environment, account, symbol, side, quantity_max, price_low, price_high, venues_json,
    order_type, purpose, order_hash, proposed_by, proposed_at, decided_by, decided_at, expires_at, used_at, intent_id,
    note"""
_LEFT_S = f"(julianday(expires_at) - julianday({NOW})) * 86400.0"
_EXPIRE = f"UPDATE approvals SET status = 'expired' WHERE status IN ('pending', 'approved') AND expires_at <= {NOW}"  # noqa: S608 - our own words


def propose(
    database: Path,
    approval_id: str,
    terms: OrderTerms,
    *,
    actor: str,
    note: str = "",
    valid_s: int = 3_600,
    once: bool = False,
) -> Approval:
    """Put an order before a person; it must be approved within ``valid_s`` seconds.

    With ``once`` an approval that is on record already stays as it is: a program that does not
    know whether it has filed its proposal files it again.

    Raises:
        UsageError: The terms allow no order.
        BrokenError: The database does not take the write.
    """
    if terms.quantity_max <= 0 or not 0 < terms.price_low <= terms.price_high or not terms.venues:
        raise UsageError(
            "승인할 주문의 수량이나 가격 범위가 올바르지 않습니다.",
            next_step="수량은 1주 이상, 최저가는 1원 이상 최고가 이하로 적어 주세요.",
        )
    with writing(database) as connection:
        if once and connection.execute("SELECT 1 FROM approvals WHERE approval_id = ?", (approval_id,)).fetchone():
            return _one(connection, approval_id)
        connection.execute(
            f"""INSERT INTO approvals (approval_id, status, environment, account, symbol, side, quantity_max, price_low,
                price_high, venues_json, order_type, purpose, order_hash, proposed_by, proposed_at, note, expires_at)
            VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {NOW}, ?, {_after()})""",  # noqa: S608 - our own words
            (
                approval_id, terms.environment, terms.account, terms.symbol, terms.side.value, terms.quantity_max,
                terms.price_low, terms.price_high, _json.encode(terms.venues).decode(), terms.order_type.value,
                terms.purpose.value, order_hash(terms), actor, note, f"{valid_s:+d} seconds",
            ),
        )  # fmt: skip
        _audit(connection, "approval_proposed", actor, approval_id)
        return _one(connection, approval_id)


def decide(
    database: Path, approval_id: str, *, approve: bool, actor: str, valid_s: int = 600, shown_hash: str = ""
) -> Approval:
    """Approve or deny a pending approval; an approved one holds for ``valid_s`` seconds.

    With ``shown_hash``, the hash of the order a person was shown, no other order is decided.

    Raises:
        UsageError: There is no such approval.
        DeniedError: It is not pending any more, is another order than was shown, or orders by hand are paused.
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        if approve:
            refuse_if_paused(connection)
        connection.execute(_EXPIRE)
        before = _one(connection, approval_id)
        withdrawn = not approve and before.status is ApprovalStatus.APPROVED
        if before.status is not ApprovalStatus.PENDING and not withdrawn:
            raise DeniedError(
                f"승인 {approval_id} 은(는) 이미 처리되었습니다({before.status}).",
                next_step="필요하면 `hantu approvals propose` 로 다시 올리세요.",
            )
        if shown_hash and before.order_hash != shown_hash:
            raise DeniedError(
                f"승인 {approval_id} 은(는) 보여 드린 주문과 다릅니다.",
                next_step="`hantu approvals list` 로 확인하세요.",
            )
        status = ApprovalStatus.APPROVED if approve else ApprovalStatus.DENIED
        connection.execute(
            f"""UPDATE approvals SET status = ?, decided_by = ?, decided_at = {NOW},
                expires_at = CASE WHEN ? THEN {_after()} ELSE expires_at END WHERE approval_id = ?""",  # noqa: S608 - our own words
            (status.value, actor, approve, f"{valid_s:+d} seconds", approval_id),
        )
        _audit(connection, f"approval_{status}", actor, approval_id)
        return _one(connection, approval_id)


def listed(database: Path, *, limit: int = 50, status: str = "", approval_id: str = "") -> tuple[Approval, ...]:
    """Return the newest approvals, newest first, or one of them; those past their time show as expired."""
    shown = f"CASE WHEN status IN ('pending', 'approved') AND expires_at <= {NOW} THEN 'expired' ELSE status END"
    columns = _COLUMNS.replace("status", f"{shown} AS shown", 1)
    with reading(database) as connection:
        rows = connection.execute(
            f"""SELECT {columns} FROM approvals WHERE ? IN ('', shown) AND ? IN ('', approval_id)
            ORDER BY proposed_at DESC, approval_id LIMIT ?""",  # noqa: S608 - our own words
            (status, approval_id, limit),
        ).fetchall()
    return tuple(_approval(row) for row in rows)


def found(database: Path, approval_id: str) -> Approval | None:
    """Return one approval, None if there is none; one past its time shows as expired."""
    return next((one for one in listed(database, limit=-1) if one.approval_id == approval_id), None)


def save_mandate(database: Path, document: str, mandate: Mandate, environment: str, account: str) -> None:
    """File a signed mandate; earlier ones of the account are replaced by it."""
    with writing(database) as connection:
        connection.execute(
            f"""UPDATE mandates SET revoked_by = ?, revoked_at = {NOW}
            WHERE environment = ? AND account = ? AND revoked_at = ''""",  # noqa: S608 - our own words
            (f"replaced by {mandate.mandate_id}", environment, account),
        )
        connection.execute(
            """INSERT INTO mandates (mandate_id, environment, account, document, rules_hash, signed_by, signed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (mandate.mandate_id, environment, account, document, mandate.rules_hash, mandate.signed_by,
             mandate.signed_at),
        )  # fmt: skip
        _audit(connection, "mandate_signed", mandate.signed_by, mandate.mandate_id)


def revoke_mandate(database: Path, environment: str, account: str, *, actor: str) -> str:
    """Revoke the mandate in force; return its id, empty if there is none."""
    with writing(database) as connection:
        row = connection.execute(
            f"""UPDATE mandates SET revoked_by = ?, revoked_at = {NOW}
            WHERE environment = ? AND account = ? AND revoked_at = '' RETURNING mandate_id""",  # noqa: S608 - our own words
            (actor, environment, account),
        ).fetchall()
        if row:
            _audit(connection, "mandate_revoked", actor, row[0][0])
    return str(row[0][0]) if row else ""


def newest_mandate(database: Path, environment: str, account: str) -> MandateRow | None:
    """Return the newest mandate of an account, revoked or not; None if none was ever signed."""
    with reading(database) as connection:
        row = connection.execute(
            f"""SELECT document, revoked_by, revoked_at, uses, last_used_at,
                CAST(julianday({NOW}) - julianday(max(signed_at, reminded_at)) AS INTEGER)
            FROM mandates WHERE environment = ? AND account = ? ORDER BY signed_at DESC, mandate_id DESC LIMIT 1""",  # noqa: S608 - our own words
            (environment, account),
        ).fetchone()
    return MandateRow(*row) if row else None


class ApprovalDesk:
    """Implements ``ports.Approvals`` for one account's guard; reads in a thread, never in the loop."""

    def __init__(self, database: Path, environment: str, account: str) -> None:
        self._database = database
        self._owner = (environment, account)

    async def find(self, approval_id: str, jti: str) -> ApprovalFound:
        """Return the approval, and whether it or the token is spent."""
        return await self._read(lambda connection: _find(connection, approval_id, jti))

    async def mandate(self) -> MandateRow | None:
        """Return the newest mandate of the account."""
        return await asyncio.to_thread(newest_mandate, self._database, *self._owner)

    async def latest_decision_s(self) -> float:
        """Return the newest moment of a decision, seconds since 1970: time before it has passed already."""
        found = await self._read(
            lambda connection: connection.execute(
                "SELECT coalesce(unixepoch(max(decided_at), 'subsec'), 0) FROM approvals"
            ).fetchone()[0]
        )
        return float(found)

    async def _read(self, ask: Callable[[Connection], T]) -> T:
        def work() -> T:
            with reading(self._database) as connection:
                return ask(connection)

        return await asyncio.to_thread(work)


def _find(connection: Connection, approval_id: str, jti: str) -> ApprovalFound:
    row = connection.execute(
        f"SELECT {_COLUMNS}, {_LEFT_S} FROM approvals WHERE approval_id = ?",  # noqa: S608 - our own words
        (approval_id,),
    ).fetchone()
    spent = connection.execute(
        "SELECT 1 FROM order_tokens WHERE jti = ? OR (approval_id <> '' AND approval_id = ?)", (jti, approval_id)
    ).fetchone()
    paused = paused_since(connection)
    if row is None:
        return ApprovalFound(None, 0.0, spent is not None, paused)
    return ApprovalFound(_approval(row[:-1]), float(row[-1] or 0.0), spent is not None, paused)


def _one(connection: Connection, approval_id: str) -> Approval:
    row = connection.execute(f"SELECT {_COLUMNS} FROM approvals WHERE approval_id = ?", (approval_id,)).fetchone()  # noqa: S608 - our own words
    if row is None:
        raise UsageError(
            f"승인 {approval_id} 이(가) 없습니다.", next_step="`hantu approvals list` 로 번호를 확인하세요."
        )
    return _approval(row)


def _approval(row: tuple[object, ...]) -> Approval:
    (approval_id, status, environment, account, symbol, side, quantity, low, high, venues, order_type, purpose, digest,
     proposed_by, proposed_at, decided_by, decided_at, expires_at, used_at, intent_id, note) = row  # fmt: skip
    terms = OrderTerms(
        str(environment), str(account), str(symbol), Side(str(side)), int(str(quantity)), int(str(low)),
        int(str(high)), tuple(msgspec.json.decode(str(venues), type=list[str])), OrderType(str(order_type)),
        Purpose(str(purpose)),
    )  # fmt: skip
    return Approval(
        str(approval_id), ApprovalStatus(str(status)), terms, str(digest), str(proposed_by), str(proposed_at),
        str(decided_by), str(decided_at), str(expires_at), str(used_at), str(intent_id), str(note),
    )  # fmt: skip


def _after() -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now', ?) || '000'"


def _audit(connection: Connection, event_type: str, actor: str, subject: str) -> None:
    moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
    audit(connection, event_type, actor, moment, _json.encode({"id": subject}).decode())
