"""What columns and cells are called in Swedish, Norwegian, Danish and English."""

from coaching.records import Channel, Direction, EvaluationStatus

TIMES = frozenset({"tid", "klockslag", "klokkeslett", "klokkeslæt", "kl", "time"})
UNITS = {
    "ms": "milliseconds",
    "millisekunder": "milliseconds",
    "milliseconds": "milliseconds",
    "s": "seconds",
    "sek": "seconds",
    "sec": "seconds",
    "sekunder": "seconds",
    "seconds": "seconds",
    "min": "minutes",
    "minuter": "minutes",
    "minutter": "minutes",
    "minutes": "minutes",
}

_COLUMNS = {
    "external_id": "id|samtals id|samtal id|ärende id|ärendenummer|kontakt id|samtale id|samtaleid|"
    "henvendelse id|saksnummer|sagsnummer|opkalds id|opkald id|anrops id|interaction id|"
    "conversation id|call id|contact id|ticket id",
    "evaluation_id": "id|evaluation id|evalueringsid|evaluerings id|utvärdering id|"
    "utvärderings id|bedömnings id|vurderings id|vurdering id|review id",
    "leg_id": "leg id|session id|segment id|reservation id|ben id",
    "agent_external_id": "agent|agent id|agentid|agent email|agent e post|agentnamn|agentnavn|"
    "agent name|medarbetare|medarbeider|medarbejder|medarbetar id|medarbeider id|medarbejder id|"
    "medarbejdernummer|anställningsnummer|ansattnummer|handläggare|rådgivare|rådgiver|"
    "saksbehandler|sagsbehandler|kundebehandler|kundservicemedarbetare|kunderådgiver|"
    "user|user id|user name|användare|bruker|bruger|employee|employee id|e post|epost|email|"
    "e mail",
    "queue_external_id": "queue id|kö id|kø id|køid",
    "queue_name": "kö|könamn|kø|kønavn|queue|queue name|skill|kompetens|kompetanse|campaign|"
    "kampanj|kampanje|linje",
    "channel": "kanal|channel|media|medietyp|medietype|media type|mediatype|kontakttyp|"
    "kontakttype|henvendelsestype|contact type",
    "direction": "riktning|retning|direction|samtalsriktning|samtaleretning|opkaldsretning",
    "language": "språk|sprog|language|kundens språk|kundens sprog|samtalsspråk",
    "started_at": "start|starttid|starttidspunkt|start tid|startad|startet|påbörjad|påbegynt|"
    "påbegyndt|datum|dato|tidpunkt|tidspunkt|datum och tid|dato og tid|dato og klokkeslæt|"
    "dato og klokkeslett|start time|started|started at|start date|date|date time|timestamp|"
    "samtalsstart|samtalestart|mottagen|mottatt|modtaget|tidsstämpel|tidsstempel",
    "ended_at": "slut|sluttid|sluttidspunkt|slut tid|avslutad|avsluttet|afsluttet|end|end time|"
    "ended|ended at|end date|samtalsslut|samtaleslutt",
    "queue_ms": "kötid|køtid|ventetid|ventetid i kø|väntetid|wait|wait time|queue time|"
    "time in queue|tid i kö|tid i kø",
    "ring_ms": "ringtid|ringetid|svarstid|ring time|ringing time|alert time|alerting time",
    "talk_ms": "samtalstid|taltid|taletid|samtaletid|talk|talk time|talktime|conversation time",
    "hold_ms": "väntläge|vänt|parkeringstid|parkerad tid|holdetid|hold|hold time|holdtid|"
    "tid på vent|tid på vänt|parkeret tid",
    "acw_ms": "efterarbete|efterarbetstid|etterarbeid|etterarbeidstid|efterbehandling|"
    "efterbehandlingstid|efterarbejde|efterarbejdstid|etterbehandling|etterbehandlingstid|acw|"
    "acw time|after call work|after call work time|wrap up time|wrapup time|wrap up",
    "handle_ms": "hanteringstid|handläggningstid|total tid|håndteringstid|behandlingstid|"
    "samlet tid|handle time|handling time|total handle time|total time|aht|duration|varaktighet|"
    "varighet|varighed|längd|lengde|længde",
    "hold_count": "antal vänt|antall vent|antal hold|hold count|holds|number of holds",
    "transfer_count": "överföringar|antal överföringar|kopplade|vidarekopplingar|"
    "viderekoblinger|overføringer|antall overføringer|omstillinger|antal omstillinger|"
    "viderestillinger|transfers|transfer count|number of transfers",
    "consult_count": "konsultationer|konsultasjoner|forespørgsler|consults|consult count|"
    "number of consults",
    "disposition_code": "avslutskod|avslutningskode|avslutskode|afslutningskode|kod|kode|"
    "wrapup code|wrap up code|disposition|disposition code|orsakskod|årsakskode|årsagskode",
    "disposition_label": "ärendetyp|ärende|kategori|category|emne|ämne|sakstype|sagstype|"
    "henvendelsesårsak|kontaktorsak|kontaktårsak|kontaktårsag|reason|contact reason|"
    "disposition name|topic",
    "customer_ref": "kund|kunde|kundnummer|kundenummer|telefonnummer|telefon|kundens telefon|"
    "customer|customer number|phone|phone number|caller|caller id|ani|från nummer|fra nummer|"
    "kundens e post|customer email",
    "recorded": "inspelad|inspelat|innspilt|tatt opp|optaget|recorded|recording",
    "source_updated_at": "uppdaterad|ändrad|oppdatert|endret|opdateret|ændret|updated|updated at|"
    "modified|last modified|changed",
    "revision": "revision|version|versjon|utgåva",
    "interaction_external_id": "samtals id|samtal id|samtale id|samtaleid|ärende id|ärendenummer|"
    "saksnummer|sagsnummer|opkalds id|interaction id|conversation id|call id|contact id|ticket id",
    "evaluator_external_id": "utvärderare|bedömare|granskare|evaluator|evaluator id|evaluatør|"
    "vurdert av|bedømmer|evaluated by|reviewer|reviewer name|evaluator name|coach|evaluator email",
    "form_external_id": "formulär id|skjema id|skema id|form id|scorecard id",
    "form_name": "formulär|skjema|skema|form|form name|scorecard|mall|mal|skabelon|"
    "kvalitetsformulär|kvalitetsskjema|kvalitetsskema",
    "status": "status|tillstånd|tilstand|state",
    "score_pct": "poäng|totalpoäng|resultat|resultat i procent|totalt|poengsum|totalscore|"
    "samlet score|score|total score|total|score percent|score pct|procent|prosent|kvalitet|"
    "kvalitetspoäng|kvalitetsscore|quality score",
    "critical_score_pct": "kritiska poäng|kritisk score|critical score",
    "earned_points": "uppnådda poäng|oppnådde poeng|opnåede point|earned points|points earned",
    "max_points_total": "max totalt|maxpoäng totalt|maks poeng totalt|maks point i alt|"
    "total max points|max total",
    "fatal_failed": "autofail|auto fail|kritiskt fel|kritisk feil|kritisk fejl|critical error|"
    "fatal error|fatal",
    "passed": "godkänd|godkänt|godkjent|bestått|godkendt|bestået|passed|pass",
    "comments": "kommentar|comment|kommentarer|sammanfattning|oppsummering|opsummering|"
    "återkoppling|tilbakemelding|tilbagemelding|feedback|comments|summary|overall comment|"
    "general comment",
    "agent_comments": "agentens kommentar|medarbetarens kommentar|medarbeiderens kommentar|"
    "medarbejderens kommentar|agent comment|agent comments",
    "interaction_at": "samtalsdatum|samtaledato|opkaldsdato|kontaktdatum|kontaktdato|call date|"
    "conversation date|interaction date|contact date",
    "created_at": "skapad|opprettet|oprettet|created|created at|created date",
    "submitted_at": "datum|dato|utvärderad|utvärderingsdatum|bedömningsdatum|evalueringsdato|"
    "vurderingsdato|vurdert|evalueret|evaluated at|evaluation date|submitted|submitted at|"
    "submitted date|date",
    "released_at": "publicerad|frisläppt|delad|publisert|frigitt|delt|offentliggjort|frigivet|"
    "released|released at|release date|shared at",
    "question_external_id": "fråge id|spørsmål id|spørsmåls id|spørgsmål id|spørgsmåls id|"
    "question id|criterion id",
    "question_text": "fråga|kriterium|spørsmål|spørgsmål|punkt|question|question text|criterion|"
    "criteria|kriterie",
    "group_name": "grupp|avsnitt|gruppe|seksjon|sektion|afsnit|område|group|group name|section|"
    "question group",
    "answer_text": "svar|svarsalternativ|svaralternativ|svarmulighed|answer|answer text|response",
    "points": "poäng|poeng|point|points|score|resultat|poängfråga|frågans poäng|question score|"
    "answer score|delpoäng|delpoeng|delpoint|betyg|karakter",
    "max_points": "max|maxpoäng|maks|makspoeng|maks poeng|maks point|max points|max score|"
    "möjliga poäng|mulige poeng|mulige point|possible points",
    "weight": "vikt|viktning|vekt|vekting|vægt|vægtning|weight",
    "is_critical": "kritisk|kritisk fråga|kritisk spørsmål|kritisk spørgsmål|critical|is critical",
    "failed_fatal": "underkänd fråga|failed kill question|failed fatal",
    "not_applicable": "ej aktuell|ej aktuellt|ikke aktuelt|ikke relevant|not applicable|n a|na",
    "comment": "kommentar|comment|notering|notat|note",
}
_SYNONYMS = {field: frozenset(names.split("|")) for field, names in _COLUMNS.items()}
SYNONYMS = {
    "interactions": _SYNONYMS,
    "evaluations": {**_SYNONYMS, "external_id": _SYNONYMS["evaluation_id"]},
}

CHANNELS = {
    Channel.VOICE: "telefon|telefoni|samtal|samtale|anrop|opkald|voice|call|phone|röst|inringd",
    Channel.CHAT: "chatt|chat|livechat|webchat|nettprat",
    Channel.MESSAGE: "sms|meddelande|melding|besked|beskjed|message|messaging|whatsapp|messenger",
    Channel.EMAIL: "e post|epost|mail|mejl|e mail|email",
    Channel.CALLBACK: "callback|återuppringning|ring upp|tilbakeringing|ring tilbake|"
    "tilbagekald|ring tilbage|call back",
    Channel.VIDEO: "video|videosamtal|videosamtale|videomøde|videomöte|videomøte",
    Channel.TASK: "uppgift|oppgave|opgave|task|ärende|sak|sag|case|ticket",
    Channel.SOCIAL: "social|sociala medier|sosiale medier|sociale medier|social media|facebook|"
    "instagram|linkedin|tiktok|trustpilot|x|twitter",
    Channel.IN_PERSON: "besök|butik|reception|personligt möte|personligt|fysiskt möte|besøk|"
    "butikk|resepsjon|oppmøte|personlig møte|personlig|fremmøde|personligt møde|face to face|"
    "in person|walk in|store|visit",
    Channel.OTHER: "annat|annet|andet|övrigt|øvrig|other",
}
DIRECTIONS = {
    Direction.INBOUND: "in|inn|ind|inkommande|innkommende|indgående|inngående|inbound|incoming",
    Direction.OUTBOUND: "ut|ud|utgående|udgående|outbound|outgoing|out",
    Direction.INTERNAL: "intern|internt|internal",
    Direction.UNKNOWN: "okänd|ukjent|ukendt|unknown",
}
STATUSES = {
    EvaluationStatus.PENDING: "väntar|venter|afventer|ny|new|pending|tilldelad|tildelt",
    EvaluationStatus.IN_PROGRESS: "pågår|påbörjad|pågår|utkast|kladd|kladde|igangværende|"
    "in progress|inprogress|draft",
    EvaluationStatus.SUBMITTED: "inskickad|klar|färdig|innsendt|ferdig|indsendt|færdig|submitted|"
    "finished|completed",
    EvaluationStatus.RELEASED: "publicerad|delad|frisläppt|publisert|delt|frigitt|frigivet|"
    "offentliggjort|released|shared|published",
    EvaluationStatus.DISPUTED: "ifrågasatt|överklagad|bestridd|bestridt|omtvistet|indsigelse|"
    "disputed|in review|under granskning",
    EvaluationStatus.RETRACTED: "återkallad|tillbakadragen|trukket tilbake|trukket tilbage|"
    "raderad|slettet|retracted|deleted",
}
NOT_APPLICABLE = frozenset(
    {"n/a", "na", "n.a.", "-", "–", "ej aktuellt", "ej relevant", "ikke aktuelt", "ikke relevant"}
)
