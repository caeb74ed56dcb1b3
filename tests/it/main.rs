//! All integration tests in one binary, because each test binary links DataFusion anew.

mod bench;
mod cases;
mod catalogue;
mod cli;
mod content_hash;
mod declarations;
mod embedded;
mod foreign;
mod marts;
mod night;
mod postgres;
mod publish;
mod rules;
mod sample;
mod settings;
mod tidy;
mod warehouse;
