//! Codes of `extract` (`EXTR-…`).

codes! {
    BAD_ADDRESS = "EXTR-001" (Fail, 2) "resource address not accepted"
        hint "Correct base_url of the deliverer: file:///absolute/path, with % escapes for blanks, #, ? and %."
        explain "An address must name one absolute place. Relative parts (..), other hosts, broken % escapes and escaped slashes are not followed.";
    SCHEME = "EXTR-002" (Fail, 2) "address scheme not supported"
        hint "Use file:///…, https://… or http://… in base_url."
        explain "The resource's address has another scheme than can be fetched. Nothing was guessed.";
    OUTSIDE = "EXTR-003" (Refuse, 1) "resource leads out of its directory"
        hint "Let the deliverer put the file itself in the directory, not a link to another place."
        explain "A symbolic link whose target lies outside the deliverer's directory could show any file of the machine, so it is not followed.";
    NOT_A_FILE = "EXTR-004" (Refuse, 1) "resource is not a regular file"
        hint "Remove what stands under the resource's name and deliver a file."
        explain "A directory, pipe, socket or device stands where a file is expected. It is never opened, because opening may block or have effects.";
    DENIED = "EXTR-005" (Fail, 1) "resource may not be read"
        hint "Give the account that runs buss the right to read the file and to search its directories."
        explain "The system denied access. The slice stays as it was; this is not the same as a missing delivery.";
    UNREADABLE = "EXTR-006" (Retry, 1) "resource cannot be read"
        hint "Check the disk or the network share that holds it; the next run tries again."
        explain "The system reported an error while the resource was looked up or read. Nothing of it was kept.";
    EMPTY = "EXTR-007" (Refuse, 1) "resource is empty"
        hint "Ask the deliverer for the file; a slice without rows is delivered as a header row."
        explain "A file of 0 bytes is the mark of a failed transfer. It says nothing about the slice, so the last version stays in force.";
    TOO_LARGE = "EXTR-008" (Refuse, 1) "resource is larger than allowed"
        hint "Check the file, or raise max_bytes in the pipeline."
        explain "Each dataset declares the largest resource that makes sense, so that a runaway export cannot fill the disk.";
    OTHER_FORMAT = "EXTR-009" (Refuse, 1) "resource is of another format than declared"
        hint "Ask the deliverer for the file in the declared format; a web page often means an expired login."
        explain "The first bytes are those of another kind of file (a web page, an archive, a spreadsheet, UTF-16 text). It is refused before anything of it is kept.";
    CHANGING = "EXTR-010" (Retry, 1) "resource changes while it is read"
        hint "Let the deliverer write under another name and rename when done; the next run tries again."
        explain "Size, time, inode or side file differed before and after reading, several times in a row: somebody is still writing it.";
    NO_PROOF = "EXTR-011" (Refuse, 1) "side file with the hash is missing"
        hint "Let the deliverer put <resource>.sha256, as sha256sum writes it, beside the file."
        explain "The pipeline says proof = \"required\", so a resource without its .sha256 is not known to be whole and is not loaded.";
    BAD_PROOF = "EXTR-012" (Refuse, 1) "side file with the hash is not usable"
        hint "Let the deliverer write it with sha256sum, for this file's name."
        explain "A .sha256 stands beside the resource but holds no hash of a file of that name. A broken proof is not treated as no proof.";
    WRONG_HASH = "EXTR-013" (Refuse, 1) "content differs from its side file"
        hint "Ask the deliverer to send the file and its .sha256 again."
        explain "The hash of the bytes is not the one the deliverer states, so the file is damaged, cut short or another version.";
    NO_DIRECTORY = "EXTR-014" (Fail, 1) "deliverer's directory not found"
        hint "Mount or make the directory, or correct base_url of the deliverer."
        explain "`buss doctor` found nothing at the address. A run counts the deliverer's files as missing, keeps their last versions in force and goes on with the others.";
    UNREACHABLE = "EXTR-015" (Retry, 1) "deliverer's server cannot be reached"
        hint "Check name, port, firewall and whether the server is up; the next run tries again."
        explain "The name was not found, or no connection could be made or kept, after every retry that [http] allows. The slice's last version stays in force, and the other deliverers are not held up.";
    CUT_SHORT = "EXTR-016" (Retry, 1) "answer broke off before its end"
        hint "Ask the deliverer to look at the server or what stands between; the next run tries again."
        explain "Fewer bytes came than Content-Length said, or the last chunk was missing, after every retry. Nothing of it was kept.";
    BUSY = "EXTR-017" (Retry, 1) "server is busy or failing"
        hint "Ask the deliverer to look at the server; the next run tries again."
        explain "The server answered 408, 425, 429, 500, 502, 503 or 504 to every try. A Retry-After was honoured as far as [http] allows.";
    TOO_SLOW = "EXTR-018" (Retry, 1) "server is too slow"
        hint "Ask the deliverer to look at the server, or raise the limits in [http]; the next run tries again."
        explain "The server was silent for longer than read_seconds, sent less than min_bytes_per_second, or total_seconds had passed. It was let go, so that it does not hold the night.";
    LOCKED_OUT = "EXTR-019" (Fail, 1) "server denies access"
        hint "Check the deliverer's http.bearer, http.basic or http.client_identity, and that the server knows them."
        explain "The server answered 401 or 403. It is not asked again in this run, so that no account is locked; the slice stays as it was, and this is not the same as a missing delivery.";
    OTHER_ANSWER = "EXTR-020" (Fail, 1) "server answered with something else than the resource"
        hint "Open the address named with the deliverer's credentials and see what the server says."
        explain "The status is neither that of a whole resource nor of a missing one, and asking again would change nothing.";
    NOT_TRUSTED = "EXTR-021" (Fail, 1) "server is not trusted"
        hint "Let the deliverer renew its certificate, or set http.ca to the authority that signed it."
        explain "The certificate has expired, is of another host or of an unknown authority, or the server speaks no TLS from version 1.2, or did not accept this client's certificate. Nothing was sent. There is no setting that turns the check off.";
    REDIRECT = "EXTR-022" (Fail, 1) "redirect not followed"
        hint "Write the new place as base_url, or add its host to http.allow_hosts of the deliverer."
        explain "The server sent the request elsewhere. It is followed only to hosts that the settings allow, never from https to http, and only a few times.";
    FORBIDDEN_ADDRESS = "EXTR-023" (Fail, 1) "server's address may not be connected to"
        hint "Correct the name in DNS; an address of this machine itself must be written in base_url as it is."
        explain "A name led to an address of this machine, or of a network in which no deliverer can be (link-local, multicast, reserved). No connection was made.";
    NOT_HTTP = "EXTR-024" (Fail, 1) "answer is not usable HTTP"
        hint "Ask the deliverer to look at the server or what stands between."
        explain "The answer's head is broken or too large, or says in two ways where the body ends, so that nobody can tell what was meant. Nothing of it was kept.";
    BAD_ENCODING = "EXTR-025" (Refuse, 1) "content encoding not usable"
        hint "Let the deliverer send the file as it is, or as whole gzip."
        explain "The content came in an encoding that was not asked for, or its gzip stream is damaged, cut short or followed by something else.";
    BOMB = "EXTR-026" (Refuse, 1) "content inflates beyond reason"
        hint "Check what the server compresses; rows of text never shrink that far."
        explain "The compressed answer grew far more than text can, so it was let go before it filled the disk.";
    UNPROVEN = "EXTR-027" (Hold, 1) "nothing proves that the resource is whole"
        hint "Approve the file with `buss delivery approve`, or let the server send Content-Length or put <resource>.sha256 beside the file."
        explain "The answer had neither a length nor chunks, so a transfer that broke off looks like one that ended. It waits for a word, unless a .sha256 proves it.";
}
