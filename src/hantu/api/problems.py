"""The one shape of every error: code, message, request id, time, fields; no word about the inside."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from hantu.domain.access import AccessError
from hantu.domain.errors import (
    BrokenError,
    DeniedError,
    HantuError,
    NotThereError,
    RetryableError,
    SilentError,
    UsageError,
)

CODES: Final = {
    400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "conflict", 410: "gone", 413: "too_large", 415: "unsupported_media_type",
    422: "invalid", 428: "key_required", 429: "too_many_requests", 500: "internal", 502: "guard_failed",
    503: "unavailable", 504: "guard_silent",
}  # fmt: skip
"""What stands in ``code`` where nothing more exact is known."""
ACCESS: Final = {"wrong_credentials": 401, "hash_changed": 409, "same_person": 409}
UNREACHED: Final = "guard_unreachable"
"""The one failure after which it is certain that nothing was asked of the guard."""
INTERNAL: Final = "내부 오류가 났습니다. 요청 번호와 함께 알려 주세요. (internal error)"


class FieldProblem(BaseModel):
    """One field of a request that cannot be used."""

    model_config = ConfigDict(extra="forbid")
    field: str = Field(examples=["body.reason"])
    problem: str = Field(examples=["Field required"])


class ErrorBody(BaseModel):
    """What every refusal and every failure looks like."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(examples=["step_up_required"], description="Stable word for programs.")
    message: str = Field(examples=["인증 앱의 새 코드가 필요합니다."], description="A sentence for people.")
    request_id: str = Field(examples=["r1b2c3d4e5f60718293a4"])
    time: str = Field(examples=["2026-11-23 00:12:45.123456"], description="UTC.")
    fields: list[FieldProblem] = Field(default_factory=list)
    next_step: str = Field(default="", examples=["인증 앱에서 새 코드를 확인하세요."])


class Problem(Exception):
    """A request that is refused or cannot be answered."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        next_step: str = "",
        fields: Sequence[FieldProblem] = (),
        retry_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.next_step = next_step
        self.fields = list(fields)
        self.retry_s = retry_s


def of_error(error: HantuError) -> Problem:
    """Return how an error of ours is told over HTTP."""
    step = error.next_step
    if isinstance(error, AccessError):
        status = 429 if error.retry_s is not None else ACCESS.get(error.code, 403)
        return Problem(status, error.code, str(error), next_step=step, retry_s=error.retry_s)
    if isinstance(error, SilentError):
        status, code = (
            (503, UNREACHED) if not error.reached else (502, "guard_failed") if error.failed else (504, "guard_silent")
        )
        return Problem(status, code, str(error), next_step=step)
    if isinstance(error, NotThereError):
        return Problem(404, "not_found", str(error), next_step=step)
    if isinstance(error, UsageError):
        return Problem(422, "invalid", str(error), next_step=step)
    if isinstance(error, DeniedError):
        return Problem(409, "denied", str(error), next_step=step)
    if isinstance(error, RetryableError):
        return Problem(503, "unavailable", str(error), next_step=step, retry_s=error.retry_s)
    if isinstance(error, BrokenError):
        # The sentence may name a file of this machine, which is nobody's business out there.
        return Problem(503, "unavailable", "기록을 읽거나 쓸 수 없습니다.", next_step="`hantu doctor` 로 확인하세요.")
    return Problem(500, "internal", INTERNAL)


def absent(what: str) -> NotThereError:
    """Return the error of a thing that is not there."""
    return NotThereError(f"{what} 이(가) 없습니다.", next_step="목록에서 번호를 확인하세요.")
