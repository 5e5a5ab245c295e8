"""Logs: shape, rotation, masking, level, volume."""

import io
import json
import logging
import re
from datetime import UTC, datetime

import pytest

from hantu import telemetry
from hantu.domain.errors import UsageError
from hantu.telemetry import FLOOD_LINES, FloodFilter, configure, get_logger, hide, hide_account, log_error, mask

AT = datetime(2026, 11, 23, 0, 12, 31, 123_456, tzinfo=UTC)
SHAPE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\w+) (system|strategy|order) \[(\w+)\] (.*)$")


@pytest.fixture
def logs(tmp_path):
    made = configure(tmp_path, service="guard", now=lambda: AT)
    yield made
    made.close()


def fail(error):
    raise error


def lines(logs):
    return logs.path.read_text(encoding="utf-8").splitlines()


@pytest.mark.requirement("REL-7", "REL-6", "REL-8", "ALR-3")
def test_a_typed_logger_writes_one_line_with_korean_time_service_type_and_level(logs, tmp_path):
    logger = get_logger("hantu.strategies.sample", "strategy")
    logger.info("전략 시작")
    assert lines(logs) == ["2026-11-23 09:12:31.123 guard strategy [INFO] 전략 시작"]
    assert logs.path == tmp_path / "logs" / "app.log"


@pytest.mark.requirement("REL-7")
def test_an_error_with_its_trace_stays_one_line(logs):
    logger = get_logger(__name__, "strategy")
    try:
        fail(ValueError("첫 줄\n둘째 줄"))
    except ValueError:
        logger.error("에러 발생\n여러 줄", exc_info=True)  # noqa: G201 -- the documented line
    (line,) = lines(logs)
    assert SHAPE.match(line)
    assert "[ERROR] 에러 발생 여러 줄 " in line
    trace = json.loads(line[line.index("{") :])["trace"]
    assert trace.startswith("Traceback") and "ValueError: 첫 줄" in trace


@pytest.mark.requirement("ALR-24")
def test_the_console_shows_the_trace_below(tmp_path):
    screen = io.StringIO()
    logs = configure(None, service="guard", console=screen)
    try:
        fail(ValueError("boom"))
    except ValueError:
        get_logger(__name__).exception("실패")
    logs.close()
    assert "\nTraceback (most recent call last):\n" in screen.getvalue()
    assert not (tmp_path / "logs").exists()


@pytest.mark.requirement("REL-6")
@pytest.mark.parametrize("kind", ["", "trade", "System"])
def test_other_types_are_refused(kind):
    with pytest.raises(UsageError):
        get_logger(__name__, kind)


@pytest.mark.requirement("REL-5", "MON-I.15")
def test_level_changes_while_running(logs):
    logger = get_logger(__name__)
    logger.debug("하나")
    logs.set_level("debug")
    logger.debug("둘")
    logs.set_level("ERROR")
    logger.warning("셋")
    assert [line.split("] ")[1] for line in lines(logs)] == ["둘"]
    with pytest.raises(UsageError):
        logs.set_level("TRACE")


def test_a_record_is_formatted_once_and_costs_the_guard_one_call_of_the_system(logs, monkeypatch):
    get_logger("hantu.x").info("first")
    (file,) = (handler for handler in logs._handlers if isinstance(handler, telemetry.LogFile))
    formatted, asked = [], []
    formats = file.formatter.format
    monkeypatch.setattr(file.formatter, "format", lambda record: formatted.append(record) or formats(record))
    for name in ("exists", "isfile"):
        monkeypatch.setattr(telemetry.os.path, name, asked.append)
    get_logger("hantu.x").info("second")
    monkeypatch.undo()
    assert (len(formatted), asked) == (1, [])
    assert [line[-6:] for line in lines(logs)] == [" first", "second"]


def test_what_an_earlier_life_wrote_counts_towards_the_size(tmp_path):
    for number in range(3):
        logs = configure(tmp_path, service="guard", max_bytes=1_000)
        get_logger("hantu.x").info("%d %s", number, "가" * 200)
        logs.close()
    assert [
        len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(logs.path.parent.glob("app.log*"))
    ] == [1, 1, 1]


@pytest.mark.requirement("REL-2", "REL-9", "REL-54")
def test_rotation_keeps_exactly_five_backups_and_loses_or_splits_no_line(tmp_path):
    logs = configure(tmp_path, service="guard", max_bytes=2_000)
    logger = get_logger(__name__, "order")
    for n in range(300):
        logger.info("줄 %04d %s", n, "x" * 40)
    logs.close()
    folder = tmp_path / "logs"
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["app.log", *(f"app.log.{n}" for n in range(1, 6))]
    kept = [line for name in ("app.log.5", "app.log.4", "app.log.3", "app.log.2", "app.log.1", "app.log")
            for line in (folder / name).read_text(encoding="utf-8").splitlines()]  # fmt: skip
    numbers = [int(line.split()[6]) for line in kept]
    assert numbers == list(range(numbers[0], 300))
    assert all(len(line) == len(kept[-1]) for line in kept)
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in names)


@pytest.mark.requirement("MON-E.24", "MON-E.25", "MON-E.26")
def test_log_error_has_the_documented_fields(logs):
    try:
        fail(ConnectionResetError("reset"))
    except ConnectionResetError:
        log_error(
            get_logger(__name__, "order"), "order_failed", error_code="EGW00201", stock_code="005930", retry_count=1,
            context={"current_price": 64_500, "stop_loss": 64_600, "position_quantity": 10},
        )  # fmt: skip
    (line,) = lines(logs)
    assert "[ERROR] 에러 발생: order_failed {" in line
    fields = json.loads(line[line.index("{") :])
    assert "ConnectionResetError: reset" in fields.pop("trace")
    assert fields == {
        "error_code": "EGW00201",
        "stock_code": "005930",
        "retry_count": 1,
        "timestamp": "2026-11-23T09:12:31.123456+09:00",
        "context": {"current_price": 64_500, "stop_loss": 64_600, "position_quantity": 10},
    }


def test_log_error_without_a_position_and_with_an_error_in_hand(logs):
    log_error(get_logger(__name__), "parse", error=ValueError("bad"), context={"frame": "0|X"})
    fields = json.loads(lines(logs)[0].split("parse ", 1)[1])
    assert fields["context"] == {
        "current_price": None, "stop_loss": None, "position_quantity": None, "frame": "0|X",
    }  # fmt: skip
    assert "ValueError: bad" in fields["trace"]


CANARIES = [
    "appkey=CANARYabcdefghijklmnop",
    '{"appsecret": "CANARY/abc+def=="}',
    "secretkey: CANARYsecret",
    "{'approval_key': 'CANARY-1234'}",
    "Authorization: Bearer CANARY.token-1",
    "header Bearer CANARY.token-1",
    '"access_token":"CANARYtoken"',
    "CANO=CANARY78",
    "https://api.telegram.org/bot123456789:CANARYxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/sendMessage",
    "eyJhbGciOiJIUzI1NiJ9.CANARYeyJzdWIi.CANARYsig",
    "key ca4a5e12-CA4A-4a5e-8a5e-CANA00000000".replace("CANA", "ca4a"),
    "계좌 73512345-01 잔고",
    "payload " + "CANARY" * 20 + "==",
]


@pytest.mark.parametrize("text", CANARIES)
def test_secrets_are_masked_by_their_look(text):
    masked = mask(text)
    assert "***" in masked
    assert not re.search(r"CANARY|ca4a5e12|73512345", masked), masked


@pytest.mark.parametrize(
    "text",
    [
        "자동 매도 주문 전송: 005930 수량 10주 @ 64,500원 (손절)",
        "주문번호 0001234567, 20261123-12, 2026-11-23 09:12:31",
        "🔑 인증 실패: approval_key 확인 필요",
        "[ERROR] Token issuance failed: 502 Bad Gateway",
        "0|H0STCNT0|001|005930^091231^64500",
    ],
)
def test_what_operators_need_is_not_masked(text):
    assert mask(text) == text


@pytest.mark.requirement("MON-E.08")
def test_registered_secrets_are_masked_wherever_they_are(logs):
    hide("regCanary-1")
    hide_account("8812345601")
    hide("abc")
    logger = get_logger(__name__)
    try:
        fail(RuntimeError("in the trace regCanary-1"))
    except RuntimeError:
        logger.exception("arg %s", "regCanary-1", extra={"field": {"nested": ["88123456-01", "8812345601"]}})
    logger.info("regCanary-1 88123456 abc")
    text = "\n".join(lines(logs))
    assert "regCanary" not in text and "88123456" not in text
    assert text.endswith("*** *** abc")


def test_errors_of_the_libraries_below_are_kept_and_masked(logs):
    logging.getLogger("asyncio").error("Task failed: appsecret=CANARY")
    assert lines(logs)[0].endswith("guard system [ERROR] Task failed: appsecret=***")


def test_registered_secrets_are_bounded():
    secrets = telemetry._Secrets()
    for n in range(telemetry.SECRETS_MAX + 10):
        secrets.add(f"secret-{n:05d}")
    assert len(secrets._values) == telemetry.SECRETS_MAX
    assert secrets.mask("secret-00209 secret-00000") == "*** secret-00000"


def record(at, msg="체결가 수신: 005930 - 현재가", kind="strategy"):
    made = logging.makeLogRecord({"name": "hantu.x", "levelno": 10, "msg": msg, "type": kind})
    made.created = at
    return made


@pytest.mark.requirement("MON-I.15")
def test_a_flood_of_like_lines_is_bounded_and_counted():
    limited = FloodFilter()
    passed = sum(limited.filter(record(n / 1_000)) for n in range(9_000))
    assert passed == FLOOD_LINES
    after = record(10.0)
    assert limited.filter(after)
    assert after.suppressed == 9_000 - FLOOD_LINES
    assert limited.filter(record(0.5, "다른 줄"))


def test_order_lines_are_never_dropped():
    limited = FloodFilter(lines=1)
    assert all(limited.filter(record(0.0, kind="order")) for _ in range(10))


@pytest.mark.requirement("MON-I.15")
def test_trade_lines_do_not_reach_the_file_at_the_default_level(logs):
    for _ in range(1_000):
        get_logger(__name__, "strategy").debug("체결가 수신: 005930 - 현재가 65,000원")
    assert lines(logs) == []


def test_a_broken_output_never_reaches_the_caller(capsys):
    class Broken(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    logs = configure(None, service="guard", console=Broken())
    get_logger(__name__).info("one")
    get_logger(__name__).info("two")
    assert logs.failures == 2
    logs.close()
    assert capsys.readouterr().err == ""


@pytest.mark.requirement("SVC-26")
def test_errors_outlive_the_rotation_of_the_log_by_month(tmp_path):
    moment = [AT]
    logs = configure(tmp_path, service="guard", max_bytes=2_000, now=lambda: moment[0])
    log = get_logger("hantu.test", "order")
    hide("very-secret-word")
    log.error("처음 오류 very-secret-word")
    for number in range(300):
        log.info("보통 줄 %d", number)
    moment[0] = AT.replace(month=12)
    log.error("다음 달 오류")
    logs.close()
    folder = tmp_path / "logs"
    assert not any("처음 오류" in path.read_text() for path in folder.glob("app.log*")), "rotated away"
    kept = folder / f"errors-{AT:%Y-%m}.log"
    assert [line.count("처음 오류 ***") for line in kept.read_text().splitlines()] == [1]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "다음 달 오류" in (folder / f"errors-{AT:%Y}-12.log").read_text()
