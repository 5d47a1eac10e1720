"""What a window costs in other tools, on the same tree of counters.

    peers.py codecarbon|zeus TREE WINDOWS SECONDS

prints one line of JSON: CPU seconds of begin + end of a window by window, and the share of a core that
the tool takes while a window is open and nothing happens. The CPU time is that of all its processes.
"""

import json
import logging
import os
import resource
import sys
import time
import warnings


def cpu_seconds():
    """User and system time of this process, its threads and the children that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + children_seconds()


def children_seconds():
    """Of the children that run."""
    ticks = 0
    try:
        threads = os.listdir("/proc/self/task")
        children = [
            pid
            for thread in threads
            for pid in open(f"/proc/self/task/{thread}/children").read().split()
        ]
    except OSError:
        return 0.0
    for pid in children:
        try:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def codecarbon(tree):
    from codecarbon import OfflineEmissionsTracker
    from codecarbon.core import cpu

    # It takes no folder: its own default is turned to the tree.
    read = cpu.IntelRAPL.__init__

    def init(self, *args, **named):
        read(self, *args, **{**named, "rapl_dir": tree})

    cpu.IntelRAPL.__init__ = init
    cpu.is_rapl_available = lambda *_: True
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA",
        save_to_file=False,
        log_level="critical",
        tracking_mode="process",
    )

    def window(index):
        tracker.start_task(f"window {index}")
        tracker.stop_task()

    def hold(seconds):
        tracker.start_task("open")
        begin = cpu_seconds()
        time.sleep(seconds)
        used = cpu_seconds() - begin
        tracker.stop_task()
        return used

    return window, hold


def zeus(tree):
    import zeus.device.cpu.rapl as rapl

    rapl.RAPL_DIR = tree
    from zeus.monitor import ZeusMonitor

    monitor = ZeusMonitor(gpu_indices=[])

    def window(index):
        monitor.begin_window(f"window {index}", sync_execution=False)
        monitor.end_window(f"window {index}", sync_execution=False)

    def hold(seconds):
        monitor.begin_window("open", sync_execution=False)
        begin = cpu_seconds()
        time.sleep(seconds)
        used = cpu_seconds() - begin
        monitor.end_window("open", sync_execution=False)
        return used

    return window, hold


def main():
    peer, tree, windows, seconds = sys.argv[1:]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    window, hold = {"codecarbon": codecarbon, "zeus": zeus}[peer](tree)
    window(-1)
    costs = []
    for index in range(int(windows)):
        begin = cpu_seconds()
        window(index)
        costs.append(cpu_seconds() - begin)
    # What a tool starts beside itself takes a while to settle.
    time.sleep(3)
    load = hold(float(seconds)) / float(seconds)
    print(json.dumps({"windowCpuS": costs, "load": load}))


if __name__ == "__main__":
    main()
