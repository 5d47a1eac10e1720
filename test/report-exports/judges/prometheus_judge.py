"""Prometheus' text format, read by prometheus_client's parser."""

import json

from prometheus_client.parser import text_string_to_metric_families

from judging import REPORTS, case, check, end, equal, folder_of, report_of, within_ulps


def read(name):
    text = (folder_of(name, "prometheus") / "halfnote.prom").read_text(encoding="utf8")
    return list(text_string_to_metric_families(text))


def series(report):
    """Each quantity of the report by its name there and the labels that are its own."""
    energy, carbon = report["energy"], report["carbon"]
    yield "halfnote_run_duration", "seconds", {}, energy["durationS"]
    for account, quantity in energy["accountsJ"].items():
        yield "halfnote_account_energy", "joules", {"account": account}, quantity
    for i, device in enumerate(energy["devices"]):
        labels = {"device": str(i), "component": device["component"], "source": device["source"]}
        yield "halfnote_machine_energy", "joules", labels, device["machineJ"]
        yield "halfnote_user_energy", "joules", labels, device["accountsJ"]["user"]
    for cell in energy["cells"]:
        labels = {"cell": str(cell["index"] + 1)}
        yield "halfnote_cell_duration", "seconds", labels, cell["durationS"]
        yield "halfnote_cell_energy", "joules", labels, cell["energyJ"]
        yield "halfnote_cell_carbon", "grams", labels, cell["co2eG"]
    yield "halfnote_carbon_operational", "grams", {}, carbon["operationalG"]
    yield "halfnote_carbon_embodied", "grams", {}, carbon["embodiedG"]
    yield "halfnote_water", "liters", {}, carbon["waterL"]
    place = {"region": carbon["intensity"]["region"], "source": carbon["intensity"]["source"]}
    yield "halfnote_grid_intensity", "grams_per_kwh", place, carbon["intensity"]["gramsPerKWh"]
    if carbon["sci"] is not None:
        yield "halfnote_sci", "grams", {"per": carbon["sci"]["unit"]}, carbon["sci"]["gramsPerUnit"]
    for i, result in enumerate(report["results"]):
        labels = {"cell": str(result["cell"] + 1), "result": str(i)}
        labels |= {"name": result["name"], "unit": result["unit"]}
        yield "halfnote_result", "", labels, result["value"]


for name in REPORTS:
    report = report_of(name)
    with case(f"{name}: every family is a gauge with help, and no series is there twice"):
        families = read(name)
        check(families, "nothing was read")
        for family in families:
            equal(family.type, "gauge", family.name)
            check(family.documentation, f"{family.name} has no help")
        keys = [(s.name, json.dumps(s.labels, sort_keys=True)) for f in families for s in f.samples]
        equal(len(set(keys)), len(keys), "the number of different series")
        equal(len({family.name for family in families}), len(families), "the number of families")
    with case(f"{name}: each quantity and both ends of its interval are read back exactly"):
        read_back = {
            (sample.name, json.dumps(sample.labels, sort_keys=True)): sample.value
            for family in read(name)
            for sample in family.samples
        }
        run = {"report": report["identity"]["hash"]}
        known = 0
        for stem, unit, labels, quantity in series(report):
            for end_of, field in (("", "value"), ("_lower", "low"), ("_upper", "high")):
                full = "_".join(filter(None, [stem + end_of, unit]))
                found = {
                    key: value
                    for key, value in read_back.items()
                    if key[0] == full and (run | labels).items() <= json.loads(key[1]).items()
                }
                if quantity is None:
                    check(not found, f"{full} is there, and isn't known")
                    continue
                equal(len(found), 1, f"the number of {full} {labels}")
                [value] = found.values()
                equal(value, quantity[field], f"{full} {labels}")
                known += 1
        others = [key for key in read_back if key[0].split("_")[1] not in ("report", "pue")]
        equal(len(others), known + 1, "the number of series beside the report's facts")

end()
