"""
The records of a help desk, one module per noun.

Frozen values that know nothing but attrs: no storage, no policy, no clock. What customers may see stands in `public`.
"""
