"""Figures: one module per theme, one function per figure; tables and arrays in, a Figure out."""
