"""The real PyTorch Lightning logs into a run."""

import pytest

torch = pytest.importorskip("torch")
lightning = pytest.importorskip("lightning.pytorch")


class Line(lightning.LightningModule):
    def __init__(self, width=1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(width, 1)

    def training_step(self, batch, _):
        x, y = batch
        loss = ((self.layer(x) - y) ** 2).mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


@pytest.fixture
def trained(logger, tmp_path):
    from ato_sql.integrations.lightning import AtoLogger

    x = torch.linspace(0, 1, 32).reshape(-1, 1)
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, 3 * x), batch_size=8)
    with logger.start() as run:
        trainer = lightning.Trainer(
            logger=AtoLogger(run),
            max_epochs=3,
            log_every_n_steps=1,
            accelerator="cpu",
            default_root_dir=str(tmp_path),
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(Line(), batches)
    return run


def test_each_logged_step_is_a_metric(trained, finder):
    steps = [point.step for point in finder.get_metrics(trained.id, "loss")]
    assert steps == list(range(12))


def test_hyperparameters_are_kept_as_a_note(trained, finder):
    (note,) = finder.get_run(trained.id).notes
    assert note.text == 'hyperparameters: {"width": 1}'


def test_the_run_ends_with_its_block(trained, finder):
    assert finder.get_run(trained.id).status == "completed"
