"""The name under which decisions are made if none is given."""


def login_name() -> str:
    """The login name; empty if the system has none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
