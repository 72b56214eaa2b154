"""Two documents compared as the generator understands them: who breaks, where, and the proof."""
