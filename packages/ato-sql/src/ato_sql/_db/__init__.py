"""The database: engine, tables, the making and upgrading of the schema, dialects.

It calls `_values`; a migration also calls `_facts`, to fill in what older versions did not store.
"""
