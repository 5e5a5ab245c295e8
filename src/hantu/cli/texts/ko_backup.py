"""Help texts in Korean: backups."""

from hantu.cli.texts.entry import Entry

KEYS = {"keys": "키를 따로 둘 폴더(make) 또는 키 백업 파일(verify, restore)."}
FILE = {"file": "백업 파일."}
FOLDER = {"folder": "백업 폴더. 없으면 설정 health.backup_dir."}
BACKUP = {
    "backup": Entry("백업: 만들고, 되살려 보고, 되돌립니다.", "hantu backup make /backup/hantu"),
    "backup make": Entry(
        "기록, 텔레그램 명령, 서버의 데이터베이스를 한 파일로 복사합니다. 모두 실행 중이어도 됩니다. 키는 --keys 에 적은 다른 곳에 둡니다.",
        "hantu backup make /backup/hantu --keys /media/usb/hantu-keys --keep 14",
        {**FOLDER, **KEYS, "keep": "이 폴더에 남길 백업 수. 더 오래된 것은 지웁니다."},
    ),
    "backup list": Entry("백업을 새것부터 보여 줍니다.", "hantu backup list /backup/hantu", FOLDER),
    "backup verify": Entry(
        "백업을 옆에서 되살려 보고 무결성을 확인합니다. --keys 를 붙이면 봉한 비밀 값이 모두 열리는지도 봅니다. 망가졌으면 종료 코드 1.",
        "hantu backup verify /backup/hantu/hantu-20261123T090000Z.tar.gz",
        {**FILE, **KEYS},
    ),
    "backup restore": Entry(
        "백업을 제자리에 되돌립니다. 있던 것은 옆으로 옮기고, 킬 스위치를 켜 둡니다. 무엇이든 실행 중이면 3으로 끝납니다.",
        "hantu backup restore /backup/hantu/hantu-20261123T090000Z.tar.gz --yes",
        {**FILE, **KEYS, "yes": "묻지 않습니다."},
    ),
}
