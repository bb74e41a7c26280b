"""The figures the product promises to hold, each against a named baseline in the same run."""
