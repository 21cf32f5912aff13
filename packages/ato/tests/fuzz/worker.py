"""`python worker.py TARGET FIRST COUNT FOLDER`: cases FIRST to FIRST + COUNT of one target.

Each case has 20 seconds of the processor and ten minutes in all, the process 4 GiB. The first case
that raises ends it with its traceback and its number; `worker.py TARGET NUMBER 1 FOLDER` does it
again.
"""

import faulthandler
import random
import signal
import sys
import traceback

import targets
import words

TARGETS = {**targets.TARGETS, **words.TARGETS}
SECONDS, LONGEST, MEMORY = 20, 600, 4 << 30


def main():
    target, first, count, folder = (
        TARGETS[sys.argv[1]],
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
    )
    keep_going = len(sys.argv) > 5
    _limit_memory()
    _end_at_the_limit()
    failed = 0
    for number in range(first, first + count):
        # An alarm would be an exception that the case may catch; this ends the process.
        print(f"{sys.argv[1]} {number}", file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        _start_clock(SECONDS)
        try:
            target(random.Random(number), folder)
        except BaseException:
            traceback.print_exc()
            print(f"failed: {sys.argv[1]} {number}", file=sys.stderr, flush=True)
            failed += 1
            if not keep_going:
                break
        faulthandler.cancel_dump_traceback_later()
    return 1 if failed else 0


def _end_at_the_limit():
    """Let the signal of the clock say where the case is, and end the process."""
    if hasattr(signal, "SIGPROF"):
        faulthandler.register(signal.SIGPROF, chain=True)


def _start_clock(seconds):
    """Count the processor's time: how busy the machine is does not matter."""
    if hasattr(signal, "SIGPROF"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory():
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main())
