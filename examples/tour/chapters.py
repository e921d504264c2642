"""The chapters of the tour, in order."""

from __future__ import annotations

from model import Base, Country, Note, Zone, country_zones
from narrator import Narrator
from source_lines import Era, FirstEra, Line, Link, Rule, SourceBase, read_lines
from time_zone_tables import ZoneLine, read_countries, read_zones

from azoth import Engine, func, inspect, select
from azoth.exc import IntegrityError, InvalidRequestError, PendingRollbackError
from azoth.orm import Session, joinedload, raiseload, selectinload, with_polymorphic


def map_tables(engine: Engine, narrator: Narrator) -> None:
    """Show the mapping and the tables that were created from it."""
    narrator.chapter("Three classes and the tables behind them")
    narrator.say("The classes in examples/tour/model.py are mapped; create_all() makes their tables:")
    narrator.code("Base.metadata.create_all(engine)")
    Base.metadata.create_all(engine)
    narrator.sql()
    for class_ in (Country, Zone, Note):
        mapper = inspect(class_)
        columns, relationships = ", ".join(mapper.column_attrs.keys()), ", ".join(mapper.relationships.keys())
        narrator.show(f"{class_.__name__:8} columns: {columns};  relationships: {relationships}")


def load_every_line(engine: Engine, narrator: Narrator) -> None:
    """Put both files into the database in one transaction."""
    narrator.chapter("Every line of both files, in one flush that can be read first")
    with Session(engine) as session:
        countries = {code: Country(code=code, name=name) for code, name in read_countries()}
        zones = [zone_from(line, countries) for line in read_zones()]
        session.add_all(zones)
        session.add_all(countries.values())
        links = sum(len(zone.countries) for zone in zones)
        narrator.say(
            f"In memory: {len(countries)} countries, {len(zones)} zones, {links} links between them; "
            f"session.new has {len(session.new)} objects. Nothing was sent yet. "
            "session.plan() tells what flush() would do:"
        )
        narrator.code("print(session.plan())")
        narrator.show(session.plan())
        session.commit()
        narrator.say("session.commit() flushed and committed:")
        narrator.sql()


def zone_from(line: ZoneLine, countries: dict[str, Country]) -> Zone:
    """Make a zone object of a line."""
    return Zone(
        name=line.name,
        latitude=line.latitude,
        longitude=line.longitude,
        comment=line.comment,
        countries=[countries[code] for code in line.country_codes],
    )


def lazy_without_n_plus_one(engine: Engine, narrator: Narrator) -> None:
    """Loop over all countries and read a lazy collection of each."""
    narrator.chapter("Lazy loading without N+1")
    with Session(engine) as session:
        narrator.code(
            """
            countries = session.scalars(select(Country)).all()
            sum(len(country.zones) for country in countries)
            """
        )
        countries = session.scalars(select(Country)).all()
        total = sum(len(country.zones) for country in countries)
        narrator.say(
            f"{len(countries)} countries, {total} links. The first country whose zones were read loaded those of "
            "its peers too, the objects that came with it:"
        )
        count = narrator.sql()
        narrator.say(f"{count} statements instead of {len(countries) + 1}.")
    with Session(engine) as session:
        session.load_on_peers = False
        for country in session.scalars(select(Country)):
            len(country.zones)
        narrator.say("With load_on_peers=False, one at a time as elsewhere:")
        narrator.sql()


def eager_strategies(engine: Engine, narrator: Narrator) -> None:
    """The same with selectin and joined loading."""
    narrator.chapter("Eager loading, as you know it")
    with Session(engine) as session:
        narrator.code("select(Zone).where(Zone.name.like('Pacific/%')).options(selectinload(Zone.countries))")
        pacific = select(Zone).where(Zone.name.like("Pacific/%")).order_by(Zone.name)
        zones = session.scalars(pacific.options(selectinload(Zone.countries))).all()
        shared = [zone for zone in zones if len(zone.countries) > 1]
        narrator.say(f"{len(zones)} zones in the Pacific, {len(shared)} of them serve several countries:")
        for zone in shared:
            narrator.show(f"{zone.name:22} {', '.join(country.name for country in zone.countries)}")
        narrator.sql()
    with Session(engine) as session:
        narrator.code("select(Country).where(...).options(joinedload(Country.zones)).limit(2)")
        with_many = (
            select(Country)
            .join(Country.zones)
            .group_by(Country.code)
            .order_by(func.count().desc(), Country.code)
            .limit(2)
        )
        codes = [country.code for country in session.scalars(with_many)]
        narrator.sql()
        session.expunge_all()
        query = select(Country).where(Country.code.in_(codes)).order_by(Country.code).limit(2)
        for country in session.scalars(query.options(joinedload(Country.zones))):
            narrator.show(f"{country.name}: {len(country.zones)} zones, first {country.zones[0].name}")
        narrator.say("The LIMIT counts countries, not joined rows:")
        narrator.sql()
    with Session(engine) as session:
        tonga = session.scalars(
            select(Zone).where(Zone.name == "Pacific/Tongatapu").options(raiseload(Zone.notes))
        ).one()
        try:
            len(tonga.notes)
        except InvalidRequestError as error:
            narrator.say("raiseload() forbids what you did not ask for:")
            narrator.show(error)
        narrator.sql()


def query_with_sql(engine: Engine, narrator: Narrator) -> None:
    """Aggregates and rows."""
    narrator.chapter("SQL where SQL is the better tool")
    with Session(engine) as session:
        zone_count = func.count(country_zones.c.zone_id).label("zones")
        statement = (
            select(Country.name, zone_count)
            .join(country_zones, country_zones.c.country_code == Country.code)
            .group_by(Country.name)
            .order_by(zone_count.desc(), Country.name)
            .limit(5)
        )
        for row in session.execute(statement):
            narrator.show(f"{row.name:20} {row.zones}")
        narrator.sql()
        without = select(func.count()).select_from(Country).where(~Country.zones.any())
        narrator.say(f"Countries without a zone of their own: {session.scalar(without)}")
        narrator.sql()


def identity_and_changes(engine: Engine, narrator: Narrator) -> None:
    """The identity map, net changes, SQL expressions as values."""
    narrator.chapter("One object per row, and only net changes")
    with Session(engine) as session:
        berlin = session.scalars(select(Zone).where(Zone.name == "Europe/Berlin")).one()
        again = session.get(Zone, berlin.id)
        narrator.say(f"get() gave the very same object, without SQL: {again is berlin}")
        narrator.sql()
        former = berlin.comment
        berlin.comment = "most of Germany"
        berlin.comment = former
        narrator.say(
            f"Changed and changed back: in session.dirty {berlin in session.dirty}, "
            f"is_modified {session.is_modified(berlin)}."
        )
        berlin.lookups = Zone.lookups + 1
        narrator.code("berlin.lookups = Zone.lookups + 1   # the database adds")
        narrator.show(session.plan())
        session.flush()
        narrator.say(f"After the flush the new value is loaded when it is read: {berlin.lookups}")
        session.commit()
        narrator.sql()


def merge_a_new_edition(engine: Engine, narrator: Narrator) -> None:
    """Merge the file again, unchanged and then changed."""
    narrator.chapter("A new edition of the file: merge()")
    with Session(engine) as session:
        # Held, so that each look-up below is answered by the identity map.
        present = session.scalars(select(Country)).all()
        for code, name in read_countries():
            session.merge(Country(code=code, name=name))
        narrator.say(
            f"Merged all {len(present)} countries from the file again; session.dirty has {len(session.dirty)} objects:"
        )
        narrator.sql()
        with session.no_autoflush:
            for code, name in read_countries():
                session.merge(Country(code=code, name="Türkiye" if code == "TR" else name))
        narrator.say("An edition in which one name is spelled anew:")
        narrator.show(session.plan())
        session.commit()
        narrator.sql()


def break_and_recover(engine: Engine, narrator: Narrator) -> None:
    """Run into a constraint and recover; a savepoint keeps the rest."""
    narrator.chapter("Something breaks, and nothing is lost")
    with Session(engine) as session:
        atlantis = Country(code="DE", name="Atlantis")
        session.add(atlantis)
        try:
            session.commit()
        except IntegrityError as error:
            narrator.say("The code DE is taken. The error says what happened and where:")
            narrator.show(error)
        try:
            session.scalars(select(Country)).first()
        except PendingRollbackError as error:
            narrator.say("Until rollback() the session refuses to go on, and says why:")
            narrator.show(error)
        session.rollback()
        narrator.say(
            f"After rollback() the object is as you made it: transient {inspect(atlantis).transient}, "
            f"name {atlantis.name!r}."
        )
        atlantis.code = "XA"
        session.add(atlantis)
        session.flush()
        try:
            with session.begin_nested():
                session.add(Country(code="too long", name="Lemuria"))
        except IntegrityError as error:
            narrator.say(f"Inside a savepoint: {str(error).splitlines()[0]}")
        narrator.say(f"The savepoint was rolled back, Atlantis is still there: {atlantis in session}")
        session.rollback()
        narrator.sql()


def hierarchy_of_classes(engine: Engine, narrator: Narrator) -> None:
    """Lines of four kinds: one base class, three joined tables, one class that shares one."""
    narrator.chapter("A hierarchy of classes over several tables")
    SourceBase.metadata.create_all(engine)
    narrator.sql()
    narrator.say(
        "Each line of tzdata.zi becomes a Rule, an Era, a FirstEra or a Link: all of them are lines, and have columns "
        "of their own (examples/tour/source_lines.py)."
    )
    with Session(engine) as session:
        session.add_all(read_lines())
        session.commit()
        narrator.sql()
        narrator.code("select(Line).where(Line.name.like('Europe/%'))")
        european = select(Line).where(Line.name.like("Europe/%")).order_by(Line.number)
        lines = session.scalars(european).all()
        told = [_own_column(line) for line in lines]
        narrator.say(
            f"A query for the base class gave {len(lines)} objects of {len({type(line) for line in lines})} classes. "
            f"Reading a column of its own class from each of them ({told[0]}, {told[1]}, ..., {told[-1]}) loaded it "
            "for the peers of the class:"
        )
        narrator.sql()
        session.expunge_all()
        narrator.say("with_polymorphic() asks for all of it at once:")
        every = with_polymorphic(Line, "*")
        narrator.code('every = with_polymorphic(Line, "*"); select(every).where(every.Link.target == "Europe/Berlin")')
        for line in session.scalars(select(every).where(every.Link.target == "Europe/Berlin").order_by(every.number)):
            narrator.show(f"{type(line).__name__} {line.number}: {line.name} -> {_own_column(line)}")
        narrator.sql()
        narrator.say(f"Zones that begin in the file: {session.scalar(select(func.count()).select_from(FirstEra))}.")
        narrator.sql()
        link = session.scalars(select(Link).where(Link.name == "Europe/Oslo")).one()
        link.target, link.name = "Europe/Paris", "Oslo"
        narrator.say("A flush writes the tables that changed:")
        narrator.show(session.plan())
        session.rollback()
        narrator.sql()


def _own_column(line: Line) -> object:
    match line:
        case Rule():
            return line.first_year
        case Era():
            return line.offset
        case Link():
            return line.target
    raise AssertionError(line)


def delete_with_cascade(engine: Engine, narrator: Narrator) -> None:
    """Delete an object with its notes, and one note as an orphan."""
    narrator.chapter("Deletes that follow the rules")
    with Session(engine) as session:
        zone = session.scalars(select(Zone).where(Zone.name == "Asia/Kathmandu")).one()
        zone.notes = [Note(body="UTC+05:45"), Note(body="one of three zones on a quarter hour")]
        session.commit()
        zone.notes.pop()
        narrator.say("One note is taken out of its zone's collection (delete-orphan), then the zone itself is deleted:")
        session.flush()
        narrator.sql()
        session.delete(zone)
        narrator.show(session.plan())
        session.commit()
        narrator.sql()
        left = session.scalar(select(func.count()).select_from(Note))
        narrator.say(f"Notes left: {left}; zones left: {session.scalar(select(func.count()).select_from(Zone))}.")
        narrator.sql()


ALL = (
    map_tables,
    load_every_line,
    lazy_without_n_plus_one,
    eager_strategies,
    query_with_sql,
    identity_and_changes,
    merge_a_new_edition,
    break_and_recover,
    hierarchy_of_classes,
    delete_with_cascade,
)
