"""Questions about metrics: their curves, and all of their values."""
