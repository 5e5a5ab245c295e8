"""Help texts in English: the audit trail, events by hand, people."""

from hantu.cli.texts.entry import Entry

AUDIT = {
    "audit": Entry("The audit trail: who did what, and the proof that nobody changed it.", "hantu audit verify"),
    "audit show": Entry("Show the audit trail, newest first.", "hantu audit show --limit 50"),
    "audit verify": Entry(
        "Check every row against the hash chain and the signed heads. Names damage and first bad row, and ends with 1.",
        "hantu audit verify",
        {
            "file": "Check an exported jsonl file with its proof (.proof.json) instead of the database.",
            "public_key": "The public key to trust, 64 digits; by default the one of this home.",
            "noted": "The last line of a day's message (COUNT:64 digits): checks that the rows up to there are the same.",
        },
    ),
    "audit export": Entry(
        "Write a stretch of the trail to a file, with its proof (hashes, signature, how to check).",
        "hantu audit export --from 2026-11-01 --to 2026-11-30",
        {
            "first": "First day (Korean date).",
            "last": "Last day; by default the first day only.",
            "kind": "jsonl (to check) or csv (to read).",
            "out": "File to create.",
        },
    ),
    "audit evidence": Entry(
        "Pack the evidence of one exit (decision, orders, fills, alerts, prices) into a zip without account number.",
        "hantu audit evidence 0000000123",
        {"ident": "Intent id, flow id or order number.", "out": "File to create."},
    ),
    "audit archive": Entry(
        "Archive records and error lines of months that have ended (3 years and more). A guard does it when it ends.",
        "hantu audit archive",
    ),
    "audit restart": Entry(
        "Begin new signed heads after a backup was restored. The old ones are kept, and the act is recorded.",
        'hantu audit restart --reason "restored the backup of Nov 20"',
        {"reason": "The reason to record (required)."},
    ),
    "event": Entry("Record by hand what happened outside of hantu.", 'hantu event add check "server rebooted"'),
    "event add": Entry(
        "Record an operations event, marked as manual, with who wrote it.",
        'hantu event add check "router replaced at 09:10"',
        {
            "kind": "Its kind, e.g. check, outage, inquiry.",
            "text": "What happened.",
            "flow": "The flow id it belongs to.",
        },
    ),
    "privacy": Entry("Show the people behind pseudonyms, and erase one on request.", "hantu privacy show"),
    "privacy show": Entry(
        "Show pseudonyms, names and counts of records.",
        "hantu privacy show",
        {"who": "Name or pseudonym; all by default."},
    ),
    "privacy erase": Entry(
        "Destroy name and key of one person. Records and chain stay; nobody can say any more who it was.",
        "hantu privacy erase P-1a2b3c4d --yes",
        {"who": "Name or pseudonym.", "yes": "Erase, knowing that it cannot be undone."},
    ),
}
