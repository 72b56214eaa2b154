"""The first stage: a file to a `Document`, plain JSON trees, whatever they were written in.

document        the document, the files that it refers to, and the places that errors name
neighbours      which files beside it may be read
source_text     one file: its size, its encoding, its kind
json_reader     JSON to a tree, refusing what Python's reader lets pass
yaml_reader     YAML to a tree, and pointers to lines; the only module that knows PyYAML
yaml_scalars    what a scalar without quotes stands for
yaml_disguise   where libyaml is not YAML 1.2
"""

from .document import Document, load
from .sources import Sources

__all__ = ["Document", "Sources", "load"]
