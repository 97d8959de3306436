"""Invented cards and photos of them, and how well the machine reads them."""
