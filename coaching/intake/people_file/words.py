"""What the columns, roles and languages of a file of people are called in four languages."""

import re

from literacy.models import Role

_COLUMNS = {
    "email": "e mail|email|e post|epost|mail|e mail address|email address|e postadress|"
    "e postadresse|e mailadresse|epostadress|epostadresse|mailadress|mailadresse|address",
    "first_name": "first name|firstname|given name|förnamn|fornavn|tilltalsnamn",
    "last_name": "last name|lastname|surname|family name|efternamn|etternavn|efternavn",
    "language": "language|språk|sprog",
    "team": "team|home team|teamet|hemteam|hjemmeteam|grupp|gruppe|enhet|enhed|avdelning|"
    "avdeling|afdeling",
    "role": "role|roll|rolle",
    "starts_on": "from|start|starts on|from date|start date|från|fra|från och med|fra og med|"
    "fr o m|f o m|startdatum|startdato|fradato|gäller från|gjelder fra|gælder fra",
}
_ROLES = {
    Role.AGENT: "agent|medarbetare|kundtjänstmedarbetare|kundebehandler|kunderådgiver|medarbejder|"
    "kundeservicemedarbejder|medarbeider|learner",
    Role.MANAGER: "manager|team leader|chef|teamledare|teamleder|leder|gruppchef|gruppeleder",
    Role.AUTHOR: "author|editor|författare|forfatter|redaktör|redaktør",
    Role.STEWARD: "steward|data protection|dataskydd|förvaltare för dataskydd|"
    "personvernansvarlig|personvernombud|databeskyttelsesansvarlig|dataskyddsombud",
    Role.ADMINISTRATOR: "administrator|admin|administratör",
}
_LANGUAGES = {
    "sv": "svenska|svensk|swedish",
    "nb": "norska|norsk|norsk bokmål|bokmål|norwegian|nynorsk",
    "da": "danska|dansk|danish",
}


def words(text: str) -> str:
    """Return a text as it is looked up: small letters, and one space for anything else."""
    return " ".join(re.findall(r"\w+", text.casefold()))


COLUMNS = {name: field for field, names in _COLUMNS.items() for name in names.split("|")}
ROLES = {name: str(role) for role, names in _ROLES.items() for name in names.split("|")}
LANGUAGES = {name: code for code, names in _LANGUAGES.items() for name in names.split("|")}
