"""Kill programs at random moments and rates, and look for what they had logged."""

import programs

# One program that forks its victims: importing takes longer than their life. Each tells through
# shared memory how many calls have returned.
PROGRAM = """
    import mmap, random, sqlite3, struct
    from ato_sql import SQLFinder
    chance = random.Random({seed})
    SQLLogger(config()).start().finish()  # imports what there is
    returned = mmap.mmap(-1, {kills} * 8)

    def victim(number, pause):
        logger = SQLLogger(config())
        run = logger.start(tags=[str(number)])
        for step in range(10**9):
            run.log_metric("loss", float(step), step)
            returned[number * 8 : number * 8 + 8] = struct.pack("q", step + 1)
            if pause:
                time.sleep(pause)

    for number in range({kills}):
        pause = chance.choice([0, 0, 0.0002, 0.001, 0.01])
        child = os.fork()
        if child == 0:
            victim(number, pause)
        moment = time.monotonic() + 60
        while not returned[number * 8 : number * 8 + 8].strip(b"\\0"):
            time.sleep(0.001)
            if time.monotonic() > moment:
                os.kill(child, signal.SIGKILL)
                sys.exit("the program did not start to log")
        time.sleep(chance.uniform(0, {longest}))
        os.kill(child, signal.{signal})
        os.waitpid(child, 0)
    counts = [struct.unpack("q", returned[n * 8 : n * 8 + 8])[0] for n in range({kills})]

    finder = SQLFinder(config())
    runs = {{run.tags[0]: run for run in finder.search() if run.tags}}
    for number, count in enumerate(counts):
        run = runs[str(number)]
        steps = [point.step for point in finder.get_metrics(run.id, "loss")]
        assert steps == list(range(len(steps))), (number, "a hole or a double")
        assert len(steps) - count in (0, 1), (number, len(steps), count)
        assert finder.get_summaries([run.id])[run.id]["loss"].count == len(steps)
        assert run.status == "{status}", run.status
    print(sum(counts))
    """


def kill_and_count(kills, signal="SIGKILL", status="lost", longest=0.1, seed=1, **settings):
    """Kill so many programs and check that each kept all it had logged, once."""
    text = PROGRAM.format(kills=kills, signal=signal, status=status, longest=longest, seed=seed)
    output, _ = programs.run(text, git=False, **settings)
    assert int(output) > kills
