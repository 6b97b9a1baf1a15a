"""How good embeddings are: what `proof.py` measures, and what it compares with."""
