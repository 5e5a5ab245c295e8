"""Help texts in English: backups."""

from hantu.cli.texts.entry import Entry

KEYS = {"keys": "Folder for the keys (make), or the file of keys (verify, restore)."}
FILE = {"file": "The backup."}
FOLDER = {"folder": "Folder of backups; by default the setting health.backup_dir."}
BACKUP = {
    "backup": Entry("Backups: make them, try them out, put them back.", "hantu backup make /backup/hantu"),
    "backup make": Entry(
        "Copy the databases of records, phone and server into one file; all may be running. Keys go to another place, --keys.",
        "hantu backup make /backup/hantu --keys /media/usb/hantu-keys --keep 14",
        {**FOLDER, **KEYS, "keep": "Backups to keep in this folder; older ones are removed."},
    ),
    "backup list": Entry("Show backups, newest first.", "hantu backup list /backup/hantu", FOLDER),
    "backup verify": Entry(
        "Take a backup apart beside the home and check it; with --keys also that every sealed secret opens. Ends with 1 if not.",
        "hantu backup verify /backup/hantu/hantu-20261123T090000Z.tar.gz",
        {**FILE, **KEYS},
    ),
    "backup restore": Entry(
        "Put a backup back. What was there is set aside, the kill switch is set. Ends with 3 while anything is running.",
        "hantu backup restore /backup/hantu/hantu-20261123T090000Z.tar.gz --yes",
        {**FILE, **KEYS, "yes": "Do not ask."},
    ),
}
