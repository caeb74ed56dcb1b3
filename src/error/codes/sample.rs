//! Codes of `sample` (`SAMP-…`).

codes! {
    NOT_WRITTEN = "SAMP-001" (Fail, 1) "sample cannot be written"
        hint "Give --out a directory that this account may write and that has space."
        explain "The made-up extracts are plain files; the system refused to write one of them.";
    BAD_SCALE = "SAMP-002" (Fail, 2) "scale not accepted"
        hint "Give --scale a number from 0.01 to 1000; 1 is the demo's size."
        explain "The scale multiplies the number of intakes. All children come from the official test numbers, whatever the scale.";
    BAD_DIRECTORY = "SAMP-003" (Fail, 2) "directory of the sample not accepted"
        hint "Choose a directory whose path is valid UTF-8."
        explain "The sample's buss.toml names its own directory, and TOML is UTF-8.";
}
