"""What the wheel has beside this package: `npm run wheel` lays it out in `stage` and says for which platform."""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        # No extension module: any Python, on one platform.
        build_data["tag"] = f"py3-none-{os.environ['HALFNOTE_WHEEL_PLATFORM']}"
