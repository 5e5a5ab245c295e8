"""Every message code the broker is known to send, and what it proves.

The class of a code answers one question: does it prove that an order was not
taken? Only codes somebody measured on the wire do (BUSINESS, REQUEST, RATE and
TOKEN); a code known from documents alone is UNPROVED and leaves an order in
doubt. Source: the broker's published error tables, completed by what client
projects measured until November 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CodeClass(StrEnum):
    """What a message code proves."""

    SUCCESS = "success"
    BUSINESS = "business"
    """Measured refusal by the ledger; the order does not exist."""
    REQUEST = "request"
    """Measured refusal of a request that cannot be served as it is written."""
    RATE = "rate"
    """Too many calls per second; refused before execution, may be repeated."""
    TOKEN = "token"
    """The access token is not valid (any more); refused before execution."""
    ISSUE = "issue"
    """Tokens are issued once a minute; the old token stays valid."""
    DOUBT = "doubt"
    """Something failed inside the broker; a read may be repeated, an order may exist."""
    UNPROVED = "unproved"
    """Known from documents or one client only; proves nothing about an order."""
    STREAM = "stream"
    """Belongs to the real-time stream."""


_C = CodeClass
PROVES_NOT_TAKEN: Final = frozenset({_C.BUSINESS, _C.REQUEST, _C.RATE, _C.TOKEN})
"""The verified list: an order answered with such a code does not exist."""
REPEATABLE: Final = frozenset({_C.RATE, _C.TOKEN})
"""Refusals after which the same order may be tried again in a new attempt."""

INSUFFICIENT_QUANTITY: Final = frozenset({"APBK0400", "APBK0988", "40240000"})
"""The account cannot sell that many: sold elsewhere, or reserved by another order."""
HALTED: Final = frozenset({"APBK0066"})
"""The stock is halted; only cancels are taken."""
NOTHING_TO_CANCEL: Final = frozenset({"APBK0927", "APBK0344", "40330000"})
"""The order to cancel is filled or gone."""
MARKET_CLOSED: Final = frozenset({"APBK0918", "APBK0919", "40570000", "40580000", "40100000"})
RATE_LIMITED: Final = "EGW00201"
LEDGER_LIMITED: Final = "EGW00215"
TOKEN_EXPIRED: Final = "EGW00123"
TOKEN_INVALID: Final = "EGW00121"
TOKEN_TOO_OFTEN: Final = "EGW00133"
NO_DATA: Final = frozenset({"KIOK0560", "70070000"})
"""Success without rows."""

_DEFAULT_TEXT: Final[Mapping[CodeClass, str]] = MappingProxyType(
    {
        _C.SUCCESS: "정상 처리",
        _C.BUSINESS: "주문 거부",
        _C.REQUEST: "요청 오류",
        _C.RATE: "호출 한도 초과",
        _C.TOKEN: "접근토큰 오류",
        _C.ISSUE: "접근토큰 발급 한도 초과",
        _C.DOUBT: "증권사 내부 오류",
        _C.UNPROVED: "확인되지 않은 오류",
        _C.STREAM: "실시간 연결 응답",
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """One message code."""

    code: str
    kind: CodeClass
    http: int
    """HTTP status it was seen with; 0 = not known."""
    rt_cd: str
    """Result flag it was seen with; empty = not known."""
    text: str
    """The broker's own Korean wording; empty = not known."""


def lookup(code: str) -> Code:
    """Return what is known of ``code``; a code outside the table is UNPROVED."""
    return CODES.get(code) or Code(code, CodeClass.UNPROVED, 0, "", "")


def korean_text(code: str) -> str:
    """Return the Korean wording of ``code``, at worst that of its class."""
    known = lookup(code)
    return known.text or _DEFAULT_TEXT[known.kind]


def http_status(code: str) -> int:
    """Return the HTTP status a server answers ``code`` with."""
    known = lookup(code)
    if known.http:
        return known.http
    return 500 if code.startswith(("EGW", "IGW")) else 200


_ROWS: Final[tuple[tuple[str, CodeClass, int, str, str], ...]] = (
    ("EGW00001", _C.DOUBT, 500, "1", "일시적 오류가 발생했습니다."),
    ("EGW00002", _C.DOUBT, 500, "1", "서버 에러가 발생했습니다."),
    ("EGW00003", _C.UNPROVED, 0, "", "접근이 거부되었습니다."),
    ("EGW00004", _C.UNPROVED, 0, "", "권한을 부여받지 않은 고객입니다."),
    ("EGW00101", _C.UNPROVED, 0, "", "유효하지 않은 요청입니다."),
    ("EGW00102", _C.UNPROVED, 0, "", "AppKey는 필수입니다."),
    ("EGW00103", _C.UNPROVED, 403, "", "유효하지 않은 AppKey입니다."),
    ("EGW00104", _C.UNPROVED, 0, "", "AppSecret은 필수입니다."),
    ("EGW00105", _C.UNPROVED, 403, "", "유효하지 않은 AppSecret입니다."),
    ("EGW00106", _C.UNPROVED, 0, "", ""),
    ("EGW00107", _C.UNPROVED, 0, "", ""),
    ("EGW00108", _C.UNPROVED, 0, "", ""),
    ("EGW00109", _C.UNPROVED, 0, "", ""),
    ("EGW00110", _C.UNPROVED, 0, "", ""),
    ("EGW00111", _C.UNPROVED, 0, "", ""),
    ("EGW00112", _C.UNPROVED, 0, "", ""),
    ("EGW00113", _C.UNPROVED, 0, "", ""),
    ("EGW00114", _C.UNPROVED, 0, "", ""),
    ("EGW00115", _C.UNPROVED, 0, "", ""),
    ("EGW00116", _C.UNPROVED, 0, "", ""),
    ("EGW00117", _C.UNPROVED, 0, "", ""),
    ("EGW00118", _C.UNPROVED, 0, "", ""),
    ("EGW00119", _C.UNPROVED, 0, "", ""),
    ("EGW00120", _C.UNPROVED, 0, "", ""),
    ("EGW00121", _C.TOKEN, 500, "1", "유효하지 않은 token 입니다."),
    ("EGW00122", _C.DOUBT, 0, "", "token을 찾을 수 없습니다."),
    ("EGW00123", _C.TOKEN, 500, "1", "기간이 만료된 token 입니다."),
    ("EGW00124", _C.UNPROVED, 0, "", ""),
    ("EGW00125", _C.UNPROVED, 0, "", ""),
    ("EGW00126", _C.UNPROVED, 0, "", ""),
    ("EGW00127", _C.UNPROVED, 0, "", ""),
    ("EGW00128", _C.UNPROVED, 0, "", ""),
    ("EGW00129", _C.UNPROVED, 0, "", ""),
    ("EGW00130", _C.UNPROVED, 0, "", ""),
    ("EGW00131", _C.UNPROVED, 0, "", ""),
    ("EGW00132", _C.UNPROVED, 0, "", ""),
    ("EGW00133", _C.ISSUE, 403, "", "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)"),
    ("EGW00201", _C.RATE, 500, "1", "초당 거래건수를 초과하였습니다."),
    ("EGW00202", _C.DOUBT, 0, "", "GW라우팅 중 오류가 발생했습니다."),
    ("EGW00203", _C.DOUBT, 0, "", "OPS라우팅 중 오류가 발생했습니다."),
    ("EGW00204", _C.UNPROVED, 0, "", ""),
    ("EGW00205", _C.UNPROVED, 0, "", ""),
    ("EGW00206", _C.UNPROVED, 0, "", ""),
    ("EGW00207", _C.UNPROVED, 0, "", ""),
    ("EGW00208", _C.UNPROVED, 0, "", ""),
    ("EGW00209", _C.UNPROVED, 0, "", ""),
    ("EGW00210", _C.UNPROVED, 0, "", ""),
    ("EGW00211", _C.UNPROVED, 0, "", ""),
    ("EGW00212", _C.UNPROVED, 0, "", ""),
    ("EGW00213", _C.UNPROVED, 0, "", ""),
    (
        "EGW00215",
        _C.RATE,
        500,
        "1",
        "원장에서 허용 가능한 초당 거래건수를 초과하였습니다.",
    ),
    ("EGW00300", _C.DOUBT, 0, "", "Gateway 라우팅 오류가 발생했습니다."),
    (
        "EGW00301",
        _C.DOUBT,
        0,
        "",
        "연결 시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.",
    ),
    (
        "EGW00302",
        _C.DOUBT,
        0,
        "",
        "거래시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.",
    ),
    ("EGW00303", _C.UNPROVED, 0, "", ""),
    ("EGW00304", _C.UNPROVED, 0, "", ""),
    ("EGW00310", _C.UNPROVED, 0, "", ""),
    ("EGW00356", _C.UNPROVED, 0, "", ""),
    ("EGW00500", _C.DOUBT, 0, "", ""),
    ("EGW00550", _C.UNPROVED, 0, "", ""),
    ("EGW02004", _C.REQUEST, 500, "1", ""),
    ("EGW02006", _C.REQUEST, 500, "1", "모의투자 TR 이 아닙니다."),
    ("EGW02007", _C.UNPROVED, 0, "", ""),
    ("OPSQ0001", _C.UNPROVED, 0, "", ""),
    ("OPSQ0002", _C.UNPROVED, 0, "", "없는 서비스 코드 입니다."),
    ("OPSQ0003", _C.DOUBT, 0, "", ""),
    ("OPSQ0004", _C.UNPROVED, 0, "", ""),
    ("OPSQ0005", _C.UNPROVED, 0, "", ""),
    ("OPSQ0006", _C.UNPROVED, 0, "", ""),
    ("OPSQ0007", _C.UNPROVED, 0, "", ""),
    ("OPSQ0008", _C.DOUBT, 0, "", ""),
    ("OPSQ0009", _C.DOUBT, 0, "", ""),
    ("OPSQ0010", _C.DOUBT, 0, "", ""),
    ("OPSQ0011", _C.DOUBT, 0, "", ""),
    ("OPSQ1002", _C.DOUBT, 0, "", ""),
    ("OPSQ2000", _C.REQUEST, 0, "2", "ERROR : INPUT INVALID_CHECK_ACNO"),
    ("OPSQ2001", _C.REQUEST, 0, "2", "ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE"),
    ("OPSQ2002", _C.UNPROVED, 0, "2", "ERROR : INPUT INVALID_CHECK_FIELD_LENGTH"),
    ("OPSQ2003", _C.DOUBT, 0, "", ""),
    ("OPSQ3001", _C.DOUBT, 0, "", ""),
    ("OPSQ3002", _C.DOUBT, 0, "", ""),
    ("OPSQ3004", _C.DOUBT, 0, "", ""),
    ("OPSQ9995", _C.UNPROVED, 0, "", "JSON PARSING ERROR : body not found"),
    ("OPSQ9996", _C.UNPROVED, 0, "", "JSON PARSING ERROR : header not found"),
    ("OPSQ9997", _C.UNPROVED, 0, "", "JSON PARSING ERROR : invalid json format"),
    ("OPSQ9998", _C.UNPROVED, 0, "", "JSON PARSING ERROR : seq_no not found"),
    ("OPSQ9999", _C.UNPROVED, 0, "", "JSON PARSING ERROR : tr_id not found"),
    ("OPSP0000", _C.STREAM, 0, "0", "SUBSCRIBE SUCCESS"),
    ("OPSP0001", _C.STREAM, 0, "0", "UNSUBSCRIBE SUCCESS"),
    ("OPSP0002", _C.STREAM, 0, "1", "ALREADY IN SUBSCRIBE"),
    ("OPSP0003", _C.STREAM, 0, "1", "UNSUBSCRIBE ERROR(not found!)"),
    ("OPSP0007", _C.STREAM, 0, "1", "SUBSCRIBE INTERNAL ERROR"),
    ("OPSP0008", _C.STREAM, 0, "1", "MAX SUBSCRIBE OVER"),
    ("OPSP0009", _C.STREAM, 0, "1", "SUBSCRIBE ERROR : mci send failed"),
    ("OPSP0010", _C.STREAM, 0, "1", "SUBSCRIBE WARNING : invalid appkey"),
    ("OPSP0011", _C.STREAM, 0, "1", "invalid approval : NOT FOUND"),
    ("OPSP0017", _C.STREAM, 0, "9", "ERROR : htsid가잘못되었습니다"),
    ("OPSP8991", _C.STREAM, 0, "1", "SUBSCRIBE ERROR : invalid tr_id"),
    ("OPSP8992", _C.STREAM, 0, "1", "SUBSCRIBE ERROR : invalid tr_key"),
    ("OPSP8993", _C.STREAM, 0, "1", "JSON PARSING ERROR : invalid tr_key"),
    ("OPSP8994", _C.STREAM, 0, "1", "JSON PARSING ERROR : personalseckey not found"),
    ("OPSP8995", _C.STREAM, 0, "1", "JSON PARSING ERROR : appsecret not found"),
    ("OPSP8996", _C.STREAM, 0, "9", "ALREADY IN USE appkey"),
    ("OPSP8997", _C.STREAM, 0, "1", "JSON PARSING ERROR : invalid tr_type"),
    ("OPSP8998", _C.STREAM, 0, "1", "JSON PARSING ERROR : invalid custtype"),
    ("OPSP8999", _C.STREAM, 0, "1", "resource not available (ALLOC_CALL_PARAM)"),
    ("OPSP9990", _C.STREAM, 0, "1", "JSON PARSING ERROR : tr_key not found"),
    ("OPSP9991", _C.STREAM, 0, "1", "JSON PARSING ERROR : input not found"),
    ("OPSP9992", _C.STREAM, 0, "1", "JSON PARSING ERROR : body not found"),
    ("OPSP9993", _C.STREAM, 0, "1", "JSON PARSING ERROR : internal error"),
    ("OPSP9994", _C.STREAM, 0, "1", "JSON PARSING ERROR : INVALID appkey"),
    ("OPSP9995", _C.STREAM, 0, "1", "JSON PARSING ERROR : resource not available"),
    ("OPSP9996", _C.STREAM, 0, "1", "JSON PARSING ERROR : appkey"),
    ("OPSP9997", _C.STREAM, 0, "1", "JSON PARSING ERROR : custtype not found"),
    ("OPSP9998", _C.STREAM, 0, "1", "JSON PARSING ERROR : header not found"),
    ("OPSP9999", _C.STREAM, 0, "1", "JSON PARSING ERROR : invalid json format"),
    ("MCA00000", _C.SUCCESS, 200, "0", "정상처리 되었습니다."),
    ("APBK0013", _C.SUCCESS, 200, "0", "주문 전송 완료 되었습니다."),
    ("KIOK0460", _C.SUCCESS, 200, "0", "조회 되었습니다. (마지막 자료)"),
    ("KIOK0510", _C.SUCCESS, 200, "0", "조회가 완료되었습니다"),
    ("KIOK0530", _C.SUCCESS, 200, "0", "조회되었습니다"),
    ("KIOK0560", _C.SUCCESS, 200, "0", "조회할 내용이 없습니다"),
    ("KIOK0420", _C.SUCCESS, 200, "0", "정상적으로 조회되었습니다"),
    ("40600000", _C.SUCCESS, 200, "0", "모의투자 매수주문이 완료 되었습니다."),
    ("40590000", _C.SUCCESS, 200, "0", "모의투자 매도주문이 완료 되었습니다."),
    ("40620000", _C.SUCCESS, 200, "0", "모의투자 정정주문이 완료 되었습니다."),
    ("40630000", _C.SUCCESS, 200, "0", "모의투자 취소주문이 완료 되었습니다."),
    ("20310000", _C.SUCCESS, 200, "0", "모의투자 조회가 완료되었습니다"),
    ("70070000", _C.SUCCESS, 200, "0", "모의투자 조회할 내역(자료)이 없습니다"),
    ("APBK2938", _C.SUCCESS, 0, "", ""),
    ("APBK0952", _C.BUSINESS, 200, "7", "주문가능금액을 초과 했습니다"),
    ("APBK0400", _C.BUSINESS, 200, "1", "주문 가능한 수량을 초과했습니다."),
    ("APBK0988", _C.BUSINESS, 200, "1", "주문수량이 가능수량보다 큽니다"),
    ("APBK1234", _C.UNPROVED, 200, "1", ""),
    ("APBK0401", _C.UNPROVED, 200, "1", ""),
    ("APBK0918", _C.BUSINESS, 200, "1", "장운영시간이 아닙니다.(주문불가)"),
    ("APBK0919", _C.BUSINESS, 200, "1", "장운영일자가 주문일과 상이합니다"),
    ("APBK0320", _C.DOUBT, 200, "7", ""),
    ("KIOK0320", _C.DOUBT, 200, "7", ""),
    ("APBK0406", _C.BUSINESS, 200, "1", "주문가격이 상한가를 초과합니다"),
    ("APBK0506", _C.BUSINESS, 200, "1", "주식주문호가단위 오류"),
    (
        "APBK0066",
        _C.BUSINESS,
        200,
        "1",
        "거래정지종목(주식)은 취소주문만 가능(정정불가)합니다.",
    ),
    ("APBK0344", _C.BUSINESS, 200, "1", "원주문정보가 없습니다"),
    ("APBK0927", _C.BUSINESS, 200, "7", "정정취소 가능수량이 없습니다."),
    ("APBK0963", _C.BUSINESS, 200, "7", "주문구분코드 오류 입니다."),
    ("APBK0656", _C.UNPROVED, 200, "1", ""),
    ("APBK1664", _C.UNPROVED, 200, "1", ""),
    ("APBK1663", _C.UNPROVED, 200, "1", ""),
    ("APBK1630", _C.DOUBT, 200, "1", "데이터 오류발생입니다."),
    ("APBK0986", _C.UNPROVED, 200, "1", "주문수량을 확인 하여 주십시요."),
    ("APBK1631", _C.UNPROVED, 200, "1", ""),
    ("APBK1227", _C.UNPROVED, 200, "1", ""),
    ("APBK1711", _C.UNPROVED, 200, "1", ""),
    ("APBK0634", _C.UNPROVED, 200, "1", ""),
    ("APBK0101", _C.UNPROVED, 200, "1", ""),
    ("APBK1058", _C.UNPROVED, 200, "1", ""),
    ("APBK1269", _C.UNPROVED, 200, "1", ""),
    ("APBK1943", _C.BUSINESS, 200, "1", "시장가호가불가로 주문이 불가합니다."),
    ("APBK3009", _C.BUSINESS, 200, "1", "SOR 시장에서 거래가 불가능한 종목입니다."),
    (
        "APBK3013",
        _C.BUSINESS,
        200,
        "1",
        "[단일가매매] 지정가 주문(신규/정정/취소) 및 최유리/최우선 취소 주문만 가능합니다",
    ),
    ("APBK3026", _C.BUSINESS, 200, "1", "종목정보가 없습니다"),
    ("APBK3052", _C.UNPROVED, 200, "1", ""),
    ("APBK2995", _C.UNPROVED, 200, "1", ""),
    ("APBK1271", _C.UNPROVED, 200, "1", ""),
    ("APBK2102", _C.UNPROVED, 200, "1", ""),
    ("APAC0489", _C.UNPROVED, 200, "1", ""),
    ("APAC0081", _C.UNPROVED, 200, "1", ""),
    ("APAC0134", _C.UNPROVED, 200, "1", ""),
    ("SKFT2101", _C.UNPROVED, 200, "1", ""),
    ("APAM3099", _C.UNPROVED, 200, "1", ""),
    ("APTR0057", _C.UNPROVED, 200, "1", ""),
    ("SYDB0050", _C.DOUBT, 200, "1", ""),
    ("40570000", _C.BUSINESS, 200, "1", "모의투자 장시작전 입니다."),
    ("40580000", _C.BUSINESS, 200, "1", "모의투자 장종료 입니다."),
    ("40100000", _C.BUSINESS, 200, "1", "모의투자 영업일이 아닙니다."),
    ("40910001", _C.UNPROVED, 200, "1", ""),
    ("40270000", _C.BUSINESS, 200, "1", "모의투자 상/하한가 오류"),
    (
        "40030000",
        _C.BUSINESS,
        200,
        "1",
        "모의투자 주문처리가 안되었습니다(호가단위 오류)",
    ),
    ("40070000", _C.BUSINESS, 200, "1", "모의투자 매매불가 종목입니다."),
    ("40240000", _C.BUSINESS, 200, "1", "모의투자 잔고내역이 없습니다."),
    ("40250000", _C.UNPROVED, 200, "1", "모의투자 주문가능금액이 부족합니다."),
    ("40310000", _C.UNPROVED, 200, "1", "모의투자 주문가능금액이 부족합니다."),
    ("40330000", _C.BUSINESS, 200, "1", "모의투자 정정/취소할 수량이 없습니다."),
    (
        "40910000",
        _C.UNPROVED,
        200,
        "1",
        "모의투자 주문처리가 안되었습니다(매매불가 계좌)",
    ),
    (
        "90020000",
        _C.DOUBT,
        200,
        "1",
        "모의투자 서비스가 지연되고 있습니다. 잠시후 재시도 바랍니다.",
    ),
    ("90070000", _C.UNPROVED, 200, "1", ""),
    ("MCA00124", _C.UNPROVED, 0, "", ""),
    ("MCA05762", _C.UNPROVED, 200, "1", "조회가 계속 됩니다. (다음을 누르십시오.)"),
    ("MCA05918", _C.UNPROVED, 200, "1", "종목코드 오류입니다."),
    ("IGW00002", _C.REQUEST, 0, "1", ""),
    ("IGW00007", _C.REQUEST, 500, "1", "MCA 전문바디 구성 중 오류가 발생하였습니다."),
    ("IGW00009", _C.UNPROVED, 0, "1", "응답전문 구성 중 오류가 발생하였습니다."),
    ("IGW00017", _C.UNPROVED, 0, "1", "상품번호를 확인해주세요."),
    ("IGW00027", _C.UNPROVED, 0, "1", ""),
    ("IGW00036", _C.UNPROVED, 0, "1", ""),
)
CODES: Final[Mapping[str, Code]] = MappingProxyType({row[0]: Code(*row) for row in _ROWS})
