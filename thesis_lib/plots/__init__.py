"""Figures: one module a theme, one function a figure kind; tables and arrays in, a Figure out."""
