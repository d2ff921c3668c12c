"""Holds aws command lines to AWS's service models in botocore, by the aws CLI's own parser; nothing is sent.

Standard input: a JSON list a line, the words after "aws". With --names the words may have placeholders, and only the names of service, operation and options count.
Standard output: a line for each that is wrong.
"""

import contextlib
import io
import json
import sys

import awscli.clidriver

# The aws CLI's version 2 alone has it: https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
TAIL = {"--since", "--follow", "--format", "--filter-pattern", "--log-stream-names", "--log-stream-name-prefix"}


class Valid(Exception):
    """Raised where a request that has passed botocore's validation would be sent."""


# One for all commands: it has read a service's model once.
DRIVER, REACHED = awscli.clidriver.create_clidriver(), []


def stop(**_):
    REACHED.append(True)
    raise Valid()


DRIVER.session.register("before-call", stop)


def checked(words):
    if words[:2] == ["logs", "tail"]:
        return tailed(words[2:])
    # An option may be cut short on a command line, but not in a document.
    wrong = named(list(words))
    if wrong:
        return wrong
    said = io.StringIO()
    REACHED.clear()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            DRIVER.main(words)
        except (SystemExit, Valid):
            pass
    return None if REACHED else said.getvalue().strip() or "no request came of it"


def tailed(words):
    unknown = [word for word in words if word.startswith("--") and word not in TAIL]
    if not words or words[0].startswith("--"):
        return "logs tail needs a log group"
    return f"logs tail has no {unknown}" if unknown else None


def named(words):
    if words[:2] == ["logs", "tail"]:
        return None
    command, names = DRIVER, []
    table, options = command._get_command_table(), {"--" + name for name in command._get_argument_table()}
    while words[:1] and words[0] in options:
        del words[:2]
    while words and not words[0].startswith("-"):
        if words[0] not in table:
            return f"no {words[0]}" if not names or table else None
        command, table = table[words[0]], {}
        names.append(words.pop(0))
        if hasattr(command, "_get_command_table"):
            table = command._get_command_table()
        elif hasattr(command, "subcommand_table"):
            table = command.subcommand_table
        if not table:
            break
    options |= {"--" + name for name in getattr(command, "arg_table", {})}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    return f"no option {unknown}" if unknown else None


check = named if sys.argv[1:] == ["--names"] else checked
for line in sys.stdin:
    words = json.loads(line)
    wrong = check(list(words))
    if wrong:
        print("aws", *words, "->", " ".join(wrong.split()))
