"""The packages that Python files import and that requirement files, with what these require, don't bring.

undeclared.py FOLDER_OR_FILE... -- REQUIREMENTS_OR_PACKAGE...: one a line, with the file. Asks what is
installed in this Python for what packages are called and require, so all that is named by a file of
requirements has to be installed: else it ends with a line that says what isn't.
"""

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, requires
from pathlib import Path


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def package_of(line):
    return normal(re.match(r"[\w.-]+", line).group())


def required(file):
    for line in Path(file).read_text(encoding="utf8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield package_of(line)


def declared(arguments):
    for argument in arguments:
        yield from required(argument) if argument.endswith(".txt") else [normal(argument)]


def is_installed(name):
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def with_what_they_require(names):
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue
        left += [package_of(line) for line in lines if "extra ==" not in line]
    return found


def imports(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def beside(file):
    """Modules and packages in the file's folder and in those above it."""
    for folder in file.parents:
        yield from (path.stem for path in folder.glob("*.py"))
        yield from (path.parent.name for path in folder.glob("*/__init__.py"))


split = sys.argv.index("--")
paths = [Path(argument) for argument in sys.argv[1:split]]
files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
requirements = [argument for argument in sys.argv[split + 1 :] if argument.endswith(".txt")]
lacking = [name for file in requirements for name in required(file) if not is_installed(name)]
if lacking:
    sys.exit(f"Not installed: {', '.join(lacking)}. Run `npm run setup -- --tests`, as `npm test` does.")
brought = with_what_they_require(declared(sys.argv[split + 1 :]))
owners = packages_distributions()
for file in files:
    for module in sorted(set(imports(file)) - sys.stdlib_module_names - set(beside(file))):
        if not {normal(owner) for owner in owners.get(module, [])} & brought:
            print(f"{module} in {file}")
print(f"{len(files)} files")
