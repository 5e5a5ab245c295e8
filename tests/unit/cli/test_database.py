"""The database and the watch list from the command line."""

import json

import pytest

from hantu.adapters.store.account_rows import Account, record_account
from hantu.adapters.vault import Vault


def test_init_check_path_backup(hantu, home, tmp_path):
    assert "준비했습니다" in hantu("db", "init")[1]
    assert "이미 최신" in hantu("db", "init")[1]
    assert hantu("db", "path")[1].strip() == str(home / "hantu.db")
    assert hantu("db", "check")[0] == 0
    copy = tmp_path / "copy.db"
    assert hantu("db", "backup", str(copy))[0] == 0
    assert copy.stat().st_size > 0
    code, _, err = hantu("db", "backup", str(copy))
    assert code == 2
    assert "이미 있는" in err


@pytest.mark.requirement("SVC-44")
def test_a_sealed_copy_shows_nothing_and_opens_with_the_keys_of_the_home(hantu, hantu_json, home, tmp_path):
    hantu("db", "init")
    hantu("event", "add", "operator_note", "a word of a person 005930")
    copy, back = tmp_path / "copy.sealed", tmp_path / "back.db"
    code, value = hantu_json("db", "backup", str(copy), "--seal")
    assert (code, value["bytes"]) == (0, copy.stat().st_size)
    for word in (b"005930", b"SQLite format", b"event_log"):
        assert word not in copy.read_bytes()
    assert list(home.glob(".backup-*")) == [], "the copy in clear is gone"
    assert hantu("db", "rotate")[0] == 0
    code, out, _ = hantu("db", "unseal", str(copy), str(back))
    assert code == 0
    assert "무결성 정상" in out
    assert b"005930" in back.read_bytes()
    (home / "keys").rename(tmp_path / "elsewhere")
    code, _, err = hantu("db", "unseal", str(copy), str(tmp_path / "third.db"))
    assert code == 1
    assert "암호 키 1번" in err
    assert not (tmp_path / "third.db").exists()


@pytest.mark.requirement("SVC-44")
def test_the_account_is_shown_masked_and_its_key_rotates(hantu, hantu_json, home):
    hantu("db", "init")
    assert "아직 없습니다" in hantu("db", "account")[1]
    record_account(home / "hantu.db", Vault(home / "keys"), Account("real", "main", "73904418-01", "hong1974"))
    code, value = hantu_json("db", "rotate")
    assert (code, value["key"], value["resealed"]) == (0, 2, 2)
    out = hantu("db", "account")[1]
    assert "****18-01" in out
    assert "73904418" not in out + "".join(str(part) for part in hantu("audit", "show"))


def test_damaged_database_is_one_sentence(hantu, home):
    (home / "hantu.db").write_bytes(b"garbage" * 1000)
    for words in (["db", "check"], ["orders"], ["events"], ["exits"], ["db", "init"]):
        code, _, err = hantu(*words)
        assert code == 1, words
        assert "→" in err
        assert "Traceback" not in err


@pytest.mark.parametrize(
    "words", [["orders"], ["events"], ["exits"], ["alerts"], ["positions"], ["explain", "x"], ["db", "check"]]
)
def test_without_database_says_how_to_begin(hantu, words):
    code, _, err = hantu(*words)
    assert code == 1
    assert "→" in err


@pytest.mark.parametrize(
    "content",
    [
        'symbol,name,score,support_price\n005380,현대차,85,240000\n000270,기아,72.5,"90,900"\n',
        "stock_code, stock_name, score, support\n005380, 현대차, 85, 240000\n000270, 기아, 72.5, 90900\n",
        json.dumps([{"symbol": "005380", "name": "현대차", "score": 85, "support_price": 240000},
                    {"stock_code": "000270", "stock_name": "기아", "score": 72.5, "support_price": 90900}]),
    ],
)  # fmt: skip
def test_watchlist_is_imported_and_listed(hantu, hantu_json, tmp_path, content):
    file = tmp_path / "list.csv"
    file.write_text(content, encoding="utf-8-sig")
    assert hantu_json("watchlist", "import", str(file), "--date", "2026-11-23")[1]["count"] == 2
    rows = hantu_json("watchlist", "list", "--date", "2026-11-23")[1]
    assert [(row["symbol"], row["score"], row["support_price"]) for row in rows] == [
        ("005380", 85.0, 240000),
        ("000270", 72.5, 90900),
    ]
    assert "현대차" in hantu("watchlist", "list", "--date", "2026-11-23")[1]
    assert "없습니다" in hantu("watchlist", "list", "--date", "2026-11-22")[1]


def test_a_watchlist_is_of_the_day_the_running_guard_has(hantu, hantu_json, guard, tmp_path):
    """A practice market has a date of its own: a list of the machine's day would be for a day it never comes to."""
    file = tmp_path / "watch.csv"
    file.write_text("symbol,name,score,support_price\n005380,현대차,85,240000\n")
    assert hantu_json("watchlist", "import", str(file))[1]["date"] == guard.status["market_time"][:10]
    assert "현대차" in hantu("watchlist", "list", "--date", "2026-11-23")[1]
    assert hantu_json("watchlist", "import", str(file), "--date", "2026-11-20")[1]["date"] == "2026-11-20"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("symbol,name\n005380,현대차\n", "score, support_price"),
        ("symbol,score,support_price\n", "종목이 없습니다"),
        ("symbol,score,support_price\n5380,1,1\n", "list.csv:2"),
        ("symbol,score,support_price\n005380,x,1\n", "list.csv:2"),
        ("symbol,score,support_price\n005380,101,1\n", "0~100"),
        ("symbol,score,support_price\n005380,1,0\n", "1원 이상"),
        ("symbol,score,support_price\n005380,1,1\n005380,1,1\n", "두 번"),
        ("[{]", "JSON"),
        ('{"symbol": "005380"}', "목록"),
        ("", "score"),
        ("symbol,score,support_price\n005380\n", "list.csv:2"),
    ],
)
def test_mistakes_in_a_watchlist_name_the_line_and_change_nothing(hantu, home, tmp_path, content, word):
    file = tmp_path / "list.csv"
    file.write_text(content)
    code, _, err = hantu("watchlist", "import", str(file))
    assert code == 2
    assert word in err
    assert not (home / "hantu.db").exists()


def test_wrong_dates_and_missing_files(hantu, tmp_path):
    assert hantu("watchlist", "import", str(tmp_path / "none"))[0] == 2
    assert hantu("watchlist", "list", "--date", "tomorrow")[0] == 2
    latin = tmp_path / "latin"
    latin.write_bytes(b"\xff\xfe\xfa")
    assert "UTF-8" in hantu("watchlist", "import", str(latin))[2]
