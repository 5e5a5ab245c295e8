"""The channels that need no messenger."""

import io

import pytest

from hantu.adapters.notify.console import ConsoleNotifier, LogNotifier
from hantu.domain.alert import Alert, Priority, Severity
from hantu.telemetry import configure, hide


def alert(severity=Severity.CRITICAL, short="❌ 주문 실패: APBK0400"):
    return Alert("order_failed", "k", severity, Priority.EMERGENCY, "OPS-02", short, "long *form*")


async def test_console_prints_the_short_text_masked():
    hide("consolecanary")
    stream = io.StringIO()
    await ConsoleNotifier(stream).send(alert(short="❌ 주문 실패: consolecanary"))
    assert stream.getvalue() == "[알림·위험] ❌ 주문 실패: ***\n"


async def test_a_closed_console_is_no_failure_of_the_alert():
    stream = io.StringIO()
    stream.close()
    await ConsoleNotifier(stream).send(alert())


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.INFO, "INFO"), (Severity.WARN, "WARNING"), (Severity.CRITICAL, "ERROR")]
)
async def test_log_channel_writes_at_the_level_of_the_severity(tmp_path, severity, level):
    logs = configure(tmp_path, service="guard")
    await LogNotifier().send(alert(severity))
    logs.close()
    (line,) = (tmp_path / "logs" / "app.log").read_text(encoding="utf-8").splitlines()
    assert f"[{level}] 알림: ❌ 주문 실패: APBK0400 " in line
    assert '"event_type": "order_failed"' in line
