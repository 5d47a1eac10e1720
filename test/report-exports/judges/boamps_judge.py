"""BoAmps' five schemas, by Python's jsonschema. The second argument is the folder of the schemas."""

import json
import sys
from pathlib import Path

from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from judging import REPORTS, case, check, end, equal, exactly, folder_of, report_of, within_ulps

KWH = 3_600_000
SCHEMAS = {
    schema["title"]: schema
    for schema in (json.loads(path.read_text()) for path in Path(sys.argv[2]).glob("*_schema.json"))
}
REGISTRY = Registry().with_resources(
    (schema["id"], Resource.from_contents(schema, default_specification=DRAFT4))
    for schema in SCHEMAS.values()
)
JUDGE = Draft4Validator(SCHEMAS["report"], registry=REGISTRY)


def read(name):
    return json.loads((folder_of(name, "boamps") / "boamps.json").read_text(encoding="utf8"))


with case("the judge sees what is wrong within the schemas that others refer to"):
    spoilt = read(REPORTS[0])
    spoilt["measures"][0]["powerConsumption"] = "1"
    spoilt["task"]["dataset"][0]["dataType"] = "nonsense"
    equal(len(list(JUDGE.iter_errors(spoilt))), 2, "the number of errors")

for name in REPORTS:
    report, ours = report_of(name), read(name)
    with case(f"{name}: jsonschema accepts boamps.json"):
        errors = [f"{list(error.path)}: {error.message}" for error in JUDGE.iter_errors(ours)]
        check(not errors, "; ".join(errors))
    with case(f"{name}: every field that it has is one of BoAmps'"):
        known = {"report": SCHEMAS["report"]["properties"]}
        for part, fields in known["report"].items():
            if part in ours and "properties" in fields:
                strange = set(ours[part]) - set(fields["properties"])
                check(not strange, f"{part} has {strange}")
        for part, items in (
            ("measure", ours["measures"]),
            ("algorithm", ours["task"]["algorithms"]),
            ("dataset", ours["task"]["dataset"]),
            ("hardware", ours["infrastructure"]["components"]),
        ):
            for item in items:
                strange = set(item) - set(SCHEMAS[part]["properties"])
                check(not strange, f"{part} has {strange}")
    with case(f"{name}: powerConsumption is in kWh, and all figures within 1 ulp of the report"):
        [measure] = ours["measures"]
        joules = report["energy"]["accountsJ"]["user"]["value"]
        within_ulps(measure["powerConsumption"], exactly([joules], over=[KWH]), "powerConsumption")
        within_ulps(measure["measurementDuration"], report["energy"]["durationS"]["value"], "duration")
        within_ulps(
            ours["environment"]["powerSourceCarbonIntensity"],
            report["carbon"]["intensity"]["gramsPerKWh"]["value"],
            "intensity",
        )
        sizes = [i["sizeBytes"] for i in report["identity"]["inputs"] if i["kind"] == "data"]
        for dataset, size in zip(ours["task"]["dataset"], sizes):
            within_ulps(dataset["dataSize"], exactly([size], over=[10**9]), "dataSize")

end()
