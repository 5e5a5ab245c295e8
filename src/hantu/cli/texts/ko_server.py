"""서버, 사람, 인증서 명령의 도움말."""

from hantu.cli.texts.entry import Entry

NAME = {"name": "이름 (소문자, 숫자, 한글, . _ -)."}
ROLE = {"role": "admin, operator, viewer 중 하나."}
SERVER = {
    "up": Entry(
        "감시, 알림, 서버, 전략 작업을 차례로 시작하고 한 화면에서 돌봅니다. 죽으면 다시 시작하고, 거듭 죽으면 멈추고 알립니다. "
        "Ctrl-C 로 차례대로 끝냅니다. 이미 있으면 3으로 끝납니다.",
        "hantu up",
        {"without": "시작하지 않을 프로세스: guard, notifier, server, jobs. 여러 번 적을 수 있습니다."},
    ),
    "run server": Entry(
        "대시보드와 API를 이 터미널에서 실행합니다. 감시와 따로 죽고 살아납니다. Ctrl-C 나 SIGTERM 으로 끝냅니다.",
        "hantu run server",
    ),
    "api": Entry("API가 무엇을 하는지, 누가 할 수 있는지 보여 줍니다.", "hantu api openapi"),
    "api openapi": Entry("API 설명(OpenAPI)을 출력합니다.", "hantu api openapi > openapi.json"),
    "api permissions": Entry("누가 무엇을 할 수 있는지 표로 출력합니다.", "hantu api permissions"),
    "tls": Entry("서버의 인증서.", "hantu tls init"),
    "tls init": Entry(
        "이 설치만의 인증 기관과 서버 인증서를 만듭니다. 기관이 이미 있으면 인증서만 새로 만듭니다.",
        "hantu tls init --name hantu.example",
        {"name": "브라우저가 쓰는 이름이나 주소. 여러 번 적을 수 있습니다."},
    ),
    "users": Entry("서버를 쓸 수 있는 사람과 프로그램.", "hantu users add kim --role operator"),
    "users add": Entry(
        "사람을 초대합니다. 한 번 쓰는 등록 코드를 보여 줍니다.",
        "hantu users add kim --role operator",
        {**NAME, **ROLE, "ready": "등록까지 마치고 비밀번호, 인증 앱 주소, 복구 코드를 한 번 보여 줍니다."},
    ),
    "users list": Entry("사람을 보여 줍니다.", "hantu users list"),
    "users change": Entry(
        "역할을 바꾸거나, 막거나, 다시 등록하게 합니다. 그 사람의 로그인은 모두 끝납니다.",
        "hantu users change kim --role viewer",
        {
            **NAME,
            **ROLE,
            "disable": "막습니다.",
            "enable": "다시 허용합니다.",
            "enrol": "비밀번호와 인증 앱을 새로 등록하게 합니다.",
        },
    ),
    "users unlock": Entry("틀린 로그인 시도를 지워 잠금을 풉니다.", "hantu users unlock kim", NAME),
    "users rotate": Entry("인증 앱 비밀 값을 봉하는 키를 새로 만들고 모두 다시 봉합니다.", "hantu users rotate"),
    "users programs": Entry("API를 쓰는 프로그램.", "hantu users programs list"),
    "users programs add": Entry(
        "프로그램의 토큰을 만듭니다. 토큰은 한 번만 보여 줍니다.",
        "hantu users programs add momentum-bot --scope read --scope propose",
        {**NAME, "scope": "read, propose, acknowledge, kill 중에서. 여러 번 적을 수 있습니다."},
    ),
    "users programs list": Entry("프로그램을 보여 줍니다.", "hantu users programs list"),
    "users programs revoke": Entry(
        "프로그램의 토큰을 취소합니다.", "hantu users programs revoke 1a2b3c4d5e6f", {"ident": "프로그램 번호."}
    ),
}
