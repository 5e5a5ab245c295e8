"""Help texts in Korean: the audit trail, events by hand, people."""

from hantu.cli.texts.entry import Entry

AUDIT = {
    "audit": Entry("감사 기록: 누가 무엇을 했는지 보고, 아무도 고치지 않았음을 확인합니다.", "hantu audit verify"),
    "audit show": Entry("감사 기록을 최근 것부터 보여 줍니다.", "hantu audit show --limit 50"),
    "audit verify": Entry(
        "모든 기록을 해시 사슬과 서명된 머리로 확인합니다. 훼손이 있으면 종류와 처음 나쁜 번호를 알려 주고 1로 끝납니다.",
        "hantu audit verify",
        {
            "file": "데이터베이스 대신 내보낸 jsonl 파일을 증명(.proof.json)과 함께 확인합니다.",
            "public_key": "믿을 공개 키 64자리. 없으면 이 데이터 폴더의 키.",
            "noted": "하루 요약 메시지의 마지막 줄(건수:64자리). 그때까지의 기록이 그대로인지 확인합니다.",
        },
    ),
    "audit export": Entry(
        "기간의 감사 기록을 증명(해시, 서명, 확인 방법)과 함께 파일로 냅니다.",
        "hantu audit export --from 2026-11-01 --to 2026-11-30",
        {
            "first": "첫날(한국 날짜).",
            "last": "마지막 날. 없으면 첫날 하루.",
            "kind": "jsonl(확인용) 또는 csv(사람이 읽기).",
            "out": "새로 만들 파일.",
        },
    ),
    "audit evidence": Entry(
        "매도 한 건의 증거 자료(판단, 주문, 체결, 알림, 받은 시세)를 zip 으로 묶습니다. 계좌번호는 넣지 않습니다.",
        "hantu audit evidence 0000000123",
        {"ident": "의도 ID, 흐름 ID 또는 주문번호.", "out": "새로 만들 파일."},
    ),
    "audit archive": Entry(
        "끝난 달의 기록과 오류 로그를 압축해 보관합니다(3년 이상). 감시가 끝날 때마다 저절로 합니다.",
        "hantu audit archive",
    ),
    "audit restart": Entry(
        "백업을 복원한 뒤 서명 목록을 새로 시작합니다. 지난 목록은 따로 남고, 이 일도 기록됩니다.",
        'hantu audit restart --reason "11-20 백업 복원"',
        {"reason": "기록에 남길 이유(필수)."},
    ),
    "event": Entry("hantu 밖에서 있었던 일을 손으로 기록합니다.", 'hantu event add 점검 "서버 재부팅"'),
    "event add": Entry(
        "운영 사건을 기록합니다. 수동 기록임과 누가 적었는지가 함께 남습니다.",
        'hantu event add 점검 "09:10 공유기 교체"',
        {
            "kind": "종류(예: 점검, 장애, 문의).",
            "text": "있었던 일.",
            "flow": "이어질 흐름 ID(주문의 경위에 함께 나옵니다).",
        },
    ),
    "privacy": Entry("기록 속 가명 뒤의 사람을 보고, 요청이 있으면 지웁니다.", "hantu privacy show"),
    "privacy show": Entry(
        "가명과 이름, 감사 기록 수를 보여 줍니다.", "hantu privacy show", {"who": "이름 또는 가명. 없으면 모두."}
    ),
    "privacy erase": Entry(
        "한 사람의 이름과 키를 없앱니다. 기록과 해시 사슬은 그대로이고, 누구였는지만 알 수 없게 됩니다.",
        "hantu privacy erase P-1a2b3c4d --yes",
        {"who": "이름 또는 가명.", "yes": "되돌릴 수 없음을 알고 지웁니다."},
    ),
}
