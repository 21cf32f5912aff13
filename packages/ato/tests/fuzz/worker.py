"""`python worker.py TARGET FIRST COUNT FOLDER`: cases FIRST to FIRST + COUNT of one target.

Each case has 20 seconds, the process 4 GiB. The first case that raises ends it with its traceback
and its number; `worker.py TARGET NUMBER 1 FOLDER` does it again.
"""

import faulthandler
import random
import sys
import traceback

import targets
import words

TARGETS = {**targets.TARGETS, **words.TARGETS}
SECONDS, MEMORY = 20, 4 << 30


def main():
    target, first, count, folder = (
        TARGETS[sys.argv[1]],
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
    )
    keep_going = len(sys.argv) > 5
    _limit_memory()
    failed = 0
    for number in range(first, first + count):
        # An alarm would be an exception that the case may catch; this ends the process.
        print(f"{sys.argv[1]} {number}", file=sys.stderr, flush=True)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
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


def _limit_memory():
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main())
