"""The runtime of a generated SDK: HTTP, codec, errors.

These modules are copied whole into every SDK, so that it depends on no generator.
"""
