"""TypeScript with Halfnote's magics for Pygments: `halfnote` in Sphinx, MkDocs and `pygmentize`."""

from pygments.lexer import Lexer
from pygments.lexers import TextLexer, TypeScriptLexer, get_lexer_for_filename
from pygments.token import Comment, Keyword, Name, Number, Punctuation, String, Text
from pygments.util import ClassNotFound

from .cells import parts_of

#: Those that JupyterLab's style for nbconvert colours as its editor does.
_TOKENS = {
    "name": Keyword,
    "option": Name.Attribute,
    "value": Name.Builtin,
    "variable": Name.Variable,
    "number": Number,
    "string": String,
    "operator": Punctuation,
    "comment": Comment.Single,
}


class HalfnoteLexer(Lexer):
    """TypeScript, with lines that are magics."""

    name = "Halfnote"
    url = "https://www.npmjs.com/package/halfnote"
    aliases = ["halfnote"]
    mimetypes = ["text/x-halfnote"]

    def __init__(self, **options):
        super().__init__(**options)
        # What is handed on has been made uniform already, and must come back as it is.
        self._inner = {"stripnl": False, "ensurenl": False}

    def get_tokens_unprocessed(self, text):
        at = 0
        for part in parts_of(text):
            if part.start > at:
                yield at, Text, text[at : part.start]
            piece = text[part.start : part.end]
            token = _TOKENS.get(part.kind)
            if token is not None:
                yield part.start, token, piece
            else:
                for index, inner, value in self._lexer_for(part.kind).get_tokens_unprocessed(piece):
                    yield part.start + index, inner, value
            at = part.end
        if at < len(text):
            yield at, Text, text[at:]

    def _lexer_for(self, kind):
        if not kind.startswith("body:"):
            return TypeScriptLexer(**self._inner)
        try:
            return get_lexer_for_filename(kind.removeprefix("body:"), **self._inner)
        except ClassNotFound:
            return TextLexer(**self._inner)
