"""Halfnote: a Jupyter kernel for TypeScript that measures what numbers cost. `python -m halfnote` is its command."""
