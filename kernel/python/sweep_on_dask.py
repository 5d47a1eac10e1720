"""Runs points of a sweep on Dask.

    python sweep_on_dask.py JOB

JOB is JSON: `command` (what starts halfnote), `folder`, `indices`, and where they run: at the `address` of a
scheduler; or on the `cluster` that a class of Dask makes (`class`, `options`); or, without both, on this machine.
`workers` is how many it shall have; null leaves that to the class. A line of JSON tells of each point that has
ended and of what hinders the rest. The program ends when its standard input does, so that it never outlives the
one that started it.
"""

import importlib
import json
import os
import sys
import threading

CONNECT_S = 15
CLOSE_S = 10
# Beside what Dask does of itself where a worker is lost.
RETRIES = 2


def tell(**message) -> None:
    print(json.dumps(message), flush=True)


def run_point(command: list, folder: str, index: int, workers: int) -> None:
    """Runs on a worker: one process a point, which ends with the worker."""
    import os
    import subprocess

    environment = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
    arguments = [*command, "sweep", "point", folder, "--index", str(index), "--workers", str(workers)]
    done = subprocess.run(arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    # 3: the point itself failed. Its notebook is kept, and says why.
    if done.returncode not in (0, 3):
        said = (done.stderr or done.stdout).strip()
        raise RuntimeError(said or f"halfnote ended with code {done.returncode}")


def end_with_parent(elsewhere: list) -> None:
    while os.read(0, 4096):
        pass
    # Workers here hear of it by their connection; jobs that wait in a queue would begin for nobody.
    for cluster in elsewhere:
        try:
            cluster.close(timeout=CLOSE_S)
        except Exception as error:
            print(error, file=sys.stderr)
    os._exit(1)


class Hindered(Exception):
    """There is no cluster, for a reason to be told."""


def local_cluster(workers: int):
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    )


def cluster_of(name: str, options: dict, workers):
    """What a class makes, by its path: distributed.SSHCluster, dask_jobqueue.SLURMCluster, ..."""
    from distributed.deploy import Cluster

    module, _, attribute = name.rpartition(".")
    try:
        made_by = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise Hindered(f"{sys.executable} has no {name}: {error}") from error
    if not (isinstance(made_by, type) and issubclass(made_by, Cluster)):
        raise Hindered(f"{name} is no class of clusters of Dask")
    try:
        cluster = made_by(**options)
    except Exception as error:
        raise Hindered(f"{name} made no cluster: {type(error).__name__}: {error}") from error
    if workers is not None:
        cluster.scale(workers)
    return cluster


def connect(job: dict, elsewhere: list):
    """The cluster, if it is ours, and its client. One that a class has made is noted in `elsewhere`."""
    from distributed import Client

    workers = job["workers"]
    if job["address"] is not None:
        try:
            return None, Client(job["address"], timeout=CONNECT_S)
        except (OSError, ValueError, RuntimeError) as error:
            raise Hindered(f"No scheduler answers at {job['address']}: {error}") from error
    asked = job["cluster"]
    if asked is None:
        cluster = local_cluster(workers)
    else:
        cluster = cluster_of(asked["class"], asked["options"], workers)
        elsewhere.append(cluster)
    return cluster, Client(cluster)


def main() -> None:
    job = json.loads(sys.argv[1])
    from distributed import as_completed

    elsewhere = []
    threading.Thread(target=end_with_parent, args=[elsewhere], daemon=True).start()
    try:
        cluster, client = connect(job, elsewhere)
    except Hindered as error:
        tell(problem=str(error))
        return
    # Only of a cluster on this machine is it known that its workers share the cores.
    here = job["workers"] if job["address"] is None and job["cluster"] is None else 1
    tell(workers=[worker["id"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()])
    futures = {
        client.submit(
            run_point, job["command"], job["folder"], index, here, key=f"{job['folder']}-{index}", retries=RETRIES, pure=False
        ): index
        for index in job["indices"]
    }
    for future in as_completed(futures):
        if future.status == "finished":
            tell(ended=futures[future])
        elif future.status == "error":
            error = future.exception()
            tell(ended=futures[future], problem=f"{type(error).__name__}: {error}")
        else:
            tell(problem="The scheduler has gone: it holds the points no longer")
            break
    client.close(timeout=2)
    if cluster is not None:
        cluster.close(timeout=CLOSE_S)


if __name__ == "__main__":
    main()
