"""Who learns, in what order, at what rate? Continued pretraining, then supervised fine-tuning, on a planned mixture."""
