"""Hyperparameter optimization."""
