"""What is logged is found again."""


def test_a_metric_is_found_with_its_steps(logger, finder):
    run_id = logger.run(tags=["baseline"])
    for step in range(3):
        logger.log_metric("loss", 1.0 / (step + 1), step=step)
    logger.finish()
    points = finder.get_metrics(run_id, "loss")
    assert [(p.step, p.value) for p in points] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]


def test_a_finished_run_is_completed(logger, finder):
    run_id = logger.run()
    logger.finish()
    assert finder.find_run(run_id).status == "completed"
