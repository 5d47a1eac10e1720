"""Runs points of a sweep on Dask.

    python sweep_on_dask.py JOB

JOB is JSON: `command` (what starts halfnote), `folder`, `indices`, and either `address` of a scheduler or
`workers` of a cluster on this machine. A line of JSON tells of each point that has ended and of what hinders the
rest. The program ends when its standard input does, so that it never outlives the one that started it.
"""

import json
import os
import sys
import threading

CONNECT_S = 15
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


def end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    # Workers are children of this process's group and hear of it by their connection.
    os._exit(1)


def main() -> None:
    job = json.loads(sys.argv[1])
    from distributed import Client, LocalCluster, as_completed

    threading.Thread(target=end_with_parent, daemon=True).start()
    cluster = None
    workers = 1
    try:
        if job["address"] is None:
            workers = job["workers"]
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
                silence_logs=50,
            )
            client = Client(cluster)
        else:
            client = Client(job["address"], timeout=CONNECT_S)
    except (OSError, ValueError, RuntimeError) as error:
        tell(problem=f"No scheduler answers at {job['address'] or 'this machine'}: {error}")
        return
    tell(workers=[worker["id"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()])
    futures = {
        client.submit(
            run_point, job["command"], job["folder"], index, workers, key=f"{job['folder']}-{index}", retries=RETRIES, pure=False
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
        cluster.close(timeout=10)


if __name__ == "__main__":
    main()
