"""What may be shown of a platform's answers: never a secret of ours that it repeated."""

from coaching.models import Connection, encrypted

HIDDEN = "•••"


def secrets_of(connection: Connection) -> dict[str, str]:
    """Return the secrets; none where the keys of this installation do not open them."""
    try:
        return connection.secrets
    except encrypted.Unopenable:
        return {}


def without_secrets(connection: Connection, text: str) -> str:
    for secret in filter(None, secrets_of(connection).values()):
        text = text.replace(secret, HIDDEN)
    return text
