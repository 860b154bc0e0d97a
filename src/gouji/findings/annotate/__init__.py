"""The document that was checked, handed back with every failing cell marked and commented."""
