"""The search for values that one side sends and the other refuses.

    candidates -> differences -> typed -> a Maker: `few` plain values, or Hypothesis's `strategies`

What may be refused is thought out once, and made in two ways: a few plain values first, which cost
next to nothing and prove most breaks; then strategies, of which a run has only so many attempts.
"""
