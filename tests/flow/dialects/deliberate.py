"""What azoth writes in another way than SQLAlchemy on purpose, with the reason, and what only one of them refuses."""

from __future__ import annotations

KEYS = "a list of keys is an array of texts, the only thing that the operator takes"
BOUND = "a separator is bound like every other value"
LITERAL = "SQLAlchemy has no SQL text for such values"
INDEX_WHERE = "the condition must be that of the index, so its values are written, not bound"
LATER = "a value comes with the execution"
FLOAT = "FLOAT is the same type as DOUBLE PRECISION"
PRINTED = "what stands in FROM is printed as it stands there"
NAMED = "the given name is kept"
UNQUALIFIED = "a condition of a table's own constraint names columns alone"
NULLS = "NULL among the elements is written"
BITS = "the number that turns a set into bits is part of the SQL"
PRECISION = "MySQL's DOUBLE takes a precision only together with a scale, so it is left out"
NO_WORDS = "the database has no words for it, so it is refused instead of left out"
ORDER = "the changed table's own columns are set first"
NUMBERS = "options of a table may be numbers"
DESCENDING = "a prefix of a column may be sorted downwards"
COMMENT = "there is no COMMENT ON in MySQL"
TRUE = "the literal of a truth value is a number where there is no such type"
SEQUENCE = "MariaDB has sequences, so the key is not numbered in another way"
QUOTES = "words that MySQL reserves are quoted for MariaDB, too"
ONE_STEP = "LIMIT says the same"
SEPARATE = "a column to set must exist"
MULTIRANGE = "a range beside a multirange is a range"
ARRAYS = "a list beside an array is bound as one array"
SEED = "TABLESAMPLE takes a seed"
EXISTING = "what is asked for is written, not left out"
SCHEMA = "a table without a schema is in that of the dialect, which SQLAlchemy asks the server for"
CONDITION = "a value is no condition in SQL Server"
BYTES = "bytes are written in hexadecimal, not as text"
COLLATION = "a collation is part of the type, and follows a CAST"
DIGITS = "the type has a fixed precision, so a number is left out"
BFILE = "SQLAlchemy has no text for the type"
LENGTH = "CAST needs a length"
FRONT = "a CTE is written, not left out"
DEFAULTS = "Oracle takes the default of one column for a row of defaults"
WHOLE = "the database has no words for a limit of the whole there, so it is refused instead of left out"
LIMITED = "a limit is written, not left out"
HIDDEN = "the subquery of a limit hides the column, so that it is refused"
LOCKED = "OF needs a column of the table"
NAMES = "names that are made up have other numbers"
OPERATION = "an index takes an operation in parentheses only"
ORDERED = "names of labels and columns order rows that are numbered, too"
CLASS = "an operator class stands before the order, and is not left out"

POSTGRESQL = {
    "index(lambda t: Index('i',t.c.b.desc(),postgresql_ops={'b':'text_pattern_ops'}))": CLASS,
    "constrained(lambda t: db.ExcludeConstraint((t.c.a+1,'=')))": OPERATION,
    "bound(Text(collation='x'))": "the placeholder of a text has no collation of its own",
    "select(c.id).distinct().ext(db.distinct_on(c.s))": "a SELECT has one DISTINCT, so that two are refused",
    "c.jb.has_all(['a','b'])": KEYS,
    "c.jb.has_any(['a','b'])": KEYS,
    "c.h.has_all(['x'])": KEYS,
    "db.array([1,2]).contains([1])": ARRAYS,
    "c.mr.contains(db.Range(1,5))": MULTIRANGE,
    "func.aggregate_strings(c.s, ',')": BOUND,
    "func.foo_bar(c.id).table_valued('a','b')": PRINTED,
    "db.insert(t).values(s='a').on_conflict_do_update(constraint=partial, set_={'s':'b'})": INDEX_WHERE,
    "db.insert(t).values(s='a').on_conflict_do_update(index_elements=[t.c.s], index_where=t.c.n>5, set_={'s':'b'}, "
    "where=t.c.n<9)": INDEX_WHERE,
    "select(func.json_to_recordset(t.c.jb).table_valued(column('a',Integer),column('b',String),name='jr')"
    ".render_derived(with_types=True))": NAMED,
    "select(t.c.n / 2.0)": FLOAT,
    "select(t.c.id).where(t.c.s == bindparam('q',literal_execute=True,type_=String))": LATER,
    "select(t.c.id).where(t.c.id.in_(bindparam('qs',expanding=True)))": LATER,
    "constrained(lambda t: db.ExcludeConstraint((t.c.a,'='),where=t.c.a > 5, deferrable=True,initially='deferred'))": (
        UNQUALIFIED
    ),
    "typed({'a': 1}, db.JSONB())": LITERAL,
    "typed({'a': \"x'\", 'b': None}, db.HSTORE())": LITERAL,
    "typed(db.Range(1, 5), db.INT4RANGE())": LITERAL,
    "typed(db.BitString('101'), db.BIT(3))": LITERAL,
    "typed('127.0.0.1', db.INET())": LITERAL,
    "typed([None, 1], db.ARRAY(Integer))": NULLS,
}

MYSQL_AND_MARIADB = {
    "bound(db.SET('a','b',retrieve_as_bitwise=True,charset='x'))": BITS,
    "converted(db.SET('a','b',retrieve_as_bitwise=True,charset='x'))": BITS,
    "bound(Double(53))": PRECISION,
    "converted(Double(53))": PRECISION,
    "select(c.id).distinct(c.s)": NO_WORDS,
    "select(c.id).join(select(u.c.v).where(u.c.tid==c.id).lateral('l'),true())": "true is a condition by itself",
    "db.insert(t).values(s='a').on_duplicate_key_update(zz=None)": SEPARATE,
    "t.update().values({'s':u.c.v, u.c.v:'x'}).where(c.id==u.c.tid)": ORDER,
    "DropColumnComment(Table('t',MetaData(),Column('a',Integer,comment='x')).c.a)": COMMENT,
    "literally(5, 'it%s', True, 5.5)": TRUE,
    "typed({'a', 'b'}, db.SET('a', 'b'))": LITERAL,
    "typed(5, db.BIT(4))": LITERAL,
    "typed(2020, db.YEAR())": LITERAL,
}

MYSQL = {
    **MYSQL_AND_MARIADB,
    "select(c.id).fetch(5)": ONE_STEP,
    "t.insert().values(s='a').returning(t.c.id)": NO_WORDS,
    "t.delete().where(c.id==5).returning(c.s)": NO_WORDS,
    "create(Column('a',Integer),mysql_default_charset='latin1',mysql_collate='x',mysql_row_format='DYNAMIC',"
    'mysql_auto_increment=5,mysql_comment="q\'x")': NUMBERS,
    "create(Column('a',Integer),mysql_partition_by='HASH(a)',mysql_subpartition_by='KEY(b)',"
    "mysql_subpartitions=2)": NUMBERS,
    "create(Column('a',Integer),mysql_data_directory='/tmp',mysql_max_rows=10,mysql_key_block_size='4')": NUMBERS,
    "index(lambda t: Index('i',t.c.b.desc(),mysql_length={'b':5}))": DESCENDING,
}

MARIADB = {
    **MYSQL_AND_MARIADB,
    "select(values(column('a',Integer),column('b',String),name='v').data([(1,'a'),(2,'b')]))": (
        "columns of a subquery get their names within it, as MariaDB takes no list of them"
    ),
    "column('rank')": QUOTES,
    "literally(decimal.Decimal('5.5'), uuid.UUID(int=5))": "a UUID of the database's own type is written with dashes",
    "create(Column('id',Integer,Sequence('sq'),primary_key=True))": SEQUENCE,
}

BOTH_MSSQL = {
    "select(c.id).where(case((true(), 1), else_=0) == 1)": CONDITION,
    "select(c.id).distinct(c.s)": NO_WORDS,
    "union(select(c.id),select(u.c.id)).order_by('id').limit(5)": WHOLE,
    "union(select(c.id),select(u.c.id)).limit(5)": WHOLE,
    "select(t.tablesample(5,name='q',seed=3))": SEED,
    "select(c.id).where(c.s.in_(bindparam('qs',expanding=True)))": LATER,
    "CreateIndex(Index('i',Table('t',MetaData(),Column('a',Integer)).c.a),if_not_exists=True)": EXISTING,
    "SetTableComment(Table('t',MetaData(),Column('a',Integer),comment=\"it's\"))": SCHEMA,
    "DropTableComment(Table('t',MetaData(),Column('a',Integer),comment=\"x\"))": SCHEMA,
    "SetColumnComment(Table('t',MetaData(),Column('a',Integer,comment='x',nullable=False)).c.a)": SCHEMA,
    "DropColumnComment(Table('t',MetaData(),Column('a',Integer,comment='x')).c.a)": SCHEMA,
    "typed(b'ab', LargeBinary())": BYTES,
    "typed({'a': 1}, JSON())": LITERAL,
    "typed(b'ab', db.VARBINARY(5))": BYTES,
}

MSSQL = {
    **BOTH_MSSQL,
    "select(c.id).order_by('id').limit(5).offset(6)": ORDERED,
    "select(c.id.label('z'),(c.n + 1)).order_by('z').limit(5).offset(6)": ORDERED,
    "select(c.id).distinct().order_by(c.s).limit(5).offset(6)": WHOLE,
    "union(select(c.id),select(u.c.id)).order_by('id').limit(5).offset(3)": WHOLE,
    "union_all(select(c.id),select(u.c.id)).order_by('id').offset(3)": WHOLE,
}

MSSQL_2022 = {
    **BOTH_MSSQL,
}

BOTH_ORACLE = {
    "Text(collation='q')": COLLATION,
    "converted(Text(collation='q'))": COLLATION,
    "UnicodeText(collation='x')": COLLATION,
    "converted(UnicodeText(collation='x'))": COLLATION,
    "Double(53)": DIGITS,
    "converted(Double(53))": DIGITS,
    "db.BFILE()": BFILE,
    "converted(db.BFILE())": BFILE,
    "db.BINARY_DOUBLE(53)": DIGITS,
    "converted(db.BINARY_DOUBLE(53))": DIGITS,
    "converted(db.CHAR(3,collation='BINARY_CI'))": COLLATION,
    "converted(db.VARCHAR2())": LENGTH,
    "db.VARCHAR2(5,collation='BINARY_CI')": COLLATION,
    "converted(db.VARCHAR2(5,collation='BINARY_CI'))": COLLATION,
    "select(c.id).distinct(c.s)": NO_WORDS,
    "select(c.id).with_for_update(read=True,of=t,skip_locked=True)": LOCKED,
    "t.insert().add_cte(select(u.c.v).cte('q')).values(s='a')": FRONT,
    "select(t.tablesample(5,name='q',seed=3))": SEED,
    "select(c.id).where(c.s.in_(bindparam('qs',expanding=True)))": LATER,
    "t.insert().values({})": DEFAULTS,
    "select(c.id).with_for_update(of=t)": LOCKED,
    "select(c.id,u.c.v).join(u).with_for_update(of=[t,u.c.id],nowait=True)": LOCKED,
    "CreateIndex(Index('i',Table('t',MetaData(),Column('a',Integer)).c.a),if_not_exists=True)": EXISTING,
    "constrained(lambda t: ForeignKeyConstraint(['a'],[other(t)],name='fk',onupdate='SET NULL'))": NO_WORDS,
    "constrained(lambda t: ForeignKeyConstraint(['a'],[other(t)],name='fk',onupdate='CASCADE'))": NO_WORDS,
    "typed(b'ab', LargeBinary())": BYTES,
    "typed({'a': 1}, JSON())": LITERAL,
    "typed(b'ab', db.RAW(5))": BYTES,
    "typed('AAA', db.ROWID())": LITERAL,
}

ORACLE = {
    **BOTH_ORACLE,
}

ORACLE_ROWNUM = {
    **BOTH_ORACLE,
    "select(c.id.label('z'),(c.n + 1)).order_by('z').limit(5).offset(6)": NAMES,
    "union(select(c.id),select(u.c.id)).order_by('id').limit(5)": WHOLE,
    "union(select(c.id),select(u.c.id)).limit(5)": WHOLE,
    "union(select(c.id),select(u.c.id)).order_by('id').limit(5).offset(3)": WHOLE,
    "union_all(select(c.id),select(u.c.id)).order_by('id').offset(3)": WHOLE,
    "select(select(c.id).order_by(c.s).limit(1).scalar_subquery())": NAMES,
    "select(c.id).order_by(c.s).limit(5).offset(2).with_for_update(of=t.c.id)": HIDDEN,
}

DIFFERENCES = {
    "postgresql": POSTGRESQL,
    "mysql": MYSQL,
    "mariadb": MARIADB,
    "mssql": MSSQL,
    "mssql 2022": MSSQL_2022,
    "oracle": ORACLE,
    "oracle ROWNUM": ORACLE_ROWNUM,
}
"""By database and construct, the reason."""
