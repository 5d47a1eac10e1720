"""States, limits and abbreviations, each beside those of Python's ipywidgets."""

import json
import random
import re

from cases import KernelCase
from ipywidgets import interactive
from models import OurModels, ipywidgets, python_messages, python_state

IMPORTS = "import * as w from 'halfnote/widgets';"

# A class and its properties, as Python names them.
MADE = [
    ("Layout", {}),
    ("Layout", {"width": "50%", "grid_gap": "2px"}),
    ("IntSlider", {}),
    ("IntSlider", {"value": 8, "min": 2, "max": 16, "step": 2, "description": "bits"}),
    ("IntSlider", {"value": 99, "max": 16, "orientation": "vertical", "readout": False}),
    ("IntSlider", {"min": 5}),
    ("IntSlider", {"continuous_update": False, "layout": {"width": "1em"}}),
    ("FloatSlider", {}),
    ("FloatSlider", {"value": 0.25, "max": 1, "step": 0.125, "readout_format": ".3f"}),
    ("FloatSlider", {"value": -3, "style": {"handle_color": "red"}}),
    ("Dropdown", {}),
    ("Dropdown", {"options": ["bf16", "fp16"]}),
    ("Dropdown", {"options": ["bf16", "fp16"], "value": "fp16", "disabled": True}),
    ("Dropdown", {"options": {"eight": 8, "four": 4}, "index": 1}),
    ("Dropdown", {"options": [("eight", 8), ("four", 4)], "label": "four"}),
    ("Dropdown", {"options": [1, 2], "value": None}),
    ("Button", {}),
    ("Button", {"description": "Go", "button_style": "primary", "icon": "play", "tooltip": "now"}),
    ("Checkbox", {}),
    ("Checkbox", {"value": True, "indent": False, "description": "b", "tabbable": False}),
    ("Text", {}),
    ("Text", {"value": "x", "placeholder": "none", "style": {"font_size": "2em"}}),
    ("HTML", {}),
    ("HTML", {"value": "<b>x</b>", "description_allow_html": True}),
    ("Label", {}),
    ("Label", {"value": "$x$", "style": {"text_color": "blue", "font_weight": "bold"}}),
    ("HBox", {}),
    ("VBox", {"box_style": "info"}),
    ("Output", {}),
    ("Output", {"layout": {"border_top": "1px solid"}}),
    ("SliderStyle", {}),
    ("ButtonStyle", {"button_color": "red"}),
]

# Of a slider from 0 to 100 at 50: one after the other, what a cell sets.
SET = [
    [("value", 200)],
    [("value", -1)],
    [("min", 60)],
    [("max", 40)],
    [("max", 40), ("value", 45)],
    [("min", 60), ("max", 70), ("value", 0)],
    [("min", -10), ("value", -5), ("min", 0)],
]

# An abbreviation in Python, and the same in TypeScript.
ABBREVIATIONS = [
    ("(0, 10)", "[0, 10]"),
    ("(0, 5)", "[0, 5]"),
    ("(-5, 0)", "[-5, 0]"),
    ("(0, 10, 3)", "[0, 10, 3]"),
    ("(0.5, 2.5)", "[0.5, 2.5]"),
    ("(0.0, 1.5, 0.25)", "[0, 1.5, 0.25]"),
    ("5", "5"),
    ("-3", "-3"),
    ("0", "0"),
    ("2.5", "2.5"),
    ("True", "true"),
    ("'text'", "'text'"),
    ("['a', 'b']", "['a', 'b']"),
    ("{'one': 1, 'two': 2}", "{ one: 1, two: 2 }"),
    ("[('one', 1), ('two', 2)]", "[['one', 1], ['two', 2]]"),
]


def camel(name):
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def typescript(value):
    """Properties as a cell gives them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{camel(k)}: {typescript(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(typescript, value)) + "]"
    return json.dumps(value)


class StateTest(KernelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = OurModels(cls.kernel)
        cls.models.run(IMPORTS)

    def test_states_of_new_widgets(self):
        for name, options in MADE:
            with self.subTest(name=name, options=options):
                ours = self.models.make(f"new w.{name}({self.arguments(name, options)})")
                theirs = getattr(ipywidgets, name)(**self.python_options(options))
                self.assertEqual(self.models.state(ours), python_state(theirs))

    @staticmethod
    def arguments(name, options):
        # The properties of a box come behind what is in it.
        return ("[], " if name in ("HBox", "VBox") else "") + typescript(options)

    @staticmethod
    def python_options(options):
        return options

    def test_children(self):
        ours = self.models.make("new w.VBox([new w.HBox([new w.Button()]), new w.Checkbox()])")
        theirs = ipywidgets.VBox([ipywidgets.HBox([ipywidgets.Button()]), ipywidgets.Checkbox()])
        self.assertEqual(self.models.state(ours), python_state(theirs))

    def test_limits_in_cells(self):
        for steps in SET:
            with self.subTest(steps=steps):
                ours = self.models.make("const s = new w.IntSlider({ value: 50 }); s")
                theirs = ipywidgets.IntSlider(value=50)
                for name, value in steps:
                    self.ok(f"s.{name} = {value};")
                    setattr(theirs, name, value)
                self.assertEqual(self.models.state(ours), python_state(theirs))

    def test_options_in_cells(self):
        for steps in [
            [("options", ["c", "d"])],
            [("index", 1), ("options", ["c", "d"])],
            [("value", "b"), ("options", [])],
            [("value", None), ("options", ["c"])],
            [("label", "b"), ("index", 0)],
        ]:
            with self.subTest(steps=steps):
                ours = self.models.make("const d = new w.Dropdown({ options: ['a', 'b'] }); d")
                theirs = ipywidgets.Dropdown(options=["a", "b"])
                for name, value in steps:
                    self.ok(f"d.set({{ {name}: {typescript(value)} }});")
                    setattr(theirs, name, value)
                self.assertEqual(self.models.state(ours), python_state(theirs))

    def test_random_updates_of_a_front_end(self):
        """What is sent back to the page, and what it comes to."""
        chance = random.Random(7)
        ours = self.models.make("new w.IntSlider({ value: 50 })")
        theirs = ipywidgets.IntSlider(value=50)
        self.assertIsNotNone(theirs.comm)
        for _ in range(40):
            state = {"value": chance.randint(-50, 150)}
            if chance.random() < 0.3:
                state["description"] = chance.choice("abc")
            with self.subTest(state=state):
                answers = self.models.update(ours, state).of("comm_msg")
                sent = [(one["data"]["method"], one["data"]["state"]) for one in answers]
                self.assertEqual(sent, python_messages(theirs, state))
        self.assertEqual(self.models.state(ours), python_state(theirs))

    def test_abbreviations(self):
        for python, ours in ABBREVIATIONS:
            with self.subTest(abbreviation=python):
                theirs = interactive(lambda x: None, x=eval(python)).children[0]
                made = self.models.make(
                    f"w.interactive(({{ x }}) => undefined, {{ x: {ours} }}).children[0]"
                )
                self.assertEqual(self.models.state(made), python_state(theirs))

    def test_refusals(self):
        """What Python refuses is refused; what only Python would convert is too."""
        for code, told in [
            ("new w.IntSlider({ min: 5, max: 1 })", "IntSlider.min is 5 and max is 1"),
            ("new w.IntSlider({ value: 1.5 })", "IntSlider.value is 1.5. Allowed: a whole number."),
            ("new w.FloatSlider({ max: Infinity })", "Allowed: a finite number."),
            ("new w.Dropdown({ options: ['a'], value: 'b' })", "Dropdown.value is 'b'"),
            ("new w.Dropdown({ options: ['a'], index: 3 })", "Allowed: 0 to 0, or null."),
            ("new w.Text({ value: 3 as any })", "Text.value is 3. Allowed: text."),
            ("new w.Button({ buttonStyle: 'primry' as any })", "Did you mean 'primary'?"),
            ("new w.HBox([3 as any])", "HBox.children[0] is 3. Allowed: a widget."),
            ("new w.Button({ descripton: 'x' } as any)", "Did you mean 'description'?"),
            ("w.interact(() => 1, { x: undefined })", "interact: x is undefined."),
            ("w.interact(() => 1, { x: [3, 1] })", "a min up to max"),
            ("w.interact(() => 1, { x: new w.HBox() })", "interact: x is HBox."),
        ]:
            with self.subTest(code=code):
                self.assertIn(told, self.error(code).content["evalue"])
