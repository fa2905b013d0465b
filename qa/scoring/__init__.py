"""Scoring: how a fixture came out, from what was answered, told or decided. Pure: no engine, no library, no model.

One module a kind of fixture; ``retrieval``, ``citations`` and ``repetition`` are what they count, ``said`` compares
words, ``failed`` is the case that an error ended, ``figures`` makes the means of a run, and ``judging`` tells one judge
from another.
"""
