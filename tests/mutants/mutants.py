#!/usr/bin/env python3
"""Makes the changes of tests/mutants/*.mutants to a copy of the product, one at a time; says which no test notices."""

import argparse
import fnmatch
import os
import pathlib
import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import xml.etree.ElementTree

sys.dont_write_bytecode = True

from copies import BUILD_LIMIT_SECONDS, Copy, counts, tail  # noqa: E402
from lists import ROOT, Wrong, read_lists  # noqa: E402
from programs import adopt_orphans, end_what_is_left  # noqa: E402

SHORTEST_LIMIT_SECONDS = 60
SLOWER_THAN_UNCHANGED = 10


def run_unchanged(copy, claims):
    """Runs all named tests once without a change; gives the seconds that the tests of each claim took."""
    seconds = {}
    for project in copy.projects:
        ours = [claim for claim in claims if claim.project == project]
        patterns = sorted({pattern for claim in ours for pattern in claim.patterns()})
        results = copy.folder / f"unchanged-{project}.xml"
        code, output = copy.test(project, patterns, BUILD_LIMIT_SECONDS, ("-result-xml", str(results)))
        total = counts(output)
        if code != 0 or total is None or any(total[1:]):
            raise Wrong(f"tests of {project} fail without any change:\n{tail(output)}")
        tests = [
            (f"{test.get('type')}.{test.get('method')}", float(test.get("time")))
            for test in xml.etree.ElementTree.parse(results).iter("test")
        ]
        for claim in ours:
            took = [time for name, time in tests for pattern in claim.patterns() if fnmatch.fnmatchcase(name, pattern)]
            if not took:
                raise Wrong(f"'caught by: {claim.text}' runs no test.")
            seconds[claim.text] = sum(took)
        print(f"  unchanged: {total[0]} tests of {project} passed", flush=True)
    return seconds


def verdict(copy, claim, limit):
    code, output = copy.test(claim.project, claim.patterns(), limit)
    total = counts(output)
    if wrong := re.search(r"(MissingMethod|MissingField|TypeLoad)Exception.*", output):
        return "not applied", f"it changes what other projects were compiled against: {wrong[0]}"
    if code is None:
        return "killed", f"time limit of {limit:.0f} s"
    if total is None:
        return "killed", f"the process ended with {code}"
    if total[0] == 0:
        return "not applied", "no test ran"
    failed = re.findall(r"^\s+(\S[^\n]*) \[FAIL\]", output, re.MULTILINE)
    if total[1] + total[2] > 0 or code != 0:
        return "killed", failed[0].rpartition("Tests.")[2] if failed else f"exit code {code}"
    return "ALIVE", f"{total[0]} passed"


def try_all(copy, mutants, seconds):
    """A row (result, mutant, claim, reason) for each claim. The next mutant is compiled while the tests of one run."""
    ready = queue.Queue(maxsize=1)

    def compile_all():
        for number, mutant in enumerate(mutants):
            try:
                place = copy.folder / "obj" / f"mutant-{os.getpid()}-{number}"
                ready.put((mutant, copy.compile(mutant.project(), mutant.changed(copy.folder), place), None))
            except Exception as problem:  # Reported as the mutant's result by the other thread.
                ready.put((mutant, None, problem))

    threading.Thread(target=compile_all, daemon=True).start()
    for _ in mutants:
        mutant, assembly, problem = ready.get()
        for claim in mutant.claims:
            try:
                if problem:
                    raise problem
                limit = mutant.limit or max(SHORTEST_LIMIT_SECONDS, SLOWER_THAN_UNCHANGED * seconds[claim.text])
                with copy.laid_over(assembly, claim.project):
                    result, reason = verdict(copy, claim, limit)
            except Wrong as wrong:
                result, reason = "not applied", str(wrong)
            print(f"  {result}: {mutant.name} | {claim.text} | {reason}", flush=True)
            yield result, mutant, claim, reason
        if assembly:
            shutil.rmtree(assembly.parent)


def report(rows):
    print()
    width = max(len(mutant.name) for _, mutant, _, _ in rows)
    for result, mutant, claim, _ in rows:
        print(f"{result:<11} {mutant.area:<12} {mutant.name:<{width}}  {claim.text}")
    by_mutant = {}
    for result, mutant, _, _ in rows:
        by_mutant.setdefault(mutant.name, set()).add(result)
    killed = sum(results == {"killed"} for results in by_mutant.values())
    unusable = sum("not applied" in results for results in by_mutant.values())
    alive = len(by_mutant) - killed - unusable
    print(f"{killed} killed, {alive} alive" + (f", {unusable} not applied" if unusable else ""))
    return 0 if alive == unusable == 0 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names or areas of mutants; without any, all of them")
    parser.add_argument("--check", action="store_true", help="only see whether texts occur once and tests exist")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    parser.add_argument("--copy", metavar="FOLDER", help="keep the built copy here and use it again next time")
    parser.add_argument("--suite", action="append", metavar="PROJECT", help="only what is said to be caught by this project")
    options = parser.parse_args()

    mutants = [mutant for mutant in read_lists() if not options.names
               or any(name.lower() in (mutant.area + " " + mutant.name).lower() for name in options.names)]
    for mutant in mutants if options.suite else []:
        mutant.claims = [claim for claim in mutant.claims if claim.project in options.suite]
    mutants = [mutant for mutant in mutants if mutant.claims or not options.suite]
    if not mutants:
        raise Wrong(f"no mutant has {' or '.join(options.names)} in its area or name.")
    problems = []
    for mutant in mutants:
        try:
            mutant.check()
        except Wrong as wrong:
            problems.append(f"{mutant.where}: {mutant.name}: {wrong}")
    if problems:
        raise Wrong("\n".join(problems))
    if options.list or options.check:
        for mutant in mutants if options.list else []:
            print(f"{mutant.area}: {mutant.name}")
        print(f"{len(mutants)} mutants")
        return 0

    adopt_orphans()
    folder = pathlib.Path(options.copy or tempfile.mkdtemp(prefix="tributary-mutants-")).resolve()
    if folder == ROOT or ROOT in folder.parents:
        raise Wrong(f"{folder} lies in the working tree.")
    try:
        claims = [claim for mutant in mutants for claim in mutant.claims]
        copy = Copy(folder, sorted({claim.project for claim in claims}))
        print(f"Building {', '.join(copy.projects)} in {folder} ...", flush=True)
        copy.synchronise()
        copy.build()
        for project in sorted({mutant.project() for mutant in mutants}):
            copy.lay_unchanged(project)
        return report(list(try_all(copy, mutants, run_unchanged(copy, claims))))
    finally:
        end_what_is_left(also_compilers=True)
        if not options.copy:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        sys.exit(main())
    except Wrong as wrong:
        sys.exit(f"mutants: {wrong}")
