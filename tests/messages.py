"""Check the catalogues: complete, placeholders kept, up to date with the source."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def problems(language: str, wanted: set[tuple[str, str]]) -> list[str]:
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    held = {(entry.msgctxt or "", entry.msgid) for entry in catalogue if not entry.obsolete}
    found = [f"{language}: missing {text!r}" for _, text in sorted(wanted - held)]
    found += [f"{language}: no longer used {text!r}" for _, text in sorted(held - wanted)]
    for entry in catalogue:
        if entry.obsolete:
            continue
        if "fuzzy" in entry.flags or not entry.translated():
            found.append(f"{language}: not translated {entry.msgid!r}")
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
        if any(set(PLACEHOLDER.findall(text)) - allowed for text in texts):
            found.append(f"{language}: unknown placeholder in {entry.msgid!r}")
    return found


def source_messages() -> set[tuple[str, str]]:
    """Return what makemessages finds in the source, as (context, text)."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "makemessages", "--keep-pot", "--locale", "xx"]
        folders = (".venv/*", "var/*", "tests/*", "bench/*")
        ignored = [part for folder in folders for part in ("--ignore", folder)]
        ignored += ["--no-wrap", "--no-location"]
        subprocess.run([*command, *ignored], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        pot = ROOT / "locale" / "django.pot"
        kept = Path(folder) / "django.pot"
        pot.rename(kept)
        for leftover in (ROOT / "locale" / "xx").rglob("*.po"):
            leftover.unlink()
        return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(kept))}


if __name__ == "__main__":
    wanted = source_messages()
    found = [line for language in ("sv", "nb", "da") for line in problems(language, wanted)]
    sys.stdout.write("\n".join([*found, f"messages: {len(wanted)}, problems: {len(found)}\n"]))
    sys.exit(bool(found))
