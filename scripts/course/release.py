"""Makes the release version of each assignment that is named, in the course folder it is started in."""

import logging
import sys

from nbgrader.apps import NbGraderAPI, NbGrader


def main(names: list[str]) -> int:
    app = NbGrader()
    app.initialize([])
    api = NbGraderAPI(config=app.config)
    api.log.setLevel(logging.ERROR)
    for name in names:
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            print(f"{name}: {result['log']}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
