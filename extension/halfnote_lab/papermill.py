"""papermill's words for notebooks in TypeScript: how it writes parameters, and reads those that a notebook declares.

papermill has no entry point for translators, and loads those of `papermill.engine` whenever it is imported. Loading this
one registers the translator. The default engine is taken over by one that does the same, and tells the translator how the
notebook declares its parameters: they are declared anew with their own keyword and type.
"""

import json
import math
import re
from contextvars import ContextVar
from dataclasses import dataclass

from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators
from papermill.utils import find_first_tagged_cell_index

from .scanner import Scanner

#: The largest integer up to which a number of JavaScript holds each.
_MAX_SAFE = 2**53 - 1
_NAME = re.compile(r"(?:[^\W\d]|\$)[\w$]*")
_RESERVED = set(
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends "
    "false finally for function if implements import in instanceof interface let new null package private protected "
    "public return static super switch this throw true try typeof var void while with yield".split()
)
_GOES_ON = {"as", "satisfies", "in", "instanceof"}


@dataclass(frozen=True)
class Declaration:
    """A variable that a cell declares at its top level."""

    keyword: str
    name: str
    #: As written; empty where none is.
    type: str
    value: str
    #: The comment at the end of its line.
    help: str


def declarations(source):
    """The variables with a value that TypeScript declares at its top level. Never fails."""
    return list(_Reader(source).read())


class _Reader:
    def __init__(self, source):
        self._source = source
        scanner = Scanner(source)
        tokens = list(iter(scanner.next, None))
        self._comments = [token for token in tokens if token.kind == "comment"]
        self._tokens = [token for token in tokens if token.kind != "comment"]

    def read(self):
        i = 0
        while i < len(self._tokens):
            token = self._tokens[i]
            if token.depth > 0 or token.text not in ("let", "const", "var"):
                i += 1
                continue
            i += 1
            while (found := self._declarator(token.text, i)) is not None:
                declaration, i, has_more = found
                yield declaration
                if not has_more:
                    break

    def _declarator(self, keyword, at):
        """One `name: type = value`, the place behind it, and whether a comma goes on with another."""
        tokens = self._tokens
        if at + 1 >= len(tokens) or not _NAME.fullmatch(tokens[at].text):
            return None
        equals = at + 1
        if tokens[equals].text == ":":
            while equals < len(tokens) and (tokens[equals].depth > 0 or tokens[equals].text != "="):
                if tokens[equals].depth == 0 and tokens[equals].text == ";":
                    return None
                equals += 1
        if equals >= len(tokens) or tokens[equals].text != "=":
            return None
        end = equals + 1
        while end < len(tokens) and not self._ends(end):
            end += 1
        if end == equals + 1:
            return None
        type_ = self._between(at + 2, equals) if equals > at + 1 else ""
        has_more = end < len(tokens) and tokens[end].text == ","
        is_closed = end < len(tokens) and tokens[end].text in (",", ";") and tokens[end].depth == 0
        last = tokens[end] if is_closed else tokens[end - 1]
        declaration = Declaration(
            keyword, tokens[at].text, type_, self._between(equals + 1, end), self._help(last.end)
        )
        return declaration, end + 1 if is_closed else end, has_more

    def _ends(self, i):
        """Whether a value has ended before this token."""
        token, before = self._tokens[i], self._tokens[i - 1]
        if token.depth > 0:
            return False
        if token.text == ";":
            return True
        after = [other.text for other in self._tokens[i + 1 : i + 3]]
        if token.text == ",":
            return len(after) == 2 and bool(_NAME.fullmatch(after[0])) and after[1] in (":", "=")
        is_new_line = "\n" in self._source[before.end : token.start]
        begins = token.kind in ("name", "keyword", "number", "string") and token.text not in _GOES_ON
        return is_new_line and begins and before.after == "operand"

    def _between(self, start, end):
        return self._source[self._tokens[start].start : self._tokens[end - 1].end]

    def _help(self, position):
        for comment in self._comments:
            if comment.start >= position and not self._source[position : comment.start].strip(" \t"):
                text = comment.text[2:].removesuffix("*/") if comment.text.startswith("/*") else comment.text[2:]
                return " ".join(text.split())
        return ""


#: What the notebook at hand declares, from when papermill asks for its language until it writes the parameters.
_declared = ContextVar("declared", default=())


class TypeScriptTranslator(Translator):
    """Values as TypeScript writes them, and the parameters of a cell."""

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_int(cls, val):
        """Beyond what a number holds, a bigint."""
        return str(val) if abs(val) <= _MAX_SAFE else f"{val}n"

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "NaN"
        if math.isinf(val):
            return "Infinity" if val > 0 else "-Infinity"
        return repr(val)

    @classmethod
    def translate_escaped_str(cls, str_val):
        text = json.dumps(str(str_val), ensure_ascii=False)
        # Half of a pair can't be sent to a kernel as it is.
        return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)

    @classmethod
    def translate_list(cls, val):
        return f"[{', '.join(cls.translate(item) for item in val)}]"

    @classmethod
    def translate_dict(cls, val):
        entries = (f"{cls._key(key)}: {cls.translate(item)}" for key, item in val.items())
        return f"{{ {', '.join(entries)} }}" if val else "{}"

    @classmethod
    def _key(cls, key):
        text = cls.translate_escaped_str("null" if key is None else str(key).lower() if isinstance(key, bool) else key)
        # Written plainly, it would set the object's prototype.
        return f"[{text}]" if key == "__proto__" else text

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".replace("\n", "\n// ")

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        """Each parameter with the keyword and the type that the notebook declares it with."""
        declared = {one.name: one for one in _declared.get()}
        _declared.set(())
        lines = [cls.comment(comment), *(cls._declare(*item, declared.get(item[0])) for item in parameters.items())]
        return "\n".join(lines) + "\n"

    @classmethod
    def _declare(cls, name, value, declared):
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise PapermillException(
                f'The parameter "{name}" is no name that TypeScript can declare: '
                "allowed are letters, digits, _ and $, no digit first, and no word of the language"
            )
        keyword = declared.keyword if declared else "let"
        type_ = declared.type if declared else ""
        text = cls.translate(value)
        if type(value) is int:
            if type_ == "bigint":
                text = f"{value}n"
            elif type_ == "number" and abs(value) > _MAX_SAFE:
                raise PapermillException(
                    f"The parameter {name} is {value}, and a number holds integers up to {_MAX_SAFE} only: "
                    f"declare it as `{keyword} {name}: bigint`, or give it as a float"
                )
        if not type_ and value in (None, [], {}):
            # By itself it would have a type that takes nothing else.
            type_ = {list: "any[]", dict: "Record<string, any>"}.get(type(value), "any")
        return f"{keyword} {name}{f': {type_}' if type_ else ''} = {text};"

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters of a cell; `let epochs: number = 3; // how often` has its type, default and help."""
        return [
            Parameter(one.name, one.type or _type_of(one.value), _in_one_line(one.value), one.help)
            for one in declarations(parameters_cell["source"])
        ]


def _in_one_line(value):
    if "\n" not in value:
        return value
    comments = (token for token in iter(Scanner(value).next, None) if token.kind == "comment")
    for comment in reversed(list(comments)):
        value = value[: comment.start] + value[comment.end :]
    return " ".join(value.split())


def _type_of(value):
    tokens = list(iter(Scanner(value).next, None))
    kinds = [token.kind for token in tokens if token.text != "-"]
    if kinds == ["number"]:
        return "bigint" if value.endswith("n") else "number"
    if kinds in (["string"], ["template"]) or value.startswith("`"):
        return "string"
    return {"true": "boolean", "false": "boolean", "null": "null"}.get(value, "None")


class TypeScriptEngine(NBClientEngine):
    """papermill's own engine, which remembers how a notebook in TypeScript declares its parameters."""

    @classmethod
    def nb_language(cls, nb, language=None):
        found = super().nb_language(nb, language)
        at = find_first_tagged_cell_index(nb, "parameters") if found == "typescript" else -1
        _declared.set(tuple(declarations(nb.cells[at].source)) if at >= 0 else ())
        return found


for _name in ("typescript", "halfnote"):
    papermill_translators.register(_name, TypeScriptTranslator)
if papermill_engines.get_engine(None) is NBClientEngine:
    papermill_engines.register(None, TypeScriptEngine)
    papermill_engines.register("nbclient", TypeScriptEngine)
