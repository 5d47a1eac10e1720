"""The RO-Crate validator, with the context that ro-crate-py carries, since nothing is fetched here."""

import hashlib
import json
import logging
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote

import rocrate
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils import document_loader
from rocrate_validator.utils.http import HttpRequester

from judging import REPORTS, case, check, end, equal, folder_of, report_of

CONTEXT = json.loads((Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text())


class Answer:
    status_code = 200
    headers = {"Content-Type": "application/ld+json"}
    text = json.dumps(CONTEXT)

    def json(self):
        return CONTEXT


def answer(url):
    if url != "https://w3id.org/ro/crate/1.1/context":
        raise RuntimeError(f"{url} was asked for")
    return Answer()


HttpRequester.get = lambda self, url, *_args, **_options: answer(url)
document_loader._fetch_json_ld = lambda url: answer(url).json()
logging.disable(logging.CRITICAL)

# What is said of a crate of ours, and why it stays.
KNOWN = {
    "ro-crate-1.1_22.1": "the licence may be unknown; an entity says so",
    "ro-crate-1.1_22.2": "a report has no author",
    "ro-crate-1.1_22.3": "nor a publisher",
    "process-run-crate-0.5_8.6": "nor an agent",
    "process-run-crate-0.5_3.2": "a report names software by version, not by address",
    "process-run-crate-0.5_5.1": "package URLs are absolute, though they don't begin with http",
}


def issues(folder, profile):
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=models.Severity.RECOMMENDED,
        skip_availability_check=True,
    )
    found = services.validate(settings).get_issues()
    return [(issue.check.identifier, issue.message) for issue in found]


with case("the judge sees a crate without a date, and one without its file"):
    with tempfile.TemporaryDirectory() as folder:
        source = folder_of(REPORTS[0], "ro-crate")
        broken = Path(folder) / "crate"
        shutil.copytree(source, broken)
        file = broken / "ro-crate-metadata.json"
        crate = json.loads(file.read_text(encoding="utf8"))
        del crate["@graph"][1]["datePublished"]
        file.write_text(json.dumps(crate))
        for path in broken.glob("*.report.json"):
            path.unlink()
        said = " ".join(message for _, message in issues(broken, "ro-crate-1.1"))
        check("datePublished" in said, said)
        check("report.json" in said, said)

for name in REPORTS:
    folder, report = folder_of(name, "ro-crate"), report_of(name)
    for profile in ("ro-crate-1.1", "process-run-crate"):
        with case(f"{name}: the validator says no more by {profile} than what can't be known"):
            found = [issue for issue in issues(folder, profile) if issue[0] not in KNOWN]
            check(not found, found)
    with case(f"{name}: ro-crate-py reads it, and the report in it is the report"):
        crate = ROCrate(str(folder))
        [data] = crate.data_entities
        file = folder / unquote(data.id)
        equal(json.loads(file.read_text(encoding="utf8")), report, "the report")
        equal(data["contentSize"], str(file.stat().st_size), "its size")
        equal(data["identifier"], report["identity"]["hash"], "its hash")
    with case(f"{name}: each figure is read back exactly, with both ends of its interval"):
        entities = {
            entity["propertyID"]: entity
            for entity in ROCrate(str(folder)).get_by_type("PropertyValue")
            if "propertyID" in entity.properties()
        }
        check(len(entities) >= 7, f"{len(entities)} figures")
        for place, entity in entities.items():
            quantity = report
            for key in place.replace("[", ".").replace("]", "").split("."):
                quantity = quantity[int(key)] if key.isdigit() else quantity[key]
            if place.startswith("results"):
                quantity = quantity["value"]
            for ours, theirs in (("value", "value"), ("minValue", "low"), ("maxValue", "high")):
                equal(entity[ours], quantity[theirs], f"{ours} of {place}")

end()
