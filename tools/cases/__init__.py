"""Patient cases: reading them, splitting records into facts, finding faults in them."""
