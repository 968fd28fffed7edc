"""The secret in the address of the served page, without which nothing is answered."""

import secrets

TOKEN_HEADER = "X-Clean-News-Token"  # noqa: S105  # the name of the header
TOKEN_PARAMETER = "token"  # noqa: S105  # the name in the address
TOKEN_BYTES = 32


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)
