"""The type contract of an old SDK against a new one: who of its users breaks, line by line.

     old/contract.py      new/
            │              │
            ▼              ▼
    lines   │           laid_out ──► a copy of the new SDK that has the old contract
      │     └──────────────┐              │
      ▼                    ▼              ▼
    breaks ◄── complaints ── type_checker (mypy, a process of its own)
      │
      ▼
    report: text or JSON

`emit.contract` writes contracts. Neither SDK is imported, and nothing is written into either.
"""
