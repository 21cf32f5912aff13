"""`ato diff`, `ato hash` and `ato convert`: config files of any format."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the three commands on config files."""
    diff = commands.add_parser("diff", help="what differs between two config files")
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--json", action="store_true", help="print the differences as JSON")
    diff.set_defaults(run=_diff)

    hashes = commands.add_parser("hash", help="the structural and the value hash of config files")
    hashes.add_argument("files", metavar="FILE", nargs="+")
    hashes.add_argument("--json", action="store_true", help="print the hashes as JSON")
    hashes.set_defaults(run=_hash)

    convert = commands.add_parser("convert", help="write a config file in another format")
    convert.add_argument("source", metavar="IN")
    convert.add_argument("target", metavar="OUT", help="the suffix names the format")
    convert.add_argument("--force", action="store_true", help="also replace what is no config")
    convert.add_argument("--json", action="store_true", help="report what was written as JSON")
    convert.set_defaults(run=_convert)


def _diff(options: argparse.Namespace) -> int:
    from ato_adict import ADict
    from ato_sql.comparing import plain

    difference = ADict.from_file(options.old).diff(ADict.from_file(options.new))
    options.answer = 1 if difference else 0
    if options.json:
        print(json.dumps(plain(difference.to_dict()), default=repr))
    elif difference:
        print(difference)
    return int(options.answer)


def _hash(options: argparse.Namespace) -> int:
    from ato_adict import ADict, ConversionError
    from ato_adict.surroundings import escaped

    report = {}
    for path in options.files:
        config = ADict.from_file(path)
        try:
            values = config.get_value_hash()
        except ConversionError as error:
            raise ConversionError(f"{path}: {error}") from None
        report[path] = {"structure": config.get_structural_hash(), "values": values}
    if options.json:
        print(json.dumps(report))
    else:
        for path, hashes in report.items():
            print(escaped(path))
            print(f"  structure {hashes['structure']}\n  values    {hashes['values']}")
    return 0


def _convert(options: argparse.Namespace) -> int:
    from ato_adict import ADict
    from ato_adict.surroundings import escaped

    config = ADict.from_file(options.source)
    config.dump(options.target, force=options.force)
    report = {"from": options.source, "to": options.target, "keys": len(config.flatten())}
    if options.json:
        print(json.dumps(report))
    else:
        source, target = escaped(options.source), escaped(options.target)
        print(f"{source} -> {target} ({report['keys']} keys)")
    return 0
