"""CodeCarbon 3.3.2 takes emissions.csv for its own: it appends to it, and pandas reads what we wrote."""

import dataclasses
import logging
import math
import shutil
import tempfile
from pathlib import Path

import pandas
from codecarbon._version import __version__
from codecarbon.output_methods.emissions_data import EmissionsData
from codecarbon.output_methods.file import FileOutput

from judging import REPORTS, case, check, end, equal, exactly, folder_of, report_of, user_joules
from judging import within_ulps

logging.disable(logging.WARNING)

KWH = 3_600_000
COLUMNS = [field.name for field in dataclasses.fields(EmissionsData)]


def sample():
    """A row as CodeCarbon would write after a run of its own."""
    values = {
        field.name: {"str": "of CodeCarbon", "float": 1.25}[
            field.type if isinstance(field.type, str) else field.type.__name__
        ]
        for field in dataclasses.fields(EmissionsData)
    }
    return EmissionsData(**values)


def figures(report):
    pue, seconds = report["boundary"]["pue"], report["energy"]["durationS"]["value"]
    grams = report["carbon"]["operationalG"]["value"]
    user = report["energy"]["accountsJ"]["user"]["value"]
    yield "duration", seconds
    yield "emissions", exactly([grams], over=[1000])
    yield "emissions_rate", exactly([grams], over=[1000, seconds]) if seconds else None
    yield "energy_consumed", exactly([user], times=[pue], over=[KWH])
    for column, component in (("cpu", "cpu"), ("gpu", "gpu"), ("ram", "dram")):
        joules = user_joules(report, component)
        yield f"{column}_energy", exactly(joules, times=[pue], over=[KWH])
        yield f"{column}_power", exactly(joules, times=[pue], over=[seconds]) if seconds else None
    water = report["carbon"]["waterL"]
    yield "water_consumed", None if water is None else water["value"]
    yield "wue", report["boundary"]["waterLPerKWh"]
    yield "pue", pue
    yield "cpu_count", report["hardware"]["cpu"]["threads"]
    yield "gpu_count", len(report["hardware"]["gpus"])
    yield "ram_total_size", exactly([report["hardware"]["memoryBytes"]], over=[2**30])


def read(path):
    return pandas.read_csv(path)


with case("the judge is CodeCarbon 3.3.2 with its 38 columns"):
    equal(__version__, "3.3.2", "its version")
    equal(len(COLUMNS), 38, "the number of columns")

for name in REPORTS:
    report = report_of(name)
    path = folder_of(name, "codecarbon") / "emissions.csv"
    with case(f"{name}: emissions.csv has CodeCarbon's columns in its order"):
        equal(list(read(path).columns), COLUMNS, "the columns")
    with case(f"{name}: pandas reads each figure within 1 ulp of the report, in kWh, kg, W, s"):
        row = read(path).iloc[0]
        for column, wanted in figures(report):
            if wanted is None:
                check(math.isnan(row[column]), f"{column} is {row[column]!r}, and isn't known")
            else:
                within_ulps(float(row[column]), float(wanted), column)
    with case(f"{name}: parts add up, and emissions are energy times intensity"):
        row = read(path).iloc[0]
        parts = row["cpu_energy"] + row["gpu_energy"] + row["ram_energy"]
        check(math.isclose(parts, row["energy_consumed"], rel_tol=1e-12), f"{parts} of parts")
        intensity = report["carbon"]["intensity"]["gramsPerKWh"]["value"]
        emissions = row["energy_consumed"] * intensity / 1000
        check(math.isclose(emissions, row["emissions"], rel_tol=1e-12), f"{emissions} by energy")
    for mode in ("append", "update"):
        with case(f"{name}: CodeCarbon {mode}s a row to it without a .bak"):
            with tempfile.TemporaryDirectory() as folder:
                shutil.copy(path, folder)
                FileOutput("emissions.csv", folder, mode).out(sample(), sample())
                equal([file.name for file in Path(folder).iterdir()], ["emissions.csv"], "folder")
                ours, theirs = read(Path(folder) / "emissions.csv").iloc
                equal(theirs["run_id"], "of CodeCarbon", "its run_id")
                equal(theirs["wue"], 1.25, "its last column")
                equal(ours["run_id"], read(path).iloc[0]["run_id"], "our run_id")
                within_ulps(float(ours["energy_consumed"]), dict(figures(report))["energy_consumed"], "our energy")

end()
