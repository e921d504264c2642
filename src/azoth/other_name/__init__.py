"""Another name for azoth: where its names are under the paths of SQLAlchemy, and what leads imports there.

Importing this changes nothing; ``azoth.as_sqlalchemy`` does.
"""
