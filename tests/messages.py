"""Check the catalogues: complete, placeholders kept, up to date with the source."""

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from config.settings import INSTALLED_APPS

ROOT = Path(__file__).resolve().parent.parent
Key = tuple[str, str]  # context, text

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def problems(language: str, wanted: set[Key]) -> list[str]:
    catalogue = {_key(entry): entry for entry in _entries(ROOT / "locale", language)}
    found = [f"{language}: missing {text!r}" for _, text in sorted(wanted - catalogue.keys())]
    useless = catalogue.keys() - wanted
    found += [f"{language}: no longer used {text!r}" for _, text in sorted(useless)]
    return found + [line for entry in catalogue.values() for line in _broken(language, entry)]


def _broken(language: str, entry: polib.POEntry) -> list[str]:
    found = []
    if "fuzzy" in entry.flags or not entry.translated():
        found.append(f"{language}: not translated {entry.msgid!r}")
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
    if any(set(PLACEHOLDER.findall(text)) - allowed for text in texts):
        found.append(f"{language}: unknown placeholder in {entry.msgid!r}")
    return found


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def source_messages() -> set[Key]:
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
        return {_key(entry) for entry in polib.pofile(str(kept))}


def wagtail_problems(language: str) -> list[str]:
    """Compare what we add to Wagtail's catalogues with what they lack."""
    ours = {_key(entry): entry for entry in _entries(ROOT / "locale" / "wagtail", language)}
    folders = [_folder(app) for app in INSTALLED_APPS if app.startswith("wagtail")]
    folders.append(_folder("wagtail.users"))  # installed under a configuration of ours
    wanted = {_key(entry) for folder in folders for entry in _entries(folder, "en")}
    theirs = {
        _key(entry)
        for folder in folders
        for entry in _entries(folder, language)
        if entry.translated()
    }
    held = {key for key, entry in ours.items() if entry.translated()}
    found = [f"{language}: Wagtail lacks {text!r}" for _, text in sorted(wanted - theirs - held)]
    useless = ours.keys() - (wanted - theirs)
    found += [f"{language}: Wagtail needs no {text!r}" for _, text in sorted(useless)]
    return found + [line for entry in ours.values() for line in _broken(language, entry)]


def _folder(app: str) -> Path:
    spec = importlib.util.find_spec(app)
    return Path(str(spec and spec.origin)).parent / "locale"


def _entries(folder: Path, language: str) -> list[polib.POEntry]:
    path = folder / language / "LC_MESSAGES" / "django.po"
    return [e for e in polib.pofile(str(path)) if not e.obsolete] if path.exists() else []


if __name__ == "__main__":
    wanted = source_messages()
    found = [
        line
        for language in ("sv", "nb", "da")
        for line in problems(language, wanted) + wagtail_problems(language)
    ]
    sys.stdout.write("\n".join([*found, f"messages: {len(wanted)}, problems: {len(found)}\n"]))
    sys.exit(bool(found))
