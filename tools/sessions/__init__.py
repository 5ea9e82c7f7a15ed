"""Scores of turns and sessions, the audit of the patient, and what a set of sessions shows."""
