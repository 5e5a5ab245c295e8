"""Help texts in Korean, the language of hantu's users."""

from hantu.cli.texts.entry import Entry, Texts
from hantu.cli.texts.ko_audit import AUDIT
from hantu.cli.texts.ko_backup import BACKUP
from hantu.cli.texts.ko_duty import DUTY
from hantu.cli.texts.ko_server import SERVER
from hantu.cli.texts.ko_strategies import STRATEGIES

COMMANDS = {
    "": Entry(
        "한투(KIS) OpenAPI 보유 종목 지킴이: 손절가 아래로 내려간 종목을 정확히 한 번 팝니다.",
        "hantu demo",
        {
            "install_completion": "셸 자동 완성을 설치합니다.",
            "show_completion": "셸 자동 완성 스크립트를 출력합니다.",
        },
    ),
    "demo": Entry(
        "1분 안에 하루 장을 압축해서 보여 줍니다: 연습 거래소, 감시, 서버를 실제 프로세스로 띄우고 결과를 검증합니다. 대시보드 주소와 보기 전용 로그인을 알려 줍니다.",
        "hantu demo --keep",
        {
            "keep": "끝난 뒤에도 거래소, 감시, 서버를 켜 둡니다. 보는 법과 끄는 법을 알려 줍니다.",
            "home": "기록을 남길 폴더(비어 있어야 합니다). 없으면 임시 폴더를 씁니다.",
            "scenario": "시나리오 이름 또는 파일.",
            "speed": "시나리오에 적힌 배속 대신 쓸 값.",
        },
    ),
    "sim": Entry(
        "KIS와 같은 통신 규격으로 말하는 연습 거래소를 실행합니다(REST와 WebSocket). Ctrl-C로 끝냅니다.",
        "hantu sim --scenario quiet --speed 10",
        {
            "host": "열어 둘 주소. 다른 컴퓨터에서 접속하게 하려면 바꾸되, 암호화되지 않습니다.",
            "rest_port": "REST 포트(0은 빈 포트).",
            "ws_port": "WebSocket 포트(0은 빈 포트).",
            "scenario": "내장 시나리오 이름 또는 YAML 파일.",
            "seed": "가격과 체결을 정하는 난수 씨앗. 같으면 같은 하루입니다.",
            "speed": "시장 시각의 배속. 없으면 시나리오를 따릅니다.",
            "layout": "열 배치: 2025, 2026-07, 2026-09(기본), paper.",
            "trade_width": "체결(H0STCNT0) 열 수를 따로 정합니다: 46, 47.",
            "book_width": "호가(H0STASP0) 열 수를 따로 정합니다: 59, 62, 63.",
            "notice": "체결 통보(H0STCNI0) 형식을 따로 정합니다: legacy(23열), full(26열), compact(모의 23열).",
        },
    ),
    "sim schema": Entry("시나리오 파일의 JSON 스키마를 출력합니다.", "hantu sim schema > scenario.schema.json"),
    "sim scenarios": Entry("내장 시나리오 목록을 보여 줍니다.", "hantu sim scenarios"),
    "run": Entry("역할 하나를 이 터미널에서 실행합니다.", "hantu run guard"),
    "run guard": Entry(
        "감시 프로세스를 이 터미널에서 실행합니다(systemd 등에서 쓰기 좋음). Ctrl-C 또는 SIGTERM으로 깨끗이 끝납니다.",
        "hantu run guard --start",
        {"start": "개장을 기다리지 않고 바로 감시를 시작합니다."},
    ),
    "run notifier": Entry(
        "알림만 보내는 프로세스를 이 터미널에서 실행합니다. 살아 있는 동안 감시는 급한 것만 대신 보냅니다. 이미 있으면 3으로 끝납니다.",
        "hantu run notifier",
    ),
    "monitor": Entry("실시간 감시를 시작하고, 멈추고, 들여다봅니다.", "hantu monitor start"),
    "monitor start": Entry(
        "감시를 시작합니다. 실행 중인 감시가 있으면 시작을 요청하고, 없으면 이 터미널에서 실행합니다.",
        "hantu monitor start --detach",
        {
            "detach": "백그라운드에서 실행하고, 감시가 시작되면(또는 개장을 기다리면) 돌아옵니다.",
            "watch_only": "관찰 모드: 팔지 않고 무엇을 팔았을지만 기록합니다.",
        },
    ),
    "monitor stop": Entry(
        "구독을 해제하고 연결을 닫은 뒤 감시 프로세스를 끝냅니다. 미체결 주문이 있으면 알려 줍니다.",
        "hantu monitor stop",
    ),
    "monitor restart": Entry("휴면에서 깨우거나 연결을 처음부터 다시 합니다.", "hantu monitor restart"),
    "monitor status": Entry(
        "감시의 지금 상태를 보여 줍니다. 실행 중이 아니면 종료 코드 1.",
        "hantu monitor status --watch",
        {"watch": "계속 갱신합니다. Ctrl-C로 나옵니다(감시는 계속됩니다).", "interval": "갱신 간격(초)."},
    ),
    "monitor halt": Entry(
        "주문을 일시 정지합니다(장 중단처럼). 시세 감시는 계속합니다. 종목 코드가 없으면 전체.",
        "hantu monitor halt 005930",
    ),
    "monitor resume": Entry("수동으로 건 일시 정지를 풉니다.", "hantu monitor resume 005930"),
    "status": Entry(
        "지금 안전한지 한 줄로 말하고, 구성 요소·오늘의 건수·지연·보호되지 않은 시간을 함께 보여 줍니다. 안전하지 않으면 종료 코드 1.",
        "hantu status",
    ),
    "health": Entry(
        "구성 요소마다 상태(정상·주의·장애·해당 없음)와 까닭을 보여 줍니다. 장애가 있으면 종료 코드 1.",
        "hantu health --json",
    ),
    "health watch": Entry(
        "감시 프로세스를 밖에서 지켜봅니다: 죽거나 멈추면 두 주기 안에 알립니다. 감시와 다른 프로세스(가능하면 systemd)로 띄우세요.",
        "hantu health watch",
        {"interval": "몇 초마다 볼지(기본: 설정 health.interval_s).", "once": "한 번만 보고 끝냅니다(0 정상, 1 이상)."},
    ),
    "kill": Entry("킬스위치: 주문을 즉시 막습니다. 감시가 꺼져 있어도 됩니다.", 'hantu kill on --reason "점검"'),
    "kill on": Entry(
        "손절 매도와 취소를 뺀 모든 주문을 막습니다.",
        'hantu kill on --reason "전략 점검"',
        {"reason": "기록에 남길 이유."},
    ),
    "kill hard": Entry(
        "취소를 뺀 모든 주문을 막습니다. 손절도 나가지 않으니 감시 자체를 믿을 수 없을 때만 쓰세요.",
        'hantu kill hard --reason "감시 오작동 의심"',
        {"reason": "기록에 남길 이유."},
    ),
    "kill flatten": Entry(
        "보유 종목을 모두 정리합니다: 열린 매수와 익절 주문을 취소하고 하나씩 매도합니다. 두 사람이 필요합니다.",
        'hantu kill flatten --reason "시스템 이상" --second 이름',
        {
            "reason": "기록에 남길 이유(필수).",
            "second": "함께 확인한 두 번째 사람(필수).",
            "confirm": "확인 문구 flatten. 터미널에서는 물어봅니다.",
        },
    ),
    "kill off": Entry(
        "킬스위치를 풉니다. 이유가 필요하고, 켜진 뒤의 잔고·주문 대조가 깨끗해야 합니다. 아니면 종료 코드 3.",
        'hantu kill off --reason "원인 확인 완료"',
        {
            "reason": "푸는 이유(필수). 터미널에서는 물어봅니다.",
            "second": "함께 확인한 두 번째 사람. 실전에서 hard와 flatten을 풀 때 필요합니다.",
            "lasting": "이 시간 동안만 풉니다: 10m, 1h. 모의투자와 연습에서만.",
        },
    ),
    "kill status": Entry("킬스위치 상태와 누가, 왜 켰는지 보여 줍니다.", "hantu kill status --json"),
    "approvals": Entry(
        "사람이 낼 주문을 올리고, 승인하고, 냅니다. 자동 매도의 상시 승인도 여기서 서명합니다.", "hantu approvals list"
    ),
    "approvals list": Entry(
        "승인 목록을 최근 것부터 보여 줍니다.",
        "hantu approvals list --status pending",
        {"status": "이 상태만: pending, approved, denied, used, expired."},
    ),
    "approvals propose": Entry(
        "주문 하나를 승인 대기로 올립니다: 종목, 방향, 최대 수량, 가격 범위.",
        "hantu approvals propose buy 005930 --quantity 10 --low 70000 --high 71000",
        {
            "side": "buy(매수) 또는 sell(매도).",
            "quantity": "최대 주식 수.",
            "low": "허용하는 가장 낮은 가격(원).",
            "high": "허용하는 가장 높은 가격(원).",
            "note": "기록에 남길 이유.",
        },
    ),
    "approvals approve": Entry(
        "올라온 주문을 승인합니다. 10분 안에 한 번만 낼 수 있습니다.",
        "hantu approvals approve A-1b2c3d4e",
        {"ident": "승인 번호."},
    ),
    "approvals deny": Entry(
        "올라온 주문을 거절하거나, 아직 쓰지 않은 승인을 거둡니다.",
        "hantu approvals deny A-1b2c3d4e",
        {"ident": "승인 번호."},
    ),
    "approvals place": Entry(
        "승인된 주문을 실행 중인 감시를 통해 냅니다. 답은 접수, 거부, 모름 가운데 하나입니다.",
        "hantu approvals place A-1b2c3d4e --quantity 10 --price 70500",
        {"ident": "승인 번호.", "quantity": "주식 수.", "price": "지정가(원)."},
    ),
    "approvals flow": Entry("토큰 발급 실패로 주문 승인이 멈췄는지 보여 줍니다.", "hantu approvals flow"),
    "approvals resume": Entry(
        "멈춘 주문 승인과 제출을 다시 엽니다. 원인 분석이 필요합니다.",
        'hantu approvals resume --note "감시 서버의 디스크가 가득 참, 비우고 재시작함"',
        {"note": "무엇이 왜 실패했고 무엇을 고쳤는지."},
    ),
    "approvals mandate": Entry(
        "자동 매도의 상시 승인을 다룹니다. 없으면 익절은 보류되고 손절은 계속 나갑니다.", "hantu approvals mandate show"
    ),
    "approvals mandate sign": Entry(
        "지금의 청산 규칙에 서명합니다. 규칙이 바뀌거나 취소할 때까지 유효합니다.",
        "hantu approvals mandate sign --limit 005930=100",
        {"limit": "종목별 주문당 한도(종목=주식 수). 여러 번 쓸 수 있습니다."},
    ),
    "approvals mandate show": Entry(
        "상시 승인이 유효한지, 몇 번 쓰였는지 보여 줍니다.", "hantu approvals mandate show"
    ),
    "approvals mandate revoke": Entry("상시 승인을 취소합니다.", "hantu approvals mandate revoke"),
    "recovery": Entry("장애 뒤의 복구 5단계: 감지 → 킬 스위치 → 미체결 정리 → 재시작 → 동기화.", "hantu recovery show"),
    "recovery run": Entry(
        "복구를 실행합니다. 멈춘 복구가 있으면 실패한 단계부터 이어 갑니다. 새 주문은 내지 않습니다.",
        "hantu recovery run",
    ),
    "recovery show": Entry("마지막 복구의 단계, 시각, 차이, 남은 일을 보여 줍니다.", "hantu recovery show --json"),
    "positions": Entry("보유 종목과 손절가·익절가를 보여 줍니다(감시가 꺼져 있으면 마지막 기록).", "hantu positions"),
    "orders": Entry("주문 기록을 봅니다. 하위 명령이 없으면 목록을 보여 줍니다.", "hantu orders list --state working"),
    "orders list": Entry(
        "주문 시도 목록을 최근 것부터 보여 줍니다.",
        "hantu orders list --limit 50",
        {"state": "이 상태만: sending, working, partial, unknown, filled, refused …"},
    ),
    "orders show": Entry(
        "주문 하나를 자세히 보여 줍니다.", "hantu orders show 0000000123", {"ident": "의도 ID 또는 주문번호."}
    ),
    "orders resolve": Entry(
        "결과를 알 수 없는 주문(사람 확인 필요)의 결론을 알려 줍니다. 증권사 기록과 어긋나면 거부합니다(종료 코드 3).",
        'hantu orders resolve 20261123-0001 --as absent --reason "고객센터 확인"',
        {
            "ident": "의도 ID.",
            "verdict": "filled(체결됨), absent(접수 안 됨), adopted:주문번호(이 주문임).",
            "reason": "무엇으로 확인했는지(필수).",
        },
    ),
    "orders amend": Entry(
        "정정 주문은 쓰지 않습니다. 이유와 대신할 방법을 알려 줍니다(종료 코드 3).",
        "hantu orders amend 20261123-0001",
        {"ident": "의도 ID 또는 주문번호."},
    ),
    "events": Entry(
        "기록된 사건을 시간 순서로 보여 줍니다.",
        "hantu events --type order_filled --since 1h --follow",
        {"kind": "이 종류만(예: order_filled)."},
    ),
    "explain": Entry(
        "주문 하나의 인과 관계를 보여 줍니다: 체결가 → 규칙 → 의도 → 주문 → 체결 → 기록.",
        "hantu explain 0000000123",
        {"ident": "의도 ID, 주문번호, 사건 ID 또는 흐름 ID."},
    ),
    "replay": Entry(
        "기록된 하루를 다시 판단해 모든 결정이 같은지 확인합니다. --with 를 쓰면 다른 규칙이라면 어땠을지 추정합니다.",
        "hantu replay 2026-11-23 --symbol 005930",
        {
            "day": "거래일(예: 2026-11-23). 없으면 가장 최근에 기록된 날.",
            "home": "이 데이터 폴더의 테이프를 읽습니다.",
            "rule": "이 설정 파일(hantu.toml)의 청산 규칙이었다면 어땠을지 추정합니다.",
            "until": "이 시각까지만(한국 시각, 예: 10:30).",
        },
    ),
    "simulate": Entry(
        "정수 하나에서 뽑은 거래일을 가상 시간으로 실행하고 안전 규칙을 모두 검사합니다. 위반이 있으면 1로 끝납니다.",
        "hantu simulate --seeds 1..200",
        {
            "seed": "이 하루만 실행하고 이야기를 보여 줍니다.",
            "seeds": "이 범위를 모두 실행하고 보고합니다(예: 1..200).",
            "jobs": "동시에 쓸 프로세스 수. 없으면 코어 수.",
            "twice": "다른 해시 씨앗으로 한 번 더 실행해 같은 하루인지 비교합니다.",
            "report": "보고서(Markdown)를 이 파일에 씁니다.",
            "resume": "하루씩 결과를 이 파일(JSON 줄)에 남기고, 이미 있는 날은 다시 돌리지 않습니다.",
        },
    ),
    "exits": Entry(
        "청산마다 방아쇠 체결의 거래소 시각부터 체결까지의 시각, 체결가, 손절가 대비 미끄러짐을 보여 줍니다.",
        "hantu exits",
    ),
    "opportunities": Entry("추가 매수 기회 알림 기록을 보여 줍니다(주문은 하지 않습니다).", "hantu opportunities"),
    "alerts": Entry("최근 알림과 전달 결과를 보여 줍니다.", "hantu alerts --limit 20"),
    **AUDIT,
    **DUTY,
    **BACKUP,
    **SERVER,
    **STRATEGIES,
    "alerts list": Entry(
        "최근 알림과 전달 결과를 보여 줍니다.", "hantu alerts list --unsent", {"unsent": "아직 전하지 못한 것만."}
    ),
    "alerts show": Entry(
        "알림 하나를 채널마다의 결과와 함께 보여 줍니다.", "hantu alerts show 12", {"alert_id": "알림 번호."}
    ),
    "alerts explain": Entry(
        "알림이 왜 그때 왔는지, 또는 왜 오지 않았는지 판단을 차례로 보여 줍니다.",
        "hantu alerts explain 12",
        {"alert_id": "알림 번호."},
    ),
    "alerts ack": Entry(
        "긴급 알림을 확인했다고 기록합니다. 기간이 지나도 끝나지 않았으면 다시 알립니다.",
        "hantu alerts ack 12 --for 30m",
        {
            "alert_id": "알림 번호.",
            "length": "이 동안 되풀이하지 않습니다: 30m, 2h.",
            "done": "해결된 일입니다. 더 되풀이하지 않습니다.",
        },
    ),
    "alerts silence": Entry(
        "조건에 맞는 알림을 한동안 보내지 않습니다. 측정과 기록은 계속하고, 긴급 알림은 막지 않습니다.",
        'hantu alerts silence --type data_delay --for 2h --comment "회선 교체"',
        {
            "length": "기간: 30m, 2h, 1d. 길어야 30일입니다.",
            "comment": "까닭. 기록에 남습니다.",
            "kind": "이벤트 종류. 끝에 * 를 쓸 수 있습니다(order_*).",
            "category": "분류: OPS-01부터 OPS-06까지.",
            "priority": "우선순위: emergency, high, normal, low.",
            "emergency": "긴급 알림도 막습니다. 종류를 적어야 하고 1시간까지만 됩니다.",
            "maintenance": "점검 시간: 끝나면 막은 알림을 한 번에 요약해 보냅니다.",
        },
    ),
    "alerts silences": Entry(
        "지금 있는 침묵과 각각 막은 알림 수를 보여 줍니다.", "hantu alerts silences", {"every": "끝난 것까지."}
    ),
    "alerts unsilence": Entry("침묵을 지금 끝냅니다.", "hantu alerts unsilence 3", {"silence_id": "침묵 번호."}),
    "alerts stats": Entry("알림 수를 종류, 시간대, 요일별로 셉니다.", "hantu alerts stats --since 7d"),
    "logs": Entry(
        "애플리케이션 로그를 보여 줍니다.",
        "hantu logs --level WARNING --since 1h --follow",
        {
            "level": "이 수준 이상만: DEBUG, INFO, WARNING, ERROR.",
            "limit": "마지막 몇 줄까지.",
            "set_level": "실행 중인 감시의 로그 수준을 바꿉니다(재시작 없이).",
            "process": "guard(감시), notifier(알림), jobs(전략 작업), up, server(서버) 가운데 하나만. 없으면 서버를 뺀 모두를 시각 순서로.",
        },
    ),
    "doctor": Entry(
        "설치, 설정, 알림 채널을 점검하고, 각 설정값이 어디서 왔는지 보여 줍니다. 비밀 값은 가립니다.",
        "hantu doctor --all",
        {"all_settings": "기본값 그대로인 설정도 보여 줍니다."},
    ),
    "db": Entry("기록 데이터베이스를 관리합니다.", "hantu db check"),
    "db init": Entry("데이터베이스를 만들거나 최신 형식으로 올립니다.", "hantu db init"),
    "db check": Entry("데이터베이스의 무결성을 검사합니다.", "hantu db check"),
    "db path": Entry("데이터베이스 파일 경로를 출력합니다.", "sqlite3 $(hantu db path)"),
    "db backup": Entry(
        "실행 중에도 안전하게 복사본을 만듭니다.",
        "hantu db backup hantu-backup.db",
        {"target": "새로 만들 파일.", "seal": "암호화합니다. 이 컴퓨터 밖에 둘 복사본에 쓰세요(키: <홈>/keys)."},
    ),
    "db unseal": Entry(
        "암호화한 복사본을 엽니다.",
        "hantu db unseal hantu-backup.sealed restored.db",
        {"source": "암호화한 복사본.", "target": "새로 만들 파일."},
    ),
    "db account": Entry("기록이 어느 계좌의 것인지 가려서 보여 줍니다.", "hantu db account"),
    "db rotate": Entry("계좌 필드의 암호 키를 새로 만들고 다시 암호화합니다.", "hantu db rotate"),
    "watchlist": Entry("관심 종목(Phase 2 선정 결과)을 관리합니다.", "hantu watchlist list"),
    "watchlist import": Entry(
        "CSV 또는 JSON 파일에서 관심 종목을 가져옵니다.",
        "hantu watchlist import watchlist.csv",
        {"file": "열: symbol,name,score,support_price. - 는 표준 입력.", "date": "선정일(기본: 오늘, 한국 날짜)."},
    ),
    "watchlist list": Entry(
        "현재 관심 종목을 보여 줍니다.", "hantu watchlist list", {"date": "이 날짜에 유효한 목록(기본: 오늘)."}
    ),
    "bench": Entry(
        "성능을 측정해 목표·다른 프로그램과 나란히 보여 줍니다(소스 저장소에서만, 5분 이내).",
        "hantu bench --quick",
        {
            "quick": "한 번씩 짧게 측정합니다(40초 이내). 문서는 쓰지 않습니다.",
            "no_write": "docs/benchmarks.md 를 쓰지 않습니다.",
        },
    ),
    "version": Entry("버전을 출력합니다.", "hantu version --json"),
}

TEXTS = Texts(
    commands=COMMANDS,
    params={
        "help": "이 도움말을 보여 줍니다.",
        "limit": "몇 건까지.",
        "since": "이 시각부터: 10m, 2h, 1d 또는 2026-11-23 09:00.",
        "follow": "새로 생기는 것을 계속 보여 줍니다. Ctrl-C로 나옵니다.",
        "symbol": "종목 코드 6자리.",
    },
    problems={
        "unknown_command": "그런 명령은 없습니다: {word}",
        "unknown_option": "그런 옵션은 없습니다: {word}",
        "extra": "알아들을 수 없는 값이 더 있습니다.",
        "range": "허용 범위를 벗어났습니다",
        "form": "형식이 맞지 않습니다",
        "missing": "필요한 값이 없습니다: {name}",
        "bad": "{name} 의 값이 올바르지 않습니다: {detail}",
        "see": "`{path} --help` 에서 쓰는 법을 확인하세요.",
        "guess": "혹시 {guess} 인가요?",
    },
    example="예:",
    common="모든 명령에 쓸 수 있습니다: --json (프로그램용 출력), --config 파일, --lang ko|en",
)
