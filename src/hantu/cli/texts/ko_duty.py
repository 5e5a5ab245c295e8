"""Help texts in Korean: incidents, checklists and the phone."""

from hantu.cli.texts.entry import Entry

CONFIRM = {"confirm": "확인한 사람.", "note": "남길 말."}
DUTY = {
    "incidents": Entry(
        "장애: 심각한 일이 생기면 저절로 열리고, 사람이 닫을 때까지 남습니다.", "hantu incidents list", {}
    ),
    "incidents list": Entry(
        "열린 장애를 보여 줍니다.", "hantu incidents list --all", {"every": "닫힌 것도 보여 줍니다."}
    ),
    "incidents show": Entry(
        "서비스 상태, 경과, 마지막 로그를 한 번에 보여 줍니다.", "hantu incidents show 3", {"number": "장애 번호."}
    ),
    "incidents ack": Entry(
        "보았음을 기록합니다. 담당이 없으면 확인한 사람이 맡습니다.",
        "hantu incidents ack 3",
        {"number": "장애 번호.", "note": "남길 말."},
    ),
    "incidents assign": Entry(
        "담당을 정합니다.", "hantu incidents assign 3 김담당", {"number": "장애 번호.", "name": "맡을 사람."}
    ),
    "incidents decide": Entry(
        "무엇을 할지와 누가 정했는지 기록합니다.",
        'hantu incidents decide 3 rollback --reason "새 버전 오류"',
        {
            "number": "장애 번호.",
            "decision": "hotfix, rollback, restart, observe, none 중 하나.",
            "reason": "이유(필수).",
        },
    ),
    "incidents close": Entry(
        "장애를 닫습니다. 보고서를 출력하고 기록합니다.",
        'hantu incidents close 3 --summary "공유기 교체"',
        {"number": "장애 번호.", "summary": "원인과 조치(필수)."},
    ),
    "incidents bundle": Entry(
        "진단 자료를 zip 으로 묶습니다. 비밀 값과 계좌번호는 넣지 않습니다.",
        "hantu incidents bundle 3",
        {"number": "장애 번호.", "out": "새로 만들 파일."},
    ),
    "checklist": Entry("정해진 점검을 하고 결과와 확인자를 남깁니다.", "hantu checklist daily --confirm 김담당", {}),
    "checklist daily": Entry(
        "일일 점검: 이벤트, 주문 거부, 킬 스위치, 서비스, 장애, 자원.",
        "hantu checklist daily --confirm 김담당",
        CONFIRM,
    ),
    "checklist weekly": Entry(
        "주간 점검: 거부 양상, 파일 증가, 빠진 기록. 지난주와 비교합니다.", "hantu checklist weekly", CONFIRM
    ),
    "checklist monthly": Entry(
        "월간 점검: 가용성, 장애, 주문 성공률, 알림 양상, 절차 검토.", "hantu checklist monthly", CONFIRM
    ),
    "checklist morning": Entry(
        "개장 전 점검: 거래일, 한도, 토큰, 시계, 알림 왕복, 감사 기록, 백업, 디스크.",
        "hantu checklist morning",
        CONFIRM,
    ),
    "checklist reviewed": Entry(
        "운영 절차를 검토했음을 기록합니다.", 'hantu checklist reviewed --confirm 김담당 --note "안내서 고침"', CONFIRM
    ),
    "checklist history": Entry(
        "지난 점검과 확인자를 보여 줍니다.",
        "hantu checklist history --kind daily",
        {"kind": "daily, weekly, monthly, morning 중 하나."},
    ),
    "phone": Entry("텔레그램으로 명령할 수 있는 사람과 2차 인증.", "hantu phone list"),
    "phone list": Entry("봇에 명령할 수 있는 사람과 2차 인증 등록 여부를 보여 줍니다.", "hantu phone list"),
    "phone enrol": Entry(
        "인증 앱에 넣을 비밀 값을 만들고 첫 코드로 확인합니다. 다시 등록하면 앞의 것은 못 쓰게 됩니다.",
        "hantu phone enrol 김운영",
        {"name": "telegram.people 에 적은 이름."},
    ),
    "phone revoke": Entry(
        "2차 인증을 지웁니다. 휴대전화를 잃어버렸을 때 씁니다.",
        "hantu phone revoke 김운영",
        {"name": "telegram.people 에 적은 이름."},
    ),
}
