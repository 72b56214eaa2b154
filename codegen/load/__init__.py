"""The first stage: a file to a `Document`, a plain JSON tree, whatever it was written in.

document        the file: its size, its encoding, its kind, and the lines that errors name
json_reader     JSON to a tree, refusing what Python's reader lets pass
yaml_reader     YAML to a tree, and a pointer to its line; the only module that knows PyYAML
yaml_scalars    what a scalar without quotes stands for
yaml_disguise   where libyaml is not YAML 1.2
"""

from .document import Document, load

__all__ = ["Document", "load"]
