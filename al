ato: there is no database A/experiments.db
