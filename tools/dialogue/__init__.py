"""What happens within one turn, without a model: acts, disclosure, measurements, wording, guard."""
