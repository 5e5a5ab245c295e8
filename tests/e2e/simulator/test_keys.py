"""Issuing and checking tokens and approval keys over HTTP."""

from tests.e2e.simulator.client import KEY, SECRET
from tests.e2e.simulator.conftest import Start


async def test_token_has_the_documented_shape(start: Start):
    client = await start(token=False)
    status, body, _ = await client.token()
    assert status == 200
    assert body["token_type"] == "Bearer"
    assert body["access_token_token_expired"] == "2026-11-24 10:00:00"
    assert 86_399 <= body["expires_in"] <= 86_400


async def test_second_token_within_a_minute_is_refused_in_the_other_body_shape(start: Start):
    client = await start()
    status, body, _ = await client.token()
    assert status == 403
    assert body["error_code"] == "EGW00133"
    assert "1분당 1회" in body["error_description"]
    assert "rt_cd" not in body
    assert [each["detail"] for each in await client.anomalies("refused_token")] == ["EGW00133"]


async def test_same_token_within_six_hours_where_the_limit_is_off(start: Start):
    client = await start(gateway="{token_issue_limit: false}")
    first = client.bearer
    await client.token()
    assert client.bearer == first


async def test_malformed_keys_are_refused_and_lenient_scenarios_take_them(start: Start):
    strict, lenient = await start(token=False), await start(token=False, gateway="{lenient_keys: true}")
    strict.key = lenient.key = "short"
    status, body, _ = await strict.token()
    assert (status, body["error_code"]) == (403, "EGW00103")
    assert (await lenient.token())[0] == 200


async def test_unknown_and_expired_tokens_are_told_apart(start: Start):
    client = await start()
    good, client.bearer = client.bearer, "Bearer nonsense"
    status, body, _ = await client.price()
    assert (status, body["rt_cd"], body["msg_cd"]) == (500, "1", "EGW00121")
    client.bearer = good
    assert (await client.price())[0] == 200
    await client.fault("token_expiry")
    status, body, _ = await client.price()
    assert (status, body["msg_cd"], body["msg1"].strip()) == (500, "EGW00123", "기간이 만료된 token 입니다.")
    assert (await client.token())[0] == 200
    assert client.bearer != good
    assert (await client.price())[0] == 200


async def test_revoked_token_is_unknown(start: Start):
    client = await start()
    body = {"appkey": KEY, "appsecret": SECRET, "token": client.bearer.removeprefix("Bearer ")}
    assert (await client.call("POST", "/oauth2/revokeP", json=body))[1]["code"] == 200
    assert (await client.price())[1]["msg_cd"] == "EGW00121"


async def test_hash_key_is_served_as_older_clients_need_it(start: Start):
    client = await start()
    headers = {"appKey": KEY, "appSecret": SECRET}
    status, body, _ = await client.call("POST", "/uapi/hashkey", json={"CANO": "12345678"}, headers=headers)
    assert (status, body["BODY"]) == (200, {"CANO": "12345678"})
    assert len(body["HASH"]) == 64


async def test_newer_approval_key_ends_the_older_for_new_sessions_only(start: Start):
    client = await start()
    running = await client.stream()
    assert await running.code("H0STCNT0", "005930") == "OPSP0000"
    await client.approval()
    assert await running.code("H0STASP0", "005930") == "OPSP0000"
    other = client.other()
    old = await other.approval()
    await other.approval()
    late = await other.stream(approval=old)
    assert await late.code("H0STCNT0", "005930") == "OPSP0011"
    assert (await late.end()).type.name in ("CLOSE", "CLOSED")
