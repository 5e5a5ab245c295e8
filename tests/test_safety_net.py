"""The net around the tests holds: nothing they start in this process can leave this machine."""

import socket

import pytest


def test_a_connection_off_this_machine_is_refused_and_remembered(strayed):
    with socket.socket() as sock, pytest.raises(PermissionError, match="stay on this machine"):
        sock.connect(("192.0.2.1", 80))
    assert len(strayed) == 1
    strayed.clear()


def test_a_name_is_not_looked_up(strayed):
    with pytest.raises(PermissionError, match="stay on this machine"):
        socket.getaddrinfo("example.org", 443)
    strayed.clear()


def test_loopback_is_open(strayed):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert strayed == []
