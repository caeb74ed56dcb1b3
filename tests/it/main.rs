//! All integration tests in one binary, because each test binary links DataFusion anew.

mod postgres;
mod warehouse;
