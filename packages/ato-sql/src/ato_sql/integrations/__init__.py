"""Log from training frameworks, and export to other trackers. Each module needs its framework.

- `ato_sql.integrations.lightning`: a logger for PyTorch Lightning.
- `ato_sql.integrations.transformers`: a callback for the Hugging Face Trainer.
- `ato_sql.integrations.sklearn`: the candidates of a scikit-learn search as runs.
- `ato_sql.integrations.mlflow`: a run exported to MLflow.
- `ato_sql.integrations.tensorboard`: a run's metrics as an event file of TensorBoard.
- `ato_sql.integrations.wandb`: a run as an offline run of W&B.
"""
