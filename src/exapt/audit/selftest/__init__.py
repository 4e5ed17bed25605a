"""The auditor on trial: flaws planted one at a time that it must find, and clean tasks on which it must be silent."""
