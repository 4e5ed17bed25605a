"""Exapt: does a capability that a model learned in one language work in another?"""

__version__ = "0.1.0"
