class Refused(Exception):
    """What a user can mend: `code` for programs, a message and what to do about it."""

    def __init__(self, code: str, message: str, hint: str = ""):
        super().__init__(message)
        self.code = code
        self.hint = hint

    def as_json(self) -> dict:
        return {"code": self.code, "message": str(self), "hint": self.hint}
