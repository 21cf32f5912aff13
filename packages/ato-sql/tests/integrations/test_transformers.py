"""The real Hugging Face Trainer logs into a run."""

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")


class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x, labels):
        prediction = self.layer(x)
        return {"loss": ((prediction - labels) ** 2).mean(), "logits": prediction}


def test_each_report_of_the_trainer_is_logged_at_its_step(logger, finder, tmp_path):
    from ato_sql.integrations.transformers import AtoCallback

    rows = [{"x": torch.tensor([i / 32]), "labels": torch.tensor([3 * i / 32])} for i in range(32)]
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path),
        num_train_epochs=2,
        per_device_train_batch_size=8,
        logging_steps=2,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
    )
    with logger.start() as run:
        callbacks = [AtoCallback(run)]
        transformers.Trainer(Line(), arguments, train_dataset=rows, callbacks=callbacks).train()

    steps = [point.step for point in finder.get_metrics(run.id, "loss")]
    assert steps == [2, 4, 6, 8]
    assert "train_runtime" in finder.get_metric_keys(run.id)
