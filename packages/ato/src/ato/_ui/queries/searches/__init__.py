"""Questions about hyperparameter searches."""
