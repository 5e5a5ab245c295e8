"""Runs a program under what a unit file of ours forbids: ``python -m tests.e2e.confined UNIT -- PROGRAM …``.

systemd cannot be started inside a test; its seccomp filters can, through the same library. What stays untested
here is what only mounts and cgroups do (ProtectSystem, PrivateDevices, SocketBindDeny).
"""

import ctypes
import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
EQUAL, MASKED = 4, 7
PROT_WRITE, PROT_EXEC = 2, 4
NO_NEW_PRIVS, CAPBSET_DROP, SET_MDWE = 38, 24, 65
CAPABILITIES = 64
CAP_VERSION_3 = 0x20080522
FAMILIES = 46


class Compare(ctypes.Structure):
    """``struct scmp_arg_cmp``."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64))


def settings(unit: Path) -> dict[str, list[str]]:
    """Return the words of every key of a unit file, in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def calls_of(group: str) -> set[str]:
    """Return the system calls of a group, those of the groups in it included."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    found = set()
    for word in (line.strip() for line in told.stdout.splitlines()[1:]):
        if word and not word.startswith("#"):
            found |= calls_of(word) if word.startswith("@") else {word}
    return found


def allowed(unit: dict[str, list[str]]) -> set[str]:
    """Return what ``SystemCallFilter=`` leaves."""
    found: set[str] = set()
    for line in unit["SystemCallFilter"]:
        groups = [calls_of(word) if word.startswith("@") else {word} for word in line.removeprefix("~").split()]
        found = found - set().union(*groups) if line.startswith("~") else found | set().union(*groups)
    return found


def confine(unit: dict[str, list[str]]) -> None:
    """Apply filters and take every capability; there is no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Compare),
    )  # fmt: skip
    for name in ("seccomp_load", "seccomp_release"):
        getattr(library, name).argtypes = (ctypes.c_void_p,)

    def rule(made: int, action: int, call: str, *compared: Compare) -> None:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number == -1:
            return  # of another machine, or newer than the library
        array = (Compare * max(1, len(compared)))(*compared)
        failed = library.seccomp_rule_add_array(made, action, number, len(compared), array)
        assert not failed or number < -1, (call, failed)

    names = allowed(unit)
    families = {getattr(socket, name) for line in unit["RestrictAddressFamilies"] for name in line.split()}
    writable = Compare(2, MASKED, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE)
    executable = Compare(2, MASKED, PROT_EXEC, PROT_EXEC)
    assert unit["MemoryDenyWriteExecute"] == unit["NoNewPrivileges"] == ["yes"]
    libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(SET_MDWE, 1, 0, 0, 0)  # of Linux 6.3 and later; the filter says the same
    first = library.seccomp_init(ALLOW)
    rule(first, ERRNO | errno.EPERM, "mmap", writable)
    for call in ("mprotect", "pkey_mprotect"):
        rule(first, ERRNO | errno.EPERM, call, executable)
    for family in set(range(FAMILIES)) - families:
        rule(first, ERRNO | errno.EAFNOSUPPORT, "socket", Compare(0, EQUAL, family, 0))
    second = library.seccomp_init(ERRNO | errno.EPERM)
    for call in sorted(names):
        rule(second, ALLOW, call)
    for number in range(CAPABILITIES):
        libc.prctl(CAPBSET_DROP, number, 0, 0, 0)
    head = (ctypes.c_uint32 * 2)(CAP_VERSION_3, 0)
    if libc.capset(head, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")
    for made in (first, second):
        failed = library.seccomp_load(made)
        if failed:
            raise OSError(-failed, "seccomp_load")


def main() -> None:
    """Confine this process and become the program."""
    unit, dashes, *words = sys.argv[1:]
    assert dashes == "--"
    confine(settings(Path(unit)))
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
