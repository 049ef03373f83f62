"""A second verifier of EBRBUNDLE/1, written from docs/evidence-format.md and the standards it names. Standard library alone."""
