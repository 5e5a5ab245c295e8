"""Help texts in Korean: strategies and jobs."""

from hantu.cli.texts.entry import Entry

JOB = {"job_id": "작업 이름 (전략 이름도 됨)."}
WHY = {"reason": "남길 이유."}
SET = {"params": "전략 설정. 이름=값, 여러 번 쓸 수 있음."}
STRATEGIES = {
    "run jobs": Entry(
        "전략을 돌보는 프로세스를 이 터미널에서 실행합니다. 전략마다 프로세스가 따로입니다. 이미 있으면 3으로 끝납니다.",
        "hantu run jobs",
    ),
    "strategies": Entry("전략: 만들고, 지난 날로 시험합니다.", "hantu strategies new my_first"),
    "strategies new": Entry(
        "동작하는 예제와 그 테스트를 만듭니다.",
        "hantu strategies new my_first",
        {"name": "전략 이름 (소문자, 숫자, _)."},
    ),
    "strategies list": Entry("쓸 수 있는 전략을 보여 줍니다.", "hantu strategies list"),
    "strategies backtest": Entry(
        "같은 전략을 녹화한 날이나 모의 날에 돌려 보고 거래, 수수료와 세금을 뺀 손익, 낙폭을 보여 줍니다.",
        "hantu strategies backtest support_rebound --simulated 5 --out result.svg",
        {
            "name": "전략 이름.",
            "day": "녹화한 날 (YYYY-MM-DD). 없으면 마지막으로 녹화한 날.",
            "simulated": "녹화 대신 만들어 낼 날 수.",
            "seed": "만들어 낼 날의 씨앗. 같으면 같은 날.",
            "cash": "처음 현금 (원).",
            "out": "그림을 쓸 SVG 파일.",
            **SET,
        },
    ),
    "jobs": Entry("작업: 실행 중인 전략을 보고, 멈추고, 이어 갑니다.", "hantu jobs list"),
    "jobs list": Entry("작업을 보여 줍니다. 작업 프로세스가 꺼져 있어도 됩니다.", "hantu jobs list"),
    "jobs show": Entry("작업 하나를 자세히 보여 줍니다.", "hantu jobs show strategy_my_first", JOB),
    "jobs start": Entry(
        "전략을 시작합니다. 실패 횟수는 0부터 다시 셉니다.",
        "hantu jobs start my_first --set shares=5",
        {"strategy": "전략 이름.", **SET},
    ),
    "jobs suspend": Entry(
        "일시 중단합니다. 사람이 재개할 때까지 아무것도 제안하지 않습니다.",
        'hantu jobs suspend my_first --reason "점검"',
        {**JOB, **WHY},
    ),
    "jobs resume": Entry("멈춘 곳에서 이어 갑니다.", "hantu jobs resume my_first", JOB),
    "jobs stop": Entry("끝냅니다. 상태는 남습니다.", "hantu jobs stop my_first", {**JOB, **WHY}),
    "jobs remove": Entry("끝난 작업과 그 상태를 지웁니다.", "hantu jobs remove my_first", JOB),
}
