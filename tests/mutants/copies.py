"""A copy of the product: built once, then one changed project at a time is compiled and laid over the test programs."""

import json
import os
import pathlib
import re
import shutil
import tempfile

from lists import ROOT, Wrong
from programs import run

CONFIGURATION = os.environ.get("CONFIGURATION", "Release")
NOT_COPIED = {"bin", "obj", ".git", ".vs", ".idea", ".vscode", "data", "TestResults"}
BUILD_LIMIT_SECONDS = 3600
COMPILE_LIMIT_SECONDS = 600
OUTPUT_LINES = 25
# A compiler's process of our own, which stays for the next mutant.
COMPILER = f"tributary-mutants-{os.getpid()}"
PROPERTIES = [
    f"Configuration={CONFIGURATION}",
    f"SharedCompilationId={COMPILER}",
    "RunAnalyzers=false",
    "TreatWarningsAsErrors=false",
]
# The file that does not exist makes MSBuild take the target for not up to date.
ARGUMENTS_ONLY = [
    "ProvideCommandLineArgs=true", "SkipCompilerExecution=true", "BuildProjectReferences=false", "NonExistentFile=none",
]
MSBUILD = ["dotnet", "msbuild", "-nologo", "-nodeReuse:false"]


class Copy:
    """The product in a folder of its own, built once; then one changed project is compiled and laid over the tests."""

    def __init__(self, folder, projects):
        self.folder, self.projects, self.commands = folder, projects, {}
        sdk = run(["dotnet", "--list-sdks"], ROOT, COMPILE_LIMIT_SECONDS)[1].strip().splitlines()
        wanted = run(["dotnet", "--version"], ROOT, COMPILE_LIMIT_SECONDS)[1].strip()
        place = next(line.partition("[")[2].rstrip("]") for line in sdk if line.startswith(wanted + " "))
        self.compiler = pathlib.Path(place, wanted, "Roslyn", "bincore", "csc.dll")

    def synchronise(self):
        """Makes the files equal to the working tree's and keeps what was built of those that were equal already."""
        wanted = set()
        for here, folders, files in os.walk(ROOT):
            folders[:] = [name for name in folders if name not in NOT_COPIED]
            for name in files:
                source = pathlib.Path(here, name)
                target = self.folder / source.relative_to(ROOT)
                wanted.add(target)
                if not target.is_file() or target.read_bytes() != source.read_bytes():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(source, target)
                    os.utime(target)
        for here, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in NOT_COPIED]
            for name in files:
                if pathlib.Path(here, name) not in wanted:
                    pathlib.Path(here, name).unlink()

    def build(self):
        projects = ";".join(f"tests/{name}.Tests/{name}.Tests.csproj" for name in self.projects)
        properties = ";".join(PROPERTIES)
        task = f'<MSBuild Projects="{projects}" Targets="%s" Properties="{properties}" BuildInParallel="true" />'
        targets = "".join(f'<Target Name="{name}">{task % name}</Target>' for name in ("Restore", "Build"))
        (self.folder / "mutants.proj").write_text(f"<Project>{targets}</Project>")
        for target in ("Restore", "Build"):
            command = [*MSBUILD, "mutants.proj", "-t:" + target, "-v:quiet", "-m:2"]
            code, output = run(command, self.folder, BUILD_LIMIT_SECONDS)
            if code != 0:
                raise Wrong(f"the copy does not build:\n{tail(output)}")

    def command(self, project):
        """The compiler's arguments for a project, as MSBuild would hand them over."""
        if project not in self.commands:
            targets = "-t:ResolveReferences;PrepareResources;Compile"
            command = [*MSBUILD, str(project), targets, "-getItem:CscCommandLineArgs"]
            command += ["-p:" + value for value in [*PROPERTIES, *ARGUMENTS_ONLY]]
            code, output = run(command, self.folder, COMPILE_LIMIT_SECONDS)
            items = json.loads(output[output.index("{"):])["Items"]["CscCommandLineArgs"] if code == 0 else None
            if not items:
                raise Wrong(f"{project}: MSBuild gives no command line of the compiler:\n{tail(output)}")
            self.commands[project] = [item["Identity"] for item in items]
        return self.commands[project]

    def compile(self, project, changed, place):
        """The project's assembly with these files changed, in a new folder; the sources are as before afterwards."""
        arguments = self.command(project)
        output = next(argument for argument in arguments if argument.startswith("/out:"))
        assembly = place / pathlib.PurePosixPath(output.replace("\\", "/")).name
        place.mkdir(parents=True)
        response = place / "arguments.rsp"
        elsewhere = ("/out:", "/refout:", "/pdb:", "/doc:", "/noconfig")
        kept = [argument for argument in arguments if not argument.startswith(elsewhere)]
        response.write_text("\n".join(text if '"' in text else f'"{text}"' for text in kept))
        shared = ["/noconfig", f"/shared:{COMPILER}", "/keepalive:120"]
        outputs = [f"/out:{assembly}", f"/pdb:{assembly.with_suffix('.pdb')}"]
        command = ["dotnet", "exec", str(self.compiler), *shared, "@" + str(response), *outputs]
        before = {file: (self.folder / file).read_bytes() for file in changed}
        try:
            for file, text in changed.items():
                (self.folder / file).write_text(text)
            code, output = run(command, (self.folder / project).parent, COMPILE_LIMIT_SECONDS, ends_all=False)
        finally:
            for file, content in before.items():
                (self.folder / file).write_bytes(content)
        if code != 0:
            raise Wrong(f"the changed {project} does not compile:\n{tail(output)}")
        return assembly

    def lay_unchanged(self, project):
        """Compiles a project as mutants are compiled, without a change: the unchanged tests prove this way as well."""
        with tempfile.TemporaryDirectory(prefix="tributary-unchanged-") as folder:
            assembly = self.compile(project, {}, pathlib.Path(folder, "unchanged"))
            for test_project in self.projects:
                target = self.output(test_project) / assembly.name
                if target.is_file():
                    shutil.copy(assembly, target)

    def output(self, test_project):
        return self.folder / "tests" / (test_project + ".Tests") / "bin" / CONFIGURATION / "net10.0"

    def test(self, project, patterns, limit, options=("-stopOnFail",)):
        program = self.output(project) / f"Tributary.{project}.Tests.dll"
        filters = [argument for pattern in patterns for argument in ("-method", pattern)]
        return run(["dotnet", str(program), "-noColor", "-noLogo", *options, *filters], self.folder, limit)

    def laid_over(self, assembly, test_project):
        return Laid(assembly, self.output(test_project) / assembly.name)


class Laid:
    """A changed assembly in the place of the built one, which comes back."""

    def __init__(self, assembly, target):
        self.assembly, self.target, self.kept = assembly, target, target.with_suffix(".unchanged")

    def __enter__(self):
        if not self.target.is_file():
            raise Wrong(f"{self.target.name} is not a part of the test program in {self.target.parent}.")
        self.target.rename(self.kept)
        shutil.copy(self.assembly, self.target)

    def __exit__(self, *_):
        self.kept.replace(self.target)


def tail(output):
    return "\n".join("    " + line for line in output.strip().splitlines()[-OUTPUT_LINES:])


def counts(output):
    found = re.findall(r"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)", output)
    return tuple(map(int, found[-1])) if found else None
