"""Help texts in English: strategies and jobs."""

from hantu.cli.texts.entry import Entry

JOB = {"job_id": "Name of the job (the strategy's name will do)."}
WHY = {"reason": "The reason to record."}
SET = {"params": "A setting of the strategy, name=value; may be repeated."}
STRATEGIES = {
    "run jobs": Entry(
        "Run the process that looks after strategies; each has a process of its own. Exits with 3 if one runs.",
        "hantu run jobs",
    ),
    "strategies": Entry("Strategies: make one, try one on past days.", "hantu strategies new my_first"),
    "strategies new": Entry(
        "Make a working example with its test.",
        "hantu strategies new my_first",
        {"name": "Name of the strategy (lower case, digits, _)."},
    ),
    "strategies list": Entry("List the strategies there are.", "hantu strategies list"),
    "strategies backtest": Entry(
        "Play the same strategy over a recorded or simulated day: trades, result after fees and tax, drawdown.",
        "hantu strategies backtest support_rebound --simulated 5 --out result.svg",
        {
            "name": "Name of the strategy.",
            "day": "A recorded day (YYYY-MM-DD); by default the newest.",
            "simulated": "So many made-up days instead of a recorded one.",
            "seed": "Seed of the made-up days; the same seed is the same days.",
            "cash": "Cash to begin with (won).",
            "out": "SVG file to draw into.",
            **SET,
        },
    ),
    "jobs": Entry("Jobs: see, suspend and resume strategies that run.", "hantu jobs list"),
    "jobs list": Entry("List jobs; works without a jobs process too.", "hantu jobs list"),
    "jobs show": Entry("Show one job.", "hantu jobs show strategy_my_first", JOB),
    "jobs start": Entry(
        "Start a strategy; its count of failures begins anew.",
        "hantu jobs start my_first --set shares=5",
        {"strategy": "Name of the strategy.", **SET},
    ),
    "jobs suspend": Entry(
        "Suspend it: it proposes nothing until somebody resumes it.",
        'hantu jobs suspend my_first --reason "check"',
        {**JOB, **WHY},
    ),
    "jobs resume": Entry("Go on where it was.", "hantu jobs resume my_first", JOB),
    "jobs stop": Entry("End it; its state stays.", "hantu jobs stop my_first", {**JOB, **WHY}),
    "jobs remove": Entry("Forget a job that has ended, with its state.", "hantu jobs remove my_first", JOB),
}
