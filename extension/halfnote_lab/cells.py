"""What there is in a cell: magics in their parts, TypeScript, the text of a file.

The same as the extension's `editor/paint.ts`; a test compares what both find.
"""

import json
import re
from dataclasses import dataclass, replace
from importlib.resources import files

from .scanner import Scanner, Token

#: What the catalog of magics says of their words, written by `node scripts/docs.mjs`.
VOCABULARY = json.loads((files(__package__) / "vocabulary.json").read_text("utf-8"))

_MAGIC = re.compile(r"(\?{0,2})(%%?)([A-Za-z_]\w*)?", re.ASCII)
_HELP = re.compile(r"\?{1,2}")
#: What stands between a magic's name and its arguments, or ends it.
_NAME_END = re.compile(r"[\s?;]|\Z")
#: `a\n%b c` cannot be `a % b c`, except where `c` is one of these operators.
_NOT_MODULO = re.compile(
    r"[^\S\n]+(?!(?:as|in|instanceof|satisfies)\b)(?:[^\W_]|--[A-Za-z])|\?{1,2}[^\S\n]*(?:\n|\Z)"
)
#: Tokens after which JavaScript waits for an operand, but a type or statement may also have ended.
_MAY_END = {">", "void", "return", "break", "continue", "debugger"}
_OPTION = re.compile(r"--?[A-Za-z][\w-]*", re.ASCII)
_SHELL_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"?|'[^']*'?)+""")


@dataclass(frozen=True)
class Part:
    """A piece of a cell: offsets, `end` exclusive."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    text: str
    start: int
    tokens: tuple[Token, ...]

    @property
    def end(self):
        return self.start + len(self.text)


@dataclass(frozen=True)
class Magic:
    name: str
    start: int
    name_end: int
    #: Where the arguments end.
    end: int
    words: tuple[Word, ...]
    #: From where the rest of the cell is text.
    body: int | None


def parts_of(code):
    """The pieces of a cell in their order: kinds of `Part` as below, `expression`, `typescript` and `body:<file>`."""
    parts = []
    at = 0
    for magic in _magics(code):
        parts.append(Part("typescript", at, magic.start))
        at = magic.end
        words = VOCABULARY.get(magic.name)
        if words is None:
            continue
        parts.append(Part("name", magic.start, magic.name_end))
        for word, parameter in _assigned(magic, words, code):
            parts.extend(_word_parts(word, parameter))
        parts.extend(_comments(magic, code))
        if magic.body is not None:
            names = [word.text for word in magic.words if not word.text.startswith("-")]
            parts.append(Part(f"body:{names[-1] if names else ''}", magic.body, len(code)))
            at = len(code)
    parts.append(Part("typescript", at, len(code)))
    return sorted((part for part in parts if part.start < part.end), key=lambda part: part.start)


def _magics(code):
    scanner = Scanner(code)
    while True:
        scanner.skip_space()
        magic = _magic_at(scanner)
        if magic:
            yield magic
            if magic.body is not None:
                return
            scanner.restart(magic.end)
        elif scanner.next() is None:
            return


def _magic_at(scanner):
    code, start = scanner.code, scanner.position
    if not scanner.at_line_start:
        return None
    found = _MAGIC.match(code, start)
    if not found or not found[3]:
        return None
    question, percent, name = found.groups()
    words = VOCABULARY.get(name)
    if scanner.depth > 0:
        begins = scanner.previous is not None and scanner.previous.after == "statement"
        if words is None or not scanner.in_block or not begins:
            return None
    name_end = found.end()
    is_certain = percent == "%%" or words is not None
    if not question and not _is_magic(scanner.previous, code, name_end, is_certain):
        return None
    is_shell = words is not None and words.get("isShell", False)
    arguments, end, asks_help = (_shell_words if is_shell else _arguments)(code, name_end)
    asks_help = asks_help or bool(question)
    body = None
    if percent == "%%" and words and words.get("hasTextBody") and not asks_help and end < len(code):
        body = code.find("\n", end) + 1
    return Magic(name, start, name_end, end, () if asks_help else tuple(arguments), body)


def _is_magic(previous, code, name_end, is_known):
    if previous is None or previous.after == "statement":
        return True
    if previous.after == "operator" and previous.text not in _MAY_END:
        return False
    return bool((_NAME_END if is_known else _NOT_MODULO).match(code, name_end))


def _arguments(code, start):
    """Arguments end with their line, or with the line that closes their last bracket."""
    scanner = Scanner(code, start)
    tokens = []
    while True:
        scanner.skip_space(within_line=scanner.depth == 0)
        if scanner.depth == 0 and code[scanner.position : scanner.position + 1] == "\n":
            break
        token = scanner.next()
        if token is None:
            break
        if token.kind != "comment":
            tokens.append(token)
    asks_help = len(tokens) == 1 and bool(_HELP.fullmatch(tokens[0].text))
    if tokens and tokens[-1].text == ";":
        tokens.pop()
    position = scanner.position
    end = position - 1 if code[position - 1 : position] == "\r" else position
    return _split(code, tokens), end, asks_help


def _split(code, tokens):
    """Words end at blanks outside of brackets and strings. A blank beside a comma does not end one."""
    groups = []
    for token in tokens:
        if groups and _is_joined(groups[-1][-1], token):
            groups[-1].append(token)
        else:
            groups.append([token])
    return [_word(code, group) for group in groups]


def _is_joined(previous, token):
    if previous.end == token.start:
        return True
    if token.depth > 0 or token.text in (")", "]") or token.text.startswith("}"):
        return True
    return (_is_comma(previous) and not token.text.startswith("--")) or _is_comma(token)


def _is_comma(token):
    return token.depth == 0 and token.text == ","


def _word(code, tokens):
    start = tokens[0].start
    return Word(code[start : tokens[-1].end], start, tuple(tokens))


def _shell_words(code, start):
    """Words with blanks between, as in a shell; blanks in quotes don't count."""
    text = re.compile(r"[^\n]*").match(code, start)[0].removesuffix("\r")
    words = []
    for found in _SHELL_WORD.finditer(text):
        at = start + found.start()
        words.append(Word(found[0], at, (Token("string", found[0], at, 0, "operand"),)))
    asks_help = len(words) == 1 and bool(_HELP.fullmatch(words[0].text))
    return words, start + len(text), asks_help


def _assigned(magic, words, code):
    """Each word with its parameter, or with None where it is an option."""
    positionals = list(words["positionals"])
    options = words["options"]
    waiting = None
    for index, word in enumerate(magic.words):
        written = _OPTION.match(word.text)
        name = written[0] if written else ""
        if name.startswith("--") or name in options:
            yield word, None
            option = options.get(name)
            takes_no = option is None or option["is"] == "flag" or "=" in word.text
            waiting = None if takes_no else option
        elif waiting:
            yield word, waiting
            waiting = None
        elif positionals and positionals[0].get("isRest"):
            rest = [token for later in magic.words[index:] for token in later.tokens]
            yield _word(code, rest), positionals[0]
            return
        elif word.start > magic.name_end:
            yield word, positionals[0] if positionals else {"is": "text"}
            if positionals and not positionals[0].get("isMany"):
                positionals.pop(0)


_TOKENS = {
    "name": "value",
    "keyword": "value",
    "number": "number",
    "string": "string",
    "template": "string",
    "punctuator": "operator",
}


def _word_parts(word, parameter):
    if parameter is None:
        length = len(re.match(r"[\w-]*", word.text, re.ASCII)[0])
        at = word.start + length
        value = tuple(token for token in word.tokens if token.start >= at)
        yield Part("option", word.start, at)
        yield from _word_parts(replace(word, tokens=value), {"is": "value"})
    elif parameter["is"] in ("expression", "statement"):
        yield Part("expression", word.start, word.end)
    else:
        for token in word.tokens:
            kind = "variable" if parameter["is"] == "variable" else _TOKENS.get(token.kind)
            if kind is not None:
                yield Part(kind, token.start, token.end)


def _comments(magic, code):
    """Comments stand between words, or behind them."""
    starts = [magic.name_end, *(word.end for word in magic.words)]
    ends = [*(word.start for word in magic.words), magic.end]
    for start, end in zip(starts, ends):
        text = code[start:end]
        before = len(text) - len(text.lstrip())
        if text[before:].startswith(("//", "/*")):
            yield Part("comment", start + before, start + len(text.rstrip()))
