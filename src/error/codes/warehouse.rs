//! Codes of `warehouse` (`WARE-…`).

codes! {
    BAD_URL = "WARE-001" (Fail, 2) "database address not accepted"
        hint "Set [warehouse] url to `embedded` or to postgresql://USER@HOST/DATABASE?sslmode=verify-full."
        explain "The address is read as libpq reads it. Known sslmodes are disable, prefer, require, verify-ca and verify-full.";
    UNREACHABLE = "WARE-002" (Fail, 1) "database server does not answer"
        hint "Check that the server runs and that host and port of [warehouse] url are right."
        explain "No connection could be opened, so nothing was read and nothing was changed.";
    LOGIN_REFUSED = "WARE-003" (Fail, 1) "database server refused the login"
        hint "Check user, password and database of [warehouse] url, and the server's pg_hba.conf."
        explain "The server answered, but did not let this user into this database.";
    OLD_SERVER = "WARE-004" (Fail, 2) "database server too old"
        hint "Use PostgreSQL 15 or later."
        explain "The warehouse is tested from version 15 on and uses what came with it.";
    NO_TLS = "WARE-005" (Fail, 2) "encrypted connection to the database not possible"
        hint "Check sslmode and sslrootcert of [warehouse] url, and the server's certificate."
        explain "The server offers no TLS although sslmode asks for it, or its certificate could not be verified. verify-ca and verify-full check the certificate and the host name against sslrootcert, else against the machine's certificates.";
    NOT_MIGRATED = "WARE-006" (Fail, 1) "database not prepared"
        hint "Run `buss migrate`."
        explain "A role that `buss migrate` makes is not there, so this is a new database or another one than meant.";
    STATEMENT_FAILED = "WARE-010" (Fail, 1) "database refused a statement"
        hint "Look the SQLSTATE up in the PostgreSQL manual, appendix A; the table and the constraint say where."
        explain "Only SQLSTATE, table and constraint of a database error are shown, because its message can quote values of rows. The transaction was rolled back.";
    CONFLICT = "WARE-011" (Retry, 1) "transaction gave way to another"
        hint "Run the command again; if it lasts, look for a session that holds a lock."
        explain "A serialisation failure, a deadlock or a lock not given in time. The whole transaction was tried again several times before this was reported.";
    LOST = "WARE-012" (Retry, 1) "connection to the database lost"
        hint "Check that the server runs, then run the command again: what was committed stands in the ledger."
        explain "The connection broke or the server is shutting down or starting. Whether the last commit took effect is read from the ledger, never guessed.";
    EXHAUSTED = "WARE-013" (Retry, 1) "database server out of resources"
        hint "Free disk, memory or connections on the server, then run the command again."
        explain "The server said that a resource (disk, memory, connections) is used up. The transaction was rolled back.";
    CANCELLED = "WARE-014" (Fail, 1) "statement cancelled"
        hint "Narrow the query, or run it at a quieter time."
        explain "The statement ran past its time-out or was cancelled. Nothing of its transaction remains.";
    DENIED = "WARE-015" (Fail, 1) "not permitted in the database"
        hint "Analysts may read core (identities apart), asof and mart, and write nothing."
        explain "The role lacks a right to the object named. For a server of your own, the login needs the right to take the roles buss_loader and buss_analyst.";
    MIGRATION_CHANGED = "WARE-020" (Fail, 2) "a migration that was applied has changed since"
        hint "Restore the file as it was, and make the change in a new migration."
        explain "Migrations are recorded with their checksum. One that has been applied is history: editing it would leave databases that differ without anyone knowing.";
    MIGRATION_MISSING = "WARE-021" (Fail, 2) "a migration that was applied is not in this program"
        hint "Use the program version that made this database, or a later one."
        explain "The database was prepared by a newer program, or an overlay directory of [paths] sql is missing.";
    MIGRATION_FAILED = "WARE-022" (Fail, 1) "migration failed"
        hint "Correct the file named; it was rolled back whole."
        explain "Each migration runs in one transaction together with its record, so a failed one leaves nothing behind.";
    ROLES_FAILED = "WARE-023" (Fail, 1) "roles of the warehouse cannot be made"
        hint "Give the login CREATEROLE and CREATE on the database, or let an administrator run sql/roles/roles.sql once."
        explain "`buss migrate` makes the roles buss_loader and buss_analyst and lets the login act as them.";
    NO_PROGRAMS = "WARE-030" (Fail, 2) "no PostgreSQL programs (version 15 or later) found on this machine"
        hint "Install them (Debian, Ubuntu: `apt-get install postgresql`), name their directory in [warehouse] programs, or set [warehouse] url to a server."
        explain "The embedded database is started from the machine's own initdb, postgres and pg_ctl: in [warehouse] programs, /usr/lib/postgresql/*/bin, or PATH.";
    OTHER_VERSION = "WARE-031" (Fail, 2) "embedded database was made by another major version of PostgreSQL"
        hint "Install that major version beside the newer one, or move the data over with pg_upgrade."
        explain "The files of one major version cannot be read by another. Nothing was touched.";
    UNREACHABLE_DIR = "WARE-032" (Fail, 2) "the account that runs the embedded database cannot reach its directory"
        hint "Set [paths] data_dir to a place such as /var/lib/buss, or let others pass through the directory named (chmod o+x)."
        explain "PostgreSQL does not run as root, so root starts it under the account postgres or nobody, which must be able to pass through every directory above the data.";
    NO_ACCOUNT = "WARE-033" (Fail, 2) "no account to run the embedded database under"
        hint "Run buss as an ordinary user, or create the account postgres."
        explain "PostgreSQL does not run as root. The account that owns the data, else postgres, else nobody is used, and it must exist.";
    NOT_OWNER = "WARE-034" (Fail, 2) "embedded database belongs to another account"
        hint "Run buss as the owner of the directory named, or as root."
        explain "Only the owner of its files (or root) can start the embedded database.";
    PORT_TAKEN = "WARE-035" (Fail, 1) "address for BI tools is taken"
        hint "Set another port in [warehouse] listen, or stop the program that uses it."
        explain "Another program already listens on the address of [warehouse] listen. The embedded database was not started.";
    START_FAILED = "WARE-036" (Fail, 1) "embedded database did not start"
        hint "Read the end of server.log beside the data; it holds no values of rows."
        explain "initdb or the server ended before it was ready.";
    CLUSTER_FILES = "WARE-037" (Fail, 1) "files of the embedded database cannot be used"
        hint "Check owner, permissions and free space of the directory named."
        explain "A directory, lock or settings file of the embedded database could not be read or written.";
    IN_USE = "WARE-038" (Fail, 1) "embedded database is in use by another command"
        hint "Wait until the other command has ended, then try again."
        explain "The listening address changes only when the server starts anew, which would break the other command's work.";
    NOT_EMBEDDED = "WARE-039" (Fail, 2) "not an embedded database"
        hint "Set [warehouse] url to `embedded`, or manage the server with its own tools."
        explain "`buss db` starts and stops the embedded database only.";
    NO_SOCKET_DIR = "WARE-040" (Fail, 1) "no safe directory for the database socket"
        hint "Remove the directories buss-* of other accounts from /tmp, or set XDG_RUNTIME_DIR."
        explain "The socket needs a short path in a directory of mode 0700 that belongs to the account of the server. Directories that others made beforehand are not used.";
    NO_ZONE = "WARE-041" (Fail, 2) "time zone not known to the database server"
        hint "Install the system's time zone data (Debian, Ubuntu: `apt-get install tzdata`), or choose another [run] zone."
        explain "Program and database each have time zone data; where they differ, a night could belong to another day in one than in the other.";
}
