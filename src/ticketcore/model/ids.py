"""
The types of ids.

An id is text without meaning; only natural keys (an address, a Message-ID) say what they
name.
"""

from typing import NewType

TicketId = NewType("TicketId", str)
EntryId = NewType("EntryId", str)
NoteId = NewType("NoteId", str)
AttachmentId = NewType("AttachmentId", str)
AgentId = NewType("AgentId", str)
ContactId = NewType("ContactId", str)
CompanyId = NewType("CompanyId", str)
DepartmentId = NewType("DepartmentId", str)
CalendarId = NewType("CalendarId", str)
CallId = NewType("CallId", str)
CannedResponseId = NewType("CannedResponseId", str)
ChatId = NewType("ChatId", str)
ChatMessageId = NewType("ChatMessageId", str)
CustomFieldId = NewType("CustomFieldId", str)
MacroId = NewType("MacroId", str)
RatingId = NewType("RatingId", str)
RuleId = NewType("RuleId", str)
SlaPolicyId = NewType("SlaPolicyId", str)
TimeEntryId = NewType("TimeEntryId", str)
