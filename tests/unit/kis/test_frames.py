"""Heads, counts and widths of data frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.kis.frames import DataFrame, MalformedFrame, parse_data, render_data, split_records

VALUE = st.text(st.characters(blacklist_characters="^|", blacklist_categories=["Cs"]), max_size=12)
RECORDS = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(VALUE, min_size=width, max_size=width), min_size=1, max_size=20)
)


@given(RECORDS)
def test_what_is_rendered_is_read_back(records):
    frame = parse_data(render_data("H0STCNT0", records))
    assert (frame.tr_id, frame.count, frame.encrypted) == ("H0STCNT0", len(records), False)
    assert split_records(frame, len(records[0])) == records


@pytest.mark.requirement("MON-3.20")
@given(st.text(max_size=300))
def test_no_text_breaks_the_parser(text):
    try:
        split_records(parse_data(text), 10)
    except MalformedFrame as error:
        assert len(str(error)) < 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0|H0STCNT0|001",
        "2|H0STCNT0|001|a",
        "0||001|a",
        "0|H0ST CNT0|001|a",
        "0|H0STCNT0H0STCNT0|001|a",
        "0|H0STCNT0|000|a",
        "0|H0STCNT0|-01|a",
        "0|H0STCNT0|0001|a",
        "0|H0STCNT0|00\N{ARABIC-INDIC DIGIT ONE}|a",
        "0|H0STCNT0||a",
        "0|H0STCNT0|001|",
    ],
)
def test_bad_heads_are_named(text):
    with pytest.raises(MalformedFrame):
        parse_data(text)


@pytest.mark.parametrize(
    ("count", "width", "records"), [(1, 46, 46), (1, 47, 46), (4, 46, 46), (4, 47, 46), (20, 47, 46), (1, 91, 46)]
)
def test_width_follows_from_the_frame(count, width, records):
    frame = DataFrame(False, "H0STCNT0", count, "^".join("x" * (count * width)))
    assert [len(record) for record in split_records(frame, records)] == [width] * count


@pytest.mark.parametrize(("count", "fields"), [(2, 93), (1, 45), (3, 3 * 45), (1, 92), (2, 4 * 46)], ids=str)
def test_counts_that_do_not_fit_are_refused(count, fields):
    with pytest.raises(MalformedFrame):
        split_records(DataFrame(False, "H0STCNT0", count, "^".join("x" * fields)), 46)


@pytest.mark.parametrize("records", [[], [["a"]] * 1000, [["a^b"]]])
def test_frames_nobody_could_read_are_not_written(records):
    with pytest.raises(ValueError, match=r"frame carries|separator"):
        render_data("H0STCNT0", records)


def test_the_payload_does_not_show_in_a_repr():
    assert "SECRET" not in repr(parse_data("1|H0STCNI0|001|SECRET"))
