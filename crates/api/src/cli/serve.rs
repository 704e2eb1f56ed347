//! `api serve`: what happens without a command, too.

use std::path::PathBuf;
use std::process::ExitCode;

use service::clock;
use service::reload::Reload as _;
use service::stdio::complain;
use service::telemetry;
use service::traces::{Program, Traces};

use super::exit::refuse;
use crate::app::{App, StartError};
use crate::config::Config;

pub(super) async fn run(file: PathBuf) -> ExitCode {
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    let program = Program {
        name: "passerelle-api",
        version: env!("CARGO_PKG_VERSION"),
        environment: config.api.environment,
    };
    let traces = match Traces::new(config.api.traces.as_ref(), program) {
        Ok(traces) => traces,
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    let _logs = telemetry::init(config.api.log_format, &traces);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        environment = %config.api.environment,
        file = %file.display(),
        database = %config.api.database_url,
        provider = %config.oauth2.provider.metadata_url,
        "starting"
    );
    for warning in config.values.warnings() {
        tracing::warn!("{warning}");
    }
    match traces.of(start(config, file)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn start(config: Config, file: PathBuf) -> Result<(), StartError> {
    clock::check()?;
    App::new(config).await?.serve(file).await
}
