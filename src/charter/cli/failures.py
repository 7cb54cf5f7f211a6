"""What the command line says of a failure: one line on stderr, and the exit code."""

import errno
import traceback
from pathlib import Path

import click

from charter.errors import CharterError, Interrupted
from charter.terminal import neutral

USAGE = 2
FAILED = 3
INTERRUPTED = 130
"""What a shell reports for a program that died of Ctrl-C (128 + SIGINT)."""


def tell(error: BaseException, with_traceback: bool) -> int:
    """Says in one line what went wrong, after the traceback if it is wanted; returns the exit code."""
    if with_traceback:
        click.echo(neutral("".join(traceback.format_exception(error))), err=True, nl=False)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    line, code = explain(error)
    click.echo(neutral(f"charter: {' '.join(line.split())}"), err=True)
    return code


def explain(error: BaseException) -> tuple[str, int]:
    """What to say of a failure, and the exit code."""
    code = FAILED
    match error:
        case Interrupted():
            what, code = str(error), INTERRUPTED
        case KeyboardInterrupt() | click.Abort():
            what, code = "interrupted", INTERRUPTED
        case CharterError():
            what, code = f"error: {error}", error.exit_code
        case click.ClickException():
            what, code = f"error: {error.format_message()}{_where_to_read(error)}", USAGE
        case MemoryError():
            what = "error: there is not enough memory; close other programs, or make batches smaller"
        case OSError():
            what = f"error: {_of_system(error)}"
        case _:
            what = f"error: {_defect(error)}"
    return what, code


def _where_to_read(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f" (see '{context.command_path} --help')" if context else ""


def _of_system(error: OSError) -> str:
    mend = "; make room and run the same command again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    what = f"{error.strerror or error}{mend}"
    return f"{error.filename}: {what}" if error.filename else what


def _defect(error: BaseException) -> str:
    all_frames = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in all_frames if "charter" in Path(frame.filename).parts]
    place = f" in {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    return (
        f"unexpected {type(error).__name__}{place}: {error}; this is a defect in Charter: "
        "run the command again with CHARTER_TRACEBACK=1 to see where it arose, and report that"
    )
