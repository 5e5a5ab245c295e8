"""``hantu phone``: enrolment takes a first right code, on a terminal, of a listed person."""

import json
import re
import time

import pyotp
import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.cli.main import run


@pytest.fixture
def environ(tmp_path):
    init_database(tmp_path / "hantu.db")
    return {"HANTU_HOME": str(tmp_path), "HANTU_TELEGRAM_PEOPLE": "kim:101,이담당:102"}


def listed(environ, capsys):
    assert run(["--json", "phone", "list"], environ) == 0
    return {row["name"]: bool(row["enrolled_at"]) for row in json.loads(capsys.readouterr().out)}


@pytest.mark.requirement("SVC-42")
def test_a_person_is_enrolled_listed_and_revoked(environ, capsys, monkeypatch):
    def typed(*_words, **_options):
        secret = re.search(r"키   ([A-Z2-7 ]+)", capsys.readouterr().out)[1].replace(" ", "")
        return pyotp.TOTP(secret).at(time.time())

    monkeypatch.setattr("typer.prompt", typed)
    assert run(["phone", "enrol", "이담당"], environ) == 0
    assert listed(environ, capsys) == {"kim": False, "이담당": True}
    assert run(["phone", "revoke", "이담당"], environ) == 0
    assert "지웠습니다" in capsys.readouterr().out
    assert run(["phone", "revoke", "이담당"], environ) == 0
    assert "등록된 2차 인증이 없습니다" in capsys.readouterr().out
    assert listed(environ, capsys) == {"kim": False, "이담당": False}


def test_a_wrong_first_code_enrols_nobody(environ, capsys, monkeypatch):
    monkeypatch.setattr("typer.prompt", lambda *_words, **_options: "000000")
    assert run(["phone", "enrol", "kim"], environ) == 3
    assert "등록하지 않았습니다" in capsys.readouterr().err
    assert listed(environ, capsys) == {"kim": False, "이담당": False}


def test_strangers_programs_and_homes_without_records_are_refused(environ, tmp_path, capsys):
    assert run(["phone", "enrol", "nobody"], environ) == 2
    assert run(["--json", "phone", "enrol", "kim"], environ) == 2
    assert run(["phone", "enrol", "kim"], environ | {"HANTU_HOME": str(tmp_path / "new")}) == 1
    assert "hantu db init" in capsys.readouterr().err
