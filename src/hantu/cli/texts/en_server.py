"""Help of the commands about server, people and certificates."""

from hantu.cli.texts.entry import Entry

NAME = {"name": "Name (lower case, digits, Korean, . _ -)."}
ROLE = {"role": "admin, operator or viewer."}
SERVER = {
    "up": Entry(
        "Start guard, notifier, server and jobs in order and look after them in one view. What dies is started again; "
        "what dies again and again is given up and told. Ctrl-C ends them in order. Ends with 3 when one runs already.",
        "hantu up",
        {"without": "A process not to start: guard, notifier, server, jobs. May be given more than once."},
    ),
    "run server": Entry(
        "Run dashboard and API in this terminal. It lives and dies apart from the guard. Ctrl-C or SIGTERM ends it.",
        "hantu run server",
    ),
    "api": Entry("What the API offers, and to whom.", "hantu api openapi"),
    "api openapi": Entry("Print the description of the API (OpenAPI).", "hantu api openapi > openapi.json"),
    "api permissions": Entry("Print who may do what.", "hantu api permissions"),
    "tls": Entry("Certificates of the server.", "hantu tls init"),
    "tls init": Entry(
        "Make an authority of this installation and a server's certificate; an existing authority is kept.",
        "hantu tls init --name hantu.example",
        {"name": "Name or address that browsers use; may be given again."},
    ),
    "users": Entry("People and programs that may use the server.", "hantu users add kim --role operator"),
    "users add": Entry(
        "Invite a person; shows a one-time code to enrol with.",
        "hantu users add kim --role operator",
        {**NAME, **ROLE, "ready": "Enrol at once and show password, authenticator and recovery codes, once."},
    ),
    "users list": Entry("List people.", "hantu users list"),
    "users change": Entry(
        "Change a role, shut somebody out, or have them enrol anew; their sessions end.",
        "hantu users change kim --role viewer",
        {
            **NAME,
            **ROLE,
            "disable": "Shut out.",
            "enable": "Let in again.",
            "enrol": "Have them enrol password and authenticator anew.",
        },
    ),
    "users unlock": Entry("Forget wrong sign-ins under a name.", "hantu users unlock kim", NAME),
    "users rotate": Entry("Make a new key for the secrets of authenticators and seal all by it.", "hantu users rotate"),
    "users programs": Entry("Programs that use the API.", "hantu users programs list"),
    "users programs add": Entry(
        "Make a program's token; it is shown once.",
        "hantu users programs add momentum-bot --scope read --scope propose",
        {**NAME, "scope": "Of read, propose, acknowledge, kill; may be given again."},
    ),
    "users programs list": Entry("List programs.", "hantu users programs list"),
    "users programs revoke": Entry(
        "Revoke a program's token.", "hantu users programs revoke 1a2b3c4d5e6f", {"ident": "Number of the program."}
    ),
}
