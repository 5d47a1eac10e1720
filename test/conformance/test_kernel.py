"""Jupyter's own suite for kernels, with every attribute set that we support."""

import os

import jupyter_kernel_test as jkt

LOAD = "import {display, page} from 'halfnote'"
KERNEL = os.environ.get("HALFNOTE_KERNEL", "halfnote")


class JupyterKernelTest(jkt.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('test')"
    completion_samples = [
        {"text": "Math.ab", "matches": {"abs"}},
        {"text": "parseIn", "matches": {"parseInt"}},
        {"text": "%precis", "matches": {"%precision"}},
    ]
    complete_code_samples = [
        "1",
        "console.log('hello')",
        "function f(x: number) { return x * 2 }",
        "const p = await Promise.resolve(1)",
        "%lsmagic",
    ]
    incomplete_code_samples = ["function f(x: number) {", "const s = `abc", "[1, 2,"]
    invalid_code_samples = ["import = 7q", "const a = ;"]
    code_generate_error = "throw new Error('boom')"
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[1,2,3].map(n => n*n)", "result": "[ 1, 4, 9 ]"},
        {"code": "null", "result": "null"},
    ]
    code_display_data = [
        {
            "code": "display({'text/html': '<b>test</b>'}); undefined",
            "mime": "text/html",
        },
        {
            "code": "display({[Symbol.for('Jupyter.display')]: () => ({'image/png': 'AQID'})}); undefined",
            "mime": "image/png",
        },
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_page_something = "await page({'text/plain': 'help'})"
    code_inspect_sample = "parseInt"
    code_clear_output = "import { clearOutput } from 'halfnote'; clearOutput()"

    @classmethod
    def setUpClass(cls):
        """Loads the library once: these cases are about messages, and have seconds each."""
        super().setUpClass()
        cls.kc.execute_interactive(LOAD, timeout=120, output_hook=lambda message: None)

    def execute_helper(self, code, timeout=60, **options):
        return super().execute_helper(code, timeout, **options)


class WelcomeTest(jkt.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


# Not cases of their own: unittest would collect the imported base classes.
del jkt
