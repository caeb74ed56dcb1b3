//! The sample's own `buss.toml` and README.

use std::path::Path;

use super::{MADE_UP, Options, PlantedFault, offices::DEMO_SETTINGS};
use crate::{Error, Result, error::codes::sample as codes, model::file_url};

/// The settings of the demo, pointed at this directory; the data stands in `var` beside the extracts.
pub(super) fn settings(dir: &Path) -> Result<String> {
    let data_dir = dir.join("var");
    let data_dir = data_dir.to_str().ok_or_else(|| Error::new(&codes::BAD_DIRECTORY))?;
    let body = DEMO_SETTINGS.lines().skip_while(|line| line.starts_with('#')).map(|line| match line {
        line if line.starts_with("data_dir =") => format!("data_dir = {}", toml::Value::from(data_dir)),
        line => line.replace("file://{data_dir}/extracts", &file_url(dir)),
    });
    let head = "# Reads the made-up extracts in this directory: buss run --config buss.toml\n";
    Ok(head.to_owned() + &body.collect::<Vec<_>>().join("\n") + "\n")
}

pub(super) fn readme(options: &Options, faults: &[PlantedFault]) -> String {
    let planted = if faults.is_empty() {
        "Inga fel är inlagda: varje fil följer kontraktet.".to_owned()
    } else {
        format!("{} fel är inlagda med avsikt; `faults.json` säger vilka, var, och vad som ska hända.", faults.len())
    };
    format!(
        "# Påhittade extrakt\n\n\
         **{MADE_UP}**\n\n\
         Gjorda av `buss sample` (frö {seed}, skala {scale}); samma val ger samma filer, byte för byte.\n\n\
         - Påhittat: anmälningar, utredningar, insatser och personal 2006–2008, folkmängd 2004–2008, bokföring och budget 2004–2007. \
         Fördelningen på stadsdelar, konton och månader är ett programs verk och säger inget om någon stadsdel.\n\
         - Allt hänger ihop: en anmälan inleder en utredning, som slutar i insatser för samma barn, också över årsskiften och in i \
         de stadsdelar som slogs samman 2007. Extrakten är gjorda den 31 december 2008: vad som pågår då saknar slut. \
         Utredningar som inleddes före 2006 levereras inte.\n\
         - Efter publicerade siffror: stadens tillväxttal 2004–2007; personaltätheten, ”i genomsnitt närmare 3 tjänster per 1 000 barn”, \
         högre än väntat på Södermalm och lägre i Spånga-Tensta, Skärholmen och Rinkeby-Kista, med lika många anställda alla år; \
         utredningstiderna i granskningen 2022 (alla inom fyra månader på Norrmalm, tre av fyra i Hässelby-Vällingby, drygt var \
         tredje i Skärholmen).\n\
         - Älvsjö har för 2005 en SIE-fil av typ 2, utan verksamhet: dess kostnader det året kan inte hänföras till barn och unga.\n\
         - Verkligt: granskningen 2022 (`stad/granskning_2022.csv`), publicerad av Stockholms stad.\n\
         - {planted}\n\n\
         `<deliverer>/<dataset>_<period>.<ext>` är extrakten, `buss.toml` läser dem (`buss run --config buss.toml`), och \
         `expected.json` säger vad lagret ska visa efteråt.\n",
        seed = options.seed,
        scale = options.scale,
    )
}
