"""Who asks: what names a caller's commands, and what a refusal carries."""

from hantu.domain.access import AccessError, Caller, Remembered, Role, Scope, SignedIn
from hantu.domain.errors import SilentError


def test_commands_belong_to_who_asks_not_to_the_session() -> None:
    person = Caller("person", "session-1", "kim", "kim@web", Role.OPERATOR)
    again = Caller("person", "session-2", "kim", "kim@web", Role.OPERATOR)
    program = Caller("program", "p-1", "kim", "kim", scopes=frozenset({Scope.READ}))
    assert person.owner == again.owner == "person:kim"
    assert program.owner == "program:kim"


def test_secrets_stay_out_of_what_is_printed() -> None:
    caller = Caller("person", "session-1", "kim", "kim@web", Role.VIEWER, csrf="csrf-of-nobody")
    signed_in = SignedIn(caller, secret="secret-of-nobody", enrolment_code="code-of-nobody")
    assert "of-nobody" not in repr(caller) + repr(signed_in)


def test_a_refusal_carries_a_stable_word_and_when_to_try_again() -> None:
    refused = AccessError("locked", "잠시 잠겼습니다", next_step="기다리세요", retry_s=30.0)
    assert (str(refused), refused.code, refused.next_step, refused.retry_s) == (
        "잠시 잠겼습니다",
        "locked",
        "기다리세요",
        30.0,
    )
    assert AccessError("denied", "x").retry_s is None


def test_a_key_that_was_begun_and_never_ended_has_no_answer() -> None:
    assert Remembered(same=True, finished=False, running=False).body == b""


def test_a_silent_guard_tells_whether_it_was_reached_and_whether_it_answered() -> None:
    silent = SilentError("응답 없음")
    assert (silent.reached, silent.failed) == (True, False)
    refused = SilentError("연결 안 됨", next_step="감시를 시작하세요", reached=False)
    assert (refused.reached, refused.next_step) == (False, "감시를 시작하세요")
    assert SilentError("오류", failed=True).failed
