"""What the machine says, against the operating system's own words."""

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hantu.operations import machine
from hantu.operations.components import Health
from hantu.operations.looks import Seen
from hantu.operations.machine import Usage


def state(seen: Seen, component: str) -> Health:
    return seen.components[component][0].state


@pytest.mark.requirement("REL-10", "REL-11", "REL-12", "REL-13", "REL-15")
def test_usage_is_the_system_s() -> None:
    first = machine.usage(Path("/"))
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    again = machine.usage(Path("/"))
    assert again.cpu_s - first.cpu_s >= 0.09
    assert again.uptime_s >= first.uptime_s
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert again.resident_bytes == pytest.approx(resident, rel=0.1)
    assert again.threads == len(list(Path("/proc/self/task").iterdir()))
    disk = shutil.disk_usage("/")
    assert again.disk_used == pytest.approx(disk.used / (disk.used + disk.free), abs=0.01)
    assert 0.0 < again.memory_used < 1.0


@pytest.mark.requirement("REL-13", "REL-14")
def test_identity_of_process_and_platform() -> None:
    known = machine.identity()
    assert known["pid"] == os.getpid()
    assert known["platform"] == "Linux"
    assert known["architecture"] == os.uname().machine
    assert machine.state_of(os.getpid()) == "R"
    assert machine.state_of(2**22 + 1) == ""


@pytest.mark.requirement("REL-56", "REL-57")
@pytest.mark.parametrize(
    ("used", "expected"),
    [(0.0, Health.OK), (0.899, Health.OK), (0.90, Health.WARN), (0.979, Health.WARN), (0.98, Health.DOWN)],
)
def test_memory_and_disk_from_ninety_percent(used: float, expected: Health) -> None:
    seen = Seen()
    machine.shares(seen, Usage(1.0, 1, 1, used, 0.1, used, 1.0), 0.25)
    assert (state(seen, "memory"), state(seen, "disk")) == (expected, expected)
    assert seen.gauges["process_cpu_ratio", ()] == 0.25


@pytest.mark.parametrize(
    ("age_h", "expected"), [(1, Health.OK), (25, Health.OK), (26, Health.WARN), (50, Health.WARN), (51, Health.DOWN)]
)
def test_age_of_the_newest_backup(tmp_path: Path, age_h: int, expected: Health) -> None:
    now = time.time()
    for name, age in (("old.db", 400), ("new.db", age_h), ("notes.txt", 0)):
        file = tmp_path / name
        file.touch()
        os.utime(file, (now - age * 3600, now - age * 3600))
    seen = Seen()
    machine.backup(seen, tmp_path, 25 * 3600.0 + 1, now)
    assert state(seen, "backup") is expected


def test_a_backup_nobody_configured_is_not_expected_and_none_at_all_is_down(tmp_path: Path) -> None:
    seen = Seen()
    machine.backup(seen, None, 1.0, 0.0)
    assert state(seen, "backup") is Health.NOT_EXPECTED
    machine.backup(seen, tmp_path, 1.0, 0.0)
    assert state(seen, "backup") is Health.DOWN
    machine.backup(seen, tmp_path / "missing", 1.0, 0.0)
    assert state(seen, "backup") is Health.DOWN


def certificate(path: Path, days: int) -> Path:
    """A self-signed certificate that ends ``days`` from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hantu")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("days", "expected"), [(30, Health.OK), (13, Health.WARN), (-1, Health.DOWN)])
def test_how_long_a_certificate_holds(tmp_path: Path, days: int, expected: Health) -> None:
    seen = Seen()
    machine.certificate(seen, certificate(tmp_path / "c.pem", days), 14 * machine.DAY_S, time.time())
    assert state(seen, "certificate") is expected


def test_a_certificate_that_cannot_be_read_is_down_and_none_is_not_expected(tmp_path: Path) -> None:
    seen = Seen()
    (tmp_path / "c.pem").write_text("no certificate")
    machine.certificate(seen, tmp_path / "c.pem", 1.0, 0.0)
    assert state(seen, "certificate") is Health.DOWN
    machine.certificate(seen, None, 1.0, 0.0)
    assert state(seen, "certificate") is Health.NOT_EXPECTED
