//! Codes of settings and declarations (`CONF-…`).

codes! {
    UNREADABLE = "CONF-001" (Fail, 2) "configuration file cannot be read"
        hint "Check the path and the permissions of the file."
        explain "The file named by --config, or one in a directory of [paths], is missing or unreadable. Nothing was started.";
    NOT_TOML = "CONF-002" (Fail, 2) "not valid TOML"
        hint "Correct the line named."
        explain "The file could not be parsed as TOML, so none of its settings were taken.";
    UNKNOWN_KEY = "CONF-003" (Fail, 2) "unknown key"
        hint "Use the nearest known key, or remove the line."
        explain "Unknown keys are errors, because a misspelt setting that is silently ignored is worse than none.";
    BAD_VALUE = "CONF-004" (Fail, 2) "value not accepted"
        hint "Give a value of the form named."
        explain "The key is known, but its value has the wrong type or is out of range.";
    BAD_SECRET = "CONF-005" (Fail, 2) "secret cannot be used"
        hint "Point the setting at a file of mode 0600 or stricter, an environment variable or a credential that holds it."
        explain "The pseudonym key is 64 hexadecimal digits, the landing key an age identity, a client identity a PEM file with certificate and private key. Files that others can read are refused.";
    BAD_DECLARATION = "CONF-006" (Fail, 2) "pipeline declaration not accepted"
        hint "Correct the pipeline file at the line named."
        explain "A pipeline's columns, rules and target must fit together; every finding is listed at once.";
    MISSING_SQL = "CONF-007" (Fail, 2) "SQL file of a pipeline not found"
        hint "Add the file under sql/, or correct the name in the pipeline."
        explain "A pipeline names its conform query and its marts; each must exist as a file.";
    BAD_REFERENCE = "CONF-008" (Fail, 2) "reference data not accepted"
        hint "Correct the line of the CSV file named."
        explain "Districts, code lists and accounts are configuration; gaps or overlaps in validity would make wrong numbers.";
    MISSING_KEY = "CONF-009" (Fail, 2) "key missing"
        hint "Add the key to the table named."
        explain "The table that starts at the line named needs the key, and no default could be right.";
    HOST = "CONF-011" (Fail, 2) "address of a server not accepted"
        hint "Write the host plainly (files.example.se, 10.1.2.3, [fd00::1]), without user, query or fragment."
        explain "An address can be written in many ways that look like another one. Only the plain way is read, and never one of a network in which no deliverer can be (link-local, multicast, unspecified, reserved), so that nobody is led to a place that was not meant. Nothing was connected to.";
    IN_THE_CLEAR = "CONF-012" (Fail, 2) "secret would be sent in the clear"
        hint "Use an https:// address, or remove the secret."
        explain "A token, password or client certificate is sent over https only, or over http to this machine itself (localhost, 127.0.0.1, [::1]).";
}
