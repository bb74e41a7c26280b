"""Reports reach released cells and nothing else of ours: the contract, and the names they take."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import grimp
import pytest
from importlinter.configuration import TomlFileUserOptionReader, configure
from importlinter.contracts.forbidden import ForbiddenContract

import coaching.reports
from tests.databases import ROOT

pytestmark = pytest.mark.pure

OURS = ("config", "coaching", "literacy", "cms")
ALLOWED = {
    "coaching.models.cells": {"ReleaseCell"},
    "coaching.release.catalogue": {"METRICS", "level_words", "range_words", "size_words"},
    "literacy.calendar": {"week_label"},
    "literacy.privacy.access": {"TeamScope", "team_scope"},
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OURS, include_external_packages=True, cache_dir=None)


def is_kept(graph: grimp.ImportGraph) -> bool:
    configure()
    read = TomlFileUserOptionReader().read_options(str(ROOT / "pyproject.toml"))
    [options] = [one for one in read.contracts_options if one["name"].startswith("The one door")]
    contract = ForbiddenContract(options["name"], read.session_options, options)
    return bool(contract.check(deepcopy(graph), verbose=False).kept)


def test_contract_holds(graph: grimp.ImportGraph) -> None:
    assert is_kept(graph)


@pytest.mark.parametrize(
    "imported",
    [
        "coaching.models",
        "coaching.models.cohorts",
        "coaching.models.evaluations",
        "coaching.release",
        "coaching.release.cohorts",
        "coaching.release.roster",
        "coaching.records",
        "literacy",
        "literacy.models",
        "literacy.models.people",
        "literacy.mastery",
        "literacy.privacy",
        "literacy.privacy.export",
    ],
)
def test_contract_catches_an_import_of_anything_else(
    graph: grimp.ImportGraph, imported: str
) -> None:
    breached = deepcopy(graph)
    breached.add_import(importer="coaching.reports.views", imported=imported)

    assert not is_kept(breached)


def names_taken(source: str) -> Iterator[tuple[str, str]]:
    """Yield module and name of each import of ours; a module taken whole has the name "*"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "*") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                ("." * node.level + (node.module or ""), alias.name) for alias in node.names
            )


def is_refused(module: str, name: str) -> bool:
    is_ours = module.startswith(".") or module.partition(".")[0] in OURS
    is_own = module == "coaching.reports" or module.startswith("coaching.reports.")
    return is_ours and not is_own and name not in ALLOWED.get(module, set())


def refused(source: str) -> list[tuple[str, str]]:
    return [found for found in names_taken(source) if is_refused(*found)]


def test_reports_take_the_names_they_need_and_no_others() -> None:
    [folder] = coaching.reports.__path__
    sources = [path.read_text() for path in Path(folder).rglob("*.py")]
    taken = {found for source in sources for found in names_taken(source)}

    assert [found for source in sources for found in refused(source)] == []
    assert {(module, name) for module in ALLOWED for name in ALLOWED[module]} <= taken


@pytest.mark.parametrize(
    "line",
    [
        "from coaching.models import Evaluation",
        "from coaching.models import cells",
        "from coaching.release import roster, cohorts",
        "from literacy.privacy.access import Learner",
        "from literacy.privacy import access",
        "import literacy.models",
        "from ..models import Interaction",
    ],
)
def test_a_name_that_leads_past_the_door_is_found(line: str) -> None:
    assert refused(line)
