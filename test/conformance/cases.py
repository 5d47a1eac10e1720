"""What the cases of one kernel share."""

import unittest

from client import FrontEnd


class KernelCase(unittest.TestCase):
    """Cases on a kernel of their own, one after the other."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = FrontEnd()

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()

    def ok(self, code, **options):
        exchange = self.kernel.execute(code, **options)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def error(self, code, **options):
        exchange = self.kernel.execute(code, **options)
        self.assertEqual(exchange.content["status"], "error", exchange.content)
        (error,) = exchange.of("error")
        self.assertEqual({name: exchange.content[name] for name in error}, error)
        return exchange
