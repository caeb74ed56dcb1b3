//! The driver: executes the plan stage by stage. Only this module calls stages.
