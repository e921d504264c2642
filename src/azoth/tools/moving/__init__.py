"""Moving the imports of one program from ``sqlalchemy`` to ``azoth``, or back: a function of its text.

Programs are read by libcst, an optional dependency: the extra ``move`` (ADR 22).
"""
