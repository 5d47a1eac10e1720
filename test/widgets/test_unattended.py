"""A notebook with widgets where no front end is: run by nbclient, exported by nbconvert."""

import unittest

import nbformat
from client import KERNEL
from nbclient import NotebookClient
from nbconvert import HTMLExporter

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

CELL = """import { interact, IntSlider } from 'halfnote/widgets';
interact(({ bits }) => { console.log(`${2 ** bits} codes`); return bits; }, { bits: [2, 16] });"""


class UnattendedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
        cls.notebook = NotebookClient(notebook, kernel_name=KERNEL, timeout=120).execute()

    def test_states_are_kept_with_the_notebook(self):
        states = self.notebook.metadata["widgets"][STATE]["state"]
        named = {one["model_name"]: one["state"] for one in states.values()}
        self.assertEqual(named["IntSliderModel"]["value"], 9)
        outputs = named["OutputModel"]["outputs"]
        self.assertEqual(outputs[0]["text"], "512 codes\n")
        self.assertEqual(outputs[1]["data"]["text/plain"], "9")

    def test_the_export_has_the_widgets(self):
        html, _ = HTMLExporter().from_notebook_node(self.notebook)
        self.assertIn(VIEW, html)

    def test_without_states_the_export_has_the_twin(self):
        notebook = nbformat.from_dict(self.notebook)
        notebook = nbformat.v4.new_notebook(cells=notebook.cells)
        html, _ = HTMLExporter().from_notebook_node(notebook)
        self.assertNotIn(f'type="{VIEW}"', html)
        self.assertIn("pip install jupyterlab_widgets", html)
        self.assertRegex(html, r"IntSlider</th>\s*<td[^>]*>bits</td>\s*<td[^>]*>9</td>")
