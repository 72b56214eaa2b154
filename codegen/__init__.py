"""Typed Python SDKs from OpenAPI documents: data flows one way, and only the ends touch the disk.

    openapi.yaml                                                          sdk/*.py
         │                                                                   ▲
         ▼                                                                   │
       load ──── Document ────► lower ──── Api ────► emit ──── SourceFiles ──► write
     a plain JSON tree,       every decision:      typed functions           atomically;
     whatever it was          names, types,        that return text          what is stale
     written in               refusals

What an SDK cannot be generated from is a `SpecError`: where, what, and what to do about it.
"""
