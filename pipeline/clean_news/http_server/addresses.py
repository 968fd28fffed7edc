"""The addresses of the loopback interface, which only this computer reaches, and the names that they go by."""

from ipaddress import ip_address

LOOPBACK = "127.0.0.1"
LOCAL_NAME = "localhost"
DEFAULT_PORT = 80  # of http: clients leave it out


def is_loopback(address: str) -> bool:
    """Whether an IP address is one of the loopback interface.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    return ip_address(address.partition("%")[0]).is_loopback


def shown(address: str) -> str:
    """Return an IP address as it is written in a URL.

    >>> shown("::1"), shown("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{address}]" if ":" in address else address


def local_hosts(address: str, port: int) -> frozenset[str]:
    """Return what clients on this computer name in the header Host.

    Args:
        address: the address of the loopback interface that the server listens on.
        port: its port.

    >>> sorted(local_hosts("127.0.0.1", 8000))
    ['127.0.0.1:8000', 'localhost:8000']
    >>> sorted(local_hosts("::1", 80))
    ['[::1]', '[::1]:80', 'localhost', 'localhost:80']
    """
    names = {shown(address), LOCAL_NAME}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == DEFAULT_PORT else set()))
