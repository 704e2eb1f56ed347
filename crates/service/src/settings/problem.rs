//! Problems in the configuration, each with its fix.

use std::fmt;

/// One problem in the configuration. It never quotes a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its place, as `section.key`; the file's name when the problem concerns no key.
    pub path: String,
    /// What is wrong, to be read after the path and a colon.
    pub problem: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. Fix: {}", self.path, self.problem, self.fix)
    }
}

/// Returned in place of a value that could not be read: the problem is noted, and will be reported with all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted(());

/// All problems of a configuration, one line each when displayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub(crate) fn add(
        &mut self,
        path: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Noted {
        let problem = Problem { path: path.into(), problem: problem.into(), fix: fix.into() };
        // A value may be read more than once; its problem is reported once.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
        Noted(())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
