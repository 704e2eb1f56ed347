//! `api serve`: what happens without a command, too.

use std::path::PathBuf;
use std::process::ExitCode;

use service::clock;
use service::reload::Reload as _;
use service::stdio::complain;

use super::exit::refuse;
use crate::app::{App, StartError};
use crate::config::Config;

pub(super) async fn run(file: PathBuf) -> ExitCode {
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    let _logs = service::telemetry::init(config.api.log_format);
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
    let served = start(config, file).await;
    match served {
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
