//! All integration tests in one binary, because each test binary links DataFusion anew.

mod audits;
mod bench;
mod cases;
mod catalogue;
mod cli;
mod cli_night;
mod content_hash;
mod crash;
mod declarations;
mod demo;
mod doctor;
mod embedded;
mod foreign;
mod http;
mod leak;
mod marts;
mod night;
mod place;
mod postgres;
mod publish;
mod query;
mod rules;
mod sample;
mod settings;
mod tidy;
mod warehouse;
