"""A `Judgement` as text, for whoever reads it: pure functions that return what is printed.

Everything in it may be text of an untrusted document. Each report makes it harmless where it is
read: `text` for terminals, `markdown` for what is made HTML, `github` for workflow commands.
"""
