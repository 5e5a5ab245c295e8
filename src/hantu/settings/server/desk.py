"""Orders by hand over the interface: proposals, their risk, decisions, tokens from the guard, placing.

1. What was shown is what is approved: the hash of the terms comes back with the decision.
2. The guard issues the token and places the order; this side holds a token for one call only.
3. After the order was handed over, nothing is ever called failed: what is not known is ``unknown``.
"""

import hmac
import http.client
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from hantu.adapters.store import approvals as rows
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.order_flow import Flow, flow_of, note_failure, refuse_if_paused, resume_flow
from hantu.adapters.store.queries import Queries
from hantu.domain.access import AccessError, Caller
from hantu.domain.account import Side
from hantu.domain.approval import Approval, OrderTerms
from hantu.domain.errors import DeniedError, HantuError, NotThereError, SilentError
from hantu.runtime.mandate_watch import judged
from hantu.settings.checks import control_address
from hantu.settings.model import Settings
from hantu.settings.order_office import new_mandate
from hantu.settings.order_secret import rules_hash, token_key
from hantu.settings.server.guard_door import SocketDoor
from hantu.telemetry import get_logger

OrderLog = get_logger(__name__, "order")
PROPOSED_S, APPROVED_S = 3_600, 600
TOKEN_S: Final = 5.0
PLACE_S: Final = 25.0
"""Longer than the guard waits for the broker's word."""
CLIENT_NAME: Final = "hantu-server"
TITLES: Final = {502: "502 Bad Gateway", 503: "503 Service Unavailable"}
LISTED_MAX: Final = 100_000
OUTCOMES: Final = ("accepted", "refused", "not_sent", "unknown", "asked", "rejected")


class Alarm(Protocol):
    """Tells people, in no time of ours."""

    def tell(self, cause: str) -> None:
        """No token was to be had."""

    def paused(self, cause: str) -> None:
        """That happened again, and orders by hand wait for a person."""


class OrderCounter:
    """Implements the desk of the interface."""

    def __init__(self, settings: Settings, door: SocketDoor, alarm: Alarm) -> None:
        self._settings = settings
        self._door = door
        self._alarm = alarm

    def approvals(self, status: str, limit: int, cursor: str) -> tuple[Sequence[Any], str]:
        """Return approvals, newest first, page by page."""
        found = rows.listed(self._settings.database, limit=LISTED_MAX if cursor else limit, status=status)
        if cursor:
            at, _, ident = cursor.partition("|")
            behind = (
                one for one in found if one.proposed_at < at or (one.proposed_at == at and one.approval_id > ident)
            )
            found = tuple(behind)[:limit]
        last = found[-1] if len(found) == limit else None
        return found, f"{last.proposed_at}|{last.approval_id}" if last else ""

    def approval(self, approval_id: str) -> Mapping[str, Any]:
        """Return one approval with its risk and its order."""
        found = self._one(approval_id)
        order = Queries(self._settings.database).order(found.intent_id) if found.intent_id else None
        told = {name: getattr(order, name) for name in order.__slots__} if order is not None else None
        return {"approval": found, "risk": self._risk(found), "order": told}

    def propose(self, asked: Any, *, by: Caller) -> Approval:
        """Put an order before people."""
        settings = self._settings
        terms = OrderTerms(
            settings.environment, settings.account.alias, asked.symbol, Side(asked.side), asked.quantity, asked.price_low,
            asked.price_high,
        )  # fmt: skip
        return rows.propose(
            settings.database, f"A-{secrets.token_hex(4)}", terms, actor=by.actor, note=asked.note, valid_s=PROPOSED_S
        )

    def decide(self, approval_id: str, *, approve: bool, order_hash: str, by: Caller) -> Approval:
        """Approve or deny what was shown.

        Raises:
            NotThereError: There is no such approval.
            AccessError: The order is another one than the one that was shown.
            DeniedError: It does not wait any more.
        """
        found = self._one(approval_id)
        if approve and not hmac.compare_digest(found.order_hash.encode(), order_hash.encode()):
            raise AccessError(
                "hash_changed", "화면에 보인 주문과 지금의 주문이 다릅니다.", next_step="다시 불러와 내용을 확인하세요."
            )
        return rows.decide(self._settings.database, approval_id, approve=approve, actor=by.actor, valid_s=APPROVED_S)

    def place(
        self, approval_id: str, quantity: int, limit_price: int, *, by: Caller, request_id: str
    ) -> dict[str, Any]:
        """Have the guard issue a token and place the order.

        Raises:
            NotThereError: There is no such approval.
            AccessError: A program asks for what it did not propose.
            DeniedError: Orders by hand are paused.
            SilentError: No token was to be had; nothing was placed.
        """
        found = self._one(approval_id)
        with reading(self._settings.database) as connection:
            refuse_if_paused(connection)
        if by.kind != "person" and found.proposed_by != by.actor:
            raise AccessError("not_yours", "이 프로그램이 올린 주문이 아닙니다.")
        status, issued = self._token(approval_id, request_id)
        if status != 200 or "token" not in issued:
            return _rejected(issued)
        wanted = {
            "token": issued["token"], "symbol": found.terms.symbol, "side": found.terms.side.value,
            "quantity": quantity, "limit_price": limit_price, "request_id": f"{request_id}-p",
        }  # fmt: skip
        try:
            _, told = self._call("place_order", wanted, PLACE_S)
        except SilentError as error:
            OrderLog.error("주문의 결과를 알 수 없음 [%s]: %s", request_id, error)
            return {
                "outcome": "unknown",
                "reason": str(error),
                "hint": "승인과 주문 목록에서 확인하세요. 다시 내지 마세요.",
            }
        if told.get("outcome") not in OUTCOMES:
            return {"outcome": "unknown", "reason": f"unexpected answer: {str(told)[:200]}"}
        return told

    def mandate(self) -> dict[str, Any]:
        """Return the standing approval of exits and whether it holds."""
        settings = self._settings
        row = rows.newest_mandate(settings.database, settings.environment, settings.account.alias)
        found = judged(row, token_key(settings), rules_hash(settings))
        told: dict[str, Any] = {"in_force": found.mandate is not None, "reason": found.reason}
        if row is not None:
            told |= {"uses": row.uses, "last_used_at": row.last_used_at}
        if found.mandate is not None:
            names = ("mandate_id", "signed_by", "signed_at")
            told |= {name: getattr(found.mandate, name) for name in names}
        return told

    def sign_mandate(self, limits: Mapping[str, int], *, by: Caller) -> dict[str, Any]:
        """Sign it for the exit rules as they are now, and have the guard look."""
        settings = self._settings
        mandate = new_mandate(settings, by.actor, limits)
        document = token_key(settings).sign_mandate(mandate)
        rows.save_mandate(settings.database, document, mandate, settings.environment, settings.account.alias)
        self._wake(by)
        return self.mandate()

    def revoke_mandate(self, *, by: Caller) -> dict[str, Any]:
        """Take it back.

        Raises:
            DeniedError: There is none.
        """
        settings = self._settings
        if not rows.revoke_mandate(settings.database, settings.environment, settings.account.alias, actor=by.actor):
            raise DeniedError("취소할 상시 승인이 없습니다.")
        self._wake(by)
        return self.mandate()

    def flow(self) -> Flow:
        """Return whether orders by hand go."""
        return flow_of(self._settings.database)

    def resume_flow(self, analysis: str, *, by: Caller) -> Flow:
        """Let them go again, with what was found out.

        Raises:
            DeniedError: Nothing is paused.
        """
        resume_flow(self._settings.database, analysis, actor=by.actor)
        return self.flow()

    # --- leaves -----------------------------------------------------------------------

    def _one(self, approval_id: str) -> Approval:
        found = rows.listed(self._settings.database, limit=1, approval_id=approval_id) if approval_id else ()
        if not found:
            raise NotThereError(f"승인 {approval_id[:40]} 이(가) 없습니다.", next_step="목록에서 번호를 확인하세요.")
        return found[0]

    def _wake(self, by: Caller) -> None:
        """A running guard looks by itself every few seconds; asked, it looks now."""
        try:
            self._door.command("mandate", by=by)
        except HantuError as error:
            OrderLog.info("감시가 상시 승인을 몇 초 안에 스스로 확인합니다: %s", error)

    def _token(self, approval_id: str, request_id: str) -> tuple[int, dict[str, Any]]:
        wanted = {"approval_id": approval_id, "request_id": f"{request_id}-t"}
        try:
            status, told = self._call("issue_token", wanted, TOKEN_S)
        except SilentError as error:
            self._failed("502 Bad Gateway" if error.reached else "연결 거부", request_id)
            raise
        if status in TITLES or status >= 500:
            title = TITLES.get(status, str(status))
            self._failed(title, request_id)
            raise SilentError(
                f"토큰을 발급받지 못했습니다: {title}. 주문은 나가지 않았습니다.",
                failed=status != 503,
                reached=status != 503,
            )
        return status, told

    def _failed(self, title: str, request_id: str) -> None:
        """Log, tell and note a token call without an answer; the second one pauses orders by hand."""
        OrderLog.error("[ERROR] Token issuance failed: %s [%s]", title, request_id)
        self._alarm.tell(f"{title} ({request_id})")
        try:
            pause = note_failure(self._settings.database, title, seen_by=CLIENT_NAME)
        except HantuError as error:
            OrderLog.error("토큰 발급 실패를 기록하지 못함 [%s]: %s", request_id, error)
            return
        if pause is not None:
            OrderLog.error("[ERROR] Order flow paused: %s [%s]", title, request_id)
            self._alarm.paused(title)

    def _call(self, name: str, body: Mapping[str, Any], wait_s: float) -> tuple[int, dict[str, Any]]:
        address = control_address(self._settings)
        if address is None or address[1] == 0:
            told = self._door.request(name, CLIENT_NAME, wait_s, **body)
            return int(told.get("status", 200)), dict(told)
        return self._over_http(address, name, body, wait_s)

    def _over_http(
        self, address: tuple[str, int], name: str, body: Mapping[str, Any], wait_s: float
    ) -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection(*address, timeout=wait_s)
        headers = {
            "Authorization": f"Bearer {self._settings.approvals.client_secret.reveal()}", "X-Hantu-Client": CLIENT_NAME,
            "Content-Type": "application/json",
        }  # fmt: skip
        try:
            try:
                line.connect()
            except OSError as error:
                raise SilentError(f"감시의 제어 주소에 연결할 수 없습니다({error}).", reached=False) from error
            line.request("POST", f"/{name}", json.dumps(body), headers)
            answer = line.getresponse()
            text = answer.read(64 * 1024)
            told = json.loads(text) if answer.status < 500 or text.startswith(b"{") else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SilentError(f"감시가 제어 주소에서 제대로 답하지 않았습니다({type(error).__name__}).") from error
        finally:
            line.close()
        return answer.status, told if isinstance(told, dict) else {}

    def _risk(self, found: Approval) -> dict[str, Any]:
        """Return what the order does at most, from what is on record."""
        terms, limits = found.terms, self._settings.limits
        held = Queries(self._settings.database).positions()
        own = next((one for one in held if one.symbol == terms.symbol), None)
        quantity, cost = (own.quantity, own.cost) if own else (0, 0)
        value = terms.quantity_max * terms.price_high
        exposure = sum(one.cost for one in held)
        buys = terms.side is Side.BUY
        after = quantity + terms.quantity_max if buys else max(0, quantity - terms.quantity_max)
        value_after = cost + value if buys else cost * after // quantity if quantity else 0
        broken = []
        if terms.quantity_max > limits.max_order_quantity:
            broken.append(f"한 주문 수량 한도 {limits.max_order_quantity:,}주를 넘음")
        if value > limits.max_order_value:
            broken.append(f"한 주문 금액 한도 {limits.max_order_value:,}원을 넘음")
        if not buys and terms.quantity_max > quantity:
            broken.append(f"보유 {quantity:,}주보다 많음")
        stop = self._settings.exits.stop_bps
        return {
            "quantity_before": quantity, "quantity_after": after, "value_before": cost, "value_after": value_after,
            "exposure_before": exposure, "exposure_after": exposure - cost + value_after, "order_value_max": value,
            "loss_at_stop": value_after * stop // 10_000 if buys else None, "limits": broken,
        }  # fmt: skip


def _rejected(told: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "reason", "detail", "hint")
    return {"outcome": "rejected", **{name: str(told.get(name, "")) for name in names}}
