"""Classes of attrs: objects whose keys are their fields. What their own checks refuse comes with the other faults."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.model.checks import UNCHANGED, Checked
from ticketcore.serialization.containers import step, with_converter
from ticketcore.serialization.text import Json, described, refused
from ticketcore.serialization.values import Form, Read, Write


def add_classes(converter: Converter) -> None:
    """Teaches a converter every class of attrs whose fields it knows."""
    converter.register_structure_hook_factory(attrs.has, with_converter(_class_reader, converter))
    converter.register_unstructure_hook_factory(attrs.has, with_converter(_class_writer, converter))


def _class_reader(form: type, converter: Converter) -> Read:
    structure: Callable[[Json, Form], object] = make_dict_structure_fn(form, converter, _cattrs_forbid_extra_keys=True)

    def read(data: object, _: Form) -> object:
        if type(data) is not dict:
            raise refused(f"an object with the fields of {form.__name__}", data)
        try:
            return structure(data, form)
        except ClassValidationError as error:
            raise _refused(form, data, error, converter) from _surprise(error)

    return read


def _class_writer(form: type, converter: Converter) -> Write:
    changeable = {field.name: override(omit_if_default=True) for field in _fields(form) if field.default is UNCHANGED}
    return make_dict_unstructure_fn(form, converter, **changeable)  # type: ignore[arg-type]  # it takes fields by name


def _fields(form: type) -> "tuple[attrs.Attribute[Any], ...]":
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(form)
    return fields


# Faults. What cattrs found is a tree of exceptions: those of fields carry a note with the field's name.


def _refused(form: type, data: Json, error: ClassValidationError, converter: Converter) -> InvalidInput:
    of_fields, of_whole = error.group_exceptions()
    names = {note.name for _, note in of_fields}
    faults = [fault.under(note.name) for exception, note in of_fields for fault in _faults_of_field(exception)]
    faults += [fault for exception in of_whole for fault in _faults_of_whole(form, exception)]
    faults += _faults_of_others(form, data, names, converter) if names and issubclass(form, Checked) else []
    order = [field.name for field in _fields(form)]
    return InvalidInput(form.__name__, sorted(faults, key=lambda fault: _place(fault, order)))


def _faults_of_field(exception: Exception) -> Sequence[Fault]:
    if isinstance(exception, InvalidInput):
        return exception.faults
    return [Fault("", "a value", "nothing" if isinstance(exception, KeyError) else described(exception))]


def _faults_of_whole(form: type, exception: Exception) -> Sequence[Fault]:
    """What is wrong beside single fields: keys that are none, or what the constructor says."""
    match exception:
        case InvalidInput():
            return exception.faults
        case ForbiddenExtraKeysError():
            known = listed(field.name for field in _fields(form)) if _fields(form) else "nothing"
            return [Fault(step(key), f"no other keys than {known}", "this one") for key in exception.extra_fields]
        case _:
            return [Fault("", f"what makes a {form.__name__}", described(exception))]


def _faults_of_others(form: type, data: Json, bad: Collection[str], converter: Converter) -> list[Fault]:
    """What the constructor says of the fields that could be read, so that no fault waits until others are mended."""

    def read(field: Any) -> object:  # noqa: ANN401 - an attribute of attrs
        good = field.name not in bad
        return converter.get_structure_hook(field.type)(data[field.name], field.type) if good else _UNREADABLE

    given = [field for field in _fields(form) if field.name in data or field.name in bad]
    try:
        form(**{field.alias or field.name: read(field) for field in given})
    except InvalidInput as error:
        return [fault for fault in error.faults if _field_of(fault) not in bad]
    except Exception:  # noqa: BLE001 - it may stumble over what could not be read, which has its fault already
        return []
    return []


_UNREADABLE: Final = object()
"""Stands for what could not be read; the checks of its field refuse it."""


def _surprise(error: ClassValidationError) -> Exception | None:
    """What nobody foresaw, if anything: kept as the cause, for whoever has to mend a class."""
    foreseen = (InvalidInput, KeyError, ForbiddenExtraKeysError)
    return next((it for it in error.exceptions if not isinstance(it, foreseen)), None)


def _place(fault: Fault, order: Sequence[str]) -> int:
    name = _field_of(fault)
    return order.index(name) if name in order else len(order)


def _field_of(fault: Fault) -> str:
    return fault.path.partition(".")[0].partition("[")[0]
