//! `api serve`: what happens without a command, too.

use std::path::PathBuf;
use std::process::ExitCode;

use service::reload::Reload as _;

use super::exit::refuse;
use crate::app::App;
use crate::config::Config;

pub(super) async fn run(file: PathBuf) -> ExitCode {
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    service::telemetry::init(config.api.environment);
    let served = match App::new(config).await {
        Ok(app) => app.serve(file).await,
        Err(error) => Err(error),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "stopped");
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
