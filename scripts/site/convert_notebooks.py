"""Writes notebooks as HTML, as `jupyter nbconvert --to halfnote-html` does, in one process.

    python convert_notebooks.py SOURCE TARGET NAME.ipynb...

Names are below SOURCE; each becomes NAME.html below TARGET.
"""

import sys
from pathlib import Path

from nbconvert.exporters import get_exporter

source, target, *names = sys.argv[1:]
exporter = get_exporter("halfnote-html")(embed_images=True)
for name in names:
    html, _ = exporter.from_filename(str(Path(source, name)))
    page = Path(target, name).with_suffix(".html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html, encoding="utf-8")
