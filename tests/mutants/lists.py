"""Reads the lists of mutants, and says where one no longer fits the product. The format: README.md beside this file."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTS = ROOT / "tests" / "mutants"


class Wrong(Exception):
    """A list, a build or a test that cannot be used, with the reason for whoever reads it."""


class Edit:
    """One piece of text in one file, and what stands there instead."""

    def __init__(self, file):
        self.file, self.old, self.new = file, [], []

    def apply(self, text):
        # White space does not count, so that a statement may be broken into lines anywhere.
        signs = [re.escape(sign) for sign in "".join(self.old) if not sign.isspace()]
        found = re.findall(r"\s*".join(signs), text)
        if len(found) != 1:
            raise Wrong(f"{self.file}: the text occurs {len(found)} times, not once: {self.old[0]}")
        return text.replace(found[0], "\n".join(self.new))


class Claim:
    """Tests of one project of which it is said that they notice the mutant."""

    def __init__(self, text):
        self.project, *self.tests = text.split()
        self.text = " ".join([self.project, *self.tests])

    def patterns(self):
        """Full names of methods, as xunit and fnmatch match them."""
        return ["*." + (test if "_" in test.rpartition(".")[2] else test + ".*") for test in self.tests]

    def check(self):
        folder = ROOT / "tests" / (self.project + ".Tests")
        if not folder.is_dir() or not self.tests:
            raise Wrong(f"'caught by: {self.text}' should name a project of tests/ and at least one test.")
        sources = [path.read_text() for path in folder.rglob("*.cs") if "obj" not in path.parts]
        for test in self.tests:
            kind, _, method = test.rpartition(".") if "_" in test.rpartition(".")[2] else (test, "", "")
            if not any(re.search(rf"\bclass {re.escape(kind)}\b", source) for source in sources):
                raise Wrong(f"'caught by: {self.text}': tests/{self.project}.Tests has no class {kind}.")
            pattern = re.escape(method).replace(r"\*", r"\w*")
            if method and not any(re.search(rf"\b{pattern}\(", source) for source in sources):
                raise Wrong(f"'caught by: {self.text}': tests/{self.project}.Tests has no method {method}.")


class Mutant:
    def __init__(self, name, area, line):
        self.name, self.area, self.where = name, area, f"tests/mutants/{area}.mutants:{line}"
        self.edits, self.claims, self.limit = [], [], None

    def check(self):
        """Raises unless the mutant changes something, exactly where it says, and its tests exist."""
        if not self.edits or not self.claims:
            raise Wrong("an entry needs a 'file:' with '-' lines and a 'caught by:'.")
        for file, text in self.changed(ROOT).items():
            if text == (ROOT / file).read_text():
                raise Wrong(f"{file}: the change leaves the file as it was.")
        self.project()
        for claim in self.claims:
            claim.check()

    def project(self):
        projects = {project_of(edit.file) for edit in self.edits}
        if len(projects) > 1:
            raise Wrong("the files of one entry should belong to one project.")
        return projects.pop()

    def changed(self, root):
        """The text of each file that the mutant changes, as it is with the mutant."""
        texts = {}
        for edit in self.edits:
            if not (root / edit.file).is_file():
                raise Wrong(f"{edit.file} does not exist.")
            texts[edit.file] = edit.apply(texts.get(edit.file) or (root / edit.file).read_text())
        return texts


def read_list(path):
    mutants, edit, file = [], None, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.strip()
        where = f"tests/mutants/{path.name}:{number}"
        if not words or words.startswith("#"):
            continue
        if not line[0].isspace():
            mutants.append(Mutant(words, path.stem, number))
            edit = file = None
            continue
        if not mutants:
            raise Wrong(f"{where}: the first line should be the name of a mutant, without spaces before it.")
        if words.startswith("file:"):
            file, edit = words[5:].strip(), None
        elif words.startswith("caught by:"):
            mutants[-1].claims.append(Claim(words[10:]))
        elif words.startswith("within:"):
            mutants[-1].limit = int(words[7:].strip().removesuffix("s"))
        elif words[0] == "-" and file:
            if edit is None or edit.new:
                edit = Edit(file)
                mutants[-1].edits.append(edit)
            edit.old.append(words[1:].strip())
        elif words[0] == "+" and edit:
            edit.new.append(words[1:].strip())
        else:
            raise Wrong(f"{where}: '{words}' is none of 'file:', '-', '+', 'caught by:', 'within:' in their order.")
    return mutants


def read_lists():
    mutants = [mutant for path in sorted(LISTS.glob("*.mutants")) for mutant in read_list(path)]
    names = {}
    for mutant in mutants:
        if mutant.name in names:
            raise Wrong(f"{mutant.where} has the name of {names[mutant.name]}: {mutant.name}")
        names[mutant.name] = mutant.where
    return mutants


def project_of(file):
    folder = (ROOT / file).parent
    while folder != ROOT.parent:
        for project in folder.glob("*.csproj"):
            return project.relative_to(ROOT)
        folder = folder.parent
    raise Wrong(f"{file} belongs to no project.")
