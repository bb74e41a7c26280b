"""Write random secrets to var/secrets.env once, for the first start on a new machine."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

SECRETS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "NOISE_SECRET": lambda: secrets.token_urlsafe(32),
    "CUSTOMER_KEY": lambda: secrets.token_urlsafe(32),
    "FIELD_KEYS": lambda: Fernet.generate_key().decode(),
}


def write_missing(path: Path) -> list[str]:
    """Append each secret that neither the file nor the environment holds; return their names."""
    kept = path.read_text() if path.exists() else ""
    held = {line.split("=", 1)[0] for line in kept.splitlines() if "=" in line}
    missing = [name for name in SECRETS if name not in held and not os.environ.get(name)]
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.writelines(f"{name}={SECRETS[name]()}\n" for name in missing)
    return missing


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    write_missing(Path(os.environ.get("VAR_DIR", root / "var")) / "secrets.env")
