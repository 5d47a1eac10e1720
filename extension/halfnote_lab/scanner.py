"""TypeScript split into tokens, as far as is needed to tell code from strings, templates, regular expressions and comments.

The same as the kernel's `magic-lines/tokens.ts`; a test compares what both find.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    #: How many brackets enclose the token; a bracket counts as outside of itself.
    depth: int
    #: What it leaves behind: an ended `operand`, a wait for one (`operator`), or room for a new `statement`.
    after: str

    @property
    def end(self):
        return self.start + len(self.text)


@dataclass(frozen=True)
class Bracket:
    open: str
    before: Token | None
    #: True for `{` of a block or body, false for `{` of an object literal.
    block: bool
    start: int


_SPACE = re.compile(r"[^\S\n]")
_NAME = re.compile(r"(?:[^\W\d]|[$#@])[\w$\u200c\u200d]*")
_NUMBER = re.compile(
    r"0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?",
    re.ASCII,
)
_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)")
_STRING = re.compile(r"""'(?:[^'\\\n]|\\(?:\r\n|[\s\S]))*'?|"(?:[^"\\\n]|\\(?:\r\n|[\s\S]))*"?""")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{|\\?\Z)")
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/[\w$]*")
_PUNCTUATOR = re.compile(
    r">>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|\?\.(?!\d)|=>|==|!=|<=|>=|&&|\|\|"
    r"|\?\?|\+\+|--|[-+*/%&|^]=|\*\*|[\s\S]"
)
_VALUE_KEYWORDS = {"this", "super", "null", "true", "false"}
_KEYWORDS = _VALUE_KEYWORDS | set(
    "break case catch class const continue debugger default delete do else enum export extends "
    "finally for function if import in instanceof new return switch throw try typeof var void "
    "while with await yield".split()
)
_CONTROL = {"if", "while", "for", "with"}
#: Keywords before the `{` of a block; `void` ends a function's return type.
_BLOCK_KEYWORDS = {"else", "do", "try", "finally", "void"}
_CLOSES = {")": ("(",), "]": ("[",), "}": ("{", "${")}


@dataclass
class Scanner:
    """Never fails: what is not closed ends with the line or the text."""

    code: str
    position: int = 0
    #: The last token that is not a comment.
    previous: Token | None = None
    brackets: list[Bracket] = field(default_factory=list)
    #: Where the last `do` block ended, and where the `while` of such a block begins.
    do_block_end: int = -1
    do_loop: int = -1

    @property
    def depth(self):
        return len(self.brackets)

    @property
    def in_block(self):
        """True directly inside of a block or body."""
        return bool(self.brackets) and self.brackets[-1].block

    def restart(self, position):
        """Goes on at `position` as at the begin of a statement."""
        self.position = position
        self.previous = None
        self.brackets.clear()

    def skip_space(self, within_line=False):
        """Skips blanks, and line ends too unless `within_line`."""
        while self.position < len(self.code):
            char = self.code[self.position]
            if not _SPACE.match(char) and (char != "\n" or within_line):
                return
            self.position += 1

    @property
    def at_line_start(self):
        """True when nothing but blanks stands before the position on its line."""
        i = self.position - 1
        while i >= 0 and _SPACE.match(self.code[i]):
            i -= 1
        return i < 0 or self.code[i] == "\n"

    def next(self):
        """The next token, or None at the end."""
        self.skip_space()
        if self.position >= len(self.code):
            return None
        token = self._read()
        self.position = token.end
        if token.kind != "comment":
            self.previous = token
        return token

    def _read(self):
        char = self.code[self.position]
        if comment := self._match(_COMMENT):
            return self._comment(comment)
        if name := self._match(_NAME):
            return self._name(name)
        if number := self._match(_NUMBER):
            return self._token("number", number, "operand")
        if string := self._match(_STRING):
            return self._token("string", string, "operand")
        if char == "`":
            return self._template(self.depth)
        if char == "/" and (self.previous is None or self.previous.after != "operand"):
            if regex := self._match(_REGEX):
                return self._token("regex", regex, "operand")
        if char in "([{":
            return self._opening(char)
        if char in ")]}":
            return self._closing(char)
        return self._operator(self._match(_PUNCTUATOR) or char)

    def _comment(self, text):
        token = self._token("comment", text, "operand")
        if text.startswith("/*") and (len(text) < 4 or not text.endswith("*/")):
            self._push("/*", token.start, False)
        return token

    def _name(self, name):
        is_member = self.previous is not None and self.previous.text in (".", "?.")
        if is_member or name not in _KEYWORDS:
            return self._token("name", name, "operand")
        if name == "while" and self.previous and self.previous.end == self.do_block_end:
            self.do_loop = self.position
        return self._token("keyword", name, "operand" if name in _VALUE_KEYWORDS else "operator")

    def _template(self, depth):
        """From a backtick, or from the `}` that ends a substitution, to the next `${` or the end."""
        start = self.position
        found = _TEMPLATE.match(self.code, start + 1)
        end = found.end()
        terminator = found[1]
        if terminator == "${":
            self._push("${", end - 2, False)
        elif terminator != "`":
            self._push("`", start, False)
        after = "operator" if terminator == "${" else "operand"
        return Token("template", self.code[start:end], start, depth, after)

    def _opening(self, char):
        block = char == "{" and self._opens_block()
        token = self._token("punctuator", char, "statement" if block else "operator")
        self._push(char, token.start, block)
        return token

    def _opens_block(self):
        previous = self.previous
        if previous is None or previous.after == "statement":
            return True
        if previous.after == "operand" or previous.text == ")":
            return True
        if previous.kind == "keyword":
            return previous.text in _BLOCK_KEYWORDS
        if previous.text in ("=>", ">"):
            return True
        return previous.text == ":" and (not self.brackets or self.brackets[-1].block)

    def _closing(self, close):
        at = next(
            (i for i in reversed(range(self.depth)) if self.brackets[i].open in _CLOSES[close]),
            None,
        )
        if at is None:
            return self._token("punctuator", close, "operand")
        bracket = self.brackets[at]
        del self.brackets[at:]
        if bracket.open == "${":
            return self._template(at)
        token = self._token("punctuator", close, self._after_closing(close, bracket))
        if close == "}" and bracket.before and bracket.before.text == "do":
            self.do_block_end = token.end
        return token

    def _after_closing(self, close, bracket):
        if close == "}":
            return "statement" if bracket.block else "operand"
        before = bracket.before
        if close == ")" and before and before.kind == "keyword" and before.text in _CONTROL:
            return "statement" if before.start == self.do_loop else "operator"
        return "operand"

    def _push(self, text, start, block):
        self.brackets.append(Bracket(text, self.previous, block, start))

    def _operator(self, text):
        if text == ";":
            return self._token("punctuator", text, "statement")
        previous = self.previous
        if text in ("++", "--"):
            return self._token("punctuator", text, "operand")
        crosses_line = "\n" in self.code[previous.end if previous else 0 : self.position]
        is_postfix = previous is not None and previous.after == "operand" and not crosses_line
        return self._token(
            "punctuator", text, "operand" if text == "!" and is_postfix else "operator"
        )

    def _match(self, pattern):
        found = pattern.match(self.code, self.position)
        return found[0] if found else ""

    def _token(self, kind, text, after):
        return Token(kind, text, self.position, self.depth, after)
