"""JSON messages of the stream, both roles."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.kis.control import Ack, PingPong, SubscribeRequest, is_pingpong, parse_control, parse_request
from hantu.kis.frames import MalformedFrame

WORD = st.text(st.characters(blacklist_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=20)


@given(WORD, WORD, WORD, st.booleans())
def test_requests_are_read_back(key, tr_id, tr_key, subscribe):
    request = SubscribeRequest(key, tr_id, tr_key, subscribe)
    assert parse_request(request.render()) == request


@given(WORD, WORD, st.booleans(), WORD, WORD, WORD)
def test_acknowledgements_are_read_back(tr_id, tr_key, encrypt, code, iv, key):
    ack = Ack(tr_id + "x", tr_key, encrypt, "0", code, "OK", iv, key)
    assert parse_control(ack.render()) == ack


def test_a_request_has_the_shape_of_the_protocol():
    text = SubscribeRequest("k-1", "H0STCNT0", "005930", subscribe=False).render()
    assert json.loads(text) == {
        "header": {"approval_key": "k-1", "custtype": "P", "tr_type": "2", "content-type": "utf-8"},
        "body": {"input": {"tr_id": "H0STCNT0", "tr_key": "005930"}},
    }


def test_extra_keys_of_other_clients_are_ignored():
    text = (
        '{"header": {"approval_key": "k", "personalseckey": "1", "custtype": "P", "tr_type": "1",'
        ' "content-type": "utf-8"}, "body": {"input": {"tr_id": "H0STASP0", "tr_key": "005930", "more": 1}}}'
    )
    assert parse_request(text) == SubscribeRequest("k", "H0STASP0", "005930")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[1]",
        '{"header":{}}',
        '{"header":{"tr_type":"0"},"body":{"input":{"tr_id":"a","tr_key":"b"}}}',
        '{"header":{"tr_type":"1"},"body":{"input":{"tr_id":"","tr_key":"b"}}}',
        '{"header":{"tr_type":"1"},"body":{"input":{"tr_id":"a"}}}',
        '{"header":{"tr_type":["1"]},"body":{"input":{"tr_id":"a","tr_key":"b"}}}',
        "[" * 100_000,
    ],
)
def test_bad_requests_are_refused(text):
    with pytest.raises(MalformedFrame):
        parse_request(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    for candidate in (text, "{" + text, json.dumps({"header": text, "body": {"rt_cd": text}})):
        with pytest.raises(MalformedFrame):
            parse_control(candidate)


@pytest.mark.parametrize("space", ["", " "])
def test_pingpong_is_known_however_it_is_spaced(space):
    text = f'{{"header":{space}{{"tr_id":{space}"PINGPONG","datetime":"20261121090000"}}}}'
    assert is_pingpong(text)
    assert parse_control(text) == PingPong("20261121090000")


def test_pingpong_is_rendered_as_the_server_does():
    assert PingPong("20261121090000").render() == '{"header":{"tr_id":"PINGPONG","datetime":"20261121090000"}}'


@pytest.mark.parametrize("text", ["", "0|PINGPONG|001|a", '{"PINGPONG":1}', '{"header":{"tr_id":"PINGPONG'])
def test_other_texts_are_no_pingpong(text):
    assert not is_pingpong(text)


def test_errors_without_names_are_read():
    text = '{"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"OPSP8996","msg1":"ALREADY IN USE appkey"}}'
    assert parse_control(text) == Ack("(null)", "", False, "9", "OPSP8996", "ALREADY IN USE appkey")
    assert parse_control(text).render() == text


def test_approval_keys_do_not_show_in_a_repr():
    assert "SECRET" not in repr(SubscribeRequest("SECRET", "H0STCNT0", "005930"))
