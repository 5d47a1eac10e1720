"""What was run before."""

import unittest

from cases import KernelCase


class HistoryTest(KernelCase):
    def test_history(self):
        self.ok("'history one'")
        self.ok("'history two'")
        tail = self.kernel.request(
            "history_request", {"hist_access_type": "tail", "n": 2, "output": True, "raw": True}
        ).content["history"]
        self.assertEqual(
            [entry[2] for entry in tail],
            [["'history one'"] * 2, ["'history two'"] * 2],
        )
        session, line = tail[0][:2]
        span = {"session": session, "start": line, "stop": line + 1}
        part = self.kernel.request(
            "history_request", {"hist_access_type": "range", "output": False, "raw": True, **span}
        ).content["history"]
        self.assertEqual(part, [[session, line, "'history one'"]])


if __name__ == "__main__":
    unittest.main()
