//! Made-up books (`ekonomi`) of one office and year, in the ways producers write SIE 4.

use std::collections::BTreeMap;

use super::{
    costs::{Line, Scenario},
    offices::Office,
    sie_text::{Field, SieEncoding, SieText, amount, bare},
};

/// How a producer writes amounts with and without objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Type 2: no objects at all.
    PeriodsOnly,
    /// Type 3 by the standard: the row without object is the account's total.
    Total,
    /// Type 3 as some programs write it: the row without object is what no object has.
    Remainder,
    /// Type 4E with vouchers only.
    Vouchers,
    /// Type 4E with period amounts and vouchers; the vouchers are not counted again.
    Both,
}

impl Form {
    pub fn of(office: &Office, year: i32) -> Self {
        // One office had, one year, a program that could not export objects.
        if office.name == "Älvsjö" && year == 2005 {
            return Self::PeriodsOnly;
        }
        let year = usize::try_from(year).unwrap_or_default();
        [Self::Total, Self::Remainder, Self::Vouchers, Self::Both][(office.number + year) % 4]
    }

    pub fn by_activity(self) -> bool {
        self != Self::PeriodsOnly
    }
}

const ACCOUNTS: [(&str, &str); 11] = [
    ("3010", "Försäljning och avgifter"),
    ("4631", "Köp av vård, HVB"),
    ("4632", "Köp av vård, SiS"),
    ("4635", "Köp av öppenvård"),
    ("5010", "Löner"),
    ("5071", "Arvode familjehem"),
    ("5521", "Omkostnad familjehem"),
    ("5610", "Arbetsgivaravgifter"),
    ("6011", "Lokaler"),
    ("6990", "Ofördelat \"övrigt\""),
    ("7590", "Gemensamma kostnader"),
];

const ACTIVITIES: [(&str, &str); 4] =
    [("410", "Barn och ungdom"), ("412", "Öppenvård barn"), ("420", "Vuxna"), ("510", "Äldreomsorg")];

/// The file and how many rows of it carry an amount of the year. `wrong_checksum` spoils a checksum where there is one.
pub(super) fn books(office: &Office, year: i32, lines: &[Line], wrong_checksum: bool) -> (Vec<u8>, u64) {
    let encoding = match office.number % 5 {
        3 => SieEncoding::Utf8,
        4 => SieEncoding::Windows1252,
        _ => SieEncoding::Cp437,
    };
    let form = Form::of(office, year);
    let text = SieText::new(encoding, if office.number.is_multiple_of(2) { "\r\n" } else { "\n" });
    let mut books = Books { text, office, year, lines, form, rows: 0 };
    let checked = has_checksum(office);
    books.text.row("#FLAGGA", &[bare(0)]);
    if checked {
        books.text.open_checksum();
    }
    books.head();
    books.results();
    books.balances(Scenario::Outcome);
    books.balances(Scenario::Budget);
    if matches!(form, Form::Vouchers | Form::Both) {
        books.vouchers();
    }
    if checked {
        books.text.close_checksum(wrong_checksum);
    }
    (books.text.into_bytes(), books.rows)
}

pub(super) fn has_checksum(office: &Office) -> bool {
    office.number % 5 < 3 && office.number.is_multiple_of(3)
}

struct Books<'a> {
    text: SieText,
    office: &'a Office,
    year: i32,
    lines: &'a [Line],
    form: Form,
    rows: u64,
}

impl Books<'_> {
    fn head(&mut self) {
        let (year, dimension) = (self.year, self.office.activity_dimension);
        let kind = match self.form {
            Form::PeriodsOnly => "2",
            Form::Total | Form::Remainder => "3",
            Form::Vouchers | Form::Both => "4",
        };
        let text = &mut self.text;
        text.row("#PROGRAM", &[Field::Quoted("buss sample"), bare("1.0")]);
        text.row("#FORMAT", &[bare("PC8")]);
        text.row("#GEN", &[bare(format!("{}0115", year + 1))]);
        text.row("#SIETYP", &[bare(kind)]);
        text.row("#FNAMN", &[Field::Named(format!("{} stadsdelsförvaltning (påhittad)", self.office.name))]);
        text.row("#RAR", &[bare(0), bare(format!("{year}0101")), bare(format!("{year}1231"))]);
        text.row("#RAR", &[bare(-1), bare(format!("{}0101", year - 1)), bare(format!("{}1231", year - 1))]);
        for (account, name) in ACCOUNTS {
            text.row("#KONTO", &[bare(account), Field::Quoted(name)]);
        }
        text.row("#KONTO", &[bare("2440"), Field::Quoted("Leverantörsskulder")]);
        if self.form == Form::PeriodsOnly {
            return;
        }
        text.row("#DIM", &[bare(1), Field::Quoted("Kostnadsställe")]);
        text.row("#DIM", &[bare(dimension), Field::Quoted("Verksamhet")]);
        for centre in 101..=102 {
            text.row("#OBJEKT", &[bare(1), Field::Named(centre.to_string()), Field::Named(format!("Enhet {centre}"))]);
        }
        for (activity, name) in ACTIVITIES {
            text.row("#OBJEKT", &[bare(dimension), Field::Quoted(activity), Field::Quoted(name)]);
        }
    }

    /// The year's total of every result account.
    fn results(&mut self) {
        let mut totals: BTreeMap<&str, i128> = BTreeMap::new();
        for line in self.lines {
            *totals.entry(line.account).or_default() += line.outcome.iter().sum::<i128>();
        }
        for (account, total) in totals {
            self.text.row("#RES", &[bare(0), bare(account), amount(total)]);
            if self.form == Form::Total {
                self.text.row("#RES", &[bare(-1), bare(account), amount(total / 100 * 97)]);
            }
        }
    }

    /// The period rows of one scenario: per account without object, and per object.
    fn balances(&mut self, scenario: Scenario) {
        if self.form == Form::Vouchers && scenario == Scenario::Outcome {
            return;
        }
        let tag = if scenario == Scenario::Outcome { "#PSALDO" } else { "#PBUDGET" };
        let mut without_object: BTreeMap<&str, [i128; 12]> = BTreeMap::new();
        for line in self.lines {
            let whole_account = matches!(self.form, Form::Total | Form::Both | Form::PeriodsOnly);
            if whole_account || line.activity.is_empty() {
                let sums = without_object.entry(line.account).or_default();
                sums.iter_mut().zip(line.months(scenario)).for_each(|(sum, month)| *sum += month);
            }
        }
        for (account, months) in without_object {
            self.months(tag, account, &[], &months);
        }
        if self.form == Form::PeriodsOnly {
            return;
        }
        for line in self.lines.iter().filter(|line| !line.activity.is_empty()) {
            self.months(tag, line.account, &self.objects(line), line.months(scenario));
        }
    }

    fn months(&mut self, tag: &str, account: &str, objects: &[(u32, String)], months: &[i128; 12]) {
        for (month, &ore) in (1..).zip(months) {
            let period = bare(format!("{}{month:02}", self.year));
            self.text.row(tag, &[bare(0), period, bare(account), Field::Objects(objects.to_vec()), amount(ore)]);
            self.rows += 1;
        }
    }

    fn objects(&self, line: &Line) -> Vec<(u32, String)> {
        if line.activity.is_empty() {
            return Vec::new();
        }
        let mut objects =
            vec![(1, line.cost_centre.to_string()), (self.office.activity_dimension, line.activity.to_owned())];
        // The order of objects in a row has no meaning.
        if self.office.number.is_multiple_of(2) {
            objects.reverse();
        }
        objects
    }

    /// One balanced voucher a month, with a row added later and a row taken away later, which do not count.
    fn vouchers(&mut self) {
        for month in 1_usize..=12 {
            let date = format!("{}{month:02}28", self.year);
            self.text
                .row("#VER", &[Field::Quoted("A"), bare(month), bare(&date), Field::Named(format!("Månad {month}"))]);
            self.text.line("{");
            let mut sum = 0;
            for (number, line) in self.lines.iter().enumerate() {
                let ore = line.outcome[month - 1];
                sum += ore;
                if number == 0 {
                    self.entry("#BTRANS", line.account, self.objects(line), ore + 100);
                    self.entry("#RTRANS", line.account, self.objects(line), ore);
                }
                self.entry("#TRANS", line.account, self.objects(line), ore);
                self.rows += u64::from(self.form == Form::Vouchers);
            }
            self.entry("#TRANS", "2440", Vec::new(), -sum);
            self.text.line("}");
        }
    }

    fn entry(&mut self, tag: &str, account: &str, objects: Vec<(u32, String)>, ore: i128) {
        self.text.row(tag, &[bare(account), Field::Objects(objects), amount(ore)]);
    }
}
