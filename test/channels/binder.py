"""What Binder's own builder makes of the folder it is given: the kind of its recipe, and the file."""

import os
import sys

from repo2docker.app import Repo2Docker

os.chdir(sys.argv[1])
app = Repo2Docker()
for kind in app.buildpacks:
    pack = kind(app.base_image)
    if pack.detect():
        print(kind.__name__, pack.binder_path("Dockerfile"))
        break
