import json
import math
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketcore.automation.commands import AddRule
from ticketcore.commands.command import AddingTicketCommand, TicketCommand
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.outbox import LeaseNotifications
from ticketcore.commands.tickets import AddTags, SetCustomFields, SetPriority
from ticketcore.conditions import F, Fields, TicketFacts
from ticketcore.conformance.instances import RECORD_CLASSES, commands, instances, json_values, records
from ticketcore.errors import Fault, InvalidInput
from ticketcore.events import Event, TicketOpened
from ticketcore.extensions import Extensions
from ticketcore.model import checks
from ticketcore.model.attachments import Upload
from ticketcore.model.dues import DUES, Due
from ticketcore.model.ids import TicketId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import ENTRIES, REFERENCES, TICKETS, Kind
from ticketcore.model.lifecycle import POSTPONED, STANDARD_LIFE_CYCLE, Category, LifeCycle, Status
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import UntrustedHtml
from ticketcore.model.tickets import AnyTicket, Priority, Ticket
from ticketcore.serialization import Codec
from ticketcore.serialization.commands import COMMANDS
from ticketcore.serialization.tables import NATURAL_KEYS

CODEC = Codec()
DUE = Due(id="wake//t1", occasion="wake", ticket=TicketId("t1"), at=datetime(2026, 3, 2, 9, tzinfo=UTC))
RULE = AddRule("Invoices", trigger=TicketOpened, when=F.subject.contains("invoice"), then=[SetPriority(Priority.HIGH)])


def through_text(document):
    """The document as it comes back from JSON text."""
    return json.loads(json.dumps(document, allow_nan=False))


def faults_of(read, *arguments):
    """What is wrong, by path."""
    with pytest.raises(InvalidInput) as caught:
        read(*arguments)
    return {fault.path: fault.expected for fault in caught.value.faults}


# Both ways.


@pytest.mark.parametrize(("kind", "cls"), RECORD_CLASSES, ids=lambda it: getattr(it, "__name__", ""))
@settings(max_examples=10)
@given(data=st.data())
def test_records_come_back_as_they_were(kind, cls, data):
    """Every record of every class comes back from JSON equal in every field."""
    record = data.draw(instances(cls))

    assert CODEC.kind_of(record) is kind
    assert CODEC.unpack(kind, through_text(CODEC.pack(record))) == record


@pytest.mark.parametrize("kind", NATURAL_KEYS, ids=lambda it: it.name)
def test_natural_keys_come_back_as_they_were(kind):
    """A natural key comes back as one of whatever kind it is asked for."""
    key = NaturalKey(id="mia@example.org", holder="mia")

    assert CODEC.unpack(kind, through_text(CODEC.pack(key))) == key


@pytest.mark.parametrize("cls", COMMANDS, ids=lambda it: it.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_commands_come_back_as_they_were(cls, data):
    """Every command of every class comes back from JSON equal in every field."""
    command = data.draw(instances(cls))

    assert CODEC.unpack_command(through_text(CODEC.pack_command(command))) == command


@settings(max_examples=50)
@given(st.one_of(records, commands))
def test_text_says_what_it_is(value):
    """What was written as text is read again without being told what it is."""
    assert CODEC.loads(CODEC.dumps(value)) == value
    assert CODEC.loads(CODEC.dumps(value).encode()) == value


def test_condition_comes_back_as_it_was():
    """A condition comes back from JSON, for the scope that it is asked for."""
    condition = F.subject.contains("invoice") & (F.priority >= Priority.HIGH)

    assert CODEC.unpack_condition(through_text(CODEC.pack_condition(condition)), "ticket") == condition


def test_condition_of_rule_may_name_what_happened():
    """What only an event has can be named in rules, and not in views."""
    document = {"format": 1, "condition": {"field": "message.text", "operator": "contains", "value": "refund"}}

    assert "message.text" in str(CODEC.unpack_condition(document))
    assert faults_of(CODEC.unpack_condition, document, "ticket").keys() == {"condition.field"}
    assert faults_of(CODEC.unpack_condition, document, "moon").keys() == {""}


def test_condition_that_could_not_be_read_again_is_not_written():
    """A field that the codec does not know is refused when a rule is written: nobody could read that rule any more."""
    strange = Fields("ticket", TicketFacts).number("height") > 1
    rule = AddRule("High", trigger=TicketOpened, when=strange, then=[SetPriority(Priority.LOW)])

    with pytest.raises(InvalidInput, match="height"):
        CODEC.pack_command(rule)
    known = Codec(Extensions(fields=[Fields("ticket", TicketFacts).number("height")]))
    assert known.unpack_command(known.pack_command(rule)) == rule


def test_document_reads_like_what_it_says():
    """A document holds keys and names where Python has members, values and classes."""
    assert CODEC.pack_command(RULE) == {
        "command": "AddRule",
        "format": 1,
        "name": "Invoices",
        "trigger": "TicketOpened",
        "when": {"format": 1, "condition": {"field": "subject", "operator": "contains", "value": "invoice"}},
        "then": [{"command": "SetPriority", "format": 1, "priority": "high"}],
        "place": None,
        "stop": None,
        "active": True,
        "note": "",
        "refuse_at": None,
    }


def test_times_are_written_in_utc():
    """A time comes back as the same instant in UTC, from whatever zone it was."""
    athens = timezone(timedelta(hours=2))
    due = attrs.evolve(DUE, at=datetime(2026, 3, 2, 11, tzinfo=athens))

    assert CODEC.pack(due)["at"] == "2026-03-02T09:00:00+00:00"
    assert CODEC.unpack(DUES, CODEC.pack(due)).at.tzinfo is UTC


def test_default_fields_may_be_left_out():
    """Who writes a command by hand leaves out what has a default."""
    assert CODEC.unpack_command({"command": "SendAnswer", "format": 1, "text": "Hello"}) == SendAnswer("Hello")


# Kinds.


def test_kinds_are_found_by_name():
    """A kind is found by its name, and a name that no kind has is refused."""
    assert CODEC.kind("ticket") is TICKETS
    assert CODEC.kind("reference") is REFERENCES
    assert faults_of(CODEC.kind, "parcel").keys() == {""}


@pytest.mark.parametrize("value", [NaturalKey(id="x", holder="y"), RULE, None, "ticket"])
def test_what_tells_no_kind_is_refused(value):
    """What is no record has no kind, and a natural key does not tell its own."""
    assert faults_of(CODEC.kind_of, value) == {"": "a record that tells its kind"}


def test_record_of_another_kind_is_refused():
    """A document is read only as what it is."""
    document = CODEC.pack(DUE)

    assert faults_of(CODEC.unpack, TICKETS, document) == {"record": "InternalTicket or Ticket"}
    assert faults_of(CODEC.unpack, Kind("parcel"), document).keys() == {""}


@pytest.mark.parametrize(("lease", "seconds"), [(timedelta(minutes=10), 600), (timedelta(seconds=1.5), 1.5)])
def test_durations_are_seconds(lease, seconds):
    """A duration is written as a number of seconds."""
    command = LeaseNotifications(5, lease)
    document = CODEC.pack_command(command)

    assert document["lease"] == seconds
    assert CODEC.unpack_command(through_text(document)) == command


@pytest.mark.parametrize("seconds", ["600", True, None, math.nan, math.inf, 10**300, -(10**15)])
def test_what_is_no_duration_is_refused(seconds):
    """Anything but a number of seconds that the calendar has room for is refused."""
    document = {**CODEC.pack_command(LeaseNotifications()), "lease": seconds}

    assert faults_of(CODEC.unpack_command, document) == {"lease": "a duration as a number of seconds"}


# The canonical text of commands.


@settings(max_examples=50)
@given(commands)
def test_equal_commands_have_equal_texts(command):
    """The canonical text of a command is the same for an equal one, and for what is read from its JSON."""
    same = CODEC.unpack_command(through_text(CODEC.pack_command(command)))

    assert CODEC.command_text(deepcopy(command)) == CODEC.command_text(command)
    assert CODEC.command_text(same) == CODEC.command_text(command)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AddTags(frozenset("ba")), AddTags(frozenset("ab"))),
        (SetCustomFields({"a": 1, "b": 2}), SetCustomFields({"b": 2.0, "a": 1.0})),
    ],
)
def test_text_does_not_depend_on_how_a_command_was_made(one, other):
    """Order where there is none, and the way a number is written, make no other text."""
    assert one == other
    assert CODEC.command_text(one) == CODEC.command_text(other)


@settings(max_examples=50)
@given(commands, commands)
def test_different_commands_have_different_texts(one, other):
    """Two commands have one text only if they are equal."""
    assert one == other or CODEC.command_text(one) != CODEC.command_text(other)


def test_text_has_digests_of_files():
    """The canonical text of a command with a large file is short; it differs with the file's bytes."""
    small, large = (SendAnswer("Here", [Upload("a.pdf", "application/pdf", size * b"x")]) for size in (1, 100_000))

    assert len(CODEC.command_text(large)) < 300
    assert CODEC.command_text(small) != CODEC.command_text(large)
    assert len(CODEC.pack_command(large)["attachments"][0]["content"]) > 100_000


# Bad input.


def test_all_faults_come_at_once():
    """What is wrong with a document is listed with its path, whether types or the command's own checks refuse it."""
    document = CODEC.pack_command(RULE) | {
        "name": "",
        "trigger": "TicketClosed",
        "when": {"format": 1, "condition": {"field": "subjekt", "operator": "contains", "value": "invoice"}},
        "then": [
            {"command": "SetPriority", "format": 1, "priority": 30},
            {"command": "AddAgent", "format": 1, "name": "Ana"},
            {"command": "SendAnswer", "format": 1, "text": 3, "attachments": [{"name": "a/b", "media_type": "x"}]},
        ],
        "stop": 1,
        "colour": "red",
    }
    del document["place"]

    assert faults_of(CODEC.unpack_command, document).keys() == {
        "name",
        "trigger",
        "when.condition.field",
        "then[0].priority",
        "then[1].command",
        "then[2].text",
        "then[2].attachments[0].name",
        "then[2].attachments[0].content",
        "stop",
        "colour",
    }


def test_faults_come_in_the_order_of_the_fields():
    """The list of faults can be read beside the document; what does not belong there comes last."""
    document = {"command": "AddAgent", "format": 1, "x": 1, "capacity": "3", "email": "@", "name": 1}
    with pytest.raises(InvalidInput) as caught:
        CODEC.unpack_command(document)

    assert [fault.path for fault in caught.value.faults] == ["name", "email", "capacity", "x"]
    assert caught.value.subject == "AddAgent"


@settings(max_examples=150)
@given(data=st.data())
def test_every_wrong_field_is_told(data):
    """Whichever fields of a document are wrong, these are told and no others."""
    document = json.loads(CODEC.dumps(data.draw(st.one_of(records, commands))))
    fields = sorted(document.keys() - {"record", "command", "format"})
    wrong = data.draw(st.sets(st.sampled_from(fields)) if fields else st.just(set()))
    document |= {field: {"no": [], "such": {}} for field in [*wrong, "thing"]}

    told = faults_of(CODEC.loads, json.dumps(document))

    assert {path.partition(".")[0].partition("[")[0] for path in told} == {*wrong, "thing"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("version", 1.0),
        ("version", True),
        ("version", 2**60),
        pytest.param("version", 10**5000, id="huge"),
        ("at", "2026-03-02T09:00:00"),
        ("at", "2026-03-02"),
        ("at", "tomorrow"),
        ("at", 1_772_442_000),
        ("ticket", 7),
        ("occasion", None),
        ("ticket", "a\0b"),
        ("ticket", "\ud800"),
        ("ticket", ["t1"]),
    ],
)
def test_wrong_value_is_refused(field, value):
    """Nothing is converted silently: not text to numbers, not numbers to flags, no time without its zone."""
    assert faults_of(CODEC.unpack, DUES, CODEC.pack(DUE) | {field: value}).keys() == {field}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (None, ""),
        ([], ""),
        ("Due", ""),
        ({}, "record"),
        ({"record": "Due"}, "format"),
        ({"record": "Due", "format": 0}, "format"),
        ({"record": "Due", "format": 2}, "format"),
        ({"record": "Due", "format": True}, "format"),
        ({"record": ["Due"], "format": 1}, "record"),
        ({"record": "Sweep", "format": 1}, "record"),
    ],
)
def test_document_without_its_head_is_refused(data, path):
    """A document says what it is and in which format."""
    assert faults_of(CODEC.unpack, DUES, data).keys() == {path}


def test_unknown_command_is_refused_with_a_hint():
    """Who mistypes a command's name is told those that are written alike."""
    assert "SendAnswer" in faults_of(CODEC.unpack_command, {"command": "SendAnswr", "format": 1})["command"]


def test_values_that_cannot_be_written_are_refused():
    """What JSON has no room for is refused when it is written, not when it is read."""
    assert "" in faults_of(CODEC.pack, RULE)
    assert "" in faults_of(CODEC.pack_command, DUE)
    assert "" in faults_of(CODEC.pack, attrs.evolve(DUE, at=datetime(2026, 3, 2)))  # noqa: DTZ001 - what is wrong
    assert "" in faults_of(CODEC.command_text, SetCustomFields({"weight": float("nan")}))
    assert "" in faults_of(CODEC.pack_command, SetCustomFields({"weight": object()}))  # type: ignore[dict-item]


def test_error_hides_how_it_was_found():
    """A bad document's error stands alone: no tree of another library's exceptions hangs on it."""
    with pytest.raises(InvalidInput) as caught:
        CODEC.unpack_command({"command": "SendAnswer", "format": 1, "text": 3})

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@settings(max_examples=200)
@given(json_values)
def test_any_json_is_read_or_refused(data):
    """Whatever JSON holds, reading it gives a value or `InvalidInput`, and nothing else."""
    for read in (CODEC.unpack_command, CODEC.unpack_condition, lambda it: CODEC.unpack(TICKETS, it)):
        with pytest.raises(InvalidInput):
            read(data)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_a_document_is_read_or_refused(data):
    """Whatever stands in some place of a good document, reading it gives a value to write again, or `InvalidInput`."""
    document = json.loads(CODEC.dumps(data.draw(st.one_of(records, commands))))
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(data, document)
    value = None
    with suppress(InvalidInput):
        value = CODEC.loads(json.dumps(document))

    assert value is None or CODEC.loads(CODEC.dumps(value)) == value


def _spoil(data, document):
    """Changes something somewhere in a document."""
    inside, key = document, "format"
    while inside:
        key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not isinstance(inside[key], (dict, list)) or data.draw(st.booleans()):
            break
        inside = inside[key]
    if isinstance(inside, list):
        inside.append(data.draw(json_values))
    elif data.draw(st.booleans()):
        inside[key] = data.draw(json_values)
    else:
        inside.pop(key, None)


# What a host adds.


@attrs.frozen
class SendParcel(AddingTicketCommand[AnyTicket]):
    """A host's own command, with commands inside."""

    permission: ClassVar[Permission] = Permission.CHANGE

    weight: float = checks.checked(checks.is_a(float, "a weight"))
    after: tuple[TicketCommand[Any], ...] = checks.several(checks.is_a(TicketCommand, "a command"), default=())


@attrs.frozen(kw_only=True)
class ParcelSent(Event):
    """A host's own event."""

    weight: float


@attrs.frozen(kw_only=True)
class Parcel:
    """A host's own record."""

    id: str
    version: int = 1
    weight: float


PARCELS: Kind[Parcel] = Kind("parcel")
HOST = Extensions(commands=[SendParcel], events=[ParcelSent], records={Parcel: PARCELS})


def test_hosts_own_classes_have_a_form():
    """A host's own commands, events and records are written and read like the library's, and are triggers of rules."""
    codec = Codec(HOST)
    rule = AddRule("Parcels", trigger=ParcelSent, then=[SendParcel(2.5, (SendParcel(1.0), SetPriority(Priority.LOW)))])
    parcel = Parcel(id="p1", weight=2.5)

    assert codec.unpack_command(through_text(codec.pack_command(rule))) == rule
    assert codec.unpack(PARCELS, through_text(codec.pack(parcel))) == parcel
    assert codec.kind_of(parcel) is codec.kind("parcel") is PARCELS
    assert faults_of(CODEC.pack_command, SendParcel(2.5)).keys() == {""}


def test_hosts_own_events_are_entries():
    """A host's own event is an entry of a thread."""
    event = instances(ParcelSent)
    codec = Codec(HOST)

    @given(event)
    @settings(max_examples=10)
    def comes_back(event):
        assert codec.kind_of(event) is ENTRIES
        assert codec.unpack(ENTRIES, through_text(codec.pack(event))) == event

    comes_back()


def test_hosts_own_fields_can_be_named():
    """A host's own field of tickets can be named in views and in rules, and in no other host's."""
    weight = Fields("ticket", TicketFacts, always=False).number("weight", "What it weighs.")
    document = {"format": 1, "condition": {"field": "weight", "operator": ">", "value": 2}}
    codec = Codec(Extensions(fields=[weight]))

    assert codec.unpack_condition(document, "ticket") == (weight > 2)
    assert codec.unpack_condition(document, "event") == (weight > 2)
    assert faults_of(CODEC.unpack_condition, document).keys() == {"condition.field"}


def test_hosts_own_statuses_have_a_form():
    """A status is written by its key, and read as the life cycle knows it."""
    waiting = Status("waiting for parts", Category.POSTPONED)
    codec = Codec(life_cycle=LifeCycle({**STANDARD_LIFE_CYCLE.moves, waiting: STANDARD_LIFE_CYCLE.moves[POSTPONED]}))

    @given(instances(Ticket))
    @settings(max_examples=1)
    def comes_back(ticket):
        moved = attrs.evolve(ticket, status=waiting)
        assert codec.pack(moved)["status"] == "waiting for parts"
        assert codec.unpack(TICKETS, codec.pack(moved)) == moved
        assert faults_of(CODEC.unpack, TICKETS, codec.pack(moved)).keys() == {"status"}

    comes_back()


def test_nested_commands_have_bounds():
    """Commands within commands, however deep somebody nests them, are read or refused."""
    document: dict[str, Any] = {"command": "SendParcel", "format": 1, "weight": 1.0}
    for _ in range(40):
        document = {"command": "SendParcel", "format": 1, "weight": 1.0, "after": [document]}
    assert Codec(HOST).unpack_command(document).asked == "SendParcel"

    for _ in range(5000):
        document = {"command": "SendParcel", "format": 1, "weight": 1.0, "after": [document]}
    assert faults_of(Codec(HOST).unpack_command, document) == {"": "at most 128 levels"}


@pytest.mark.parametrize(
    "extensions",
    [
        Extensions(commands=[attrs.make_class("SendAnswer", [], bases=(AddingTicketCommand,), frozen=True)]),
        Extensions(events=[attrs.make_class("Transferred", [], bases=(Event,), frozen=True)]),
        Extensions(records={Parcel: Kind("ticket")}),
        Extensions(fields=[Fields("moon", TicketFacts).number("phase")]),
        Extensions(fields=[Fields("ticket", TicketFacts).number("subject")]),
        Extensions(upgrades={UntrustedHtml: [dict]}),
    ],
)
def test_extensions_that_do_not_go_with_the_library_are_refused(extensions):
    """What a host adds takes no name that is taken, and upgrades no class that there is not."""
    with pytest.raises(InvalidInput):
        Codec(extensions)


# Documents of earlier versions.


def _weigh_in_grams(fields):
    return {**fields, "weight": fields["weight"] / 1000}


def _rename_mass(fields):
    fields["weight"] = fields.pop("mass")
    return fields


def test_documents_of_earlier_formats_are_read():
    """A document of any earlier format is brought to the present one, step by step."""
    codec = Codec(attrs.evolve(HOST, upgrades={Parcel: [_rename_mass, _weigh_in_grams]}))
    parcel = Parcel(id="p1", weight=2.5)

    assert codec.pack(parcel)["format"] == 3
    assert codec.unpack(PARCELS, {"record": "Parcel", "format": 1, "id": "p1", "mass": 2500}) == parcel
    assert codec.unpack(PARCELS, {"record": "Parcel", "format": 2, "id": "p1", "weight": 2500}) == parcel
    assert codec.unpack(PARCELS, {"record": "Parcel", "format": 3, "id": "p1", "weight": 2.5}) == parcel


def test_nested_documents_of_earlier_formats_are_read():
    """Each command of a rule has its own format."""
    codec = Codec(attrs.evolve(HOST, upgrades={SendParcel: [_rename_mass]}))
    rule = AddRule("Parcels", trigger=TicketOpened, then=[SendParcel(2.5)])
    document = codec.pack_command(rule) | {"then": [{"command": "SendParcel", "format": 1, "mass": 2.5}]}

    assert codec.unpack_command(document) == rule


def test_earlier_document_that_makes_no_sense_is_refused():
    """A document that is of no format that it claims is refused; what its upgrade ran into is the cause."""
    codec = Codec(attrs.evolve(HOST, upgrades={Parcel: [_rename_mass]}))
    with pytest.raises(InvalidInput) as caught:
        codec.unpack(PARCELS, {"record": "Parcel", "format": 1, "id": "p1"})

    assert caught.value.faults == (Fault("", "what Parcel holds in format 1", "an object of 1"),)
    assert isinstance(caught.value.__cause__, KeyError)


def test_reading_leaves_the_document_alone():
    """What was given is not changed by reading it, not even by an upgrade that changes what it gets."""
    codec = Codec(attrs.evolve(HOST, upgrades={Parcel: [_rename_mass]}))
    document = {"record": "Parcel", "format": 1, "id": "p1", "mass": 2.5}
    codec.unpack(PARCELS, document)

    assert document == {"record": "Parcel", "format": 1, "id": "p1", "mass": 2.5}
