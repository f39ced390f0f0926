"""The converter: everything that the library's fields can hold, put together from the modules beside."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NewType, NoReturn, get_args

from cattrs import Converter

from ticketcore.conditions import Condition, ConditionError, Vocabulary, from_json, to_json
from ticketcore.model.lifecycle import LifeCycle
from ticketcore.serialization.classes import add_classes
from ticketcore.serialization.containers import add_containers
from ticketcore.serialization.text import Json
from ticketcore.serialization.values import Form, Read, add_statuses, add_values, origin_of


def make_converter(life_cycle: LifeCycle, vocabularies: Mapping[Form, Vocabulary[Any]]) -> Converter:
    """
    A converter that knows every type of the library's fields, triggers, and commands within commands, apart.

    Args:
        life_cycle: The statuses.
        vocabularies: The fields that conditions may name, by the class of facts that the annotation says; `Any` is one.
    """
    converter = Converter()
    converter.register_structure_hook_factory(_is_unknown, _no_form)
    converter.register_unstructure_hook_factory(_is_unknown, _no_form)
    add_classes(converter)
    add_containers(converter)
    add_values(converter)
    add_statuses(converter, life_cycle)
    _add_conditions(converter, vocabularies)
    return converter


def _is_unknown(form: Form) -> bool:
    """Asked last: whether it is anything at all but another name for a type. cattrs itself would be too lenient."""
    return not isinstance(form, NewType) and origin_of(form) is not Annotated


def _no_form(form: Form) -> NoReturn:
    raise TypeError(f"a field of type {form} has no JSON form")


def _add_conditions(converter: Converter, vocabularies: Mapping[Form, Vocabulary[Any]]) -> None:
    def vocabulary_of(form: Form) -> Vocabulary[Any]:
        (facts,) = get_args(form) or (Any,)
        return vocabularies[facts]

    def reader(form: Form) -> Read:
        vocabulary = vocabulary_of(form)
        return lambda data, _: from_json(data, vocabulary)

    def writer(form: Form) -> Callable[[Condition[Any]], Json]:
        vocabulary = vocabulary_of(form)
        return lambda condition: to_json(_known(condition, vocabulary))

    converter.register_structure_hook_factory(_is_condition, reader)
    converter.register_unstructure_hook_factory(_is_condition, writer)


def _known(condition: Condition[Any], vocabulary: Vocabulary[Any]) -> Condition[Any]:
    """The condition, all of whose fields can be read again: one that could not would stop whoever reads it."""
    fields = sorted(condition.fields(), key=lambda it: it.name)
    strange = [it for it in fields if (known := vocabulary.find(it.name)) is None or not known.is_same(it)]
    if strange:
        raise ConditionError("condition", [vocabulary.unknown(it.name) for it in strange])
    return condition


def _is_condition(form: Form) -> bool:
    return form is Condition or origin_of(form) is Condition
