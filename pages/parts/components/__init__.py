"""Small browser components (st.components.v2), each a Python wrapper beside its script and its style."""
