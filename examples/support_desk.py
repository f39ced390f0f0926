"""
A support desk that works a mailbox.

    python examples/support_desk.py PATH [--database FILE] [--json]

PATH is an mbox, an .eml file, or a folder of .eml files. Every mail is taken in by a desk, routed by rules and spread
round robin over the agents of a small shop. What came of it is printed; with --json as one JSON object.

The desk is in memory, or with --database in a file of SQLite's. Where there is one in the file already, work goes on
with it: mails that it knows are duplicates.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import attrs
from board import Board
from olive_grove import Shop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ticketcore import InvalidInput
from ticketcore.channels.email import MailBecame, Mailbox, read_mailbox

SET_ASIDE = (MailBecame.DUPLICATE, MailBecame.AUTO_REPLY, MailBecame.BOUNCE)


@attrs.define
class Tally:
    """
    What became of the mails.

    Args:
        became: How many became what.
        lost: How many could not even be taken in.
    """

    became: Counter[MailBecame] = attrs.field(factory=Counter)
    lost: int = 0

    @property
    def read(self) -> int:
        """How many mails there were."""
        return self.became.total() + self.lost


def work(shop: Shop, mails: Iterable[bytes]) -> Tally:
    """Takes in one mail after the other."""
    tally = Tally()
    for data in mails:
        try:
            command = shop.mail.command(data)
            shop.clock.follow(command.mail.sent_at)
            tally.became[shop.system.do(command).became] += 1
        except InvalidInput as refused:
            print(refused, file=sys.stderr)
            tally.lost += 1
    return tally


def work_with_bar(shop: Shop, mails: Mailbox, console: Console) -> Tally:
    """Takes in all mails, showing how far it is."""
    columns = TextColumn("[bold]taking in mail"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console) as progress:
        return work(shop, progress.track(mails, total=len(mails)))


def as_json(shop: Shop, tally: Tally) -> str:
    """The figures as one JSON object."""
    figures = {
        "read": tally.read,
        "tickets": tally.became[MailBecame.TICKET],
        "replies": tally.became[MailBecame.REPLY],
        "set_aside": {it.value: tally.became[it] for it in SET_ASIDE},
        "lost": tally.lost,
        "per_department": {shop.department_name(id): n for id, n in shop.system.tally("department").items()},
        "per_agent": {shop.agent_name(id): n for id, n in shop.system.tally("assignee").items()},
    }
    return json.dumps(figures, ensure_ascii=False)


def shop_in(file: Path | None) -> Shop:
    """The shop whose desk is kept in a file, which is made if need be; in memory without one."""
    if file is None:
        return Shop()
    from ticketcore.storage.sql import SqlStorage  # noqa: PLC0415 - only who keeps the desk needs the extra

    file.parent.mkdir(parents=True, exist_ok=True)
    return Shop(SqlStorage.open(f"sqlite:///{file}"))


def main() -> int:
    """Reads the arguments and works the mailbox."""
    parser = argparse.ArgumentParser(description="A support desk that works a mailbox.")
    parser.add_argument("path", type=Path, help="an mbox, an .eml file, or a folder of .eml files")
    parser.add_argument("--database", type=Path, help="a file of SQLite's to keep the desk in")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    arguments = parser.parse_args()
    shop = shop_in(arguments.database)
    try:
        mails = read_mailbox(arguments.path)
    except InvalidInput as refused:
        print(refused, file=sys.stderr)
        return 2
    if arguments.json:
        print(as_json(shop, work(shop, mails)))
        return 0
    console = Console()
    tally = work_with_bar(shop, mails, console)
    shop.play_a_little()
    Board(shop, console).show({it.value: tally.became[it] for it in MailBecame} | {"lost": tally.lost})
    return 0


if __name__ == "__main__":
    sys.exit(main())
