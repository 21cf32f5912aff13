"""Images, tables, texts, histograms, sounds and films: from what a user has to what is kept."""
