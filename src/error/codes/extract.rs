//! Codes of `extract` (`EXTR-…`).

codes! {
    BAD_ADDRESS = "EXTR-001" (Fail, 2) "resource address not accepted"
        hint "Correct base_url of the deliverer: file:///absolute/path, with % escapes for blanks, #, ? and %."
        explain "An address must name one absolute place. Relative parts (..), other hosts, broken % escapes and escaped slashes are not followed.";
    SCHEME = "EXTR-002" (Fail, 2) "address scheme not supported"
        hint "Use file:///… in base_url; this version reads files only."
        explain "The resource's address has another scheme than this version can fetch. Nothing was guessed.";
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
}
