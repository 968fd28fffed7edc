"""The addresses of the loopback interface, which only this computer reaches."""

LOOPBACK = "127.0.0.1"
HOST_NAMES = (LOOPBACK, "localhost")
