"""A folder with the extracts of a Puzzel customer, its calls on two days."""

from pathlib import Path

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "puzzel"
FOLDER = "/raw-data"
DAYS = ("2026-03-18", "2026-03-19")
CSV = {"Content-Type": "text/csv"}


def sample(event: str) -> bytes:
    return (PAYLOADS / f"{event}.csv").read_bytes()


def calls_of(day: str) -> bytes:
    """Return the header and the events of a day."""
    header, *lines = sample("call_events").decode().splitlines()
    started = header.split(";").index("dte_start")
    return "\n".join(
        [header, *(line for line in lines if line.split(";")[started].startswith(day))]
    ).encode()


def put(server: StubServer, name: str, content: bytes) -> None:
    server.answer(f"{FOLDER}/{name}", Answer(content, headers=CSV))


def serve(server: StubServer) -> dict[str, str]:
    put(server, "agents.csv", sample("agents"))
    put(server, "queues.csv", sample("queues"))
    for day in DAYS:
        put(server, f"call_events-{day}.csv", calls_of(day))
    return {
        "extract_url": "https://extracts.vinterfjord.example/raw-data",
        "username": "dagskurs",
        "password": "hush",
        "agents_file": "agents.csv",
        "queues_file": "queues.csv",
        "calls_file": "call_events-{date}.csv",
        "media_types": "1=phone",
        "time_zone": "Europe/Stockholm",
        "customer_key": "key",
        "api_url": f"{server.url}{FOLDER}",
        "login_url": server.url,
    }
