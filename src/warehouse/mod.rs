//! PostgreSQL: the embedded cluster or a server, sessions by role, migrations and reference data.
