"""Scoring: how a fixture came out, from what was answered, told or decided. Pure: no engine, no library, no model.

One module a kind (``questions``); ``retrieval`` and ``citations`` are what several of
them count, ``said`` compares words, ``figures`` makes the means of a run, and ``judging`` tells one judge from another.
"""
