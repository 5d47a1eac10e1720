"""What if-run made of our manifest: that it succeeded, and that its totals are those of the report."""

import math

import yaml

from judging import REPORTS, case, check, end, equal, exactly, folder_of, report_of, user_joules
from judging import within_ulps

KWH = 3_600_000


def read(name, file):
    text = (folder_of(name, "impact-framework") / file).read_text(encoding="utf8")
    return yaml.safe_load(text)


def children(tree):
    return {name: child["aggregated"] for name, child in tree["children"].items()}


for name in REPORTS:
    report = report_of(name)
    with case(f"{name}: if-run computes the manifest with success"):
        computed = read(name, "computed.yaml")
        equal(computed["execution"]["status"], "success", computed["execution"].get("error", ""))
        equal(computed["execution"]["environment"]["if-version"], "1.1.0", "its version")
    with case(f"{name}: each total equals the sum of its children"):
        tree = read(name, "computed.yaml")["tree"]
        metrics = ["energy", "carbon-operational"]
        if report["carbon"]["embodiedG"] is not None:
            metrics.append("carbon-embodied")
        equal(sorted(tree["aggregated"]), sorted(metrics), "the metrics")
        for metric in metrics:
            parts = [child[metric] for child in children(tree).values()]
            equal(tree["aggregated"][metric], sum(parts), metric)
    with case(f"{name}: inputs are the report's own figures, and kWh and grams follow within 1 ulp"):
        nodes = read(name, "computed.yaml")["tree"]["children"]
        devices = [child for child_name, child in nodes.items() if child_name != "embodied"]
        joules = user_joules(report) or [report["energy"]["accountsJ"]["user"]["value"]]
        equal([child["inputs"][0]["energy/joules"] for child in devices], joules, "joules")
        for child, value in zip(devices, joules):
            within_ulps(child["aggregated"]["energy"], exactly([value], over=[KWH]), "energy")
        embodied = report["carbon"]["embodiedG"]
        equal("embodied" in nodes, embodied is not None, "an embodied part")
        if embodied is not None:
            within_ulps(nodes["embodied"]["aggregated"]["carbon-embodied"], embodied["value"], "embodied")
    with case(f"{name}: operational carbon is the report's, embodied carbon not within it"):
        total = read(name, "computed.yaml")["tree"]["aggregated"]["carbon-operational"]
        wanted = report["carbon"]["operationalG"]["value"]
        check(math.isclose(total, wanted, rel_tol=1e-12), f"{total} of {wanted} g")
    with case(f"{name}: a reader of YAML 1.1 takes each number of the manifest for one"):
        for child in read(name, "manifest.yml")["tree"]["children"].values():
            for key, value in child["inputs"][0].items():
                if key not in ("timestamp", "method", "complete"):
                    check(isinstance(value, (int, float)), f"{key} is {value!r}")

end()
