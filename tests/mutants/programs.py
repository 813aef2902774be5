"""Runs programs, with a time limit, and leaves nothing of them behind."""

import ctypes
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

PR_SET_CHILD_SUBREAPER = 36

STARTED = set()  # Direct children that this program waits for.
STARTING = threading.Lock()


def run(arguments, folder, limit, ends_all=True):
    """Runs a program; gives exit code (None: time limit) and output. With ends_all nothing that it started goes on."""
    with tempfile.TemporaryFile() as output:
        with STARTING:
            # Fewer runs of the simulation than its own test makes: one of them must notice.
            environment = {"SIMULATION_SEEDS": "300", **os.environ}
            streams = {"env": environment, "stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
            process = subprocess.Popen(arguments, cwd=folder, start_new_session=True, **streams)
            STARTED.add(process.pid)
        code = None
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)  # The chance to stop what it started.
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        finally:
            if process.poll() is None:
                process.kill()
            if ends_all:
                end_what_is_left()
            with STARTING:
                STARTED.discard(process.pid)
        output.seek(0)
        return code, output.read().decode(errors="replace")


def end_what_is_left(also_compilers=False):
    """Ends servers that a test run left behind: the orphans that came to this process, with everything below them."""
    for _ in range(100):
        with STARTING:
            table = [entry for entry in processes() if also_compilers or "VBCSCompiler" not in entry[2]]
            left = {pid for pid, parent, _ in table if parent == os.getpid() and pid not in STARTED}
        size = -1
        while size != len(left):
            size = len(left)
            left |= {pid for pid, parent, _ in table if parent in left}
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                pass
        time.sleep(0.05)


def processes():
    """(id, parent's id, command line) of each process of this machine."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = int(pathlib.Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
                yield int(entry), parent, pathlib.Path("/proc", entry, "cmdline").read_text(errors="replace")
            except (OSError, IndexError):
                pass


def adopt_orphans():
    """Servers whose test run was killed come to this process, so that it can end them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
